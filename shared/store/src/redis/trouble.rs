//! What can be wrong with a server, in sentences that say what to do. Of a server's own words only the code is used: they
//! may quote what was sent.

use crate::StoreError;

/// Why a command had no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The server does not know the script: it has been restarted, or never was told.
    UnknownScript,
    /// Anything else.
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Store(error) => error,
            Trouble::UnknownScript => {
                Self::lasting("Redis does not keep the scripts it was just given: it must allow EVAL")
            }
        }
    }
}

/// Every code that is understood; the first that a server's message holds is the one.
pub(crate) const CODES: [&str; 18] = [
    "NOSCRIPT",
    "WRONGPASS",
    "NOAUTH",
    "NOPERM",
    "READONLY",
    "OOM",
    "MISCONF",
    "NOREPLICAS",
    "MOVED",
    "ASK",
    "CROSSSLOT",
    "LOADING",
    "BUSY",
    "TRYAGAIN",
    "MASTERDOWN",
    "CLUSTERDOWN",
    "WRONGTYPE",
    "ERR",
];

impl Trouble {
    /// It cannot be reached, or the connection broke.
    pub(crate) fn unreachable() -> Self {
        StoreError::passing(
            "Redis cannot be reached: is it running, is TRUCE_STORE its address, and with rediss:// is its certificate trusted?",
        )
        .into()
    }

    /// It said no with this code.
    pub(crate) fn from_code(code: &str) -> Self {
        let what = match code {
            "NOSCRIPT" => return Self::UnknownScript,
            "WRONGPASS" | "NOAUTH" => "does not accept the user and password in TRUCE_STORE",
            "NOPERM" => {
                "does not let this user do what Truce does: allow keys that start with `truce:`, scripts, strings, hashes and sorted sets"
            }
            "READONLY" => "is a replica: TRUCE_STORE must name the primary",
            "OOM" => "has no memory left: give it more (never let it evict keys: `maxmemory-policy noeviction`)",
            "MISCONF" => "cannot save to its disk: look at its log",
            "NOREPLICAS" => "has too few replicas to take a write: start them again",
            "MOVED" | "ASK" | "CROSSSLOT" => {
                "is a node of a cluster that keeps this room elsewhere: name a proxy for the cluster, or one server"
            }
            "WRONGTYPE" => {
                "holds something else under a key that starts with `truce:`: give Truce a server or a database number of its own"
            }
            "LOADING" | "BUSY" | "TRYAGAIN" | "MASTERDOWN" | "CLUSTERDOWN" => {
                return StoreError::passing(format!("Redis is not ready ({code}): it usually is within seconds"))
                    .into();
            }
            _ => {
                return StoreError::lasting(format!(
                    "Redis does not do what Truce asks, it says {code}: look at its log"
                ))
                .into();
            }
        };
        StoreError::lasting(format!("Redis {what}")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_sentence_and_only_one_is_the_scripts() {
        for code in CODES {
            let trouble = Trouble::from_code(code);
            assert_eq!(trouble == Trouble::UnknownScript, code == "NOSCRIPT", "{code}");
            assert!(StoreError::from(trouble).retry_after().is_some(), "{code}");
        }
    }
}
