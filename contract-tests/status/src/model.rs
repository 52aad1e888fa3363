//! What a page says, before it is said in any form.

mod build;
mod sentences;

pub(crate) use build::urn;

use serde::{Serialize, Serializer};
use std::time::Duration;
use truce_function::time::rfc3339;

/// How long a day and ninety of them are looked back at, in quarters of an hour and in days.
pub(crate) const QUARTERS: usize = 96;
pub(crate) const DAYS: usize = 90;
/// As many incidents are shown; what is open comes first.
pub(crate) const INCIDENTS: usize = 50;

/// What is watched, as it was settled when the monitor started.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The deployments, by name.
    pub targets: Vec<String>,
    /// The journeys: the name of each and its story.
    pub journeys: Vec<(String, String)>,
    /// From the beginning of a round to that of the next.
    pub every: Duration,
    /// When the monitor started, in seconds since 1970.
    pub began: u64,
    /// Where people reach the page; without it, links in the feed are relative.
    pub public_url: Option<String>,
}

/// Seconds since 1970; written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub u64);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&rfc3339(self.0))
    }
}

/// How something stands; what is worse comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All of it held the last time.
    Well,
    /// Nobody has looked yet.
    Unknown,
    /// It failed the last time, which is no alarm.
    Failed,
    /// Nobody has looked for longer than two intervals.
    Silent,
    /// Somebody has to look before something is wrong.
    Warned,
    /// It takes longer than it used to.
    Slower,
    /// What else is an alarm.
    Wrong,
    /// It fails too often.
    Failing,
}

impl State {
    /// With an incident of this kind that is open.
    pub(crate) fn of(kind: &str) -> Self {
        match kind {
            "slower" => Self::Slower,
            kind if kind.starts_with("burning") => Self::Failing,
            kind if kind.ends_with("-warning") => Self::Warned,
            _ => Self::Wrong,
        }
    }
}

/// How something stands, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Now {
    /// How.
    pub state: State,
    /// Since when, where it is not well.
    pub since: Option<At>,
}

/// All of it, as `/status.json` says it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// What there is to say in a few sentences.
    pub summary: Vec<String>,
    /// How the worst of the targets stands.
    pub state: State,
    /// When the newest round began.
    pub looked: Option<At>,
    /// From the beginning of a round to that of the next.
    pub every_seconds: u64,
    /// Each deployment, in the order of the settings.
    pub targets: Vec<TargetStatus>,
    /// What is open, then what is over, the newest first; fifty at most.
    pub incidents: Vec<IncidentStatus>,
    /// Tells this monitor from others.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) now: u64,
    #[serde(skip)]
    pub(crate) began: u64,
    #[serde(skip)]
    pub(crate) public_url: Option<String>,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetStatus {
    /// What it is called.
    pub name: String,
    /// How it stands.
    #[serde(flatten)]
    pub now: Now,
    /// When its newest round began.
    pub looked: Option<At>,
    /// Of the last 24 hours.
    pub last_24_hours: Uptime,
    /// Of the last 90 days.
    pub last_90_days: Uptime,
    /// Each of these, the oldest first.
    pub days: Vec<Day>,
    /// Its journeys, in the order in which they are gone on.
    pub journeys: Vec<JourneyStatus>,
}

/// How many of the journeys held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Uptime {
    /// So many held.
    pub held: u64,
    /// So many did not.
    pub failed: u64,
    /// The share of those that held, from 0 to 1; nothing where nobody has looked.
    pub share: Option<f64>,
}

impl Uptime {
    #[allow(clippy::cast_precision_loss)] // counts of journeys, far below 2^52
    pub(crate) fn of(held: u64, failed: u64) -> Self {
        let all = held + failed;
        Self { held, failed, share: (all > 0).then(|| held as f64 / all as f64) }
    }
}

/// A day of a deployment, from midnight to midnight (UTC).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// `2026-11-26`.
    pub date: String,
    /// How many of its journeys held.
    #[serde(flatten)]
    pub uptime: Uptime,
    #[serde(skip)]
    pub(crate) at: u64,
}

/// A journey to a deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JourneyStatus {
    /// As `truce monitor --only` takes it.
    pub name: String,
    /// What somebody does on it.
    pub story: String,
    /// How it stands.
    #[serde(flatten)]
    pub now: Now,
    /// When it was gone on the last time.
    pub looked: Option<At>,
    /// How long that took, in milliseconds.
    pub took_ms: Option<f64>,
    /// When it last held.
    pub held: Option<At>,
    /// What did not hold the last time.
    pub failure: Option<Failed>,
    /// Of the last 24 hours.
    pub last_24_hours: Uptime,
    /// How long half of those that held took at most, in milliseconds.
    pub p50_ms: Option<f64>,
    /// How long 95 of a hundred took at most.
    pub p95_ms: Option<f64>,
    /// Of the last 90 days.
    pub last_90_days: Uptime,
    /// The quarters of an hour of the last day, the oldest first.
    #[serde(skip)]
    pub quarters: Vec<Point>,
    /// The last ninety days, the oldest first.
    #[serde(skip)]
    pub days: Vec<Point>,
}

/// What did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The step of the journey.
    pub step: String,
    /// What was expected and what came.
    pub sentence: String,
    /// What finds the request in the function's log.
    pub request_id: Option<String>,
}

/// A span in a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it begins, in seconds since 1970.
    pub at: u64,
    /// How often the journey failed within it.
    pub failed: u64,
    /// How long half took, and 95 of a hundred, in milliseconds; nothing where none held.
    pub took: Option<(f64, f64)>,
}

/// How an incident has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It was seen well.
    Over,
    /// Nobody looks any more: whether it is over, nobody knows.
    NoLongerWatched,
}

/// Something that was wrong, or is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentStatus {
    /// The same for ever, and nowhere else.
    pub id: String,
    /// The deployment.
    pub target: String,
    /// The journey, or `the target` where it is most of them.
    pub journey: String,
    /// `burning-fast`, `burning-steady`, `burning-slow`, `slower`, or what else is an alarm.
    pub kind: String,
    /// When it was first seen wrong.
    pub opened: At,
    /// When it was first seen well for good, or watched no more; nothing while it is open.
    pub ended: Option<At>,
    /// How it has ended; nothing while it is open.
    pub end: Option<End>,
    /// From one to the other, or until now.
    pub lasted_seconds: u64,
    /// The step of the journey.
    pub step: String,
    /// What was expected and what came.
    pub sentence: String,
    /// What finds the request in the function's log.
    pub request_id: Option<String>,
    /// The command that does the same again.
    pub reproduce: String,
}
