//! What is done inside a transaction. Every read goes through an index to the rows it returns: the tests below ask
//! SQLite for its plan, so a change that makes it walk a log does not pass.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::trouble::Failure;
use crate::{Appended, Cursor, Entry, NewEntry, PAGE_MAX, Spent, record};

/// A record that has expired is as good as gone, so spending takes it over.
const SPEND: &str = "INSERT INTO spent (id, expires) VALUES (?1, ?3)
    ON CONFLICT (id) DO UPDATE SET expires = excluded.expires WHERE spent.expires <= ?2";
const IS_SPENT: &str = "SELECT EXISTS (SELECT 1 FROM spent WHERE id = ?1 AND expires > ?2)";
const REVOKE: &str = "INSERT INTO revoked (id, expires) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET expires = max(expires, excluded.expires)";
const IS_REVOKED: &str = "SELECT EXISTS (SELECT 1 FROM revoked WHERE id = ?1 AND expires > ?2)";

const APPEND: &str = "INSERT INTO log (room, id, agreement, expires, entry) VALUES (?1, ?2, ?3, ?4, ?5)
    RETURNING seq";
const FORGET: &str = "DELETE FROM log WHERE room = ?1 AND id = ?2 AND expires <= ?3";
const ENTRY: &str = "SELECT seq, id, entry FROM log WHERE room = ?1 AND id = ?2 AND expires > ?3";
const READ: &str = "SELECT seq, id, entry FROM log INDEXED BY log_by_room
    WHERE room = ?1 AND seq > ?2 AND expires > ?3 ORDER BY seq LIMIT ?4";
const AGREEMENTS: &str = "SELECT seq, id, entry FROM log INDEXED BY log_agreements
    WHERE room = ?1 AND agreement = 1 AND expires > ?2 ORDER BY seq DESC LIMIT ?3";

/// Oldest first, and few at a time: whoever writes meanwhile waits for one of these, not for all.
const SWEEP: [&str; 3] = [
    "DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    "DELETE FROM revoked WHERE id IN (SELECT id FROM revoked WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    "DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
];

/// How many rows of each table one step of a sweep deletes.
const SWEEP_ROWS: u32 = 500;

/// Seconds and numbers as SQLite keeps them. What does not fit is later than anything that will happen.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn spend(db: &Connection, id: &str, now: u64, keep_until: u64) -> Result<Spent, Failure> {
    let changed = db.prepare_cached(SPEND)?.execute(params![id, column(now), column(keep_until)])?;
    Ok(if changed == 1 { Spent::First } else { Spent::Again })
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
