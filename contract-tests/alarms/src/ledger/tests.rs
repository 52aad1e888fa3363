use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

const START: u64 = 1_795_500_000;
const MINUTE: u64 = 60;

fn key(journey: &str) -> Key {
    Key { target: "https://truce.example".into(), journey: journey.into(), kind: Kind::Burning(Pace::Fast) }
}

fn wrong(sentence: &str) -> Seen {
    Seen::Wrong(Evidence {
        step: "Ana redeems her code".into(),
        sentence: sentence.into(),
        request_id: Some("5f1c".into()),
        reproduce: "cargo run -p truce-contract -- --only joining".into(),
    })
}

/// One letter a minute: `x` wrong, `.` well, a blank nobody looked. What is told: `O`pened, `R`esolved, `B`ack, and when.
fn told(ledger: &mut Ledger, from: u64, story: &str) -> Vec<(char, u64)> {
    let mut told = Vec::new();
    for (minute, letter) in (0..).zip(story.chars()) {
        let seen = match letter {
            'x' => wrong("x"),
            '.' => Seen::Well,
            _ => continue,
        };
        told.extend(
            ledger.observe(from + minute * MINUTE, &key("joining"), seen).map(|event| (letter_of(&event), minute)),
        );
    }
    told
}

fn letter_of(event: &Event) -> char {
    match event {
        Event::Opened(_) => 'O',
        Event::Returned(_) => 'B',
        Event::Resolved { .. } => 'R',
        Event::Unwatched { .. } => 'U',
    }
}

#[test]
fn an_alert_opens_once_and_is_resolved_after_five_well_minutes() {
    assert_eq!(told(&mut Ledger::default(), START, "..xxxx.........."), [('O', 2), ('R', 11)]);
}

#[test]
fn well_for_a_moment_is_not_resolved() {
    assert_eq!(told(&mut Ledger::default(), START, "x....x....x....x"), [('O', 0)]);
}

#[test]
fn five_minutes_that_nobody_looked_at_are_not_well() {
    assert_eq!(told(&mut Ledger::default(), START, "x.          ."), [('O', 0)]);
    assert_eq!(told(&mut Ledger::default(), START, "x.          .."), [('O', 0), ('R', 13)]);
}

#[test]
fn what_comes_back_within_the_window_is_the_same_incident() {
    let mut ledger = Ledger::default();
    let opened = ledger.observe(START, &key("joining"), wrong("first"));
    assert_eq!(told(&mut ledger, START + MINUTE, "......"), [('R', 5)]);
    let back = ledger.observe(START + 30 * MINUTE, &key("joining"), wrong("second"));
    let (Some(Event::Opened(opened)), Some(Event::Returned(back))) = (opened, back) else { panic!("opened and back") };
    assert_eq!((opened.id, back.opened, back.times), (back.id, START, 2));
    assert_eq!(back.evidence.sentence, "second");
}

#[test]
fn what_goes_on_coming_and_going_is_told_of_once_in_a_window() {
    let story = format!("x......{}", "x.........".repeat(30));
    assert_eq!(told(&mut Ledger::default(), START, &story), [('O', 0), ('R', 6), ('B', 7)]);
    let story = format!("x......x{}x", ".".repeat(61));
    assert_eq!(told(&mut Ledger::default(), START, &story), [('O', 0), ('R', 6), ('B', 7), ('R', 68), ('B', 69)]);
}

#[test]
fn after_the_window_it_is_another_incident() {
    let story = |well: usize| format!("x......{}x", ".".repeat(well));
    assert_eq!(told(&mut Ledger::default(), START, &story(58)), [('O', 0), ('R', 6), ('B', 65)]);
    assert_eq!(told(&mut Ledger::default(), START, &story(59)), [('O', 0), ('R', 6), ('O', 66)]);
    let mut ledger = Ledger::default();
    told(&mut ledger, START, &story(59));
    assert_eq!(
        ledger.open_alerts().next().map(|alert| alert.id.to_string()),
        Some(format!("{}-1", START + 66 * MINUTE))
    );
}

#[test]
fn a_slow_burn_is_the_same_incident_for_three_days() {
    for (kind, hours) in [(Kind::Slower, 1), (Kind::Burning(Pace::Steady), 6), (Kind::Burning(Pace::Slow), 72)] {
        let (mut ledger, key) = (Ledger::default(), Key { kind, ..key("joining") });
        ledger.observe(START, &key, wrong("x"));
        (1..7).for_each(|minute| drop(ledger.observe(START + minute * MINUTE, &key, Seen::Well)));
        let over = START + (6 + hours * 60) * MINUTE;
        let again = |at| ledger.clone().observe(at, &key, wrong("x")).as_ref().map(letter_of);
        assert_eq!((again(over - 1), again(over)), (Some('B'), Some('O')), "{kind:?}");
    }
}

#[test]
fn an_alert_carries_the_newest_evidence_and_how_long_it_was() {
    let mut ledger = Ledger::default();
    ledger.observe(START, &key("joining"), wrong("503 instead of 200"));
    ledger.observe(START + MINUTE, &key("joining"), wrong("500 instead of 200"));
    let open: Vec<_> = ledger.open_alerts().map(|alert| (alert.evidence.sentence.as_str(), alert.times)).collect();
    assert_eq!(open, [("500 instead of 200", 2)]);
    let last = (2..8).filter_map(|minute| ledger.observe(START + minute * MINUTE, &key("joining"), Seen::Well)).last();
    let Some(Event::Resolved { alert, lasted }) = last else { panic!("resolved") };
    assert_eq!((lasted, alert.evidence.request_id.as_deref()), (120, Some("5f1c")));
    assert_eq!(alert.evidence.reproduce, "cargo run -p truce-contract -- --only joining");
}

#[test]
fn what_is_not_watched_any_more_ends_whatever_it_was_like_and_is_another_incident_later() {
    for story in ["x", "x..", "x......x", "x......x."] {
        let mut ledger = Ledger::default();
        told(&mut ledger, START, story);
        ledger.observe(START, &key("leaving"), wrong("x"));
        let now = START + 10 * MINUTE;
        let left = ledger.leave(now, |key| key.journey != "joining");
        let [Event::Unwatched { alert, lasted }] = &left[..] else { panic!("{story}: {left:?}") };
        assert_eq!((alert.key.journey.as_str(), *lasted), ("joining", 10 * MINUTE), "{story}");
        assert_eq!(ledger.leave(now, |key| key.journey != "joining"), [], "{story}: once");
        let open: Vec<_> = ledger.open_alerts().map(|alert| alert.key.journey.clone()).collect();
        assert_eq!(open, ["leaving"], "{story}");
        let Some(Event::Opened(later)) = ledger.observe(now, &key("joining"), wrong("x")) else { panic!("{story}") };
        assert_ne!(later.id, alert.id, "{story}");
    }
    let mut over = Ledger::default();
    told(&mut over, START, "x......");
    assert_eq!(over.leave(START, |_| false), [], "what was told to be over is");
}

#[test]
fn each_journey_has_its_own() {
    let mut ledger = Ledger::default();
    assert!(ledger.observe(START, &key("joining"), wrong("x")).is_some());
    assert!(ledger.observe(START, &key("leaving"), wrong("x")).is_some());
    assert!(ledger.observe(START, &Key { kind: Kind::Slower, ..key("joining") }, wrong("x")).is_some());
    assert_eq!(ledger.observe(START, &key("joining"), wrong("x")), None);
    assert_eq!(ledger.open_alerts().count(), 3);
}

#[test]
fn a_clock_that_leapt_ahead_and_back_keeps_no_alert_open_for_years() {
    let mut ledger = Ledger::default();
    told(&mut ledger, START, "x");
    ledger.observe(START * 2, &key("joining"), Seen::Well);
    assert_eq!(told(&mut ledger, START + MINUTE, "......"), [('R', 5)]);
}

#[test]
fn no_more_are_kept_than_anybody_needs_and_those_that_are_over_make_room() {
    let mut ledger = Ledger::default();
    for number in 0..MOST {
        assert!(ledger.observe(START, &key(&number.to_string()), wrong("x")).is_some());
    }
    assert_eq!(ledger.observe(START, &key("one more"), wrong("x")), None);
    assert_eq!((ledger.open_alerts().count(), ledger.turned_away()), (MOST, 1));
    (0..6).for_each(|minute| drop(ledger.observe(START + minute * MINUTE, &key("500"), Seen::Well)));
    assert!(ledger.observe(START + 6 * MINUTE, &key("one more"), wrong("x")).is_some());
    assert_eq!(ledger.open_alerts().count(), MOST);
}

fn seen() -> impl Strategy<Value = (u64, u8, bool)> {
    let near = (0..6 * 60_u64).prop_map(|minute| START + minute * MINUTE);
    (prop_oneof![8 => near, 1 => any::<u64>(), 1 => Just(0), 1 => Just(u64::MAX)], 0..3_u8, prop::bool::weighted(0.3))
}

fn watch(ledger: &mut Ledger, (at, journey, is_wrong): (u64, u8, bool)) -> Option<Event> {
    ledger.observe(at, &key(&journey.to_string()), if is_wrong { wrong("x") } else { Seen::Well })
}

proptest! {
    #[test]
    fn no_alert_is_opened_twice_and_every_end_has_its_beginning(
        mut seen in prop::collection::vec(seen(), 0..300),
        in_order in any::<bool>(),
        leaves in prop::collection::vec(prop::option::weighted(0.1, 0..3_u8), 300),
    ) {
        if in_order {
            seen.sort_unstable();
        }
        let (mut ledger, mut open, mut ids) = (Ledger::default(), HashMap::new(), Vec::new());
        for (what, leaves) in seen.into_iter().zip(leaves) {
            let left = |journey: u8| ledger.leave(what.0, |of| *of != key(&journey.to_string()));
            let left = leaves.map(left).unwrap_or_default();
            for event in left.into_iter().chain(watch(&mut ledger, what)) {
                match event {
                    Event::Opened(alert) => {
                        prop_assert!(!ids.contains(&alert.id), "an id is given once");
                        ids.push(alert.id);
                        prop_assert_eq!(open.insert(alert.key, alert.id), None);
                    }
                    Event::Returned(alert) => {
                        prop_assert!(ids.contains(&alert.id));
                        prop_assert_eq!(open.insert(alert.key, alert.id), None);
                    }
                    Event::Resolved { alert, .. } | Event::Unwatched { alert, .. } => {
                        prop_assert_eq!(open.remove(&alert.key), Some(alert.id));
                    }
                }
            }
            prop_assert_eq!(ledger.open_alerts().count(), open.len());
        }
    }

    #[test]
    fn a_restart_at_any_moment_changes_nothing(seen in prop::collection::vec(seen(), 0..300), restart in 0_usize..300) {
        let (mut through, mut restarted) = (Ledger::default(), Ledger::default());
        for (number, what) in seen.into_iter().enumerate() {
            if number == restart {
                restarted = serde_json::from_str(&serde_json::to_string(&restarted).unwrap()).unwrap();
            }
            prop_assert_eq!(watch(&mut through, what), watch(&mut restarted, what));
        }
        prop_assert_eq!(through, restarted);
    }

    #[test]
    fn nobody_is_told_of_one_journey_more_than_twice_in_a_window(is_wrong in prop::collection::vec(any::<bool>(), 1..600)) {
        let mut ledger = Ledger::default();
        let mut begun = Vec::new();
        for (minute, is_wrong) in (0..).zip(is_wrong) {
            let event = watch(&mut ledger, (START + minute * MINUTE, 0, is_wrong));
            begun.extend(event.filter(|event| !matches!(event, Event::Resolved { .. })).map(|_| START + minute * MINUTE));
        }
        for three in begun.windows(3) {
            prop_assert!(three[2] - three[0] >= Pace::Fast.long());
        }
    }
}
