//! Where a deployment answers: at one address, or each function at its own.

use std::fmt;
use thiserror::Error;

/// `https://`, a host, a port if need be, and a path if need be; no query, no name, and no `/` at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// Why something is no address that a Watch could call.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` is no address for a Watch: {why}")]
pub struct Wrong {
    given: String,
    why: &'static str,
}

/// One for each function that a Watch calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Of `redeem-token`.
    pub redeem: Address,
    /// Of `mediate`.
    pub mediate: Address,
}

impl Address {
    /// Reads it.
    ///
    /// # Errors
    /// When a Watch could not call it, or when it says more than where to call.
    pub fn new(given: &str) -> Result<Self, Wrong> {
        let wrong = |why| Wrong { given: given.to_owned(), why };
        let rest = given.strip_prefix("https://").ok_or_else(|| wrong("it has to begin with https://"))?;
        let rest = rest.trim_end_matches('/');
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        if name.is_empty() || !name.bytes().all(in_name) {
            return Err(wrong("its host has to be a name or an IPv4 address"));
        }
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(wrong("its port has to be a number up to 65535"));
        }
        let in_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !path.bytes().all(in_path) {
            return Err(wrong("its path may have letters, digits and -._~ only, and nothing after it"));
        }
        Ok(Self(format!("https://{rest}")))
    }

    /// Of a path below it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl Addresses {
    /// All functions behind one.
    pub fn one(address: &Address) -> Self {
        Self { redeem: address.clone(), mediate: address.clone() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_to_call_and_nothing_else() {
        for (given, read) in [
            ("https://truce.example", "https://truce.example"),
            ("https://truce.example:8443/", "https://truce.example:8443"),
            ("https://a.execute-api.example/prod/", "https://a.execute-api.example/prod"),
        ] {
            assert_eq!(Address::new(given).expect(given).to_string(), read);
        }
        let wrong = [
            "http://truce.example",
            "https://",
            "https://ana@truce.example",
            "https://truce.example?key=1",
            "https://truce.example/{session}",
            "https://truce.example:99999",
            "https://truce.example/a b",
        ];
        for given in wrong {
            assert!(Address::new(given).is_err_and(|wrong| wrong.to_string().contains(given)), "{given}");
        }
    }
}
