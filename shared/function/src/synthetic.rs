//! Whether people ask, or a test that does as they do.
//!
//! What a test asks is counted apart, under OpenTelemetry's name for it (`user_agent.synthetic.type`). A test says so itself, and anybody can say
//! the same: nothing but statistics may go by this, no limit, no line of the log and no answer.

use http::{Extensions, HeaderMap, header};

/// What the project's own tests call themselves; a `/` and their version come after it.
const TESTS: [&str; 3] = ["truce-contract", "truce-doctor", "truce-monitor"];

/// Whether it is a test that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synthetic {
    /// People do, as far as anybody says: Watches, browsers, programs of theirs.
    #[default]
    No,
    /// The monitor, the contract suite or `truce doctor`.
    Test,
}

impl Synthetic {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::No, Self::Test];

    /// As it is counted: a word of ours, and never what was sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Test => "test",
        }
    }

    /// As a request says. The first product is who asks; what comes after it says what that is made of.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let product = agent.and_then(|agent| agent.split(['/', ' ']).next());
        if product.is_some_and(|product| TESTS.contains(&product)) { Self::Test } else { Self::No }
    }

    /// As the layers have found, for whoever has a part of the request.
    pub(crate) fn told(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_who_is_on_the_list_is_a_test() {
        let of = |agent: &'static [u8]| {
            let agent = HeaderValue::from_bytes(agent).expect("a header");
            Synthetic::of(&HeaderMap::from_iter([(header::USER_AGENT, agent)]))
        };
        for test in [&b"truce-monitor/0.1.0"[..], b"truce-contract/9", b"truce-doctor/1 (here)", b"truce-monitor"] {
            assert_eq!(of(test), Synthetic::Test, "{test:?}");
        }
        for people in [
            &b"BackgroundShortcutRunner/1 CFNetwork/1"[..],
            b"Mozilla/5.0 truce-monitor/1",
            b"truce-monitors/1",
            b"Truce-Monitor/1",
            b"truce/1",
            b"truce-monitor\xff/1",
            b"",
        ] {
            assert_eq!(of(people), Synthetic::No, "{people:?}");
        }
        assert_eq!(Synthetic::of(&HeaderMap::new()), Synthetic::No);
    }
}
