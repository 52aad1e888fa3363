//! What came of every journey, over restarts.

use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::{Path, PathBuf};
use truce_contract::JourneyReport;

/// How long it is kept, in seconds: as long as a status page looks back.
const KEPT: u64 = 90 * 86_400;
/// What a file is marked with, so that another program's is not written into.
const FORMAT: i64 = 0x5472_6d31;

/// A journey to a target, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When its round began, in seconds since 1970.
    pub at: u64,
    /// The deployment.
    pub target: String,
    /// The journey.
    pub journey: String,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// How many requests it made.
    pub requests: u64,
    /// What did not hold, if anything: the step, what was expected, what came, and the request's id.
    pub failure: Option<[String; 4]>,
}

impl Entry {
    /// As it is kept of a round that began at `at`.
    pub fn of(at: u64, report: &JourneyReport) -> Self {
        let JourneyReport { name, target, took_ms, requests, failure, .. } = report.clone();
        let failure = failure.map(|failure| [failure.step, failure.expected, failure.got, failure.request_id]);
        Self { at, target, journey: name, took_ms, requests, failure }
    }
}

/// A file.
pub struct History(Connection);

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file that cannot be opened or written.
    #[error("the history in {path} cannot be used: {source}; choose another with --history FILE")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A database of something else.
    #[error("{0} is a database of something else; choose another file with --history FILE")]
    Foreign(PathBuf),
    /// What went wrong while it was used.
    #[error("the history cannot be used: {0}")]
    Use(#[from] rusqlite::Error),
}

impl History {
    /// Opens it, and makes it if it is not there.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        let failed = |source| HistoryError::File { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(failed)?;
        let format: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(failed)?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if format != FORMAT && tables > 0 {
            return Err(HistoryError::Foreign(path.to_owned()));
        }
        let schema = format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA application_id = {FORMAT};
             CREATE TABLE IF NOT EXISTS journeys (
                 at INTEGER NOT NULL, target TEXT NOT NULL, journey TEXT NOT NULL, took_ms REAL NOT NULL, requests INTEGER NOT NULL,
                 step TEXT, expected TEXT, got TEXT, request_id TEXT
             ) STRICT;
             CREATE INDEX IF NOT EXISTS by_target ON journeys (target, at);
             CREATE INDEX IF NOT EXISTS by_time ON journeys (at);
             CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY CHECK (one = 1), ledger TEXT NOT NULL) STRICT;"
        );
        connection.execute_batch(&schema).map_err(failed)?;
        Ok(Self(connection))
    }

    /// Keeps a round that began at `at` and what was told after it, all of it or nothing, and forgets what is older than ninety days.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&mut self, at: u64, reports: &[JourneyReport], ledger: Option<&str>) -> Result<(), HistoryError> {
        let transaction = self.0.transaction()?;
        for report in reports {
            let failure = report.failure.as_ref();
            transaction.prepare_cached("INSERT INTO journeys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
                params![
                    seconds(at),
                    report.target,
                    report.name,
                    report.took_ms,
                    seconds(report.requests),
                    failure.map(|failure| &failure.step),
                    failure.map(|failure| &failure.expected),
                    failure.map(|failure| &failure.got),
                    failure.map(|failure| &failure.request_id),
                ],
            )?;
        }
        if let Some(ledger) = ledger {
            transaction.execute("INSERT OR REPLACE INTO told VALUES (1, ?1)", [ledger])?;
        }
        transaction.execute("DELETE FROM journeys WHERE at < ?1", [seconds(at.saturating_sub(KEPT))])?;
        Ok(transaction.commit()?)
    }

    /// What was told, as it was kept last.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ledger(&self) -> Result<Option<String>, HistoryError> {
        Ok(self.0.query_row("SELECT ledger FROM told", [], |row| row.get(0)).optional()?)
    }

    /// How many requests a target got since `since`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn requests(&self, target: &str, since: u64) -> Result<u64, HistoryError> {
        let sum = "SELECT coalesce(sum(requests), 0) FROM journeys WHERE target = ?1 AND at >= ?2";
        let count: i64 = self.0.query_row(sum, params![target, seconds(since)], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// What came of a target's journeys since `since`, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entries(&self, target: &str, since: u64) -> Result<Vec<Entry>, HistoryError> {
        let query = "SELECT at, target, journey, took_ms, requests, step, expected, got, request_id
                     FROM journeys WHERE target = ?1 AND at >= ?2 ORDER BY at, rowid";
        let mut statement = self.0.prepare_cached(query)?;
        let entries = statement.query_map(params![target, seconds(since)], entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// When a journey to a target last held.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_held(&self, target: &str, journey: &str) -> Result<Option<u64>, HistoryError> {
        let query =
            "SELECT at FROM journeys WHERE target = ?1 AND journey = ?2 AND step IS NULL ORDER BY at DESC LIMIT 1";
        let at: Option<i64> = self.0.query_row(query, params![target, journey], |row| row.get(0)).optional()?;
        Ok(at.map(i64::unsigned_abs))
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let step: Option<String> = row.get(5)?;
    let failure =
        step.map(|step| Ok::<_, rusqlite::Error>([step, row.get(6)?, row.get(7)?, row.get(8)?])).transpose()?;
    let (target, journey, took_ms) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Entry { at: count(0)?, target, journey, took_ms, requests: count(4)?, failure })
}

/// As the database has numbers.
fn seconds(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use truce_contract::Failure;

    fn report(target: &str, journey: &str, failure: Option<Failure>) -> JourneyReport {
        JourneyReport {
            name: journey.to_owned(),
            story: String::new(),
            target: target.to_owned(),
            took_ms: 12.5,
            requests: 7,
            failure,
            steps: Vec::new(),
        }
    }

    #[test]
    fn what_came_of_a_round_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let failed = Failure::without_answer("Ana says", "a yes", "a no");
        let round = [report("edge", "one", None), report("edge", "two", Some(failed)), report("aws", "one", None)];
        History::open(&path).expect("made").keep(1_000, &round, Some("told")).expect("kept");
        let history = History::open(&path).expect("opened again");
        let entries = history.entries("edge", 0).expect("entries");
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].at, entries[0].took_ms, entries[0].failure.is_none()), (1_000, 12.5, true));
        let failure = entries[1].failure.as_ref().expect("a failure");
        assert_eq!(&failure[..3], ["Ana says", "a yes", "a no"]);
        assert_eq!(history.ledger().expect("a ledger").as_deref(), Some("told"));
        assert_eq!(history.requests("edge", 0).expect("a sum"), 14);
        assert_eq!(history.requests("edge", 1_001).expect("a sum"), 0);
        assert_eq!(history.last_held("edge", "one").expect("a time"), Some(1_000));
        assert_eq!(history.last_held("edge", "two").expect("no time"), None);
    }

    #[test]
    fn what_is_older_than_ninety_days_is_forgotten_and_nothing_else() {
        let mut history = History::open(Path::new(":memory:")).expect("made");
        for at in [1_000, 2_000] {
            history.keep(at, &[report("edge", "one", None)], None).expect("kept");
        }
        history.keep(1_001 + KEPT, &[report("edge", "one", None)], None).expect("kept");
        let left: Vec<u64> = history.entries("edge", 0).expect("entries").iter().map(|entry| entry.at).collect();
        assert_eq!(left, [2_000, 1_001 + KEPT]);
    }

    #[test]
    fn another_programs_database_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("others");
        Connection::open(&path).expect("made").execute_batch("CREATE TABLE theirs (x)").expect("a table");
        assert!(matches!(History::open(&path), Err(HistoryError::Foreign(_))));
        std::fs::write(&path, "no database at all, but a text of some length").expect("written");
        let error = History::open(&path).err().expect("no database").to_string();
        assert!(error.contains("--history"), "{error}");
    }
}
