//! What is done inside a transaction. Every read goes through an index to the rows it returns: the tests below ask
//! SQLite for its plan, so a change that makes it walk a log does not pass.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::trouble::Failure;
use crate::sql::{
    AGREEMENTS, APPEND, ENTRY, FORGET, IS_REVOKED, IS_SPENT, READ, REVOKE, SPEND, SWEEP, SWEEP_ROWS, column,
};
use crate::{Appended, Cursor, Entry, NewEntry, PAGE_MAX, Spent, record};

pub(super) fn spend(db: &Connection, id: &str, now: u64, keep_until: u64) -> Result<Spent, Failure> {
    let spent = db.prepare_cached(SPEND)?.exists(params![id, column(now), column(keep_until)])?;
    Ok(if spent { Spent::First } else { Spent::Again })
}

pub(super) fn is_spent(db: &Connection, id: &str, now: u64) -> Result<bool, Failure> {
    Ok(db.prepare_cached(IS_SPENT)?.query_row(params![id, column(now)], |row| row.get(0))?)
}

pub(super) fn revoke(db: &Connection, id: &str, keep_until: u64) -> Result<(), Failure> {
    db.prepare_cached(REVOKE)?.execute(params![id, column(keep_until)])?;
    Ok(())
}

pub(super) fn is_revoked(db: &Connection, id: &str, now: u64) -> Result<bool, Failure> {
    Ok(db.prepare_cached(IS_REVOKED)?.query_row(params![id, column(now)], |row| row.get(0))?)
}

/// Runs inside a transaction that holds the write lock, so nothing comes between looking and inserting.
pub(super) fn append(
    db: &Connection,
    room: &str,
    new: &NewEntry,
    now: u64,
    keep_until: u64,
) -> Result<Appended, Failure> {
    if let Some(there) = entry(db, room, &new.id, now)? {
        return Ok(Appended::AlreadyThere(there));
    }
    db.prepare_cached(FORGET)?.execute(params![room, new.id, column(now)])?;
    let row = params![room, new.id, new.agreement.is_some(), column(keep_until), record::write(new, now)?];
    let cursor = db.prepare_cached(APPEND)?.query_row(row, cursor)?;
    Ok(Appended::New(cursor))
}

pub(super) fn entry(db: &Connection, room: &str, id: &str, now: u64) -> Result<Option<Entry>, Failure> {
    let found = db.prepare_cached(ENTRY)?.query_row(params![room, id, column(now)], raw).optional()?;
    Ok(found.map(read_record).transpose()?)
}

pub(super) fn read(db: &Connection, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, Failure> {
    let mut statement = db.prepare_cached(READ)?;
    let place = params![room, column(after.number()), column(now), limit.min(PAGE_MAX)];
    statement.query_map(place, raw)?.map(|row| Ok(read_record(row?)?)).collect()
}

pub(super) fn agreements(db: &Connection, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, Failure> {
    let mut statement = db.prepare_cached(AGREEMENTS)?;
    let place = params![room, column(now), limit.min(PAGE_MAX)];
    statement.query_map(place, raw)?.map(|row| Ok(read_record(row?)?)).collect()
}

/// One step; how many rows it deleted. 0 when nothing that has expired is left.
pub(super) fn sweep(db: &Connection, now: u64) -> Result<u64, Failure> {
    let mut gone = 0;
    for table in SWEEP {
        gone += db.prepare_cached(table)?.execute(params![column(now), SWEEP_ROWS])?;
    }
    Ok(gone as u64)
}

/// Reads a page of the file.
pub(super) fn touch(db: &Connection) -> Result<(), Failure> {
    Ok(db.prepare_cached("SELECT count(*) FROM sqlite_schema")?.query_row([], |_| Ok(()))?)
}

type Raw = (Cursor, String, String);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((cursor(row)?, row.get("id")?, row.get("entry")?))
}

fn cursor(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    let seq: i64 = row.get("seq")?;
    u64::try_from(seq)
        .ok()
        .and_then(Cursor::at)
        .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, "a negative number".into()))
}

fn read_record((cursor, id, text): Raw) -> Result<Entry, crate::StoreError> {
    record::read(cursor, id, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::schema;
    use crate::sqlite::trouble::Place;

    fn empty() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        assert!(schema::bring_up_to_date(&db, &Place::new("memory".into())).is_ok());
        db
    }

    fn plan(db: &Connection, statement: &str) -> Vec<String> {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let parameters = vec![rusqlite::types::Null; explain.parameter_count()];
        let steps = explain.query_map(rusqlite::params_from_iter(parameters), |row| row.get("detail"));
        steps.unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn every_read_is_one_search_of_an_index() {
        let db = empty();
        for (statement, search) in [
            (READ, "SEARCH log USING INDEX log_by_room (room=? AND rowid>?)"),
            (AGREEMENTS, "SEARCH log USING INDEX log_agreements (room=?)"),
            (ENTRY, "SEARCH log USING INDEX sqlite_autoindex_log_1 (room=? AND id=?)"),
            (FORGET, "SEARCH log USING INDEX sqlite_autoindex_log_1 (room=? AND id=?)"),
        ] {
            assert_eq!(plan(&db, statement), [search]);
        }
        for (statement, table) in [(IS_SPENT, "spent"), (IS_REVOKED, "revoked")] {
            let search = format!("SEARCH {table} USING PRIMARY KEY (id=?)");
            assert!(plan(&db, statement).contains(&search), "{:?}", plan(&db, statement));
        }
    }

    #[test]
    fn nothing_walks_a_table_or_sorts() {
        let db = empty();
        let all = [SPEND, IS_SPENT, REVOKE, IS_REVOKED, APPEND, FORGET, ENTRY, READ, AGREEMENTS];
        for statement in all.into_iter().chain(SWEEP) {
            for step in plan(&db, statement) {
                let walks = step.starts_with("SCAN") && step != "SCAN CONSTANT ROW";
                assert!(!walks && !step.contains("TEMP B-TREE"), "{step} in {statement}");
            }
        }
    }
}
