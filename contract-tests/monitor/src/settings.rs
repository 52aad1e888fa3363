//! What a monitor is told: by a file, in TOML, or by flags for one target.

use crate::{AGENT, ROOMS, WatchSettings};
use serde::Deserialize;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;
use truce_alarms::Objective;
use truce_contract::{Capabilities, Target};
use truce_notify::{AlertSettings, AlertTable};

/// As it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// From the beginning of a round to that of the next, in seconds.
    #[serde(default = "every")]
    pub every_seconds: u64,
    /// The most requests that a target gets in a day.
    #[serde(default = "requests_a_day")]
    pub requests_a_day: u64,
    /// Which share of the journeys has to hold over thirty days, such as `99.5 %`.
    #[serde(default = "objective", deserialize_with = "read_objective")]
    pub objective: Objective,
    /// Where the history is kept.
    #[serde(default = "history")]
    pub history: PathBuf,
    /// Where a status page is served, if anywhere.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Where people reach it, if not there.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The journeys, by their names; those that are watched by themselves if there are none.
    #[serde(default)]
    pub journeys: Vec<String>,
    /// What is looked at besides, and what is too much.
    #[serde(default)]
    pub watches: WatchSettings,
    /// What is watched.
    #[serde(rename = "target", default)]
    pub targets: Vec<TargetSettings>,
    #[serde(rename = "alert", default)]
    tables: Vec<Spanned<AlertTable>>,
    /// Where alarms go, besides to its output.
    #[serde(skip)]
    pub alerts: Vec<AlertSettings>,
}

/// A deployment, as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSettings {
    /// What it is called where it is told of.
    pub name: String,
    /// Where it answers: one address, or one for each function, in the order issue-qr, redeem-token, mediate, health.
    pub urls: Vec<String>,
    /// A file with a key that it takes from organisers.
    pub organiser_key_file: PathBuf,
    /// A file with the certificate of the only authority that vouches for it, where that is one of one's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// The longest poll that its host grants.
    #[serde(default = "longest_wait")]
    pub longest_wait_seconds: u64,
}

/// Why nothing can be watched.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file that cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no settings.
    #[error("{path} does not hold: {problem}")]
    Form {
        /// Which.
        path: PathBuf,
        /// Where, and what.
        problem: String,
    },
    /// An address or a key that is none.
    #[error("{name}: {problem}")]
    Target {
        /// Which.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing is named.
    #[error("there is no target: name one with --target URL, or in a file with --config")]
    Nothing,
    /// Two of one name.
    #[error("two targets are called `{0}`; nobody could tell them apart")]
    Twice(String),
}

const fn every() -> u64 {
    60
}

const fn requests_a_day() -> u64 {
    200_000
}

fn history() -> PathBuf {
    PathBuf::from("truce-monitor.sqlite")
}

fn objective() -> Objective {
    Objective::of_a_million(995_000).expect("between the lowest and the highest")
}

fn read_objective<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Objective, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

const fn longest_wait() -> u64 {
    25
}

impl Default for Settings {
    fn default() -> Self {
        let (every_seconds, requests_a_day) = (every(), requests_a_day());
        let (objective, history) = (objective(), history());
        let (listen, public_url) = (None, None);
        let (journeys, watches, targets, tables, alerts) = Default::default();
        Self {
            every_seconds,
            requests_a_day,
            objective,
            history,
            listen,
            public_url,
            journeys,
            watches,
            targets,
            tables,
            alerts,
        }
    }
}

impl Settings {
    /// Reads them. A file that is named in it without a folder is beside it.
    ///
    /// # Errors
    /// [`SettingsError`], which never quotes a key.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(unread(path))?;
        let wrong = |at: Option<std::ops::Range<usize>>, problem: &str| {
            let line = at.map_or(0, |at| text[..at.start].matches('\n').count() + 1);
            SettingsError::Form { path: path.to_owned(), problem: format!("line {line}: {problem}") }
        };
        let mut settings: Self =
            toml::from_str(&text).map_err(|error| wrong(error.span(), &unquoted(error.message())))?;
        for table in std::mem::take(&mut settings.tables) {
            let at = table.span();
            let alert = AlertSettings::try_from(table.into_inner());
            settings.alerts.push(alert.map_err(|error| wrong(Some(at), &error.to_string()))?);
        }
        let beside = path.parent().unwrap_or(Path::new(""));
        settings.history = beside.join(&settings.history);
        for target in &mut settings.targets {
            target.organiser_key_file = beside.join(&target.organiser_key_file);
            target.ca_file = target.ca_file.take().map(|file| beside.join(file));
        }
        settings.alerts.iter_mut().for_each(|alert| alert.beside(beside));
        Ok(settings)
    }

    /// The deployments that it names, and `more`.
    ///
    /// # Errors
    /// [`SettingsError`]: a file that cannot be read, what is no address or no key, two of one name, none at all.
    pub fn targets(&self, more: Vec<Target>) -> Result<Vec<Target>, SettingsError> {
        let mut all = self.targets.iter().map(TargetSettings::target).collect::<Result<Vec<_>, _>>()?;
        all.extend(more);
        let mut names = HashSet::new();
        if let Some(twice) = all.iter().find(|target| !names.insert(&target.name)) {
            return Err(SettingsError::Twice(twice.name.clone()));
        }
        if all.is_empty() { Err(SettingsError::Nothing) } else { Ok(all) }
    }

    /// From the beginning of a round to that of the next.
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.max(1))
    }
}

impl TargetSettings {
    fn target(&self) -> Result<Target, SettingsError> {
        let read = |path: &Path| std::fs::read(path).map_err(unread(path));
        let key = String::from_utf8_lossy(&read(&self.organiser_key_file)?).trim().to_owned();
        let target = target(&self.name, &self.urls, &key, self.longest_wait_seconds)?;
        Ok(match &self.ca_file {
            Some(path) => target.vouched_for_by(read(path)?),
            None => target,
        })
    }
}

/// A deployment at `urls`: one, or one for each function.
///
/// # Errors
/// [`SettingsError::Target`].
pub fn target(name: &str, urls: &[String], key: &str, longest_wait: u64) -> Result<Target, SettingsError> {
    let target = match urls {
        [url] => Target::at(name, url, key),
        urls => Target::at_each(name, urls, key),
    };
    let wrong = |error: truce_contract::TargetError| SettingsError::Target {
        name: name.to_owned(),
        problem: error.to_string(),
    };
    let longest_wait = Duration::from_secs(longest_wait);
    // A monitor that waited for minutes would measure its own patience.
    let capabilities = Capabilities { longest_wait, patience: Duration::ZERO, ..Capabilities::default() };
    Ok(target.map_err(wrong)?.capabilities(capabilities).in_rooms_called(ROOMS).asked_by(AGENT))
}

/// A problem without the text that stands where it should not: it may be a secret in the wrong place.
fn unquoted(problem: &str) -> String {
    let text = problem.split_once(" string \"").and_then(|(before, rest)| Some((before, rest.rsplit_once("\", ")?.1)));
    text.map_or_else(|| problem.to_owned(), |(before, after)| format!("{before} a string, {after}"))
}

fn unread(path: &Path) -> impl FnOnce(std::io::Error) -> SettingsError {
    let path = path.to_owned();
    move |source| SettingsError::Read { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("monitor.toml");
        fs::write(&path, text).expect("written");
        fs::write(folder.path().join("key"), format!("{KEY}\n")).expect("written");
        (folder, path)
    }

    #[test]
    fn a_file_names_targets_and_what_is_left_out_has_a_default() {
        let (folder, path) = written(
            "every_seconds = 30\nlisten = \"127.0.0.1:8788\"\n[[target]]\nname = \"edge\"\nurls = [\"https://truce.example\"]\norganiser_key_file = \"key\"\n",
        );
        let settings = Settings::read(&path).expect("settings");
        assert_eq!((settings.every(), settings.requests_a_day), (Duration::from_secs(30), 200_000));
        assert_eq!(settings.history, folder.path().join("truce-monitor.sqlite"));
        let listen = settings.listen.map(|address| address.port());
        assert_eq!((listen, settings.public_url.as_deref()), (Some(8_788), None));
        let targets = settings.targets(Vec::new()).expect("targets");
        assert_eq!((targets.len(), targets[0].rooms, targets[0].agent), (1, ROOMS, AGENT));
        assert!(!format!("{targets:?}").contains(KEY));
    }

    #[test]
    fn where_alarms_go_is_read_too_and_what_does_not_hold_there_is_named_by_its_line() {
        let (_folder, path) =
            written("every_seconds = 30\n[[alert]]\nslack_file = \"key\"\n[[alert]]\ncommand = [\"x\"]\n");
        assert_eq!(Settings::read(&path).expect("settings").alerts.len(), 2);
        let (_folder, path) = written(
            "every_seconds = 30\n[[alert]]\ncommand = [\"x\"]\n[[alert]]\nwebhook = \"http://a.example/secret\"\n",
        );
        let error = Settings::read(&path).expect_err("no secret").to_string();
        assert!(
            error.contains("monitor.toml") && error.contains("line 4: a `webhook` needs a `secret_file`"),
            "{error}"
        );
        assert!(!error.contains("a.example"), "{error}");
        for wrong in [
            "alert = \"https://a.example\"",
            "[alert]\nwebhook = \"https://a.example\"",
            "every_seconds = \"a.example\"",
        ] {
            let (_folder, path) = written(wrong);
            let error = Settings::read(&path).expect_err(wrong).to_string();
            assert!(
                error.contains("line 1: ") && error.contains("expected") && !error.contains("a.example"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_does_not_hold_is_named_by_its_line_and_no_key_is_quoted() {
        let (_folder, path) = written("every_seconds = 30\n[[target]]\nname = \"edge\"\nkey = \"secret\"\n");
        let error = Settings::read(&path).expect_err("an unknown field").to_string();
        assert!(error.contains("line 4") && error.contains("key") && !error.contains("secret"), "{error}");
        let twice = "[[target]]\nname = \"a\"\nurls = [\"http://x\"]\norganiser_key_file = \"key\"\n".repeat(2);
        let (_folder, path) = written(&twice);
        assert!(matches!(Settings::read(&path).expect("settings").targets(Vec::new()), Err(SettingsError::Twice(_))));
        let (_folder, path) = written("[[target]]\nname = \"a\"\nurls = [\"nowhere\"]\norganiser_key_file = \"key\"\n");
        let error = Settings::read(&path).expect("settings").targets(Vec::new()).expect_err("no address").to_string();
        assert!(error.starts_with("a: `nowhere`") && !error.contains(KEY), "{error}");
    }
}
