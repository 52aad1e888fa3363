//! Where targets are: what is at other addresses is another deployment, whatever it is called.

use super::seconds;
use rusqlite::{Connection, OptionalExtension as _, params};

/// A target, and where it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub target: String,
    /// Its base URLs, each once.
    pub addresses: String,
}

/// Since when what is known of a target is of where it is now; nothing if it was elsewhere. Where nobody has kept that, as an earlier version, it was not.
pub(super) fn since(connection: &Connection, place: &Place) -> rusqlite::Result<Option<u64>> {
    let query = "SELECT iif(addresses = ?2, since, NULL) FROM places WHERE target = ?1";
    let since: Option<Option<i64>> =
        connection.query_row(query, params![place.target, place.addresses], |row| row.get(0)).optional()?;
    Ok(since.map_or(Some(0), |since| since.map(i64::unsigned_abs)))
}

/// These are watched, from `now` on. Of others it is known as long as their journeys are.
pub(super) fn keep(connection: &Connection, now: u64, places: &[Place]) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM places WHERE target NOT IN (SELECT target FROM latest)", [])?;
    for place in places {
        let since = since(connection, place)?.unwrap_or(now);
        let row = params![place.target, place.addresses, seconds(since)];
        connection.execute("INSERT OR REPLACE INTO places VALUES (?1, ?2, ?3)", row)?;
    }
    Ok(())
}
