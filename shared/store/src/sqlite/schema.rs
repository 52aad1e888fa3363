//! The tables, and how an older file becomes a newer one.
//!
//! A released step of [`STEPS`] never changes; a new one is added below it. A step only adds, so that processes of the
//! version before keep working on the file until the last of them is replaced; if one ever cannot, say so in the
//! changelog.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::trouble::{Failure, Place};

/// "TRUC": how this file is told from a database of another program.
const APPLICATION: i32 = 0x5452_5543;

/// From each schema version to the next; `user_version` counts how many have been taken.
const STEPS: &[&str] = &[
    // The log is a rowid table although the other two are not: its rows are long, and a table without rowids would
    // keep them in the inner pages of its tree. An index on (room) is one on (room, seq), because seq is the rowid.
    // AUTOINCREMENT so that no number comes back after the entries that held it were swept: a client still has it as
    // its cursor.
    "CREATE TABLE spent (
        id TEXT NOT NULL PRIMARY KEY,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX spent_by_expiry ON spent (expires);

    CREATE TABLE revoked (
        id TEXT NOT NULL PRIMARY KEY,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX revoked_by_expiry ON revoked (expires);

    CREATE TABLE log (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        room TEXT NOT NULL,
        id TEXT NOT NULL,
        agreement INTEGER NOT NULL CHECK (agreement IN (0, 1)),
        expires INTEGER NOT NULL,
        entry TEXT NOT NULL,
        UNIQUE (room, id)
    ) STRICT;
    CREATE INDEX log_by_room ON log (room);
    CREATE INDEX log_agreements ON log (room) WHERE agreement = 1;
    CREATE INDEX log_by_expiry ON log (expires);",
];

/// The schema version this one writes.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 65,536 steps")]
const VERSION: u16 = STEPS.len() as u16;

/// Makes the file one of this version's, or says why it cannot be.
pub(super) fn bring_up_to_date(db: &Connection, place: &Place) -> Result<(), Failure> {
    // Looked at first without a lock: most of the time there is nothing to do.
    if steps_taken(db, place)? == STEPS.len() {
        return Ok(());
    }
    // Looked at again with the lock: another process may have done it in between.
    let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    for step in &STEPS[steps_taken(db, place)?..] {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    Ok(tx.commit()?)
}

fn steps_taken(db: &Connection, place: &Place) -> Result<usize, Failure> {
    let (application, version, tables) = db.query_row(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get::<_, i32>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
    )?;
    let empty = application == 0 && version == 0 && tables == 0;
    if application != APPLICATION && !empty {
        return Err(place.of_another_program().into());
    }
    match usize::try_from(version) {
        Ok(taken) if taken <= STEPS.len() => Ok(taken),
        _ => Err(place.of_a_newer_version(version, STEPS.len()).into()),
    }
}
