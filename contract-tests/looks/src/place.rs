//! Where a function answers, taken apart: what a name server, a socket and a certificate are asked for.

use http::Uri;
use std::net::IpAddr;
use truce_contract::{Addresses, Function};

/// A host and a port, and whether TLS is spoken there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Without the brackets of an IPv6 address.
    pub host: String,
    /// Said or usual.
    pub port: u16,
    /// Whether it begins with `https`.
    pub tls: bool,
}

impl Place {
    /// Of an address, or of a link below one.
    pub fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let tls = uri.scheme_str()? == "https";
        let host = uri.host()?.trim_matches(['[', ']']).to_ascii_lowercase();
        Some(Self { host, port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }), tls })
    }

    /// Each once, in the order of the functions.
    pub fn all(addresses: &Addresses) -> Option<Vec<Self>> {
        let places = bases(addresses).into_iter().map(Self::of).collect::<Option<Vec<_>>>()?;
        let mut each: Vec<Self> = Vec::new();
        for place in places {
            if !each.contains(&place) {
                each.push(place);
            }
        }
        Some(each)
    }

    /// Host and port, as they are written.
    pub fn name(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{host}:{}", self.port)
    }
}

/// The base URLs, each once.
pub fn bases(addresses: &Addresses) -> Vec<&str> {
    let mut each: Vec<&str> = Vec::new();
    for function in Function::ALL {
        let base = addresses.base(*function);
        if !each.contains(&base) {
            each.push(base);
        }
    }
    each
}

/// Whether nobody reaches it but who is in the same network. 100.64.0.0/10 is a provider's own (RFC 6598).
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (first == 100 && second & 0xC0 == 64)
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Whether it is the machine that looks, or nowhere.
pub fn is_here(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || address.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_host_port_and_whether_tls_is_spoken() {
        let place = |url| Place::of(url).map(|place| (place.name(), place.tls));
        assert_eq!(place("https://Truce.example"), Some(("truce.example:443".to_owned(), true)));
        assert_eq!(place("https://truce.example/j#12"), Some(("truce.example:443".to_owned(), true)));
        assert_eq!(place("http://127.0.0.1:8787/x"), Some(("127.0.0.1:8787".to_owned(), false)));
        assert_eq!(place("http://[::1]"), Some(("[::1]:80".to_owned(), false)));
        assert_eq!(place("nowhere"), None);
    }

    #[test]
    fn what_a_watch_does_not_reach_is_known() {
        for private in ["10.1.2.3", "192.168.1.20", "172.16.0.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1"] {
            assert!(is_private(private.parse().expect("an address")), "{private}");
        }
        for public in ["93.184.216.34", "100.128.0.1", "2606:2800::1"] {
            let public: IpAddr = public.parse().expect("an address");
            assert!(!is_private(public) && !is_here(public), "{public}");
        }
        for here in ["127.0.0.1", "::1", "0.0.0.0", "::ffff:127.0.0.1"] {
            assert!(is_here(here.parse().expect("an address")), "{here}");
        }
    }
}
