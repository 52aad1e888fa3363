//! Incidents, for as long as a status page looks back: the ledger forgets each soon after it is over.

use super::seconds;
use rusqlite::{Connection, params};
use truce_alarms::{Alert, Event};

/// What was told after a round.
pub struct Told<'a> {
    /// The ledger, word for word.
    pub ledger: &'a str,
    /// The alerts that are open by now.
    pub open: Vec<&'a Alert>,
    /// What was new.
    pub events: &'a [Event],
}

/// Something that was wrong, or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The alert's.
    pub id: String,
    /// The deployment.
    pub target: String,
    /// The journey, or what stands for all of them.
    pub journey: String,
    /// What was wrong, such as `burning-fast` or `slower`.
    pub kind: String,
    /// When it was first seen wrong, in seconds since 1970.
    pub opened: u64,
    /// When it was first seen well for good, or watched no more; nothing while it is open.
    pub ended: Option<u64>,
    /// Whether it has ended because nobody looks any more.
    pub unwatched: bool,
    /// The step of the journey.
    pub step: String,
    /// What was expected and what came.
    pub sentence: String,
    /// What finds the request in the function's log.
    pub request_id: Option<String>,
    /// The command that does the same again.
    pub reproduce: String,
}

/// Brings the incidents to where the alerts are at `now`. An open one that no alert is known of any more, as after a ledger
/// that could not be read, is over.
pub(super) fn follow(connection: &Connection, now: u64, told: &Told<'_>) -> rusqlite::Result<()> {
    for alert in &told.open {
        open(connection, alert)?;
    }
    for event in told.events {
        if let Event::Resolved { alert, lasted } | Event::Unwatched { alert, lasted } = event {
            // It may have opened in the same round.
            open(connection, alert)?;
            let ended = seconds(alert.opened.saturating_add(*lasted));
            let unwatched = matches!(event, Event::Unwatched { .. });
            connection.execute(
                "UPDATE incidents SET ended = ?2, unwatched = ?3 WHERE id = ?1",
                params![alert.id.to_string(), ended, unwatched],
            )?;
        }
    }
    let open: Vec<String> = told.open.iter().map(|alert| alert.id.to_string()).collect();
    let open = serde_json::to_string(&open).expect("names");
    let end = "UPDATE incidents SET ended = max(?1, opened)
               WHERE ended IS NULL AND id NOT IN (SELECT value FROM json_each(?2))";
    connection.execute(end, params![seconds(now), open])?;
    Ok(())
}

fn open(connection: &Connection, alert: &Alert) -> rusqlite::Result<()> {
    let query = "INSERT INTO incidents VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7, ?8, ?9, 0)
        ON CONFLICT DO UPDATE SET ended = NULL, step = ?6, sentence = ?7, request_id = ?8, reproduce = ?9";
    let Alert { id, key, opened, evidence, .. } = alert;
    let row = params![
        id.to_string(),
        key.target,
        key.journey,
        key.kind.to_string(),
        seconds(*opened),
        evidence.step,
        evidence.sentence,
        evidence.request_id,
        evidence.reproduce,
    ];
    connection.prepare_cached(query)?.execute(row)?;
    Ok(())
}

/// The newest first, at most so many; what is open comes before what is over.
pub(super) fn newest(connection: &Connection, most: u32) -> rusqlite::Result<Vec<Incident>> {
    let query = "SELECT id, target, journey, kind, opened, ended, step, sentence, request_id, reproduce, unwatched
                 FROM incidents ORDER BY ended IS NOT NULL, opened DESC, id DESC LIMIT ?1";
    let mut statement = connection.prepare_cached(query)?;
    let incidents = statement.query_map([most], |row| {
        let time = |column| row.get::<_, Option<i64>>(column).map(|time| time.map(i64::unsigned_abs));
        Ok(Incident {
            id: row.get(0)?,
            target: row.get(1)?,
            journey: row.get(2)?,
            kind: row.get(3)?,
            opened: time(4)?.unwrap_or_default(),
            ended: time(5)?,
            step: row.get(6)?,
            sentence: row.get(7)?,
            request_id: row.get(8)?,
            reproduce: row.get(9)?,
            unwatched: row.get(10)?,
        })
    })?;
    incidents.collect()
}
