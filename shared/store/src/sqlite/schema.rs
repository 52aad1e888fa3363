//! How an older file becomes a newer one; `user_version` counts how many [`STEPS`] have been taken.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::trouble::{Failure, Place};
use crate::sql::STEPS;

/// "TRUC": how this file is told from a database of another program.
const APPLICATION: i32 = 0x5452_5543;

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
    for statement in STEPS[steps_taken(db, place)?..].iter().copied().flatten() {
        tx.execute_batch(statement)?;
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
