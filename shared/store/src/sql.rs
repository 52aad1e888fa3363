//! What SQLite is told, by whoever opens it: the process itself or Spin. Every statement is whole by itself, because not
//! every host can hold a transaction open, and says by the rows it returns what it did.
//!
//! A released step of [`STEPS`] never changes; a new one is added below it. A step only adds, so that processes of the
//! version before keep working on the file until the last of them is replaced; if one ever cannot, say so in the
//! changelog. A step that was half taken can be taken again.

/// From each schema version to the next, a statement at a time.
pub(crate) const STEPS: &[&[&str]] = &[
    // The log is a rowid table although the other two are not: its rows are long, and a table without rowids would
    // keep them in the inner pages of its tree. An index on (room) is one on (room, seq), because seq is the rowid.
    // AUTOINCREMENT so that no number comes back after the entries that held it were swept: a client still has it as
    // its cursor.
    &[
        "CREATE TABLE IF NOT EXISTS spent (
            id TEXT NOT NULL PRIMARY KEY,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS spent_by_expiry ON spent (expires)",
        "CREATE TABLE IF NOT EXISTS revoked (
            id TEXT NOT NULL PRIMARY KEY,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS revoked_by_expiry ON revoked (expires)",
        "CREATE TABLE IF NOT EXISTS log (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            room TEXT NOT NULL,
            id TEXT NOT NULL,
            agreement INTEGER NOT NULL CHECK (agreement IN (0, 1)),
            expires INTEGER NOT NULL,
            entry TEXT NOT NULL,
            UNIQUE (room, id)
        ) STRICT",
        "CREATE INDEX IF NOT EXISTS log_by_room ON log (room)",
        "CREATE INDEX IF NOT EXISTS log_agreements ON log (room) WHERE agreement = 1",
        "CREATE INDEX IF NOT EXISTS log_by_expiry ON log (expires)",
    ],
];

/// A row if it was spent. A record that has expired is as good as gone, so spending takes it over.
pub(crate) const SPEND: &str = "INSERT INTO spent (id, expires) VALUES (?1, ?3)
    ON CONFLICT (id) DO UPDATE SET expires = excluded.expires WHERE spent.expires <= ?2
    RETURNING 1";
pub(crate) const IS_SPENT: &str = "SELECT EXISTS (SELECT 1 FROM spent WHERE id = ?1 AND expires > ?2)";
pub(crate) const REVOKE: &str = "INSERT INTO revoked (id, expires) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET expires = max(expires, excluded.expires)";
pub(crate) const IS_REVOKED: &str = "SELECT EXISTS (SELECT 1 FROM revoked WHERE id = ?1 AND expires > ?2)";

/// A row with the number of the new entry, unless one with its id is there, expired or not.
pub(crate) const APPEND: &str = "INSERT INTO log (room, id, agreement, expires, entry) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (room, id) DO NOTHING
    RETURNING seq";
pub(crate) const FORGET: &str = "DELETE FROM log WHERE room = ?1 AND id = ?2 AND expires <= ?3";
pub(crate) const ENTRY: &str = "SELECT seq, id, entry FROM log WHERE room = ?1 AND id = ?2 AND expires > ?3";
pub(crate) const READ: &str = "SELECT seq, id, entry FROM log INDEXED BY log_by_room
    WHERE room = ?1 AND seq > ?2 AND expires > ?3 ORDER BY seq LIMIT ?4";
pub(crate) const AGREEMENTS: &str = "SELECT seq, id, entry FROM log INDEXED BY log_agreements
    WHERE room = ?1 AND agreement = 1 AND expires > ?2 ORDER BY seq DESC LIMIT ?3";

/// Oldest first, and few at a time: whoever writes meanwhile waits for one of these, not for all.
pub(crate) const SWEEP: [&str; 3] = [
    "DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    "DELETE FROM revoked WHERE id IN (SELECT id FROM revoked WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    "DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
];

/// How many rows of each table one step of a sweep deletes.
pub(crate) const SWEEP_ROWS: u32 = 500;

/// Seconds and numbers as SQLite keeps them. What does not fit is later than anything that will happen.
pub(crate) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
