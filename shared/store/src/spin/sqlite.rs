//! Spin's SQLite. A statement at a time: other instances may be using the same connection, so nothing here relies on
//! what came before on it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use send_wrapper::SendWrapper;
use spin_sdk::sqlite::{Connection, Error, RowResult, Value};

use crate::sql::{
    AGREEMENTS, APPEND, ENTRY, FORGET, IS_REVOKED, IS_SPENT, READ, REVOKE, SPEND, STEPS, SWEEP, SWEEP_ROWS, column,
};
use crate::{Appended, Cursor, Entry, NewEntry, PAGE_MAX, Spent, Store, StoreError, record};

/// What the newest of [`STEPS`] makes last: where it is, all is.
const IS_UP_TO_DATE: &str = "SELECT 1 FROM sqlite_schema WHERE name = 'log_by_expiry'";

/// Readers and the writer do not wait for each other, and a commit is one sync. The file remembers it.
const USE_WAL: &str = "PRAGMA journal_mode = WAL";

/// Takes the way of a write and changes nothing.
const TOUCH: &str = "DELETE FROM spent WHERE id = '' AND expires < 0";

/// Nobody sweeps on Spin, so whoever adds a row in one second of so many takes some that have expired with it.
const TAKEN_ALONG_EVERY: u64 = 16;
/// More than are added in between.
const TAKEN_ALONG: u32 = 100;

/// A store in one of the databases that `sqlite_databases` in spin.toml grants the component.
pub struct SpinSqliteStore {
    label: String,
    up_to_date: AtomicBool,
}

impl SpinSqliteStore {
    /// A store in the database with this label. It is not opened yet; its tables are made when they are first needed.
    ///
    /// # Errors
    ///
    /// None today.
    pub fn open(label: &str) -> Result<Self, StoreError> {
        Ok(Self { label: label.to_owned(), up_to_date: AtomicBool::new(false) })
    }

    /// Does one statement and brings back its rows.
    async fn ask(&self, statement: &str, parameters: Vec<Value>) -> Result<Vec<RowResult>, StoreError> {
        SendWrapper::new(async move {
            let db = Connection::open(&self.label).await.map_err(|error| self.explain(&error))?;
            if !self.up_to_date.load(Ordering::Relaxed) {
                self.bring_up_to_date(&db).await.map_err(|error| self.explain(&error))?;
                self.up_to_date.store(true, Ordering::Relaxed);
            }
            rows(&db, statement, parameters).await.map_err(|error| self.explain(&error))
        })
        .await
    }

    async fn bring_up_to_date(&self, db: &Connection) -> Result<(), Error> {
        if rows(db, IS_UP_TO_DATE, Vec::new()).await?.is_empty() {
            // Where the host's SQLite is a file; where it is not, it works without.
            let _ = rows(db, USE_WAL, Vec::new()).await;
            // Another instance may be doing the same: each statement does nothing where it has been done.
            for statement in STEPS.iter().copied().flatten() {
                rows(db, statement, Vec::new()).await?;
            }
        }
        Ok(())
    }

    async fn is_there(&self, statement: &str, id: &str, now: u64) -> Result<bool, StoreError> {
        let rows = self.ask(statement, vec![id.into(), column(now).into()]).await?;
        rows.first().and_then(|row| row.get(0)).ok_or_else(unexpected)
    }

    async fn entries(&self, statement: &str, parameters: Vec<Value>) -> Result<Vec<Entry>, StoreError> {
        self.ask(statement, parameters).await?.iter().map(entry).collect()
    }

    async fn take_along(&self, now: u64) {
        if !now.is_multiple_of(TAKEN_ALONG_EVERY) {
            return;
        }
        if let Err(error) = self.sweep_step(now, TAKEN_ALONG).await {
            tracing::warn!(%error, "what has expired could not be cleaned away");
        }
    }

    async fn sweep_step(&self, now: u64, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for table in SWEEP {
            let parameters = vec![column(now).into(), limit.into()];
            gone += self.ask(&format!("{table} RETURNING 1"), parameters).await?.len() as u64;
        }
        Ok(gone)
    }

    /// Of the host's own words none is used: they may quote a statement.
    fn explain(&self, error: &Error) -> StoreError {
        let label = &self.label;
        match error {
            Error::NoSuchDatabase => StoreError::lasting(format!(
                "Spin knows no SQLite database `{label}`: add it to its runtime configuration"
            )),
            Error::AccessDenied => StoreError::lasting(format!(
                "this component may not use the SQLite database `{label}`: add it to its sqlite_databases in spin.toml"
            )),
            Error::DatabaseFull => StoreError::lasting(format!("the SQLite database `{label}` is full: make room")),
            Error::InvalidConnection => {
                StoreError::passing(format!("Spin lost the SQLite database `{label}`: ask again"))
            }
            Error::Io(text) if text.contains("locked") || text.contains("busy") => {
                StoreError::passing(format!("the SQLite database `{label}` is locked by another: ask again"))
            }
            Error::Io(_) => {
                StoreError::lasting(format!("the SQLite database `{label}` does not work: look at Spin's log"))
            }
        }
    }
}

impl fmt::Debug for SpinSqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SpinSqliteStore").field(&self.label).finish()
    }
}

async fn rows(db: &Connection, statement: &str, parameters: Vec<Value>) -> Result<Vec<RowResult>, Error> {
    db.execute(statement, parameters).await?.collect().await
}

fn unexpected() -> StoreError {
    StoreError::lasting("the SQLite database holds something else than Truce writes: give it one of its own")
}

fn cursor(row: &RowResult) -> Result<Cursor, StoreError> {
    row.get::<u64>(0).and_then(Cursor::at).ok_or_else(unexpected)
}

fn entry(row: &RowResult) -> Result<Entry, StoreError> {
    let (id, text) = row.get::<&str>(1).zip(row.get::<&str>(2)).ok_or_else(unexpected)?;
    record::read(cursor(row)?, id.to_owned(), text)
}

#[async_trait]
impl Store for SpinSqliteStore {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let parameters = vec![id.into(), column(now).into(), column(keep_until).into()];
        if self.ask(SPEND, parameters).await?.is_empty() {
            return Ok(Spent::Again);
        }
        self.take_along(now).await;
        Ok(Spent::First)
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.is_there(IS_SPENT, id, now).await
    }

    async fn revoke(&self, id: &str, _now: u64, keep_until: u64) -> Result<(), StoreError> {
        self.ask(REVOKE, vec![id.into(), column(keep_until).into()]).await.map(drop)
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.is_there(IS_REVOKED, id, now).await
    }

    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let text = record::write(&entry, now)?;
        // Twice would do; a third time if another instance has put and forgotten it in between.
        for _ in 0..3 {
            let agreement = i64::from(entry.agreement.is_some());
            let row = vec![
                room.into(),
                entry.id.as_str().into(),
                agreement.into(),
                column(keep_until).into(),
                text.as_str().into(),
            ];
            if let Some(new) = self.ask(APPEND, row).await?.first() {
                let new = cursor(new)?;
                self.take_along(now).await;
                return Ok(Appended::New(new));
            }
            if let Some(there) = self.entry(room, &entry.id, now).await? {
                return Ok(Appended::AlreadyThere(there));
            }
            self.ask(FORGET, vec![room.into(), entry.id.as_str().into(), column(now).into()]).await?;
        }
        Err(StoreError::passing("many write the same entry at once: ask again"))
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let place = vec![room.into(), column(after.number()).into(), column(now).into(), limit.min(PAGE_MAX).into()];
        self.entries(READ, place).await
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        Ok(self.entries(ENTRY, vec![room.into(), id.into(), column(now).into()]).await?.pop())
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.entries(AGREEMENTS, vec![room.into(), column(now).into(), limit.min(PAGE_MAX).into()]).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ask(TOUCH, Vec::new()).await.map(drop)
    }

    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            match self.sweep_step(now, SWEEP_ROWS).await? {
                0 => return Ok(gone),
                step => gone += step,
            }
        }
    }
}
