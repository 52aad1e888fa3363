//! From what the history knows to what is said.

use super::{
    At, DAYS, Day, End, Failed, INCIDENTS, IncidentStatus, JourneyStatus, Now, Point, QUARTERS, State, Status,
    TargetStatus, Uptime, Watched,
};
use crate::words;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use truce_monitor::{Incident, Known, Latest, Span, Tally, Took};

/// A round takes a while itself, and is known of when it has ended.
const A_ROUND: u64 = 60;

impl Status {
    /// What is known, of what is watched, at `now`.
    pub fn new(known: &Known, watched: &Watched, now: u64) -> Self {
        let look = Look { known, watched, now, quarters: by_journey(&known.quarters), days: by_journey(&known.days) };
        let targets: Vec<TargetStatus> = watched.targets.iter().map(|name| look.target(name)).collect();
        // What was told of is not taken back because nobody looks there any more; what is open there is another monitor's.
        let is_told = |incident: &&Incident| incident.ended.is_some() || watched.targets.contains(&incident.target);
        let incidents = known.incidents.iter().filter(is_told).take(INCIDENTS);
        Self {
            summary: look.summary(&targets),
            state: targets.iter().map(|target| target.now.state).max().unwrap_or(State::Unknown),
            looked: targets.iter().filter_map(|target| target.looked).max(),
            every_seconds: watched.every.as_secs(),
            incidents: incidents.map(|incident| look.incident(incident)).collect(),
            targets,
            name: known.name.clone(),
            now,
            began: watched.began,
            public_url: watched.public_url.clone(),
        }
    }
}

type ByJourney<'a> = HashMap<(&'a str, &'a str), Vec<&'a Tally>>;

fn by_journey(tallies: &[Tally]) -> ByJourney<'_> {
    let mut all = ByJourney::new();
    for tally in tallies {
        all.entry((&tally.target, &tally.journey)).or_default().push(tally);
    }
    all
}

pub(super) struct Look<'a> {
    pub(super) known: &'a Known,
    watched: &'a Watched,
    pub(super) now: u64,
    quarters: ByJourney<'a>,
    days: ByJourney<'a>,
}

impl Look<'_> {
    fn target(&self, name: &str) -> TargetStatus {
        let journeys: Vec<JourneyStatus> =
            self.watched.journeys.iter().map(|(journey, story)| self.journey(name, journey, story)).collect();
        let sum = |of: fn(&JourneyStatus) -> Uptime| {
            let all = journeys.iter().map(of);
            let (held, failed) = all.fold((0, 0), |sum, one| (sum.0 + one.held, sum.1 + one.failed));
            Uptime::of(held, failed)
        };
        let looked = journeys.iter().filter_map(|journey| journey.looked).max();
        TargetStatus {
            name: name.to_owned(),
            now: self.stands(name, looked, &journeys),
            looked,
            last_24_hours: sum(|journey| journey.last_24_hours),
            last_90_days: sum(|journey| journey.last_90_days),
            days: self.days_of(name),
            journeys,
        }
    }

    fn stands(&self, name: &str, looked: Option<At>, journeys: &[JourneyStatus]) -> Now {
        let Some(at) = looked else { return Now { state: State::Unknown, since: None } };
        // Two intervals; a clock that was set back is no silence.
        if self.now.saturating_sub(at.0) > 2 * self.watched.every.as_secs() + A_ROUND {
            return Now { state: State::Silent, since: Some(at) };
        }
        let alone = journeys.iter().map(|journey| journey.now).filter(|now| now.state != State::Unknown);
        // Not all that is an alarm is about a journey of the list.
        worst(alone.chain(self.open(name).map(alarm))).unwrap_or(Now { state: State::Unknown, since: None })
    }

    fn journey(&self, target: &str, name: &str, story: &str) -> JourneyStatus {
        let latest = self.known.latest.iter().find(|latest| latest.target == target && latest.journey == name);
        let tallies = |all: &ByJourney<'_>| -> HashMap<u64, Tally> {
            let of = all.get(&(target, name)).into_iter().flatten();
            of.map(|tally| (tally.at, (*tally).clone())).collect()
        };
        let (quarters, days) = (tallies(&self.quarters), tallies(&self.days));
        let (last_day, took) = self.sum(&quarters, Span::Quarter, QUARTERS);
        JourneyStatus {
            name: name.to_owned(),
            story: story.to_owned(),
            now: worst(self.open(target).filter(|incident| incident.journey == name).map(alarm))
                .unwrap_or_else(|| alone(latest)),
            looked: latest.map(|latest| At(latest.at)),
            took_ms: latest.map(|latest| latest.took_ms),
            held: latest.and_then(|latest| latest.held).map(At),
            failure: latest.and_then(failure),
            last_24_hours: last_day,
            p50_ms: took.within(0.5),
            p95_ms: took.within(0.95),
            last_90_days: self.sum(&days, Span::Day, DAYS).0,
            quarters: self.points(&quarters, Span::Quarter, QUARTERS),
            days: self.points(&days, Span::Day, DAYS),
        }
    }

    /// What is told of a target that is not over.
    pub(super) fn open(&self, target: &str) -> impl Iterator<Item = &Incident> + Clone {
        self.known.incidents.iter().filter(move |incident| incident.target == target && incident.ended.is_none())
    }

    /// The beginnings of the last `number` spans, the oldest first.
    fn spans(&self, span: Span, number: usize) -> impl Iterator<Item = u64> {
        let newest = span.begin(self.now);
        (0..number as u64).rev().map(move |back| newest.saturating_sub(back * span.length()))
    }

    fn sum(&self, tallies: &HashMap<u64, Tally>, span: Span, number: usize) -> (Uptime, Took) {
        let (mut took, mut failed) = (Took::default(), 0);
        for tally in self.spans(span, number).filter_map(|at| tallies.get(&at)) {
            took.add(&tally.took);
            failed += tally.failed;
        }
        (Uptime::of(took.held(), failed), took)
    }

    fn points(&self, tallies: &HashMap<u64, Tally>, span: Span, number: usize) -> Vec<Point> {
        let point = |at| {
            let tally = tallies.get(&at);
            let took = tally.and_then(|tally| Some((tally.took.within(0.5)?, tally.took.within(0.95)?)));
            Point { at, failed: tally.map_or(0, |tally| tally.failed), took }
        };
        self.spans(span, number).map(point).collect()
    }

    fn days_of(&self, target: &str) -> Vec<Day> {
        let mut by_day: HashMap<u64, (u64, u64)> = HashMap::new();
        for (journey, _) in &self.watched.journeys {
            for tally in self.days.get(&(target, journey)).into_iter().flatten() {
                let day = by_day.entry(tally.at).or_default();
                *day = (day.0 + tally.took.held(), day.1 + tally.failed);
            }
        }
        let day = |at| {
            let (held, failed) = by_day.get(&at).copied().unwrap_or_default();
            Day { date: words::date(at), uptime: Uptime::of(held, failed), at }
        };
        self.spans(Span::Day, DAYS).map(day).collect()
    }

    fn incident(&self, incident: &Incident) -> IncidentStatus {
        let Incident { target, journey, kind, opened, ended, unwatched, step, sentence, request_id, reproduce, .. } =
            incident.clone();
        IncidentStatus {
            id: urn(&[&self.known.name, &incident.id]),
            lasted_seconds: ended.unwrap_or(self.now).saturating_sub(opened),
            opened: At(opened),
            ended: ended.map(At),
            end: ended.map(|_| if unwatched { End::NoLongerWatched } else { End::Over }),
            target,
            journey,
            kind,
            step,
            sentence,
            request_id,
            reproduce,
        }
    }
}

/// How it went the last time, where nothing is told of it.
fn alone(latest: Option<&Latest>) -> Now {
    let state =
        latest.map_or(State::Unknown, |latest| if latest.failure.is_some() { State::Failed } else { State::Well });
    Now { state, since: latest.filter(|_| state == State::Failed).map(|latest| At(latest.at)) }
}

fn failure(latest: &Latest) -> Option<Failed> {
    let [step, expected, got, request_id] = latest.failure.clone()?;
    let sentence = format!("expected {expected}, got {got}");
    Some(Failed { step, sentence, request_id: Some(request_id).filter(|id| id != "none") })
}

/// How something stands with an incident that is open.
fn alarm(incident: &Incident) -> Now {
    Now { state: State::of(&incident.kind), since: Some(At(incident.opened)) }
}

/// The worst, since the first of these.
fn worst(all: impl Iterator<Item = Now> + Clone) -> Option<Now> {
    let state = all.clone().map(|now| now.state).max()?;
    Some(Now { state, since: all.filter(|now| now.state == state).filter_map(|now| now.since).min() })
}

/// A name for ever (RFC 9562, version 8: by a digest).
pub(crate) fn urn(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bytes = digest.finalize();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut urn = String::from("urn:uuid:");
    for (place, byte) in bytes.iter().take(16).enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            urn.push('-');
        }
        let _ = write!(urn, "{byte:02x}");
    }
    urn
}

#[cfg(test)]
mod tests;
