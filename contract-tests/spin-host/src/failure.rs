//! Why this host does not start, in one sentence for whoever started it.

use std::path::PathBuf;

/// What is wrong, where, and what can be done about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The manifest cannot be read at all.
    #[error("{} cannot be read: {source}", path.display())]
    NoManifest {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML, or has a key that this host does not honour: it would run the components differently from Spin.
    #[error("{} holds what this host cannot honour: {source}", path.display())]
    Manifest {
        /// Which manifest.
        path: PathBuf,
        /// The key and the line.
        source: Box<toml::de::Error>,
    },
    /// A value in the manifest that makes no sense.
    #[error("{place}: {what}")]
    Value {
        /// The key, as one would write it.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// Variables without which the manifest says nothing may start.
    #[error(
        "no value for what the manifest requires: {}. Give it with --variable NAME=VALUE, or SPIN_VARIABLE_NAME in the \
         environment",
        names.join(", ")
    )]
    Required {
        /// Their names.
        names: Vec<String>,
    },
    /// A value for a variable that the manifest does not have: most likely a typing error.
    #[error("the manifest has no variable `{name}`; it has: {}", known.join(", "))]
    UnknownVariable {
        /// The name somebody gave a value for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A component has not been built.
    #[error("component `{component}`: {} is not there{}", path.display(), how(command.as_deref()))]
    NotBuilt {
        /// Which component.
        component: String,
        /// Where its file should be.
        path: PathBuf,
        /// What the manifest says builds it.
        command: Option<String>,
    },
    /// A file that is not a component this host can run: not WebAssembly, or one that imports what is not offered here.
    #[error("component `{component}` cannot be run here: {source:#}")]
    Component {
        /// Which component.
        component: String,
        /// What wasmtime said.
        source: wasmtime::Error,
    },
    /// The WebAssembly engine cannot be set up.
    #[error("the WebAssembly engine cannot be set up: {0:#}")]
    Engine(wasmtime::Error),
    /// The folder for what components keep cannot be used.
    #[error("the folder {} cannot be used: {source}", path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody can be listened to.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Failure {
    pub(crate) fn value(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Value { place: place.into(), what: what.into() }
    }
}

fn how(command: Option<&str>) -> String {
    command.map_or_else(String::new, |command| format!("; build it with `{command}`"))
}
