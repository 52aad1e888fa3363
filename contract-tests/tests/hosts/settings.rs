//! What every deployment of this suite is told, and where the functions' own binaries are.

use crate::binary;
use crate::model;
use crate::server::ORGANISER_KEY;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use truce_contract::{Capabilities, Function, Target};

/// Nobody is there: it only goes into links, and tokens are bound to it.
const PUBLIC_URL: &str = "https://truce.example";

/// The settings of one deployment, as an environment.
#[derive(Debug, Clone)]
pub(crate) struct Settings(Vec<(&'static str, String)>);

impl Settings {
    /// With keys of its own, which the real command makes.
    pub(crate) fn new(store: String) -> Result<Self, String> {
        let made = Command::new(binary::truce()?)
            .arg("keys")
            .env_clear()
            .output()
            .map_err(|error| format!("`truce keys` cannot be run: {error}"))?;
        let keys = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        if !made.status.success() || keys.is_empty() {
            return Err(format!("`truce keys` makes none: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let mut settings = vec![
            ("TRUCE_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("TRUCE_ORGANISER_KEYS", format!("contract={ORGANISER_KEY}")),
            ("TRUCE_KEYS", keys),
            ("TRUCE_STORE", store),
            // All callers come from one address.
            ("TRUCE_ATTEMPTS_PER_MINUTE", "0".to_owned()),
        ];
        settings.extend(model::settings());
        Ok(Self(settings))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// `command` with these settings and nothing of whoever runs the tests.
    pub(crate) fn given_to(&self, mut command: Command) -> Command {
        command.env_clear().envs(self.pairs());
        command
    }
}

/// A function's own binary.
pub(crate) fn binary_of(function: Function) -> Result<PathBuf, String> {
    let name = format!("truce-{}", function.name());
    let how = format!("cargo build -p {name} --features host");
    binary::built(&name, &how)
}

/// What may be expected of `target`: it runs on this machine, with this machine's clock, and does not limit attempts.
pub(crate) fn on_this_machine(target: Target, longest_wait: Duration) -> Target {
    let (clock_skew, patience) = (Duration::from_secs(2), Duration::ZERO);
    target.capabilities(Capabilities { longest_wait, patience, clock_skew, ..Capabilities::default() })
}

/// The longest poll of a host that sets no limit of its own.
pub(crate) fn longest_wait() -> Duration {
    Capabilities::default().longest_wait
}

/// A target with an address for each function.
pub(crate) fn at_each(name: &str, urls: &[String]) -> Result<Target, String> {
    Target::at_each(name, urls, ORGANISER_KEY).map_err(|error| error.to_string())
}

/// A target with one address.
pub(crate) fn at(name: &str, url: &str) -> Result<Target, String> {
    Target::at(name, url, ORGANISER_KEY).map_err(|error| error.to_string())
}
