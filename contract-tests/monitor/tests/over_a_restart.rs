//! What is watched after a restart, and what is not any more, with the history in a file.

use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;
use truce_contract::{Failure, JourneyReport};
use truce_monitor::alarms::{Event, Key, Kind, Level, Severity, Watch};
use truce_monitor::{Entry, Finding, History, Judge, Place, Reader, Round, THE_TARGET, Told, View};

const BEGIN: u64 = 1_795_500_000;
const JOURNEYS: [&str; 3] = ["one", "two", "three"];

/// What the settings say at a start.
#[derive(Debug, Clone)]
struct Settings {
    /// By name, and where.
    targets: Vec<(&'static str, &'static str)>,
    journeys: Vec<&'static str>,
    off: Vec<Watch>,
}

impl Settings {
    fn of(targets: &[(&'static str, &'static str)]) -> Self {
        Self { targets: targets.to_vec(), journeys: JOURNEYS.to_vec(), off: Vec::new() }
    }

    fn watches(&self, key: &Key) -> bool {
        let is_on = match key.kind {
            Kind::Watched { watch, .. } => !self.off.contains(&watch),
            _ => key.journey == THE_TARGET || self.journeys.contains(&&*key.journey),
        };
        is_on && self.targets.iter().any(|(name, _)| *name == key.target)
    }
}

struct Monitor {
    history: History,
    judge: Judge,
}

impl Monitor {
    /// Starts, as the command does; what it tells of what is not watched any more.
    fn start(path: &Path, at: u64, settings: &Settings) -> (Self, Vec<Event>) {
        let mut history = History::open(path).expect("opened");
        let ledger = history.ledger().expect("read");
        let (objective, every) = ("99.99".parse().expect("an objective"), Duration::from_mins(1));
        let mut judge = Judge::new(objective, every, ledger.as_deref());
        let place = |(name, url): &(&str, &str)| Place { target: (*name).into(), addresses: (*url).into() };
        let places = settings.targets.iter().map(place).collect();
        let journeys = settings.journeys.iter().map(|name| (*name).to_owned()).collect();
        let view = View::new(&history, places, journeys, settings.off.clone()).expect("read");
        view.is_known_to(&mut judge, &history, at, &|target, journey| format!("{target} {journey}")).expect("read");
        let events = judge.leaves(at, &view);
        let told = Told { ledger: &judge.ledger(), open: judge.open_alerts().collect(), events: &events };
        history.begin_with(at, view.places(), &told, |_| Ok(())).expect("kept");
        (Self { history, judge }, events)
    }

    /// A round in which these journeys fail and the clock is so; what is told.
    fn round(&mut self, at: u64, target: &str, failing: &[&str], clock: Level) -> Vec<Event> {
        let report = |name: &&str| JourneyReport {
            name: (*name).to_owned(),
            story: String::new(),
            target: target.to_owned(),
            took_ms: 100.0,
            requests: 1,
            failure: failing.contains(name).then(|| Failure::without_answer("Ana says", "a yes", "a no")),
            steps: Vec::new(),
        };
        let reports = JOURNEYS.each_ref().map(report);
        let entries = reports.each_ref().map(|report| Entry::of(at, report));
        let mut events = self.judge.judges(&Round { at, target, entries: &entries, again: &|_| String::new() });
        events.extend(self.judge.finds(at, target, &[finding(target, clock)], &|_| String::new()));
        let told = Told { ledger: &self.judge.ledger(), open: self.judge.open_alerts().collect(), events: &events };
        self.history.keep(at, &reports, Some(&told)).expect("kept");
        events
    }

    fn open(&self) -> Vec<(String, Key)> {
        self.judge.open_alerts().map(|alert| (alert.id.to_string(), alert.key.clone())).collect()
    }
}

fn finding(target: &str, level: Level) -> Finding {
    Finding {
        watch: Watch::Clock,
        target: target.to_owned(),
        about: "the clock".to_owned(),
        level,
        found: "it is wrong".to_owned(),
        mend: "Set it.".to_owned(),
        request_id: None,
        beside: None,
    }
}

fn unwatched(events: &[Event]) -> Vec<(String, Key)> {
    let alert = |event: &Event| match event {
        Event::Unwatched { alert, .. } => (alert.id.to_string(), alert.key.clone()),
        other => panic!("told at a start: {other:?}"),
    };
    events.iter().map(alert).collect()
}

fn some<T: Clone + std::fmt::Debug + 'static>(of: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    prop::sample::subsequence(of.to_vec(), 0..=of.len())
}

fn settings() -> impl Strategy<Value = Settings> {
    let targets =
        some(&[("edge", "https://edge.example"), ("aws", "https://aws.example"), ("new", "https://new.example")]);
    (targets, some(&JOURNEYS), some(&[Watch::Clock, Watch::Keys])).prop_map(|(targets, journeys, off)| Settings {
        targets,
        journeys,
        off,
    })
}

/// What fails in the rounds before the restart, at each of two targets, and whether its clock is wrong.
fn troubles() -> impl Strategy<Value = [(Vec<&'static str>, bool); 2]> {
    [(some(&JOURNEYS), any::<bool>()), (some(&JOURNEYS), any::<bool>())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However it was left: what is not watched any more ends once, as that, with its incident; the rest goes on untold.
    #[test]
    fn what_is_not_watched_any_more_ends_at_the_start_and_nothing_else_does(
        troubles in troubles(),
        after in settings(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let before = Settings::of(&[("edge", "https://edge.example"), ("aws", "https://aws.example")]);
        let (mut monitor, told) = Monitor::start(&path, BEGIN, &before);
        prop_assert_eq!(told, []);
        for minute in 0..8 {
            for (target, (failing, clock)) in ["edge", "aws"].iter().zip(&troubles) {
                let clock = if *clock { Level::Wrong } else { Level::Well };
                monitor.round(BEGIN + 60 * minute, target, failing, clock);
            }
        }
        let open = monitor.open();
        prop_assert_eq!(open.is_empty(), troubles.iter().all(|(failing, clock)| failing.is_empty() && !clock));
        drop(monitor);
        let at = BEGIN + 600;
        let (monitor, told) = Monitor::start(&path, at, &after);
        let (stays, left): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, key)| after.watches(key));
        prop_assert_eq!(unwatched(&told), left.clone());
        prop_assert_eq!(monitor.open(), stays);
        let incidents = Reader::open(&path).expect("opened").look(at).expect("read").incidents;
        for incident in &incidents {
            let is_left = left.iter().any(|(id, _)| *id == incident.id);
            prop_assert_eq!((incident.ended, incident.unwatched), (is_left.then_some(at), is_left));
        }
        prop_assert_eq!(incidents.len(), monitor.open().len() + left.len());
        drop(monitor);
        prop_assert_eq!(Monitor::start(&path, at + 60, &after).1, [], "it is told once");
    }
}

fn fails(monitor: &mut Monitor, from: u64, minutes: u64) -> Vec<Event> {
    (0..minutes).flat_map(|minute| monitor.round(from + 60 * minute, "edge", &["two"], Level::Well)).collect()
}

#[test]
fn a_target_at_other_addresses_is_another_one_of_which_nothing_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let (here, there) =
        (Settings::of(&[("edge", "https://here.example")]), Settings::of(&[("edge", "https://there.example")]));
    let (mut monitor, _) = Monitor::start(&path, BEGIN, &here);
    let [Event::Opened(first)] = &fails(&mut monitor, BEGIN, 5)[..] else { panic!("one alert") };
    // At the same addresses it goes on, and is not told again.
    let (monitor, told) = Monitor::start(&path, BEGIN + 300, &here);
    assert_eq!((told, monitor.open().len()), (Vec::new(), 1));
    drop(monitor);
    let (mut monitor, told) = Monitor::start(&path, BEGIN + 360, &there);
    assert_eq!(unwatched(&told), [(first.id.to_string(), first.key.clone())]);
    assert_eq!(monitor.round(BEGIN + 360, "edge", &["two"], Level::Well), [], "one failure there is no alarm");
    drop(monitor);
    let (mut monitor, told) = Monitor::start(&path, BEGIN + 420, &there);
    assert_eq!(told, []);
    let [Event::Opened(second)] = &fails(&mut monitor, BEGIN + 420, 5)[..] else { panic!("one alert") };
    assert!(second.id != first.id && second.times == 1, "it is no return: {second:?}");
    assert_eq!(second.opened, BEGIN + 480, "three failures there, of which one was before this start");
    let kept = monitor.history.entries("edge", 0).expect("read");
    assert_eq!(kept.first().map(|entry| entry.at), Some(BEGIN), "what came before is kept all the same");
}

#[test]
fn a_target_that_is_named_again_is_told_again_if_it_fails_still() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let (both, one) = (
        Settings::of(&[("edge", "https://edge.example"), ("aws", "https://aws.example")]),
        Settings::of(&[("aws", "https://aws.example")]),
    );
    let (mut monitor, _) = Monitor::start(&path, BEGIN, &both);
    assert_eq!(fails(&mut monitor, BEGIN, 5).len(), 1);
    assert_eq!(Monitor::start(&path, BEGIN + 300, &one).1.len(), 1);
    let (mut monitor, told) = Monitor::start(&path, BEGIN + 360, &both);
    assert_eq!(told, []);
    let told = monitor.round(BEGIN + 360, "edge", &["two"], Level::Well);
    assert!(matches!(&told[..], [Event::Opened(alert)] if alert.opened == BEGIN + 360), "{told:?}");
}

#[test]
fn what_was_looked_at_and_is_off_is_not_told_to_be_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let on = Settings::of(&[("edge", "https://edge.example")]);
    let (mut monitor, _) = Monitor::start(&path, BEGIN, &on);
    (0..3).for_each(|minute| drop(monitor.round(BEGIN + 60 * minute, "edge", &[], Level::Wrong)));
    let off = Settings { off: vec![Watch::Clock], ..on };
    let told = unwatched(&Monitor::start(&path, BEGIN + 180, &off).1);
    let kind = Kind::Watched { watch: Watch::Clock, severity: Severity::Wrong };
    assert!(matches!(&told[..], [(_, key)] if key.kind == kind), "{told:?}");
}
