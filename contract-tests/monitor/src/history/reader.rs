//! A look into the history by somebody who writes nothing, such as a status page: with a connection of its own, which a round never waits for.

use super::tallies::{self, Span, Tally};
use super::{HistoryError, Incident, KEPT, incidents};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// As many incidents are looked at: more in ninety days say nothing more.
const INCIDENTS: u32 = 200;

/// Reads only.
pub struct Reader(pub(super) Connection);

/// What a look shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Tells this history from any other.
    pub name: String,
    /// Each journey's newest.
    pub latest: Vec<Latest>,
    /// Of the last day.
    pub quarters: Vec<Tally>,
    /// Of the last ninety days.
    pub days: Vec<Tally>,
    /// What is open, then what is over, the newest first.
    pub incidents: Vec<Incident>,
}

/// How a journey to a target went the last time.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// The deployment.
    pub target: String,
    /// The journey.
    pub journey: String,
    /// When its round began, in seconds since 1970.
    pub at: u64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// What did not hold, if anything: the step, what was expected, what came, and the request's id.
    pub failure: Option<[String; 4]>,
    /// When it last held.
    pub held: Option<u64>,
}

impl Reader {
    /// Opens a file that a monitor keeps.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |source| HistoryError::File { path: path.to_owned(), source };
        Ok(Self(Connection::open_with_flags(path, flags).map_err(failed)?))
    }

    /// A number that is another one once somebody has written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn version(&self) -> Result<i64, HistoryError> {
        Ok(self.0.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// What is known at `now`: a few thousand rows, however many journeys there were.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn look(&mut self, now: u64) -> Result<Known, HistoryError> {
        // One moment for all of it.
        let at_once = self.0.transaction()?;
        Ok(Known {
            name: at_once.query_row("SELECT name FROM this", [], |row| row.get(0))?,
            latest: latest(&at_once)?,
            quarters: tallies::since(&at_once, Span::Quarter, Span::Quarter.begin(now.saturating_sub(86_400)))?,
            days: tallies::since(&at_once, Span::Day, Span::Day.begin(now.saturating_sub(KEPT)))?,
            incidents: incidents::newest(&at_once, INCIDENTS)?,
        })
    }
}

fn latest(connection: &Connection) -> rusqlite::Result<Vec<Latest>> {
    let query = "SELECT target, journey, at, took_ms, step, expected, got, request_id, held FROM latest";
    let mut statement = connection.prepare_cached(query)?;
    let latest = statement.query_map([], |row| {
        let time = |column| row.get::<_, Option<i64>>(column).map(|time| time.map(i64::unsigned_abs));
        let step: Option<String> = row.get(4)?;
        let failure =
            step.map(|step| Ok::<_, rusqlite::Error>([step, row.get(5)?, row.get(6)?, row.get(7)?])).transpose()?;
        let (target, journey, took_ms) = (row.get(0)?, row.get(1)?, row.get(3)?);
        Ok(Latest { target, journey, at: time(2)?.unwrap_or_default(), took_ms, failure, held: time(8)? })
    })?;
    latest.collect()
}
