//! What is thought of what came: the rules of [`truce_alarms`], put to each journey and to each target as a whole.
//!
//! When most journeys of a round fail, as they do without a store, that is one trouble and not as many as there are journeys: it counts against the target alone. A slower burn of failures
//! that a faster one was an alarm for is none, neither while that lasts nor after it: what comes after it is counted anew.
//!
//! What is known of failures and latency is read from the history at the start. What was told is kept word for word: an alert that is open stays open over a
//! restart, and is not told again.

use crate::{Entry, Finding};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;
use truce_alarms::{
    Alert, Budget, Burning, Event, Evidence, Key, Kind, Latency, Ledger, Means, Objective, Pace, Seen, Sightings,
    Verdict,
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

    /// Takes in what was looked at besides the journeys, and says what has to be told. How often it was seen on end is not kept over a restart: what has to be
    /// seen three times is seen three times again.
    pub fn finds(&mut self, at: u64, findings: &[Finding], again: &dyn Fn(&Finding) -> String) -> Vec<Event> {
        let mut events = Vec::new();
        for finding in findings {
            let Finding { watch, target, about, level, found, mend, request_id, .. } = finding;
            for (key, means) in self.sightings.take(target, about, *watch, *level, &self.ledger) {
                let seen = match means {
                    Means::Nothing => continue,
                    Means::Well => Seen::Well,
                    Means::Wrong => Seen::Wrong(Evidence {
                        step: format!("the monitor looks at {about}"),
                        sentence: format!("{found}. {mend}"),
                        request_id: request_id.clone(),
                        reproduce: again(finding),
                    }),
                };
                events.extend(self.ledger.observe(at, &key, seen));
            }
        }
        events
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

/// Whether the failures of a slower burn are those of a faster one.
fn is_faster(open: &Key, slower: &Key) -> bool {
    let faster = match (open.kind, slower.kind) {
        (Kind::Burning(open), Kind::Burning(slower)) => open < slower,
        _ => false,
    };
    faster && open.target == slower.target && open.journey == slower.journey
}

#[cfg(test)]
mod tests {
    use super::*;
    use truce_alarms::{Level, Watch};

    const MINUTE: Duration = Duration::from_mins(1);
    const BEGIN: u64 = 1_795_500_000;

    fn judge(ledger: Option<&str>) -> Judge {
        Judge::new("99.5".parse().expect("an objective"), MINUTE, ledger)
    }

    fn round(minute: u64, failing: &[&str], took_ms: f64) -> Vec<Entry> {
        let of = |journey: &str| Entry {
            at: BEGIN + 60 * minute,
            target: "edge".to_owned(),
            journey: journey.to_owned(),
            took_ms,
            requests: 1,
            failure: failing.contains(&journey).then(|| ["Ana says", "a yes", "a no", "5f1c"].map(str::to_owned)),
        };
        ["one", "two", "three"].map(of).to_vec()
    }

    fn again(journey: &str) -> String {
        format!("truce monitor --once --only {journey}")
    }

    fn judged(judge: &mut Judge, entries: &[Entry]) -> Vec<Event> {
        judge.judges(&Round { at: entries[0].at, target: "edge", entries, again: &again })
    }

    fn opened(events: &[Event]) -> Vec<(&str, Kind)> {
        let of = |event| match event {
            &Event::Opened(Alert { ref key, .. }) => Some((key.journey.as_str(), key.kind)),
            _ => None,
        };
        events.iter().filter_map(of).collect()
    }

    #[test]
    fn a_journey_that_fails_opens_one_alert_with_what_repeats_it_and_resolves_when_it_holds_again() {
        let mut judge = judge(None);
        let failing: Vec<Event> =
            (0..60).flat_map(|minute| judged(&mut judge, &round(minute, &["two"], 100.0))).collect();
        assert_eq!(opened(&failing), [("two", Kind::Burning(Pace::Fast))]);
        assert_eq!(failing.len(), 1);
        let Event::Opened(alert) = &failing[0] else { unreachable!("it is one") };
        assert_eq!(alert.evidence.request_id.as_deref(), Some("5f1c"));
        assert_eq!(alert.evidence.reproduce, "truce monitor --once --only two");
        assert!(
            alert.evidence.sentence.ends_with("the last time: expected a yes, got a no"),
            "{}",
            alert.evidence.sentence
        );
        // Three days, in which slower burns of the same failures end one after the other.
        let well: Vec<Event> = (60..4_400).flat_map(|minute| judged(&mut judge, &round(minute, &[], 100.0))).collect();
        assert!(matches!(&well[..], [Event::Resolved { alert: over, .. }] if over.id == alert.id), "{well:?}");
    }

    #[test]
    fn what_trickles_on_after_it_was_over_is_found() {
        let mut judge = judge(None);
        let trickles = |minute: u64| minute < 60 || minute.is_multiple_of(20);
        let failing = |minute| if trickles(minute) { &["two"][..] } else { &[] };
        let events: Vec<Event> =
            (0..1_000).flat_map(|minute| judged(&mut judge, &round(minute, failing(minute), 100.0))).collect();
        let told = [("two", Kind::Burning(Pace::Fast)), ("two", Kind::Burning(Pace::Steady))];
        assert_eq!(opened(&events)[..2], told, "{events:?}");
    }

    #[test]
    fn a_target_where_most_fail_is_one_alert_whatever_still_holds() {
        for failing in [&["one", "two", "three"][..], &["one", "three"]] {
            a_target_is_one_alert(failing);
        }
    }

    fn a_target_is_one_alert(failing: &[&str]) {
        let mut judge = judge(None);
        let all: Vec<Event> = (0..30).flat_map(|minute| judged(&mut judge, &round(minute, failing, 1.0))).collect();
        assert_eq!(opened(&all), [(THE_TARGET, Kind::Burning(Pace::Fast))]);
    }

    #[test]
    fn a_single_failure_is_no_alert() {
        let mut judge = judge(None);
        for minute in 0..600 {
            let failing: &[&str] = if minute == 300 { &["one"] } else { &[] };
            assert_eq!(judged(&mut judge, &round(minute, failing, 100.0)), []);
        }
    }

    #[test]
    fn after_a_restart_it_goes_on_as_if_there_had_been_none() {
        let rounds: Vec<Vec<Entry>> =
            (0..120).map(|minute| round(minute, if minute < 40 { &["two"] } else { &[] }, 100.0)).collect();
        let mut whole = judge(None);
        let told: Vec<Event> = rounds.iter().flat_map(|round| judged(&mut whole, round)).collect();
        assert!(told.len() >= 2, "{told:?}");
        for restart in [1, 5, 6, 20, 41, 50, 119] {
            let mut before = judge(None);
            let mut events: Vec<Event> =
                rounds[..restart].iter().flat_map(|round| judged(&mut before, round)).collect();
            let mut after = judge(Some(&before.ledger()));
            after.remembers("edge", &rounds[..restart].concat(), &again);
            events.extend(rounds[restart..].iter().flat_map(|round| judged(&mut after, round)));
            assert_eq!(events, told, "started again before round {restart}");
        }
    }

    #[test]
    fn what_takes_twice_as_long_as_it_used_to_is_an_alert() {
        let mut judge = judge(None);
        // As much to and fro as a network brings.
        let took = |minute: u64| 100.0 + f64::from(u32::try_from(minute * 7919 % 31).expect("small"));
        let mut events = Vec::new();
        for minute in 0..3_000 {
            events.extend(judged(&mut judge, &round(minute, &[], took(minute))));
        }
        assert_eq!(events, []);
        for minute in 3_000..3_060 {
            events.extend(judged(&mut judge, &round(minute, &[], 2.0 * took(minute))));
        }
        assert_eq!(opened(&events).len(), 3, "{events:?}");
        assert!(opened(&events).iter().all(|(_, kind)| *kind == Kind::Slower));
    }

    #[test]
    fn the_store_is_judged_by_how_long_it_takes_and_by_nothing_else() {
        let mut judge = judge(None);
        let with_store = |minute, failing: &[&str], store: Option<f64>| {
            let mut entries = round(minute, failing, 100.0);
            let failure = store.is_none().then(|| ["s", "e", "g", "none"].map(str::to_owned));
            let journey = THE_STORE.to_owned();
            entries.push(Entry { journey, took_ms: store.unwrap_or_default(), failure, ..entries[0].clone() });
            entries
        };
        for minute in 0..60 {
            assert_eq!(judged(&mut judge, &with_store(minute, &[], None)), [], "the journeys say so");
        }
        let took = |minute: u64| 2.0 + f64::from(u32::try_from(minute * 7919 % 31).expect("small")) / 100.0;
        for minute in 60..3_000 {
            assert_eq!(judged(&mut judge, &with_store(minute, &[], Some(took(minute)))), []);
        }
        let slow: Vec<Event> = (3_000..3_060)
            .flat_map(|minute| judged(&mut judge, &with_store(minute, &[], Some(3.0 * took(minute)))))
            .collect();
        assert_eq!(opened(&slow), [(THE_STORE, Kind::Slower)]);
    }

    fn finding(level: Level, found: &str) -> Finding {
        Finding {
            watch: Watch::Clock,
            target: "edge".into(),
            about: "the clock".into(),
            level,
            found: found.into(),
            mend: "Set it.".into(),
            request_id: Some("5f1c".into()),
            beside: None,
        }
    }

    #[test]
    fn what_was_looked_at_is_an_alert_that_opens_once_and_ends_by_itself_over_a_restart_too() {
        let mut before = judge(None);
        let look = |judge: &mut Judge, minute: u64, level| {
            judge.finds(BEGIN + 60 * minute, &[finding(level, "it is wrong")], &|of| again(&of.about))
        };
        let told: Vec<Event> = (0..5).flat_map(|minute| look(&mut before, minute, Level::Wrong)).collect();
        let [Event::Opened(alert)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(alert.opened, BEGIN + 120, "the third look");
        assert_eq!(alert.evidence.sentence, "it is wrong. Set it.");
        assert_eq!(alert.evidence.reproduce, "truce monitor --once --only the clock");
        let mut after = judge(Some(&before.ledger()));
        assert_eq!(look(&mut after, 5, Level::Wrong), [], "it was told");
        assert_eq!(look(&mut after, 6, Level::NotSeen), []);
        let over: Vec<Event> = (7..20).flat_map(|minute| look(&mut after, minute, Level::Well)).collect();
        assert!(matches!(&over[..], [Event::Resolved { alert: over, .. }] if over.id == alert.id), "{over:?}");
    }

    #[test]
    fn another_versions_ledger_is_none() {
        assert_eq!(judge(Some("{}")).open_alerts().count(), 0);
        assert_eq!(judge(Some("no JSON")).open_alerts().count(), 0);
    }
}
