//! The tables of the file, and how one of an earlier version becomes one of this.

use super::tallies;
use rusqlite::{Connection, Transaction};

/// What a file is marked with, so that another program's is not written into.
const FORMAT: i64 = 0x5472_6d31;
/// Which tables there are. 0 had `journeys` and `told`, 1 all but what is in [`MORE`].
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS journeys (
        at INTEGER NOT NULL, target TEXT NOT NULL, journey TEXT NOT NULL, took_ms REAL NOT NULL, requests INTEGER NOT NULL,
        step TEXT, expected TEXT, got TEXT, request_id TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS by_target ON journeys (target, at);
    CREATE INDEX IF NOT EXISTS by_time ON journeys (at);
    CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY CHECK (one = 1), ledger TEXT NOT NULL) STRICT;
    CREATE TABLE tallies (
        span INTEGER NOT NULL, at INTEGER NOT NULL, target TEXT NOT NULL, journey TEXT NOT NULL, bucket INTEGER NOT NULL,
        times INTEGER NOT NULL, PRIMARY KEY (span, at, target, journey, bucket)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE latest (
        target TEXT NOT NULL, journey TEXT NOT NULL, at INTEGER NOT NULL, took_ms REAL NOT NULL,
        step TEXT, expected TEXT, got TEXT, request_id TEXT, held INTEGER, PRIMARY KEY (target, journey)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incidents (
        id TEXT NOT NULL PRIMARY KEY, target TEXT NOT NULL, journey TEXT NOT NULL, kind TEXT NOT NULL, opened INTEGER NOT NULL,
        ended INTEGER, step TEXT NOT NULL, sentence TEXT NOT NULL, request_id TEXT, reproduce TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE this (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;
    INSERT INTO this VALUES (1, lower(hex(randomblob(16))));";

/// What came later.
const MORE: &str = "
    ALTER TABLE incidents ADD COLUMN unwatched INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE places (target TEXT NOT NULL PRIMARY KEY, addresses TEXT NOT NULL, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE rings (one INTEGER PRIMARY KEY CHECK (one = 1), seen TEXT NOT NULL) STRICT;";

/// Why a file is none.
pub(super) enum Trouble {
    /// A database of something else.
    Foreign,
    /// Of a version that came later.
    Newer,
    /// It cannot be used.
    Use(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Use(error)
    }
}

/// Makes what is missing, all of it or nothing: a file is as it was, or it is of this version.
pub(super) fn bring_up(connection: &mut Connection) -> Result<(), Trouble> {
    let number = |query| connection.query_row(query, [], |row| row.get::<_, i64>(0));
    let (format, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    if format != FORMAT && number("SELECT count(*) FROM sqlite_schema")? > 0 {
        return Err(Trouble::Foreign);
    }
    if version > VERSION {
        return Err(Trouble::Newer);
    }
    connection.execute_batch("PRAGMA journal_mode = WAL")?;
    if version < VERSION {
        let transaction = connection.transaction()?;
        if version < 1 {
            transaction.execute_batch(TABLES)?;
            take_over(&transaction)?;
        }
        transaction.execute_batch(MORE)?;
        transaction.execute_batch(&format!("PRAGMA application_id = {FORMAT}; PRAGMA user_version = {VERSION};"))?;
        transaction.commit()?;
    }
    Ok(())
}

/// What an earlier version had as rows alone.
fn take_over(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    tallies::count_anew(transaction)?;
    // With max(), SQLite takes the other columns from the row that has it.
    transaction.execute_batch(
        "INSERT INTO latest
             SELECT target, journey, max(at), took_ms, step, expected, got, request_id, NULL
             FROM journeys GROUP BY target, journey;
         UPDATE latest SET held = (
             SELECT max(at) FROM journeys
             WHERE step IS NULL AND journeys.target = latest.target AND journeys.journey = latest.journey
         );",
    )
}
