use super::*;
use truce_alarms::Watch;

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
    let failing: Vec<Event> = (0..60).flat_map(|minute| judged(&mut judge, &round(minute, &["two"], 100.0))).collect();
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
        let mut events: Vec<Event> = rounds[..restart].iter().flat_map(|round| judged(&mut before, round)).collect();
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
        judge.finds(BEGIN + 60 * minute, "edge", &[finding(level, "it is wrong")], &|of| again(&of.about))
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
fn what_is_not_looked_at_any_more_is_over_and_what_only_could_not_be_seen_is_not() {
    let mut judge = judge(None);
    let mut look =
        |minute: u64, findings: &[Finding]| judge.finds(BEGIN + 60 * minute, "edge", findings, &|of| again(&of.about));
    assert_eq!((0..3).map(|minute| look(minute, &[finding(Level::Wrong, "it is wrong")]).len()).sum::<usize>(), 1);
    let elsewhere = Finding { about: "another clock".into(), ..finding(Level::NotSeen, "nobody there") };
    assert_eq!((3..20).map(|minute| look(minute, std::slice::from_ref(&elsewhere)).len()).sum::<usize>(), 0);
    assert_eq!((20..40).map(|minute| look(minute, &[]).len()).sum::<usize>(), 1, "it is off");
}

#[test]
fn another_versions_ledger_is_none() {
    assert_eq!(judge(Some("{}")).open_alerts().count(), 0);
    assert_eq!(judge(Some("no JSON")).open_alerts().count(), 0);
}
