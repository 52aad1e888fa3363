//! What is thought of what came: the rules of [`truce_alarms`], put to each journey and to each target as a whole.
//!
//! When most journeys of a round fail, as they do without a store, that is one trouble and not as many as there are journeys: it counts against the target alone. A slower burn of failures
//! that a faster one was an alarm for is none, neither while that lasts nor after it: what comes after it is counted anew.
//!
//! What is known of failures and latency is read from the history at the start. What was told is kept word for word: an alert that is open stays open over a
//! restart, and is not told again.

use crate::{Entry, Finding, View};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;
use truce_alarms::{
    Alert, Budget, Burning, Event, Evidence, Key, Kind, Latency, Ledger, Level, Means, Objective, Pace, Seen,
    Sightings, Verdict,
};

/// What stands for a target as a whole where a journey would stand.
pub const THE_TARGET: &str = "the target";
/// What stands for the store's round trip where a journey would stand. Only how long it takes is judged: without a store the journeys fail.
pub const THE_STORE: &str = "the store";
/// How far back the slowest burn looks, in seconds.
pub const LOOKS_BACK: u64 = Pace::Slow.long();

/// What is known of every target.
pub struct Judge {
    objective: Objective,
    per_hour: NonZeroU32,
    /// By target and journey.
    known: HashMap<(String, String), Known>,
    ledger: Ledger,
    sightings: Sightings,
}

struct Known {
    /// One for each pace.
    budgets: [Budget; Pace::ALL.len()],
    latency: Latency,
    /// How it failed last.
    failed: Option<Evidence>,
}

/// What somebody has to know of a round who is to judge it.
pub struct Round<'a> {
    /// When it began, in seconds since 1970.
    pub at: u64,
    /// The deployment.
    pub target: &'a str,
    /// What came of its journeys.
    pub entries: &'a [Entry],
    /// The command that goes on a journey once more.
    pub again: &'a dyn Fn(&str) -> String,
}

impl Judge {
    /// Nothing is known. A round is `every` so often; `ledger` is what was told before, as [`Judge::ledger`] gave it.
    pub fn new(objective: Objective, every: Duration, ledger: Option<&str>) -> Self {
        let per_hour = u32::try_from(3_600 / every.as_secs().max(1)).ok().and_then(NonZeroU32::new);
        // One that cannot be read was written by another version: its alerts open anew.
        let ledger = ledger.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let (per_hour, sightings) = (per_hour.unwrap_or(NonZeroU32::MIN), Sightings::default());
        Self { objective, per_hour, known: HashMap::new(), ledger, sightings }
    }

    /// What was told, to go on from after a restart.
    pub fn ledger(&self) -> String {
        serde_json::to_string(&self.ledger).expect("names, numbers and texts")
    }

    /// Ends what is open about what is not watched any more, and says what has to be told of it.
    pub fn leaves(&mut self, at: u64, view: &View) -> Vec<Event> {
        self.ledger.leave(at, |key| view.has(key))
    }

    /// Takes in what came before, and tells nothing of it: it was told when it came.
    pub fn remembers(&mut self, target: &str, entries: &[Entry], again: &dyn Fn(&str) -> String) {
        let mut told_then = Ledger::default();
        for round in entries.chunk_by(|one, other| one.at == other.at) {
            let at = round.first().map_or(0, |entry| entry.at);
            self.takes_in(&Round { at, target, entries: round, again }, &mut told_then);
        }
    }

    /// Takes in a round, and says what has to be told.
    pub fn judges(&mut self, round: &Round<'_>) -> Vec<Event> {
        let mut ledger = std::mem::take(&mut self.ledger);
        let events = self.takes_in(round, &mut ledger);
        self.ledger = ledger;
        events
    }

    /// Takes in what was looked at at a target besides the journeys, and says what has to be told. How often it was seen on end is not kept over a restart:
    /// what has to be seen three times is seen three times again.
    pub fn finds(
        &mut self,
        at: u64,
        target: &str,
        findings: &[Finding],
        again: &dyn Fn(&Finding) -> String,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for finding in findings {
            for (key, means) in self.sightings.take(target, &finding.about, finding.watch, finding.level, &self.ledger)
            {
                let seen = match means {
                    Means::Nothing => continue,
                    Means::Well => Seen::Well,
                    Means::Wrong => Seen::Wrong(evidence(finding, again)),
                };
                events.extend(self.ledger.observe(at, &key, seen));
            }
        }
        events.extend(self.gone(target, findings).iter().filter_map(|key| self.ledger.observe(at, key, Seen::Well)));
        events
    }

    /// Alerts about what is not looked at any more: an address that is another now, or a watch that is off. What only could not be seen is there still.
    fn gone(&self, target: &str, findings: &[Finding]) -> Vec<Key> {
        let is_gone = |key: &&Key| {
            let Kind::Watched { watch, .. } = key.kind else { return false };
            let mut of_it = findings.iter().filter(|finding| finding.watch == watch);
            key.target == target && of_it.all(|one| one.about != key.journey && one.level != Level::NotSeen)
        };
        self.ledger.open_alerts().map(|alert| &alert.key).filter(is_gone).cloned().collect()
    }

    fn takes_in(&mut self, round: &Round<'_>, ledger: &mut Ledger) -> Vec<Event> {
        let mut events = Vec::new();
        let before: Vec<Key> = ledger.open_alerts().map(|alert| alert.key.clone()).collect();
        // Of one journey, the fastest first: one that ends in this round was for the same failures still.
        for (key, seen) in self.weigh(round) {
            let is_told = matches!(seen, Seen::Wrong(_))
                && ledger.open_alerts().map(|alert| &alert.key).chain(&before).any(|open| is_faster(open, &key));
            events.extend(if is_told { None } else { ledger.observe(round.at, &key, seen) });
        }
        for event in &events {
            if let Event::Resolved {
                alert: Alert { key: Key { journey, kind: Kind::Burning(pace), .. }, .. }, ..
            } = event
            {
                let (objective, per_hour) = (self.objective, self.per_hour);
                let budgets = &mut self.known(round.target, journey).budgets;
                for (budget, of) in budgets.iter_mut().zip(Pace::ALL) {
                    if of > *pace {
                        *budget = Budget::new(objective, per_hour);
                    }
                }
            }
        }
        events
    }

    /// The alerts that are open, the oldest first.
    pub fn open_alerts(&self) -> impl Iterator<Item = &Alert> {
        self.ledger.open_alerts()
    }

    fn weigh(&mut self, round: &Round<'_>) -> Vec<(Key, Seen)> {
        let (store, journeys): (Vec<_>, Vec<_>) = round.entries.iter().partition(|entry| entry.journey == THE_STORE);
        let Some(first) = journeys.first() else { return Vec::new() };
        let failed = journeys.iter().filter(|entry| entry.failure.is_some()).count();
        let most_fail = failed > 1 && 2 * failed > journeys.len();
        let failure = journeys.iter().find_map(|entry| entry.failure.clone()).filter(|_| most_fail);
        let whole = Entry { journey: THE_TARGET.to_owned(), failure, ..(*first).clone() };
        let mut seen = self.failures(round, &whole);
        for entry in journeys.into_iter().filter(|entry| !most_fail || entry.failure.is_none()) {
            seen.extend(self.failures(round, entry));
            seen.extend(self.latency(round, entry));
        }
        seen.extend(store.into_iter().filter_map(|entry| self.latency(round, entry)));
        seen
    }

    fn known(&mut self, target: &str, journey: &str) -> &mut Known {
        let (objective, per_hour) = (self.objective, self.per_hour);
        let budget = || Budget::new(objective, per_hour);
        let unknown = || Known { budgets: [budget(), budget(), budget()], latency: Latency::new(), failed: None };
        self.known.entry((target.to_owned(), journey.to_owned())).or_insert_with(unknown)
    }

    fn failures(&mut self, round: &Round<'_>, entry: &Entry) -> Vec<(Key, Seen)> {
        let known = self.known(round.target, &entry.journey);
        if let Some([step, expected, got, request_id]) = &entry.failure {
            known.failed = Some(Evidence {
                step: step.clone(),
                sentence: format!("expected {expected}, got {got}"),
                request_id: Some(request_id.clone()).filter(|id| id != "none"),
                reproduce: (round.again)(&entry.journey),
            });
        }
        let failed = entry.failure.is_some();
        let burning = Pace::ALL.iter().zip(&mut known.budgets).map(|(pace, budget)| {
            budget.observe(round.at, u32::from(!failed), u32::from(failed));
            budget.burning(round.at).into_iter().find(|burning| burning.pace == *pace)
        });
        let burning: Vec<Option<Burning>> = burning.collect();
        let key =
            |pace| Key { target: round.target.to_owned(), journey: entry.journey.clone(), kind: Kind::Burning(pace) };
        let mut seen = Vec::new();
        for (pace, burning) in Pace::ALL.into_iter().zip(burning) {
            match burning {
                None => seen.push((key(pace), Seen::Well)),
                Some(burning) => seen.extend(known.failed.clone().map(|evidence| {
                    let sentence = format!("{burning}; the last time: {}", evidence.sentence);
                    (key(pace), Seen::Wrong(Evidence { sentence, ..evidence }))
                })),
            }
        }
        seen
    }

    fn latency(&mut self, round: &Round<'_>, entry: &Entry) -> Option<(Key, Seen)> {
        if entry.failure.is_some() {
            return None;
        }
        let took = Duration::try_from_secs_f64(entry.took_ms / 1e3).ok()?;
        let key = Key { target: round.target.to_owned(), journey: entry.journey.clone(), kind: Kind::Slower };
        let verdict = self.known(round.target, &entry.journey).latency.observe(round.at, took);
        let Verdict::Slower(slower) = verdict else { return Some((key, Seen::Well)) };
        let reproduce = (round.again)(&entry.journey);
        let evidence =
            Evidence { step: "all of it".to_owned(), sentence: slower.to_string(), request_id: None, reproduce };
        Some((key, Seen::Wrong(evidence)))
    }
}

fn evidence(finding: &Finding, again: &dyn Fn(&Finding) -> String) -> Evidence {
    Evidence {
        step: format!("the monitor looks at {}", finding.about),
        sentence: format!("{}. {}", finding.found, finding.mend),
        request_id: finding.request_id.clone(),
        reproduce: again(finding),
    }
}

/// Whether the failures of a slower burn are those of a faster one.
fn is_faster(open: &Key, slower: &Key) -> bool {
    let faster = match (open.kind, slower.kind) {
        (Kind::Burning(open), Kind::Burning(slower)) => open < slower,
        _ => false,
    };
    faster && open.target == slower.target && open.journey == slower.journey
}

#[cfg(test)]
mod tests;
