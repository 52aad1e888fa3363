//! Where the journeys go, and what may be expected of the host there.

use crate::Function;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Where the functions answer.
#[derive(Debug, Clone)]
pub enum Addresses {
    /// All under one base URL, as behind an edge.
    One(String),
    /// Each under its own, as bare function URLs are; in the order of [`Function::ALL`].
    Each(Vec<String>),
}

impl Addresses {
    /// One for all functions, or one for each in the order of [`Function::ALL`].
    ///
    /// # Errors
    /// When there are neither one nor as many as functions, or one is no base URL.
    pub fn read(urls: &[impl AsRef<str>]) -> Result<Self, TargetError> {
        let mut bases = urls.iter().map(|url| base(url.as_ref())).collect::<Result<Vec<_>, _>>()?;
        match bases.len() {
            1 => Ok(Self::One(bases.remove(0))),
            many if many == Function::ALL.len() => Ok(Self::Each(bases)),
            other => Err(TargetError::NotOneEach(other)),
        }
    }

    /// The base URL of a function, without a slash at its end.
    pub fn base(&self, function: Function) -> &str {
        match self {
            Self::One(url) => url,
            Self::Each(urls) => &urls[function.index()],
        }
    }
}

/// What a host can do; the defaults are what the contract allows at most.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// How long a poll may wait for news at most. A host with a shorter request limit cuts earlier.
    pub longest_wait: Duration,
    /// How long to wait out a 429 `slow-down` before a journey gets to see it. A deployment that limits attempts is
    /// right to do so, and all journeys come from one address.
    pub patience: Duration,
    /// How far the host's clock may be from ours.
    pub clock_skew: Duration,
    /// Headers of answers that a gateway gives on under another name, and that name: there they have to be, as they were.
    pub renamed: &'static [(&'static str, &'static str)],
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            longest_wait: Duration::from_secs(25),
            patience: Duration::from_secs(130),
            clock_skew: Duration::from_secs(30),
            renamed: &[],
        }
    }
}

/// Text that is never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for a header or a body, never for a message.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// A deployment to run the journeys against.
#[derive(Debug, Clone)]
pub struct Target {
    /// What reports call it.
    pub name: String,
    /// Where it answers.
    pub addresses: Addresses,
    /// What lets the journeys issue invites.
    pub organiser_key: Secret,
    /// What may be expected of it.
    pub capabilities: Capabilities,
    /// The only one that vouches for it, as certificates in PEM; those that this machine trusts, where there is none.
    pub authority: Option<Vec<u8>>,
    /// What it is shown where it asks who calls: a certificate and the key to it, in PEM.
    pub identity: Option<Secret>,
    /// Where hosts of its addresses are that no name server knows.
    pub hosts: Vec<(String, SocketAddr)>,
    /// What the names of its rooms begin with, so that whoever counts can tell them from people's.
    pub rooms: &'static str,
    /// Who asks, as `User-Agent` says it: functions count what tests ask apart, by the name that it begins with.
    pub agent: &'static str,
}

/// Why something is no target.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Not the base URL of a deployment.
    #[error("`{0}` is no base URL: it has to begin with http:// or https:// and to end with the host or a path prefix")]
    NoUrl(String),
    /// As many addresses as were given are neither one for all nor one each.
    #[error("there are {} functions ({}), and {_0} addresses", Function::ALL.len(), Function::names())]
    NotOneEach(usize),
    /// Whoever is in between would read along.
    #[error(
        "`{0}` would be sent the organiser's key in clear: it begins with https://, unless it is on this machine or its \
         own network"
    )]
    InClear(String),
    /// There is nothing to authorise with.
    #[error("the organiser's key is empty; it is one of those the server was given in TRUCE_ORGANISER_KEYS")]
    NoKey,
}

impl Target {
    /// All functions under one base URL.
    ///
    /// # Errors
    /// When `url` is no base URL, or the key is empty.
    pub fn at(name: impl Into<String>, url: &str, organiser_key: &str) -> Result<Self, TargetError> {
        Self::new(name, Addresses::read(&[url])?, organiser_key)
    }

    /// Each function under a base URL of its own, in the order of [`Function::ALL`].
    ///
    /// # Errors
    /// When there are more or fewer than functions, one is no base URL, or the key is empty.
    pub fn at_each(
        name: impl Into<String>,
        urls: &[impl AsRef<str>],
        organiser_key: &str,
    ) -> Result<Self, TargetError> {
        if urls.len() != Function::ALL.len() {
            return Err(TargetError::NotOneEach(urls.len()));
        }
        Self::new(name, Addresses::read(urls)?, organiser_key)
    }

    fn new(name: impl Into<String>, addresses: Addresses, organiser_key: &str) -> Result<Self, TargetError> {
        if organiser_key.trim().is_empty() {
            return Err(TargetError::NoKey);
        }
        let in_clear = Function::ALL.iter().map(|function| addresses.base(*function)).find(|base| !is_safe(base));
        if let Some(base) = in_clear {
            return Err(TargetError::InClear(base.to_owned()));
        }
        Ok(Self {
            name: name.into(),
            addresses,
            organiser_key: Secret::new(organiser_key.trim()),
            capabilities: Capabilities::default(),
            authority: None,
            identity: None,
            hosts: Vec::new(),
            rooms: "contract",
            agent: concat!("truce-contract/", env!("CARGO_PKG_VERSION")),
        })
    }

    /// Other capabilities than the default.
    #[must_use]
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Believed because an authority of one's own vouches for it, and nobody else: `certificates` are in PEM.
    #[must_use]
    pub fn vouched_for_by(mut self, certificates: Vec<u8>) -> Self {
        self.authority = Some(certificates);
        self
    }

    /// Called as an edge calls: with a certificate and the key to it, in PEM, at hosts that no name server knows.
    #[must_use]
    pub fn called_with(mut self, identity: Secret, hosts: Vec<(String, SocketAddr)>) -> Self {
        (self.identity, self.hosts) = (Some(identity), hosts);
        self
    }

    /// With rooms whose names begin with `rooms`.
    #[must_use]
    pub fn in_rooms_called(mut self, rooms: &'static str) -> Self {
        self.rooms = rooms;
        self
    }

    /// Asked by `agent`, a name and a version.
    #[must_use]
    pub fn asked_by(mut self, agent: &'static str) -> Self {
        self.agent = agent;
        self
    }

    /// The base URL of a function, without a slash at its end.
    pub fn base(&self, function: Function) -> &str {
        self.addresses.base(function)
    }

    /// The origin of a function as a browser would name it: scheme, host and port.
    pub fn origin(&self, function: Function) -> String {
        let base = self.base(function);
        let host_at = base.find("://").map_or(0, |at| at + 3);
        let end = base[host_at..].find('/').map_or(base.len(), |at| host_at + at);
        base[..end].to_owned()
    }
}

/// Whether nobody reads along: by TLS, or as there is nobody in between. That is this machine, a private address, a name without a dot
/// such as that of a container.
fn is_safe(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("http://") else { return true };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    match host.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => !host.contains('.') || host.ends_with(".localhost"),
    }
}

fn base(url: &str) -> Result<String, TargetError> {
    let trimmed = url.trim().trim_end_matches('/');
    let host = trimmed.strip_prefix("http://").or_else(|| trimmed.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') && !host.contains(['?', '#', ' ', '@']) => {
            Ok(trimmed.to_owned())
        }
        _ => Err(TargetError::NoUrl(url.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_nowhere_in_clear() {
        let at = |url| Target::at("one", url, "key");
        for near in [
            "http://127.0.0.1:8787",
            "http://[::1]:8787/x",
            "http://10.1.2.3",
            "http://edge:80",
            "http://a.localhost:1",
        ] {
            assert!(at(near).is_ok(), "{near}");
        }
        assert!(at("https://truce.example").is_ok());
        for far in
            ["http://truce.example", "http://93.184.216.34:8080/x", "http://[2606:2800::1]", "http://127.0.0.1.example"]
        {
            assert!(matches!(at(far), Err(TargetError::InClear(url)) if url == far), "{far}");
        }
    }

    #[test]
    fn one_address_serves_all_and_one_each_serves_its_function() {
        let one = Target::at("edge", "https://truce.example/", "key").expect("a base URL");
        assert!(Function::ALL.iter().all(|function| one.base(*function) == "https://truce.example"));
        let urls: Vec<String> = Function::ALL.iter().map(|function| format!("http://{}/x", function.name())).collect();
        let each = Target::at_each("urls", &urls, "key").expect("base URLs");
        assert_eq!(each.base(Function::Mediate), "http://mediate/x");
        assert_eq!(each.origin(Function::Mediate), "http://mediate");
        assert!(matches!(Target::at_each("urls", &urls[1..], "key"), Err(TargetError::NotOneEach(_))));
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for url in ["", "truce.example", "ftp://x", "http://", "http:///x", "http://x?y", "http://a key@x"] {
            assert!(Target::at("t", url, "key").is_err(), "{url}");
        }
        assert!(matches!(Target::at("t", "http://x", " "), Err(TargetError::NoKey)));
    }

    #[test]
    fn the_key_is_never_shown() {
        let target = Target::at("t", "http://x", "a-very-secret-key").expect("a base URL");
        assert!(!format!("{target:?}").contains("very-secret"));
    }
}
