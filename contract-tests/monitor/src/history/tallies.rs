//! How often a journey held and failed within a span of time, and how long it took: few rows where there are many journeys.
//!
//! Durations are counted in buckets, each a twentieth wider than the one before: what is read from them is right within a fortieth.

use super::{KEPT, seconds};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};
use truce_contract::JourneyReport;

/// The shortest that is told apart, in milliseconds.
const SHORTEST: f64 = 0.1;
/// How much longer each bucket is than the one before.
const WIDER: f64 = 1.05;
/// Longer than a day.
const LAST: i64 = 450;
/// Where failures are counted: how long they took says nothing.
const FAILED: i64 = -1;

/// Over how long it is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// A quarter of an hour.
    Quarter,
    /// A day, from midnight to midnight (UTC).
    Day,
}

impl Span {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Quarter, Self::Day];

    /// In seconds.
    pub const fn length(self) -> u64 {
        match self {
            Self::Quarter => 900,
            Self::Day => 86_400,
        }
    }

    /// How long it is kept, in seconds: quarters as long as somebody looks at them.
    pub const fn kept(self) -> u64 {
        match self {
            Self::Quarter => 2 * 86_400,
            Self::Day => KEPT,
        }
    }

    /// When the one began that `at` is in.
    pub const fn begin(self, at: u64) -> u64 {
        at - at % self.length()
    }
}

/// A span of a journey to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The deployment.
    pub target: String,
    /// The journey.
    pub journey: String,
    /// When the span began, in seconds since 1970.
    pub at: u64,
    /// How often it failed.
    pub failed: u64,
    /// How long it took where it held.
    pub took: Took,
}

/// How long it took, as often as it held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Took(BTreeMap<i64, u64>);

impl Took {
    /// How often it held.
    pub fn held(&self) -> u64 {
        self.0.values().sum()
    }

    /// What `share` of them did not exceed, in milliseconds; nothing where it never held.
    #[allow(clippy::cast_precision_loss)] // counts of journeys, far below 2^52
    pub fn within(&self, share: f64) -> Option<f64> {
        let wanted = share * self.held() as f64;
        let mut counted = 0;
        let bucket = self.0.iter().find(|(_, times)| {
            counted += **times;
            counted as f64 >= wanted
        });
        bucket.map(|(bucket, _)| middle(*bucket))
    }

    /// Adds what another counted.
    pub fn add(&mut self, other: &Self) {
        for (bucket, times) in &other.0 {
            *self.0.entry(*bucket).or_default() += times;
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // between 0 and the last
fn bucket(took_ms: f64) -> i64 {
    ((took_ms.max(SHORTEST) / SHORTEST).log(WIDER).round() as i64).clamp(0, LAST)
}

fn middle(bucket: i64) -> f64 {
    SHORTEST * WIDER.powi(i32::try_from(bucket).unwrap_or(0))
}

/// Counts a journey in every span.
pub(super) fn count(connection: &Connection, at: u64, report: &JourneyReport) -> rusqlite::Result<()> {
    let bucket = if report.failure.is_some() { FAILED } else { bucket(report.took_ms) };
    for span in Span::ALL {
        add(connection, span, span.begin(at), (&report.target, &report.name), bucket, 1)?;
    }
    Ok(())
}

fn add(
    connection: &Connection,
    span: Span,
    at: u64,
    (target, journey): (&str, &str),
    bucket: i64,
    times: u64,
) -> rusqlite::Result<()> {
    let query =
        "INSERT INTO tallies VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET times = times + excluded.times";
    let row = params![seconds(span.length()), seconds(at), target, journey, bucket, seconds(times)];
    connection.prepare_cached(query)?.execute(row)?;
    Ok(())
}

/// Counts every row there is.
pub(super) fn count_anew(connection: &Connection) -> rusqlite::Result<()> {
    let newest: Option<i64> = connection.query_row("SELECT max(at) FROM journeys", [], |row| row.get(0))?;
    let newest = newest.map_or(0, i64::unsigned_abs);
    let mut counted: HashMap<(Span, u64, String, String, i64), u64> = HashMap::new();
    let mut statement = connection.prepare("SELECT at, target, journey, took_ms, step IS NOT NULL FROM journeys")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let at = row.get::<_, i64>(0)?.unsigned_abs();
        let bucket = if row.get(4)? { FAILED } else { bucket(row.get(3)?) };
        for span in Span::ALL {
            if at + span.kept() >= newest {
                *counted.entry((span, span.begin(at), row.get(1)?, row.get(2)?, bucket)).or_default() += 1;
            }
        }
    }
    for ((span, at, target, journey, bucket), times) in counted {
        add(connection, span, at, (&target, &journey), bucket, times)?;
    }
    Ok(())
}

/// What nobody looks at any more.
pub(super) fn forget(connection: &Connection, now: u64) -> rusqlite::Result<()> {
    for span in Span::ALL {
        let before = span.begin(now.saturating_sub(span.kept()));
        let query = "DELETE FROM tallies WHERE span = ?1 AND at < ?2";
        connection.prepare_cached(query)?.execute([seconds(span.length()), seconds(before)])?;
    }
    Ok(())
}

/// Those that begin at `since` or later, each journey's by time.
pub(super) fn since(connection: &Connection, span: Span, since: u64) -> rusqlite::Result<Vec<Tally>> {
    let query = "SELECT at, target, journey, bucket, times FROM tallies WHERE span = ?1 AND at >= ?2
                 ORDER BY at, target, journey, bucket";
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query([seconds(span.length()), seconds(since)])?;
    let mut tallies: Vec<Tally> = Vec::new();
    while let Some(row) = rows.next()? {
        let (at, target, journey) =
            (row.get::<_, i64>(0)?.unsigned_abs(), row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        let (bucket, times) = (row.get(3)?, row.get::<_, i64>(4)?.unsigned_abs());
        let is_same = |last: &Tally| last.at == at && last.target == target && last.journey == journey;
        if !tallies.last().is_some_and(is_same) {
            let (target, journey) = (target.to_owned(), journey.to_owned());
            tallies.push(Tally { target, journey, at, failed: 0, took: Took::default() });
        }
        let Some(tally) = tallies.last_mut() else { continue };
        if bucket == FAILED {
            tally.failed = times;
        } else {
            tally.took.0.insert(bucket, times);
        }
    }
    Ok(tallies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(all: &[f64]) -> Took {
        let mut took = Took::default();
        for one in all {
            *took.0.entry(bucket(*one)).or_default() += 1;
        }
        took
    }

    #[test]
    fn what_is_read_from_buckets_is_right_within_a_fortieth() {
        let mut one = 0.1;
        while one < 1e8 {
            let read = took(&[one]).within(0.5).expect("a duration");
            assert!((read / one - 1.0).abs() < 0.025, "{one} became {read}");
            one *= 1.013;
        }
        assert!(took(&[0.0, -1.0, f64::NAN]).within(0.5).expect("a duration") <= SHORTEST);
    }

    #[test]
    fn a_share_is_of_all_that_held() {
        let hundred: Vec<f64> = (1..=100).map(|one| if one <= 95 { 10.0 } else { 1_000.0 }).collect();
        let took = took(&hundred);
        assert_eq!(took.held(), 100);
        assert!(took.within(0.95).expect("a duration") < 10.5);
        assert!(took.within(0.96).expect("a duration") > 900.0);
        assert_eq!(Took::default().within(0.5), None);
    }
}
