//! The data folder: keys, organisers and the store, each made once and kept for nobody else to read.

use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use truce_function::settings::{Organisers, SettingError};
use truce_function::{Random, SystemRandom};
use truce_session::KeyRing;

/// Where a deployment on one machine keeps what it needs.
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder if it is not there, mode 700.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(Failure::data(path))?;
        Ok(Self(path.to_owned()))
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    pub(crate) fn organisers(&self) -> PathBuf {
        self.0.join("organisers")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("truce.db")
    }

    /// `TRUCE_KEYS`, else the folder's key file, else a new one.
    pub(crate) fn key_ring(&self, from_environment: Option<&str>) -> Result<KeyRing, Failure> {
        if let Some(text) = from_environment {
            return parse_ring(text, "TRUCE_KEYS");
        }
        let path = self.keys();
        if let Some(text) = read_if_there(&path)? {
            return parse_ring(&text, &path.display().to_string());
        }
        let ring = new_ring()?;
        write_secret(&path, &ring.to_text())?;
        Ok(ring)
    }

    /// `TRUCE_ORGANISER_KEYS`, else the folder's, else a new one. Tells the text as well: at first somebody has to see
    /// it.
    pub(crate) fn organisers_text(&self, from_environment: Option<String>) -> Result<String, Failure> {
        if let Some(text) = from_environment {
            return Ok(text);
        }
        let path = self.organisers();
        if let Some(text) = read_if_there(&path)? {
            text.parse::<Organisers>().map_err(|SettingError { problem, .. }| {
                Failure::Wrong(format!(
                    "{} {problem}. Mend it, or move it away to have a new one made.",
                    path.display()
                ))
            })?;
            return Ok(text);
        }
        let text = format!("Organiser={}\n", new_organiser_key());
        write_secret(&path, &text)?;
        Ok(text)
    }
}

pub(crate) fn parse_ring(text: &str, origin: &str) -> Result<KeyRing, Failure> {
    KeyRing::from_text(text).map_err(|source| Failure::Keys { origin: origin.to_owned(), source })
}

/// The keys of a data folder that a server has used.
pub(crate) fn read_ring(data: &Path) -> Result<KeyRing, Failure> {
    let path = data.join("keys");
    let text = read_if_there(&path)?.ok_or_else(|| {
        Failure::Wrong(format!(
            "there are no keys in {}: start `truce dev` once, or set TRUCE_KEYS or --data to the server's.",
            data.display()
        ))
    })?;
    parse_ring(&text, &path.display().to_string())
}

pub(crate) fn new_ring() -> Result<KeyRing, Failure> {
    KeyRing::generate(&mut |bytes| SystemRandom.fill(bytes)).map_err(|error| Failure::Wrong(error.to_string()))
}

/// 192 bits as 32 characters of base64url: nothing a shell or a header would have to quote.
pub(crate) fn new_organiser_key() -> String {
    let mut bytes = [0; 24];
    SystemRandom.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) if source.kind() == std::io::ErrorKind::InvalidData => Err(Failure::Wrong(format!(
            "{} is damaged: it is not text. Restore it from a copy, or move it away to have a new one made.",
            path.display()
        ))),
        Err(source) => Err(Failure::Read { path: path.to_owned(), source }),
    }
}

/// Writes a file that only its owner may read: beside the old one first, then in its place, so that no crash leaves
/// half a key.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(Failure::data(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_kept_and_readable_by_their_owner_only() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::open(&dir.path().join("deep/data")).expect("made");
        let first = folder.key_ring(None).expect("made").active_id();
        assert_eq!(folder.key_ring(None).expect("read").active_id(), first);
        assert_eq!(folder.organisers_text(None).expect("made"), folder.organisers_text(None).expect("read"));
        #[cfg(unix)]
        for path in [folder.keys(), folder.organisers()] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_file_says_what_to_do_and_shows_nothing_of_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::open(dir.path()).expect("there");
        fs::write(folder.keys(), "k7mq:half-of-a-secret:active\n").expect("written");
        let message = folder.key_ring(None).expect_err("damaged").to_string();
        assert!(message.contains("keys do not hold") || message.contains("the keys in"), "{message}");
        assert!(!message.contains("half-of-a-secret"), "{message}");
    }
}
