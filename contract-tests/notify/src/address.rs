//! Addresses that are not shown: a path or a query may be a secret, and so may what stands before the host.

use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// Where something is sent. Shown, it is its scheme, host and port.
#[derive(Clone)]
pub struct Address(Url);

/// A text that nothing may be sent to. It is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// No URL.
    #[error("it is no URL: it has to begin with https://, and to name a host")]
    NoUrl,
    /// Anybody on the way could read it.
    #[error("http:// is for this machine only: write https://")]
    Open,
}

impl Address {
    /// Reads one: `https://`, or `http://` to this machine.
    ///
    /// # Errors
    /// [`NotAnAddress`].
    pub fn read(text: &str) -> Result<Self, NotAnAddress> {
        let url = Url::parse(text.trim()).map_err(|_| NotAnAddress::NoUrl)?;
        let address = Self(url);
        match address.0.scheme() {
            "https" => Ok(address),
            "http" if address.is_here() => Ok(address),
            "http" => Err(NotAnAddress::Open),
            _ => Err(NotAnAddress::NoUrl),
        }
    }

    /// Whether it is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// Its host, and its port where that is none of the usual.
    pub(crate) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// What is below it.
    pub(crate) fn below(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        let before = url.path().trim_end_matches('/').trim_end_matches(path);
        url.set_path(&format!("{before}{path}"));
        Self(url)
    }

    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/…", self.0.scheme(), self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_in_the_open_but_to_this_machine() {
        for here in ["http://127.0.0.1:9/x", "http://localhost", "http://[::1]:9", "http://127.9.9.9/"] {
            assert!(Address::read(here).expect(here).is_here());
        }
        for open in
            ["http://truce.example", "http://10.0.0.1/", "http://localhost.example", "http://127.0.0.1@x.example/"]
        {
            assert_eq!(Address::read(open).err(), Some(NotAnAddress::Open), "{open}");
        }
        for none in ["", "truce.example", "ftp://truce.example", "https://"] {
            assert_eq!(Address::read(none).err(), Some(NotAnAddress::NoUrl), "{none}");
        }
    }

    #[test]
    fn what_is_secret_in_an_address_is_not_shown() {
        let address = Address::read("https://canary:canary@truce.example:8443/canary?canary#canary").expect("a URL");
        assert_eq!(format!("{address:?} {}", address.host()), "https://truce.example:8443/… truce.example:8443");
    }

    #[test]
    fn what_is_below_it_is_named_once() {
        for base in ["http://[::1]:9", "http://[::1]:9/", "http://[::1]:9/api/v2/alerts"] {
            let below = Address::read(base).expect("a URL").below("/api/v2/alerts");
            assert_eq!(below.url().as_str(), "http://[::1]:9/api/v2/alerts");
        }
        let below = Address::read("https://x.example/am/").expect("a URL").below("/api/v2/alerts");
        assert_eq!(below.url().as_str(), "https://x.example/am/api/v2/alerts");
    }
}
