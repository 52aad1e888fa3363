use super::*;
use crate::words;
use std::time::Duration;
use truce_contract::{Failure, JourneyReport};
use truce_monitor::alarms::{Evidence, Key, Kind, Ledger, Pace, Seen};
use truce_monitor::{History, Reader, THE_TARGET, Told};

/// 26 November 2026, 14:02.
const NOW: u64 = 1_795_701_720;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// A history in a file, and what is watched in it.
struct Kept {
    _folder: tempfile::TempDir,
    history: History,
    reader: Reader,
    ledger: Ledger,
    watched: Watched,
}

impl Kept {
    fn of(targets: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let history = History::open(&path).expect("made");
        let watched = Watched {
            targets: targets.iter().map(|name| (*name).to_owned()).collect(),
            journeys: ["joining", "leaving"].map(|name| (name.to_owned(), String::new())).to_vec(),
            every: Duration::from_mins(1),
            began: NOW,
            public_url: None,
        };
        let reader = Reader::open(&path).expect("opened");
        Self { _folder: folder, history, reader, ledger: Ledger::default(), watched }
    }

    fn round(&mut self, at: u64, target: &str, failing: &[&str]) -> &mut Self {
        let report = |journey: &str| JourneyReport {
            name: journey.to_owned(),
            story: String::new(),
            target: target.to_owned(),
            took_ms: 100.0,
            requests: 1,
            failure: failing.contains(&journey).then(|| Failure::without_answer("Ana redeems", "a yes", "a no")),
            steps: Vec::new(),
        };
        self.history.keep(at, &["joining", "leaving"].map(report), None).expect("kept");
        self
    }

    /// `journey` is seen wrong, or well, at these times.
    fn alarm(&mut self, target: &str, journey: &str, kind: Kind, wrong: u64, well: &[u64]) -> &mut Self {
        let key = Key { target: target.to_owned(), journey: journey.to_owned(), kind };
        let evidence = Evidence {
            step: "Ana redeems".to_owned(),
            sentence: "expected a yes, got a no".to_owned(),
            request_id: None,
            reproduce: "again".to_owned(),
        };
        let seen = std::iter::once((wrong, Seen::Wrong(evidence))).chain(well.iter().map(|at| (*at, Seen::Well)));
        for (at, seen) in seen {
            let events: Vec<_> = self.ledger.observe(at, &key, seen).into_iter().collect();
            let told = Told { ledger: "", open: self.ledger.open_alerts().collect(), events: &events };
            self.history.keep(at, &[], Some(&told)).expect("kept");
        }
        self
    }

    /// A monitor has started that does not watch `target`.
    fn leaves(&mut self, at: u64, target: &str) -> &mut Self {
        let events = self.ledger.leave(at, |key| key.target != target);
        let told = Told { ledger: "", open: self.ledger.open_alerts().collect(), events: &events };
        self.history.begin_with(at, &[], &told, |_| Ok(())).expect("kept");
        self
    }

    fn status(&mut self, now: u64) -> Status {
        Status::new(&self.reader.look(now).expect("read"), &self.watched, now)
    }
}

const FAILS: Kind = Kind::Burning(Pace::Fast);

#[test]
fn where_all_holds_one_sentence_says_so() {
    let status = Kept::of(&["edge", "aws"]).round(NOW, "edge", &[]).round(NOW, "aws", &[]).status(NOW);
    assert_eq!(status.summary, ["All of it holds."]);
    assert_eq!((status.state, status.looked), (State::Well, Some(At(NOW))));
}

#[test]
fn what_is_wrong_is_said_with_the_worst_first_and_of_its_own_target_alone() {
    let mut kept = Kept::of(&["edge", "aws", "spin"]);
    for target in ["edge", "aws", "spin"] {
        kept.round(NOW, target, if target == "spin" { &["leaving"] } else { &[] });
    }
    kept.alarm("edge", "leaving", Kind::Slower, NOW - DAY, &[]).alarm("aws", "joining", FAILS, NOW - 60, &[]);
    let status = kept.status(NOW);
    let said = [
        "aws: “joining” fails since 14:01.",
        "edge: “leaving” takes longer since 25 Nov, 14:02.",
        "spin: “leaving” failed the last time.",
    ];
    assert_eq!(status.summary, said);
    let each: Vec<State> = status.targets.iter().map(|target| target.now.state).collect();
    assert_eq!(each, [State::Slower, State::Failing, State::Failed]);
    assert_eq!(status.targets[1].journeys[1].now.state, State::Well);
}

#[test]
fn what_fails_as_a_whole_is_one_sentence() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW, "edge", &["joining", "leaving"]).alarm("edge", THE_TARGET, FAILS, NOW - HOUR, &[]);
    assert_eq!(kept.status(NOW).summary, ["edge: most of it fails since 13:02."]);
}

#[test]
fn days_without_data_are_no_data_and_count_neither_way() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW - 2 * DAY, "edge", &["joining"]).round(NOW, "edge", &[]);
    let target = &kept.status(NOW).targets[0];
    assert_eq!((target.days.len(), target.days[0].date.as_str()), (90, "2026-08-29"));
    let last: Vec<Option<f64>> = target.days[86..].iter().map(|day| day.uptime.share).collect();
    assert_eq!(last, [None, Some(0.5), None, Some(1.0)]);
    assert_eq!(target.last_90_days, Uptime::of(3, 1));
    assert_eq!(target.last_24_hours, Uptime::of(2, 0));
    assert_eq!(Uptime::of(0, 0).share, None);
    let points = &target.journeys[0].quarters;
    assert_eq!((points.len(), points.iter().filter(|point| point.took.is_some()).count()), (96, 1));
}

#[test]
fn an_incident_over_midnight_has_both_days_and_its_whole_length() {
    let midnight = NOW - NOW % DAY;
    let mut kept = Kept::of(&["edge"]);
    let well: Vec<u64> = (0..8).map(|minute| midnight + 2 * HOUR + 60 * minute).collect();
    kept.round(NOW, "edge", &[]).alarm("edge", "joining", FAILS, midnight - HOUR, &well);
    let status = kept.status(NOW);
    let [incident] = &status.incidents[..] else { panic!("one: {:?}", status.incidents) };
    assert_eq!((incident.ended, incident.lasted_seconds), (Some(At(midnight + 2 * HOUR)), 3 * HOUR));
    assert_eq!(words::moment(incident.opened.0, NOW), "25 Nov, 23:00");
    assert!(incident.id.starts_with("urn:uuid:") && incident.id.len() == 45, "{}", incident.id);
    assert_eq!(kept.status(NOW + DAY).incidents[0].id, incident.id);
    assert_eq!(status.summary, ["All of it holds."]);
}

#[test]
fn two_monitors_do_not_share_the_name_of_an_incident() {
    let of = || Kept::of(&["edge"]).alarm("edge", "joining", FAILS, NOW, &[]).status(NOW).incidents[0].id.clone();
    assert_ne!(of(), of());
}

#[test]
fn who_has_not_looked_for_two_intervals_says_so() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW, "edge", &[]);
    assert_eq!(kept.status(NOW + 180).state, State::Well);
    let status = kept.status(NOW + 181);
    assert_eq!(status.summary, ["edge: the monitor has not looked since 14:02."]);
    assert_eq!(status.targets[0].now, Now { state: State::Silent, since: Some(At(NOW)) });
}

#[test]
fn a_clock_that_was_set_back_is_no_silence_and_breaks_nothing() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW, "edge", &[]).alarm("edge", "joining", FAILS, NOW, &[]);
    let status = kept.round(NOW - 5 * HOUR, "edge", &["joining"]).status(NOW - 5 * HOUR);
    assert_eq!((status.targets[0].now.state, status.looked), (State::Failing, Some(At(NOW - 5 * HOUR))));
    assert_eq!(status.incidents[0].lasted_seconds, 0);
    assert_eq!(status.targets[0].last_24_hours, Uptime::of(1, 1), "what lies ahead is not of the last day");
}

#[test]
fn before_the_first_round_nobody_has_looked() {
    let mut kept = Kept::of(&["edge", "aws"]);
    let status = kept.status(NOW);
    assert_eq!((status.summary, status.state), (vec!["Nobody has looked yet.".to_owned()], State::Unknown));
    let status = kept.round(NOW, "edge", &[]).status(NOW);
    assert_eq!(status.summary, ["aws: nobody has looked yet."]);
}

#[test]
fn what_is_not_watched_is_not_shown_but_for_what_was_told_of_it_and_has_ended() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW, "edge", &[]).round(NOW, "others", &["joining"]).alarm("others", "joining", FAILS, NOW, &[]);
    let status = kept.status(NOW);
    assert_eq!((status.summary, status.incidents), (vec!["All of it holds.".to_owned()], Vec::new()));
    let status = kept.leaves(NOW + 60, "others").status(NOW + 60);
    assert_eq!((status.summary, status.targets.len()), (vec!["All of it holds.".to_owned()], 1));
    let [incident] = &status.incidents[..] else { panic!("one: {:?}", status.incidents) };
    assert_eq!((incident.target.as_str(), incident.end), ("others", Some(End::NoLongerWatched)));
    assert_eq!((incident.ended, incident.lasted_seconds), (Some(At(NOW + 60)), 60));
}

#[test]
fn what_was_seen_well_has_ended_otherwise_than_what_nobody_looks_at() {
    let mut kept = Kept::of(&["edge"]);
    let well: Vec<u64> = (1..8).map(|minute| NOW - HOUR + 60 * minute).collect();
    kept.round(NOW, "edge", &[]).alarm("edge", "joining", FAILS, NOW - HOUR, &well);
    kept.alarm("edge", "leaving", FAILS, NOW - 60, &[]).leaves(NOW, "edge");
    let ends: Vec<_> = kept.status(NOW).incidents.iter().map(|one| (one.journey.clone(), one.end)).collect();
    let [joining, leaving] = ["joining", "leaving"].map(str::to_owned);
    assert_eq!(ends, [(leaving, Some(End::NoLongerWatched)), (joining, Some(End::Over))]);
}

#[test]
fn an_alarm_about_something_that_is_no_journey_of_the_list_is_told_as_well() {
    let mut kept = Kept::of(&["edge"]);
    kept.round(NOW, "edge", &[]);
    let mut known = kept.reader.look(NOW).expect("read");
    // As a monitor that watches more would keep it.
    known.incidents.push(Incident {
        id: "1-1".to_owned(),
        target: "edge".to_owned(),
        journey: "the certificate".to_owned(),
        kind: "ends-soon".to_owned(),
        opened: NOW - 60,
        ended: None,
        unwatched: false,
        step: String::new(),
        sentence: String::new(),
        request_id: None,
        reproduce: String::new(),
    });
    let status = Status::new(&known, &kept.watched, NOW);
    assert_eq!(status.summary, ["edge: “the certificate” ends soon since 14:01."]);
    assert_eq!((status.state, status.targets[0].journeys[0].now.state), (State::Wrong, State::Well));
}
