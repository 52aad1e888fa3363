//! Whom a component may call: `allowed_outbound_hosts`.
//!
//! Written as Spin reads it: `scheme://host:port`, each of them perhaps `*`, the host perhaps `*.domain`, the port
//! perhaps a range `8000..9000` (without its end), or left out where the scheme has one.

use std::ops::Range;
use url::Url;

/// What was granted. The default is nothing.
#[derive(Debug, Default)]
pub(crate) struct Grants(Vec<Grant>);

#[derive(Debug, PartialEq, Eq)]
struct Grant {
    /// `None` is any.
    scheme: Option<String>,
    host: Host,
    /// `None` is any.
    ports: Option<Range<u32>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// `.domain`
    Under(String),
    Is(String),
}

impl Grants {
    /// # Errors
    ///
    /// Which entry is no address, and why.
    pub(crate) fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let parse = |entry: &str| Grant::parse(entry).map_err(|why| format!("`{entry}`: {why}"));
        Ok(Self(entries.into_iter().map(parse).collect::<Result<_, _>>()?))
    }

    /// Whether `url` may be called; `None` where it is no address at all.
    pub(crate) fn allow(&self, url: &str) -> Option<bool> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?;
        let port = url.port().or_else(|| usual_port(url.scheme()));
        Some(self.0.iter().any(|grant| grant.allows(url.scheme(), host, port)))
    }
}

impl Grant {
    fn parse(entry: &str) -> Result<Self, String> {
        let (scheme, rest) = entry.trim().split_once("://").ok_or("it has no scheme, as in `https://example.com`")?;
        if scheme != "*" && !scheme.chars().all(char::is_alphabetic) {
            return Err(format!("`{scheme}` is no scheme"));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('/') {
            return Err("an address without a path is expected (and this host knows no ranges of addresses)".to_owned());
        }
        // The colons of an address in brackets are its own.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let ports = match port {
            Some("*") => None,
            Some(port) => Some(ports(port)?),
            None => {
                let port = usual_port(scheme).ok_or_else(|| format!("`{scheme}` has no usual port: write one"))?;
                Some(one(port))
            }
        };
        Ok(Self { scheme: (scheme != "*").then(|| scheme.to_owned()), host: Host::parse(host)?, ports })
    }

    fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        self.scheme.as_ref().is_none_or(|granted| granted == scheme)
            && self.host.allows(host)
            && self.ports.as_ref().is_none_or(|granted| port.is_some_and(|port| granted.contains(&port.into())))
    }
}

impl Host {
    fn parse(host: &str) -> Result<Self, String> {
        let chained = host == "spin.internal" || host.ends_with(".spin.internal");
        if chained || host == "self" || host == "self.alt" {
            return Err("this host does not pass requests from one component to another".to_owned());
        }
        if host == "*" {
            return Ok(Self::Any);
        }
        let domain = host.strip_prefix("*.");
        if host.is_empty() || domain.unwrap_or(host).contains(['*', '{', '}']) {
            return Err("a host is a name, `*`, or `*.` before a name".to_owned());
        }
        Ok(domain.map_or_else(|| Self::Is(host.to_owned()), |domain| Self::Under(format!(".{domain}"))))
    }

    fn allows(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Under(domain) => host.ends_with(domain.as_str()),
            Self::Is(name) => name == host,
        }
    }
}

fn ports(text: &str) -> Result<Range<u32>, String> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no port"));
    match text.split_once("..") {
        Some((start, end)) => Ok(u32::from(number(start)?)..u32::from(number(end)?)),
        None => number(text).map(one),
    }
}

fn one(port: u16) -> Range<u32> {
    u32::from(port)..u32::from(port) + 1
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        // Spin knows none for `rediss`.
        "redis" => Some(6379),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entry: &str, url: &str) -> bool {
        Grants::parse([entry]).unwrap().allow(url).unwrap()
    }

    #[test]
    fn nothing_is_granted_by_default() {
        assert_eq!(Grants::default().allow("https://example.com/"), Some(false));
        assert_eq!(Grants::default().allow("example.com"), None);
    }

    #[test]
    fn scheme_host_and_port_all_have_to_fit() {
        assert!(allowed("https://example.com", "https://example.com/a?b"));
        assert!(allowed("https://example.com/", "https://example.com:443/"));
        assert!(!allowed("https://example.com", "http://example.com/"));
        assert!(!allowed("https://example.com", "https://example.com:8443/"));
        assert!(!allowed("https://example.com", "https://example.com.evil.org/"));
        assert!(!allowed("https://example.com", "https://example.com@evil.org/"));
        assert!(allowed("http://[::1]:80", "http://[::1]/"));
        assert!(allowed("redis://user-db", "redis://user:secret@user-db:6379/0"));
    }

    #[test]
    fn wildcards_and_ranges_are_no_wider_than_written() {
        assert!(allowed("*://*:*", "redis://anywhere:1"));
        assert!(allowed("https://*.example.com", "https://a.b.example.com/"));
        assert!(!allowed("https://*.example.com", "https://example.com/"));
        assert!(!allowed("https://*.example.com", "https://badexample.com/"));
        assert!(allowed("http://127.0.0.1:8000..8002", "http://127.0.0.1:8001/"));
        assert!(!allowed("http://127.0.0.1:8000..8002", "http://127.0.0.1:8002/"));
        assert!(!allowed("http://*:80", "http://127.0.0.1:8080/"));
    }

    #[test]
    fn what_is_no_grant_is_said_to_be_none() {
        for entry in
            ["", "example.com", "rediss://example.com", "https://a/b", "https://*a", "http://a:b", "http://self"]
        {
            assert!(Grants::parse([entry]).expect_err(entry).starts_with(&format!("`{entry}`: ")), "{entry}");
        }
    }
}
