//! From what a deployment is told to the [`Environment`] its function is made from, the same on every host.
//!
//! Whoever starts a deployment that is told too little, or something that does not hold, gets one sentence that says
//! what to do, and no deployment: nothing is guessed, and no key is ever made up.

use crate::environment::EnvironmentBuilder;
use crate::settings::SettingError;
use crate::{Environment, Settings};
use truce_session::{KeyRing, KeyRingError};
use truce_store::StoreError;

/// The keys that seal and open tokens.
const KEYS: &str = "TRUCE_KEYS";
/// What outlives a request.
const STORE: &str = "TRUCE_STORE";
/// The settings without which no function starts.
const REQUIRED: [&str; 4] = ["TRUCE_PUBLIC_URL", "TRUCE_ORGANISER_KEYS", KEYS, STORE];

/// Every setting that a function may have, for hosts that have to ask for each by its name.
pub const SETTINGS: [&str; 13] = [
    "TRUCE_PUBLIC_URL",
    "TRUCE_ORGANISER_KEYS",
    KEYS,
    STORE,
    "TRUCE_HUMAN",
    "TRUCE_LONGEST_WAIT",
    "TRUCE_ATTEMPTS_PER_MINUTE",
    "TRUCE_CELLS",
    "TRUCE_SHORTCUTS",
    "TRUCE_MODEL_URL",
    "TRUCE_MODEL",
    "TRUCE_MODEL_KEY",
    "TRUCE_MODEL_SECONDS",
];

/// Why a function does not start; never quotes what it was told, which may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Settings that are not there, by name.
    #[error("{} {} not set.", list(.0), if .0.len() == 1 { "is" } else { "are" })]
    Missing(Vec<&'static str>),
    /// A setting that does not hold.
    #[error("{0}.")]
    Setting(#[from] SettingError),
    /// Keys that do not hold.
    #[error("{KEYS} does not hold: {0}.")]
    Keys(#[from] KeyRingError),
    /// A store that is not one, or cannot be opened.
    #[error("{}.", reason(.0))]
    Store(#[from] StoreError),
    /// A host that cannot do its part.
    #[error("{0}.")]
    Host(String),
}

/// An environment from settings by name. A setting that is empty is one that is not set: some hosts cannot leave one
/// out.
///
/// # Errors
/// [`Refusal`], when a setting is missing or does not hold, or when the store is none.
pub async fn environment(lookup: impl Fn(&str) -> Option<String>) -> Result<EnvironmentBuilder, Refusal> {
    let lookup = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let missing: Vec<_> = REQUIRED.into_iter().filter(|name| lookup(name).is_none()).collect();
    if !missing.is_empty() {
        return Err(Refusal::Missing(missing));
    }
    let settings = Settings::from_lookup(lookup)?;
    let keys = KeyRing::from_text(&lookup(KEYS).unwrap_or_default())?;
    let store = truce_store::connect(&lookup(STORE).unwrap_or_default()).await?;
    Ok(Environment::builder(settings, keys, store))
}

fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

/// `A`, `A and B`, `A, B and C`.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Random as _, SystemRandom};

    const ORGANISER: &str = "Ana=0123456789abcdef0123456789abcdef";

    fn keys() -> String {
        KeyRing::generate(&mut |bytes| SystemRandom.fill(bytes)).expect("randomness").to_text().to_string()
    }

    /// A deployment that is told everything it needs, and `changed` besides.
    async fn told(changed: &[(&str, &str)]) -> Result<Environment, Refusal> {
        let keys = keys();
        environment(|name| {
            let changed = changed.iter().find(|(changed, _)| *changed == name).map(|(_, value)| *value);
            let value = changed.or(match name {
                "TRUCE_PUBLIC_URL" => Some("https://truce.example"),
                "TRUCE_ORGANISER_KEYS" => Some(ORGANISER),
                KEYS => Some(&keys),
                STORE => Some("memory"),
                _ => None,
            });
            value.map(str::to_owned)
        })
        .await
        .map(EnvironmentBuilder::build)
    }

    async fn refusal(changed: &[(&str, &str)]) -> String {
        told(changed).await.err().expect("refused").to_string()
    }

    #[tokio::test]
    async fn whoever_says_too_little_is_told_everything_that_is_missing_in_one_sentence() {
        let nothing = environment(|_| None).await.err().expect("refused").to_string();
        assert_eq!(nothing, "TRUCE_PUBLIC_URL, TRUCE_ORGANISER_KEYS, TRUCE_KEYS and TRUCE_STORE are not set.");
        assert_eq!(refusal(&[(KEYS, " ")]).await, "TRUCE_KEYS is not set.");
    }

    #[tokio::test]
    async fn an_empty_setting_is_one_that_is_not_set() {
        let env = told(&[("TRUCE_HUMAN", ""), ("TRUCE_CELLS", ""), ("TRUCE_LONGEST_WAIT", "")]).await.expect("starts");
        assert_eq!(env.settings().human, "your people team");
        assert_eq!(env.settings().longest_wait, crate::settings::LONGEST_WAIT);
    }

    #[tokio::test]
    async fn what_does_not_hold_is_named_and_never_shown() {
        let half = "k7mq:half-of-a-secret:active";
        for (name, value) in [
            (KEYS, half),
            (STORE, "floppy:half-of-a-secret"),
            ("TRUCE_ORGANISER_KEYS", "half-of-a-secret"),
            ("TRUCE_PUBLIC_URL", "half-of-a-secret"),
            ("TRUCE_LONGEST_WAIT", "half-of-a-secret"),
        ] {
            let sentence = refusal(&[(name, value)]).await;
            assert!(sentence.starts_with(name) && sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.contains("half-of-a-secret"), "{sentence}");
        }
    }

    #[tokio::test]
    async fn every_setting_a_function_reads_is_in_the_list_for_hosts_that_ask_by_name() {
        let asked = std::cell::RefCell::new(Vec::new());
        let keys = keys();
        let env = environment(|name| {
            asked.borrow_mut().push(name.to_owned());
            match name {
                "TRUCE_PUBLIC_URL" => Some("https://truce.example".to_owned()),
                "TRUCE_ORGANISER_KEYS" => Some(ORGANISER.to_owned()),
                KEYS => Some(keys.clone()),
                STORE => Some("memory".to_owned()),
                _ => None,
            }
        });
        assert!(env.await.is_ok());
        for name in asked.into_inner() {
            assert!(SETTINGS.contains(&name.as_str()), "{name}");
        }
    }
}
