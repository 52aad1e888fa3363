//! What can be wrong with the file, in sentences that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::StoreError;

/// What went wrong on the way to the file or in it.
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Where the file is, and which file it was when it was opened.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
    identity: Option<Identity>,
}

/// Tells a file from another that has taken its name.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    std::fs::metadata(path).map(drop)
}

impl Place {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, identity: None }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Remembers which file this is, from now on.
    pub(super) fn pin(mut self) -> Result<Self, StoreError> {
        self.identity = Some(identity(&self.path).map_err(|error| self.explain_io(&error))?);
        Ok(self)
    }

    /// Fails if the file has been deleted or replaced since it was opened. SQLite would go on with the file that no
    /// longer has a name while another process starts a fresh one, and an invite could be spent once in each.
    pub(super) fn still_there(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(found) if Some(found) == self.identity => Ok(()),
            _ => {
                Err(self
                    .lasting("was deleted or replaced while in use: put it back if you can, and restart the service"))
            }
        }
    }

    fn lasting(&self, what: &str) -> StoreError {
        StoreError::lasting(format!("{} {what}", self.path.display()))
    }

    pub(super) fn of_another_program(&self) -> StoreError {
        self.lasting("is a database of another program: choose another file for the store")
    }

    pub(super) fn of_a_newer_version(&self, found: i64, known: usize) -> StoreError {
        self.lasting(&format!(
            "was written by a newer version of Truce (schema {found}, this one knows {known}): run that version, or choose another file"
        ))
    }

    pub(super) fn without_wal(&self) -> StoreError {
        self.lasting("is on a file system that SQLite cannot share between processes: put it on a local disk")
    }

    pub(super) fn read_only(&self) -> StoreError {
        self.lasting("cannot be written to: give this user write permission on the file and on its folder")
    }

    pub(super) fn explain(&self, failure: Failure) -> StoreError {
        match failure {
            Failure::Store(error) => error,
            Failure::Sqlite(error) => self.explain_sqlite(&error),
        }
    }

    /// SQLite's own words are left out: only its code is sure to hold nothing anyone said.
    fn explain_sqlite(&self, error: &rusqlite::Error) -> StoreError {
        let Some(code) = error.sqlite_error() else {
            return self.lasting("does not hold what was expected: restore it from a backup, or choose another file");
        };
        match code.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::passing(format!(
                "{} has been locked by another process for seconds: stop whatever else has it open, if it stays so",
                self.path.display()
            )),
            ErrorCode::DiskFull => self.lasting("cannot grow, the disk is full: free some space"),
            ErrorCode::ReadOnly => self.read_only(),
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                self.lasting("cannot be opened: give this user read and write permission on the file and on its folder")
            }
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => self
                .lasting("is not a SQLite database, or is damaged: restore it from a backup, or choose another file"),
            ErrorCode::SystemIoFailure => {
                self.lasting("cannot be read or written, the disk reports an error: check the disk")
            }
            _ => self.lasting(&format!("does not work, SQLite reports code {}", code.extended_code)),
        }
    }

    pub(super) fn explain_io(&self, error: &io::Error) -> StoreError {
        match error.kind() {
            io::ErrorKind::NotFound => self.lasting("has no folder to be in: create the folder"),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                self.lasting("cannot be created: give this user write permission on its folder")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                self.lasting("cannot be created, the disk is full: free some space")
            }
            kind => self.lasting(&format!("cannot be created: {kind}")),
        }
    }
}
