//! What has to be told and was not taken yet, over restarts: tables beside the monitor's history, in the same file.
//!
//! An event is put in by the transaction that keeps what was told ([`Outbox::put`]): there is both or neither. It is taken out when its receiver has taken
//! it. When the monitor falls in between, it is sent again, under the same id.

use crate::notice::Notice;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// As long as another connection to the file may take.
const PATIENCE: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, id TEXT NOT NULL, notice TEXT NOT NULL, put INTEGER NOT NULL,
        UNIQUE (destination, id)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS destinations (
        name TEXT PRIMARY KEY, failures INTEGER NOT NULL, next INTEGER NOT NULL, not_before INTEGER NOT NULL, gone INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS named (one INTEGER PRIMARY KEY CHECK (one = 1), file TEXT NOT NULL) STRICT;";

/// The tables, by a connection of their own. Clones share it.
#[derive(Clone)]
pub struct Outbox {
    connection: Arc<Mutex<Connection>>,
    file: String,
}

/// What waits first for a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) number: i64,
    pub(crate) id: String,
    /// The notice as JSON, byte for byte what it was when it was put in.
    pub(crate) body: String,
    /// When that was, in milliseconds since 1970.
    pub(crate) put: i64,
}

/// How a receiver is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// On end.
    pub(crate) failures: u32,
    /// When to try again, in milliseconds since 1970.
    pub(crate) next: i64,
    /// When it may be tried at the earliest, whatever happens: it has asked for that.
    pub(crate) not_before: i64,
    /// It wants nothing any more.
    pub(crate) gone: bool,
}

impl Outbox {
    /// Opens it in the monitor's file.
    ///
    /// # Errors
    /// When the file cannot be opened or written.
    pub fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(SCHEMA)?;
        let name = format!("{:08x}", getrandom::u32().unwrap_or_default());
        connection.execute("INSERT OR IGNORE INTO named VALUES (1, ?1)", [name])?;
        let file = connection.query_row("SELECT file FROM named", [], |row| row.get(0))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), file })
    }

    /// What names this file in the ids of its events.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Puts events in for each of `destinations`, by a transaction on the same file. What is there already stays as it is; who has said that it wants
    /// nothing gets nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(
        &self,
        transaction: &Transaction<'_>,
        destinations: &[String],
        notices: &[Notice],
        at: u64,
    ) -> Result<(), rusqlite::Error> {
        let insert = "INSERT OR IGNORE INTO outbox (destination, id, notice, put)
                      SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM destinations WHERE name = ?1 AND gone = 1)";
        for notice in notices {
            let (id, body) = (notice.id(&self.file), body(notice));
            for name in destinations {
                transaction.prepare_cached(insert)?.execute(params![name, id, body, millis(at)])?;
            }
        }
        Ok(())
    }

    /// Forgets what waits for receivers that are named no more, and says for how many events of whom.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn forget_others(&self, names: &[String]) -> Result<Vec<(String, u64)>, rusqlite::Error> {
        self.on(|file| {
            let mut statement = file.prepare("SELECT destination, count(*) FROM outbox GROUP BY destination")?;
            let all = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
            let all: Vec<(String, u64)> = all.collect::<Result<_, _>>()?;
            let others: Vec<_> = all.into_iter().filter(|(name, _)| !names.contains(name)).collect();
            for (name, _) in &others {
                file.execute("DELETE FROM outbox WHERE destination = ?1", [name])?;
                file.execute("DELETE FROM destinations WHERE name = ?1", [name])?;
            }
            Ok(others)
        })
    }

    /// A receiver is as if it had never failed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn trusts_again(&self, name: &str) -> Result<(), rusqlite::Error> {
        self.stands(name, Standing::default())
    }

    /// How many events wait for a receiver.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn waiting(&self, name: &str) -> Result<u64, rusqlite::Error> {
        let count = "SELECT count(*) FROM outbox WHERE destination = ?1";
        self.on(|file| file.query_row(count, [name], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs))
    }

    pub(crate) fn first(&self, name: &str) -> Result<Option<Waiting>, rusqlite::Error> {
        let query = "SELECT number, id, notice, put FROM outbox WHERE destination = ?1 ORDER BY number LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Waiting { number: row.get(0)?, id: row.get(1)?, body: row.get(2)?, put: row.get(3)? })
        };
        self.on(|file| file.query_row(query, [name], read).optional())
    }

    pub(crate) fn take_out(&self, number: i64) -> Result<(), rusqlite::Error> {
        self.on(|file| file.execute("DELETE FROM outbox WHERE number = ?1", [number]).map(drop))
    }

    /// Takes out what was put in before `put` and what waits first, and says how many that were; all without a time.
    pub(crate) fn give_up(&self, name: &str, put: Option<i64>) -> Result<usize, rusqlite::Error> {
        let delete = "DELETE FROM outbox WHERE destination = ?1 AND put <= ?2";
        self.on(|file| file.execute(delete, params![name, put.unwrap_or(i64::MAX)]))
    }

    pub(crate) fn standing(&self, name: &str) -> Result<Standing, rusqlite::Error> {
        let query = "SELECT failures, next, not_before, gone FROM destinations WHERE name = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            let (failures, next, not_before, gone) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Standing { failures, next, not_before, gone })
        };
        Ok(self.on(|file| file.query_row(query, [name], read).optional())?.unwrap_or_default())
    }

    pub(crate) fn stands(&self, name: &str, standing: Standing) -> Result<(), rusqlite::Error> {
        let Standing { failures, next, not_before, gone } = standing;
        let values = params![name, failures, next, not_before, gone];
        self.on(|file| {
            file.execute("INSERT OR REPLACE INTO destinations VALUES (?1, ?2, ?3, ?4, ?5)", values).map(drop)
        })
    }

    fn on<T>(&self, work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, rusqlite::Error> {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What goes out of a notice.
pub(crate) fn body(notice: &Notice) -> String {
    serde_json::to_string(notice).expect("names, numbers and texts")
}

/// As the database has moments.
pub(crate) fn millis(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX).saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{AT, opened};

    fn put(outbox: &Outbox, path: &Path, names: &[&str], commits: bool) {
        let mut other = Connection::open(path).expect("the monitor's own");
        let transaction = other.transaction().expect("begun");
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        outbox.put(&transaction, &names, &[Notice::of(&opened("x"), AT)], AT).expect("put in");
        if commits {
            transaction.commit().expect("kept");
        }
    }

    #[test]
    fn an_event_is_there_with_what_was_kept_once_for_each_and_over_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let outbox = Outbox::open(&path).expect("made");
        put(&outbox, &path, &["one"], false);
        assert!(outbox.first("one").expect("read").is_none(), "what was not kept is not told");
        put(&outbox, &path, &["one", "other"], true);
        put(&outbox, &path, &["one", "other"], true);
        let again = Outbox::open(&path).expect("opened again");
        assert_eq!(again.file(), outbox.file());
        assert_eq!(["one", "other", "third"].map(|name| again.waiting(name).expect("read")), [1, 1, 0]);
        let first = again.first("one").expect("read").expect("it waits");
        assert_eq!(first.body, body(&Notice::of(&opened("x"), AT)));
        assert_eq!(first.id, Notice::of(&opened("x"), AT).id(again.file()));
        again.take_out(first.number).expect("taken out");
        assert_eq!(["one", "other"].map(|name| outbox.waiting(name).expect("read")), [0, 1]);
        let others = again.forget_others(&["one".to_owned()]).expect("forgotten");
        assert_eq!((others, again.waiting("other").expect("read")), (vec![("other".to_owned(), 1)], 0));
    }

    #[test]
    fn who_wants_nothing_gets_nothing_until_it_is_trusted_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let outbox = Outbox::open(&path).expect("made");
        outbox.stands("one", Standing { gone: true, ..Standing::default() }).expect("written");
        put(&outbox, &path, &["one", "other"], true);
        assert_eq!(["one", "other"].map(|name| outbox.waiting(name).expect("read")), [0, 1]);
        outbox.trusts_again("one").expect("written");
        put(&outbox, &path, &["one"], true);
        assert_eq!(outbox.waiting("one").expect("read"), 1);
    }
}
