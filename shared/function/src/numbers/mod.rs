//! What is counted, for Prometheus: requests, the store, the model, and who was told to slow down.
//!
//! Only what the code itself names is ever a label: a path as its function wrote it, and never the one that was asked for;
//! no room, no person, no token. What a test of ours asks is kept apart ([`Synthetic`](crate::Synthetic)). So there is a bound to how much of it there can be, and nothing in it to keep from anybody.
//! Without the feature `numbers` nothing is counted, and the same calls cost nothing.

#[cfg(feature = "numbers")]
mod kept;
#[cfg(not(feature = "numbers"))]
mod none;

#[cfg(feature = "numbers")]
pub use kept::{Numbers, Underway};
#[cfg(not(feature = "numbers"))]
pub use none::{Numbers, Underway};

/// What came of asking the language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Its words are taken.
    Worded,
    /// No answer came.
    Unanswered,
    /// An answer with another status than 200.
    Refused,
    /// An answer without words.
    Unreadable,
    /// Words that are not fit.
    Rejected,
}

impl Asked {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Worded, Self::Unanswered, Self::Refused, Self::Unreadable, Self::Rejected];

    /// As it is counted.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Worded => "worded",
            Self::Unanswered => "unanswered",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::Rejected => "rejected",
        }
    }
}

/// Whose words somebody got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The embedded engine's, as there is nothing else to ask.
    Embedded,
    /// The model's.
    Model,
    /// The embedded engine's, as the model had none that are fit, or rests.
    Fallback,
}

impl Words {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Embedded, Self::Model, Self::Fallback];

    /// As it is counted.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Model => "model",
            Self::Fallback => "fallback",
        }
    }
}

/// Whether a request asks to wait for news. Then how long it takes says when news came, and not how fast we are.
#[cfg(any(feature = "numbers", feature = "lambda"))]
pub(crate) fn asks_to_wait(uri: &http::Uri) -> bool {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs.filter_map(|pair| pair.strip_prefix("wait=")).any(|seconds| seconds.bytes().any(|digit| digit != b'0'))
}

#[cfg(all(test, feature = "numbers"))]
mod tests {
    use super::*;
    use http::Uri;

    #[test]
    fn who_asks_to_wait_is_told_from_who_does_not() {
        for (uri, waits) in [
            ("/mediate", false),
            ("/mediate?wait=0", false),
            ("/mediate?wait=", false),
            ("/mediate?after=c1&wait=25", true),
            ("/mediate?wait=10&after=", true),
            ("/mediate?await=10", false),
        ] {
            assert_eq!(asks_to_wait(&Uri::from_static(uri)), waits, "{uri}");
        }
    }
}
