//! What came of every journey, over restarts.
//!
//! Each journey is a row, and is counted in [`tallies`] as well: whoever looks at ninety days reads those and not a million rows. Incidents are kept beside the ledger, which forgets them. All of it is written in one transaction.

mod incidents;
mod places;
mod reader;
mod schema;
mod tallies;

pub use incidents::{Incident, Told};
pub use places::Place;
pub use reader::{Known, Latest, Reader};
pub use tallies::{Span, Tally, Took};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::path::{Path, PathBuf};
use truce_contract::JourneyReport;

/// How long it is kept, in seconds: as long as a status page looks back.
pub const KEPT: u64 = 90 * 86_400;

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
    /// A file of a version that came after this one.
    #[error("{0} was written by a newer truce: use that one, or choose another file with --history FILE")]
    Newer(PathBuf),
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
        let mut connection = Connection::open(path).map_err(failed)?;
        schema::bring_up(&mut connection).map_err(|trouble| match trouble {
            schema::Trouble::Foreign => HistoryError::Foreign(path.to_owned()),
            schema::Trouble::Newer => HistoryError::Newer(path.to_owned()),
            schema::Trouble::Use(source) => failed(source),
        })?;
        Ok(Self(connection))
    }

    /// Keeps a round that began at `at` and what was told after it, all of it or nothing, and forgets what is older than ninety days.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&mut self, at: u64, reports: &[JourneyReport], told: Option<&Told<'_>>) -> Result<(), HistoryError> {
        self.keep_with(at, reports, told, |_| Ok(()))
    }

    /// The same, and with it whatever `more` writes into the file: all of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_with(
        &mut self,
        at: u64,
        reports: &[JourneyReport],
        told: Option<&Told<'_>>,
        more: impl FnOnce(&Transaction<'_>) -> Result<(), rusqlite::Error>,
    ) -> Result<(), HistoryError> {
        let transaction = self.0.transaction()?;
        for report in reports {
            insert(&transaction, at, report)?;
            tallies::count(&transaction, at, report)?;
        }
        if let Some(told) = told {
            transaction.execute("INSERT OR REPLACE INTO told VALUES (1, ?1)", [told.ledger])?;
            incidents::follow(&transaction, at, told)?;
        }
        forget(&transaction, at)?;
        more(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// Keeps where targets are from `now` on and what was told of those that are watched no more, and with it whatever `more` writes into the file: all
    /// of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_with(
        &mut self,
        now: u64,
        places: &[Place],
        told: &Told<'_>,
        more: impl FnOnce(&Transaction<'_>) -> Result<(), rusqlite::Error>,
    ) -> Result<(), HistoryError> {
        self.keep_with(now, &[], Some(told), |file| {
            places::keep(file, now, places)?;
            more(file)
        })
    }

    /// Since when what is known of a target is of where it is now; nothing if it was elsewhere.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn since(&self, place: &Place) -> Result<Option<u64>, HistoryError> {
        Ok(places::since(&self.0, place)?)
    }

    /// What was told, as it was kept last.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ledger(&self) -> Result<Option<String>, HistoryError> {
        Ok(self.0.query_row("SELECT ledger FROM told", [], |row| row.get(0)).optional()?)
    }

    /// Which keys were seen, as it was kept last.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn rings(&self) -> Result<Option<String>, HistoryError> {
        Ok(self.0.query_row("SELECT seen FROM rings", [], |row| row.get(0)).optional()?)
    }

    /// Keeps which keys were seen: ids and times, in whatever form they are [read](Self::rings) in.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_rings(&self, seen: &str) -> Result<(), HistoryError> {
        self.0.execute("INSERT OR REPLACE INTO rings VALUES (1, ?1)", [seen])?;
        Ok(())
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

fn insert(connection: &Connection, at: u64, report: &JourneyReport) -> rusqlite::Result<()> {
    let failure = report.failure.as_ref();
    let failure = failure.map(|failure| [&failure.step, &failure.expected, &failure.got, &failure.request_id]);
    let part = |part: usize| failure.map(|failure| failure[part]);
    let (at, requests, JourneyReport { target, name, took_ms, .. }) = (seconds(at), seconds(report.requests), report);
    let row = params![at, target, name, took_ms, requests, part(0), part(1), part(2), part(3)];
    connection.prepare_cached("INSERT INTO journeys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(row)?;
    let latest = "INSERT INTO latest VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?5 IS NULL, ?3, NULL))
        ON CONFLICT DO UPDATE SET at = ?3, took_ms = ?4, step = ?5, expected = ?6, got = ?7, request_id = ?8,
            held = iif(?5 IS NULL, ?3, held)";
    let row = params![target, name, at, took_ms, part(0), part(1), part(2), part(3)];
    connection.prepare_cached(latest)?.execute(row)?;
    Ok(())
}

/// What is older than ninety days.
fn forget(connection: &Connection, now: u64) -> rusqlite::Result<()> {
    let before = seconds(now.saturating_sub(KEPT));
    for old in ["journeys WHERE at < ?1", "latest WHERE at < ?1", "incidents WHERE ended < ?1"] {
        connection.prepare_cached(&format!("DELETE FROM {old}"))?.execute([before])?;
    }
    tallies::forget(connection, now)
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
mod tests;
