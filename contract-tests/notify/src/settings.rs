//! Where alarms go, as it stands in the monitor's file: a table `[[alert]]` each.

use crate::address::{Address, NotAnAddress};
use crate::destination::{Destination, To};
use crate::signature::{NotASecret, Secrets};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where some of them go. What is secret in it is not shown.
#[derive(Clone)]
pub struct AlertSettings {
    name: String,
    to: Told,
}

#[derive(Clone)]
enum Told {
    Webhook { address: Address, secret_file: PathBuf },
    Slack { file: PathBuf },
    Alertmanager { address: Address },
    Command { command: Vec<String> },
}

/// Why nothing can be sent there. Never with an address, a secret or an argument.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// A file that cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that holds no secret.
    #[error("{path} is no webhook's secret: {source}")]
    Secret {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: NotASecret,
    },
    /// A file that holds no address.
    #[error("{path} holds no address: {source}")]
    Address {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: NotAnAddress,
    },
    /// Two of one name.
    #[error("two alerts go to `{0}`; give each a `name` of its own")]
    Twice(String),
}

/// A table, as it is written: it says nothing yet. Whoever reads it knows in which line it stands.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertTable {
    name: Option<String>,
    webhook: Option<String>,
    secret_file: Option<PathBuf>,
    slack_file: Option<PathBuf>,
    alertmanager: Option<String>,
    command: Option<Words>,
}

/// A list; of anything else an error would quote what may be secret.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    #[allow(dead_code, reason = "what it is does not matter")]
    Other(IgnoredAny),
}

/// What does not hold in a table.
#[derive(Debug, thiserror::Error)]
pub enum NotAnAlert {
    /// It names nothing, or more than one.
    #[error("an [[alert]] names one of `webhook`, `slack_file`, `alertmanager` and `command`")]
    NotOne,
    /// Nobody could tell who sends, or a secret for what is not signed.
    #[error("a `webhook` needs a `secret_file`, which holds `whsec_…`, and nothing else needs one")]
    Secret,
    /// No program.
    #[error("`command` is a list of a program and its arguments, such as [\"page-me\", \"--loud\"]")]
    Command,
    /// No address.
    #[error("`{0}`: {1}")]
    Address(&'static str, NotAnAddress),
    /// Nothing to call it by.
    #[error("`name` is empty")]
    Name,
}

impl TryFrom<AlertTable> for AlertSettings {
    type Error = NotAnAlert;

    fn try_from(written: AlertTable) -> Result<Self, NotAnAlert> {
        let AlertTable { name, webhook, secret_file, slack_file, alertmanager, command } = written;
        let read = |what, text: &str| Address::read(text).map_err(|error| NotAnAlert::Address(what, error));
        if secret_file.is_some() != webhook.is_some() {
            return Err(NotAnAlert::Secret);
        }
        let (usual, to) = match (webhook, secret_file, slack_file, alertmanager, command) {
            (Some(url), Some(secret_file), None, None, None) => {
                let address = read("webhook", &url)?;
                (address.host(), Told::Webhook { address, secret_file })
            }
            (None, None, Some(file), None, None) => ("slack".to_owned(), Told::Slack { file }),
            (None, None, None, Some(url), None) => {
                ("alertmanager".to_owned(), Told::Alertmanager { address: read("alertmanager", &url)? })
            }
            (None, None, None, None, Some(Words::List(command)))
                if command.first().is_some_and(|it| !it.is_empty()) =>
            {
                let file = Path::new(&command[0]).file_name().unwrap_or_default().to_string_lossy().into_owned();
                (file, Told::Command { command })
            }
            (None, None, None, None, Some(_)) => return Err(NotAnAlert::Command),
            _ => return Err(NotAnAlert::NotOne),
        };
        let name = name.unwrap_or(usual);
        if name.trim().is_empty() { Err(NotAnAlert::Name) } else { Ok(Self { name, to }) }
    }
}

impl AlertSettings {
    /// Files that are named without a folder are beside `folder`'s other files; so is a program that is named by a path.
    pub fn beside(&mut self, folder: &Path) {
        match &mut self.to {
            Told::Webhook { secret_file: file, .. } | Told::Slack { file } => *file = folder.join(&*file),
            Told::Alertmanager { .. } | Told::Command { .. } => {}
        }
    }

    /// Where they go. Secrets are read now.
    ///
    /// # Errors
    /// [`AlertError`].
    pub fn destinations(all: &[Self]) -> Result<Vec<Destination>, AlertError> {
        let mut names = HashSet::new();
        if let Some(twice) = all.iter().find(|settings| !names.insert(&settings.name)) {
            return Err(AlertError::Twice(twice.name.clone()));
        }
        all.iter().map(Self::destination).collect()
    }

    fn destination(&self) -> Result<Destination, AlertError> {
        let to = match self.to.clone() {
            Told::Webhook { address, secret_file: path } => {
                let secrets = Secrets::read(&text(&path)?).map_err(|source| AlertError::Secret { path, source })?;
                To::Webhook { address, secrets }
            }
            Told::Slack { file: path } => {
                let address = Address::read(&text(&path)?).map_err(|source| AlertError::Address { path, source })?;
                To::Slack { address }
            }
            Told::Alertmanager { address } => To::Alertmanager { address },
            Told::Command { command } => To::Command { command },
        };
        Ok(Destination { name: self.name.clone(), to })
    }
}

fn text(path: &Path) -> Result<String, AlertError> {
    std::fs::read_to_string(path).map_err(|source| AlertError::Read { path: path.to_owned(), source })
}

impl fmt::Debug for AlertTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AlertTable")
    }
}

impl fmt::Debug for AlertSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AlertSettings({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[derive(Debug, Deserialize)]
    struct File {
        alert: Vec<AlertTable>,
    }

    const CANARY: &str = "canary";
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("secret"), SECRET).expect("written");
        fs::write(folder.path().join("slack"), format!("https://hooks.example/{CANARY}\n")).expect("written");
        fs::write(folder.path().join("not"), format!("{CANARY} {CANARY}")).expect("written");
        folder
    }

    fn destinations(text: &str) -> Result<Vec<Destination>, String> {
        let folder = folder();
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        assert!(!format!("{file:?}").contains(CANARY), "{file:?}");
        let all = file.alert.into_iter().map(AlertSettings::try_from).collect::<Result<Vec<_>, _>>();
        let mut all = all.map_err(|error| error.to_string())?;
        all.iter_mut().for_each(|alert| alert.beside(folder.path()));
        assert!(!format!("{all:?}").contains(CANARY), "{all:?}");
        AlertSettings::destinations(&all).map_err(|error| error.to_string())
    }

    #[test]
    fn each_kind_is_read_and_called_by_what_it_is_if_it_has_no_name() {
        let text = "
            [[alert]]
            webhook = \"https://canary:canary@hooks.example/canary?canary\"
            secret_file = \"secret\"
            [[alert]]
            slack_file = \"slack\"
            [[alert]]
            name = \"ours\"
            alertmanager = \"http://127.0.0.1:9093\"
            [[alert]]
            command = [\"/usr/bin/page-me\", \"--token=canary\"]";
        let all = destinations(text).expect("four");
        assert_eq!(all.each_name(), ["hooks.example", "slack", "ours", "page-me"]);
        assert!(!format!("{all:?}").contains(CANARY) && !format!("{all:?}").contains(SECRET), "{all:?}");
    }

    trait EachName {
        fn each_name(&self) -> Vec<&str>;
    }

    impl EachName for Vec<Destination> {
        fn each_name(&self) -> Vec<&str> {
            self.iter().map(|destination| destination.name.as_str()).collect()
        }
    }

    #[test]
    fn what_does_not_hold_is_said_with_its_mend_and_nothing_secret_is_quoted() {
        for (table, says) in [
            ("", "names one of"),
            ("webhook = \"https://canary@x.example/canary\"", "needs a `secret_file`"),
            (
                "webhook = \"http://x.example/canary\"\nsecret_file = \"secret\"",
                "`webhook`: http:// is for this machine",
            ),
            ("webhook = \"canary\"\nsecret_file = \"secret\"", "`webhook`: it is no URL"),
            ("webhook = [\"https://canary@x.example\"]\nsecret_file = \"secret\"", "expected a string"),
            ("webhook = \"https://x.example\"\nsecret_file = \"not\"", "not is no webhook's secret"),
            ("webhook = \"https://x.example\"\nsecret_file = \"gone\"", "gone cannot be read"),
            ("slack_file = \"not\"", "not holds no address"),
            ("slack = \"https://hooks.example/canary\"", "unknown field `slack`"),
            ("slack_file = \"slack\"\nsecret_file = \"secret\"", "nothing else needs one"),
            ("slack_file = \"slack\"\ncommand = [\"x\"]", "names one of"),
            ("alertmanager = \"http://x.example/canary\"", "`alertmanager`: http:// is for"),
            ("command = \"page-me --token=canary\"", "`command` is a list"),
            ("command = []", "`command` is a list"),
            ("command = [\"x\"]\nname = \" \"", "`name` is empty"),
            ("command = [\"x\"]\n[[alert]]\ncommand = [\"/bin/x\"]", "two alerts go to `x`"),
        ] {
            let error = destinations(&format!("[[alert]]\n{table}\n")).expect_err(table);
            assert!(error.contains(says) && !error.contains(CANARY), "{table}: {error}");
        }
    }
}
