//! What the monitor knows, for Prometheus: how journeys went and how long they took, what is open, and what it cost.
//!
//! Counts begin with the process, as Prometheus expects; when a journey last held is known from the history before. The labels are the
//! settings' own names and those of journeys: nothing that a deployment has answered is among them.

use crate::{Entry, History, HistoryError};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use truce_alarms::Alert;

/// Of a journey, which is several requests, in seconds.
const TOOK: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct To {
    target: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct On {
    target: String,
    journey: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Came {
    target: String,
    journey: String,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Open {
    target: String,
    kind: String,
}

/// What is counted. Cheap to clone: whoever serves it has one, and whoever watches another.
#[derive(Debug, Clone)]
pub struct Numbers(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    read: Mutex<Read>,
    journeys: Family<Came, Counter>,
    took: Family<On, Histogram, fn() -> Histogram>,
    last_held: Family<On, Gauge>,
    rounds: Family<To, Counter>,
    last_round: Family<To, Gauge>,
    requests: Family<To, Counter>,
    today: Family<To, Gauge>,
    left: Family<To, Gauge>,
    alerts: Family<Open, Gauge>,
}

/// What whoever reads must not see half of.
#[derive(Debug)]
struct Read {
    registry: Registry,
    /// What was open once.
    alerts: HashSet<Open>,
}

impl Default for Numbers {
    fn default() -> Self {
        let kept = Kept {
            read: Mutex::new(Read { registry: Registry::with_prefix("truce_monitor"), alerts: HashSet::new() }),
            journeys: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(TOOK)),
            last_held: Family::default(),
            rounds: Family::default(),
            last_round: Family::default(),
            requests: Family::default(),
            today: Family::default(),
            left: Family::default(),
            alerts: Family::default(),
        };
        kept.register();
        Self(Arc::new(kept))
    }
}

impl Numbers {
    /// From now on these journeys go to `target`. What can be counted is there from the beginning: a first failure is then a step up, and
    /// not a number from nowhere.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn watches(&self, history: &History, target: &str, journeys: &[&str]) -> Result<(), HistoryError> {
        let kept = &self.0;
        let to = To { target: target.to_owned() };
        drop(kept.rounds.get_or_create(&to));
        drop(kept.requests.get_or_create(&to));
        for journey in journeys {
            for result in ["held", "failed"] {
                drop(kept.journeys.get_or_create(&came(target, journey, result)));
            }
            if let Some(at) = history.last_held(target, journey)? {
                kept.last_held.get_or_create(&on(target, journey)).set(whole(at));
            }
        }
        Ok(())
    }

    /// Takes in a round to `target` that began at `at`.
    pub fn takes_in(&self, at: u64, target: &str, entries: &[Entry]) {
        let kept = &self.0;
        let to = To { target: target.to_owned() };
        for entry in entries {
            let held = entry.failure.is_none();
            kept.journeys.get_or_create(&came(target, &entry.journey, if held { "held" } else { "failed" })).inc();
            kept.requests.get_or_create(&to).inc_by(entry.requests);
            // How soon something fails says nothing of how long it takes.
            if held {
                kept.took.get_or_create(&on(target, &entry.journey)).observe(entry.took_ms / 1e3);
                kept.last_held.get_or_create(&on(target, &entry.journey)).set(whole(at));
            }
        }
        kept.rounds.get_or_create(&to).inc();
        kept.last_round.get_or_create(&to).set(whole(at));
    }

    /// How many requests `target` got today, of those that it may get.
    pub fn spent(&self, target: &str, today: u64, may: u64) {
        let to = To { target: target.to_owned() };
        self.0.today.get_or_create(&to).set(whole(today));
        self.0.left.get_or_create(&to).set(whole(may.saturating_sub(today)));
    }

    /// These are open, and no others.
    pub fn open<'a>(&self, alerts: impl IntoIterator<Item = &'a Alert>) {
        let mut open = HashMap::new();
        for alert in alerts {
            let key = Open { target: alert.key.target.clone(), kind: alert.key.kind.to_string() };
            *open.entry(key).or_insert(0) += 1;
        }
        let mut read = self.0.read();
        read.alerts.extend(open.keys().cloned());
        // One that is over is 0, and not gone: whoever looks sees that it ended.
        for key in &read.alerts {
            self.0.alerts.get_or_create(key).set(open.get(key).copied().unwrap_or(0));
        }
    }

    /// Everything, as `OpenMetrics` has it.
    pub fn text(&self) -> String {
        let mut written = String::new();
        text::encode(&mut written, &self.0.read().registry).expect("a String takes everything");
        written
    }
}

impl Kept {
    fn register(&self) {
        let registry = &mut self.read().registry;
        registry.register("journeys", "Journeys, by what came of them", self.journeys.clone());
        let took = "How long journeys took that held";
        registry.register_with_unit("journey_duration", took, Unit::Seconds, self.took.clone());
        let held = "When a journey last held";
        registry.register_with_unit("last_success_timestamp", held, Unit::Seconds, self.last_held.clone());
        registry.register("rounds", "Rounds of journeys", self.rounds.clone());
        let round = "When the last round began";
        registry.register_with_unit("last_round_timestamp", round, Unit::Seconds, self.last_round.clone());
        registry.register("requests", "Requests that were made", self.requests.clone());
        registry.register("requests_today", "Requests since midnight (UTC)", self.today.clone());
        registry.register("requests_left", "Requests that may be made until midnight (UTC)", self.left.clone());
        registry.register("alerts", "Alerts that are open", self.alerts.clone());
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn on(target: &str, journey: &str) -> On {
    On { target: target.to_owned(), journey: journey.to_owned() }
}

fn came(target: &str, journey: &str, result: &'static str) -> Came {
    Came { target: target.to_owned(), journey: journey.to_owned(), result }
}

/// As a gauge has numbers.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Judge, Round};
    use std::path::Path;
    use std::time::Duration;
    use truce_contract::JourneyReport;

    const BEGIN: u64 = 1_795_500_000;

    fn entry(minute: u64, journey: &str, fails: bool) -> Entry {
        let failure = fails.then(|| ["Ana says", "a yes", "QUOKKA", "5f1c"].map(str::to_owned));
        let (at, target) = (BEGIN + 60 * minute, "edge".to_owned());
        Entry { at, target, journey: journey.to_owned(), took_ms: 300.0, requests: 4, failure }
    }

    fn number(text: &str, series: &str) -> Option<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map(|number| number.parse().expect("a number"))
    }

    #[test]
    fn rounds_are_counted_by_target_and_journey_and_by_what_came_of_them() {
        let numbers = Numbers::default();
        let mut history = History::open(Path::new(":memory:")).expect("made");
        let report = JourneyReport {
            name: "one".to_owned(),
            story: String::new(),
            target: "edge".to_owned(),
            took_ms: 1.0,
            requests: 1,
            failure: None,
            steps: Vec::new(),
        };
        history.keep(1_000, &[report], None).expect("kept");
        numbers.watches(&history, "edge", &["one", "two"]).expect("read");
        let before = numbers.text();
        let failed = r#"truce_monitor_journeys_total{target="edge",journey="two",result="failed"}"#;
        let last = r#"truce_monitor_last_success_timestamp_seconds{target="edge",journey="one"}"#;
        assert_eq!((number(&before, failed), number(&before, last)), (Some(0.0), Some(1_000.0)), "{before}");
        numbers.takes_in(BEGIN, "edge", &[entry(0, "one", false), entry(0, "two", true)]);
        numbers.spent("edge", 8, 100);
        let text = numbers.text();
        for (series, expected) in [
            (failed, 1.0),
            (last, 1_795_500_000.0),
            (r#"truce_monitor_journeys_total{target="edge",journey="one",result="held"}"#, 1.0),
            (r#"truce_monitor_journey_duration_seconds_sum{target="edge",journey="one"}"#, 0.3),
            (r#"truce_monitor_rounds_total{target="edge"}"#, 1.0),
            (r#"truce_monitor_last_round_timestamp_seconds{target="edge"}"#, 1_795_500_000.0),
            (r#"truce_monitor_requests_total{target="edge"}"#, 8.0),
            (r#"truce_monitor_requests_today{target="edge"}"#, 8.0),
            (r#"truce_monitor_requests_left{target="edge"}"#, 92.0),
        ] {
            assert_eq!(number(&text, series), Some(expected), "{series} in {text}");
        }
        // What failed tells nothing of how long it takes, and has never held.
        assert!(!text.contains(r#"seconds_count{target="edge",journey="two"}"#), "{text}");
        assert!(!text.contains("QUOKKA") && !text.contains("5f1c"), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }

    #[test]
    fn an_alert_is_one_while_it_is_open_and_none_when_it_is_over() {
        let numbers = Numbers::default();
        let mut judge = Judge::new("99.5".parse().expect("an objective"), Duration::from_mins(1), None);
        let fast = r#"truce_monitor_alerts{target="edge",kind="burning-fast"}"#;
        for minute in 0..120 {
            let entries =
                [entry(minute, "one", false), entry(minute, "two", minute < 40), entry(minute, "three", false)];
            let at = BEGIN + 60 * minute;
            judge.judges(&Round { at, target: "edge", entries: &entries, again: &|_| String::new() });
            numbers.open(judge.open_alerts());
            match minute {
                0 => assert_eq!(number(&numbers.text(), fast), None),
                30 => assert_eq!(number(&numbers.text(), fast), Some(1.0)),
                _ => {}
            }
        }
        assert_eq!(number(&numbers.text(), fast), Some(0.0), "{}", numbers.text());
    }

    #[test]
    fn a_name_may_be_anything() {
        let numbers = Numbers::default();
        numbers.takes_in(BEGIN, "a \"b\"\\\nc", &[]);
        assert!(numbers.text().contains(r#"{target="a \"b\"\\\nc"} 1"#), "{}", numbers.text());
    }
}
