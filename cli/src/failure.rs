//! How the command fails: one sentence that says what is wrong and what to do. Never a key, never what people said.

use std::path::{Path, PathBuf};
use truce_function::settings::SettingError;
use truce_session::KeyRingError;
use truce_store::StoreError;

/// Why the command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(
        "{address} is taken: something else listens there. Stop it, or choose another with --listen, e.g. --listen 127.0.0.1:{other}."
    )]
    PortTaken { address: String, other: u16 },
    #[error("{address} cannot be listened on: {source}. Choose another with --listen ADDR:PORT.")]
    Listen { address: String, source: std::io::Error },
    #[error("{path} cannot be written: {source}. Choose a folder of yours with --data DIR.")]
    Data { path: PathBuf, source: std::io::Error },
    #[error("{path} cannot be read: {source}.")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "the keys in {origin} do not hold: {source}. Restore them from a copy, or move them away to have new ones made: then all sessions end."
    )]
    Keys { origin: String, source: KeyRingError },
    #[error("{0}.")]
    Setting(#[from] SettingError),
    #[error("{0}.")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Wrong(String),
    #[error("the output cannot be written: {0}.")]
    Output(#[from] std::io::Error),
}

impl Failure {
    pub(crate) fn data(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Data { path, source }
    }
}
