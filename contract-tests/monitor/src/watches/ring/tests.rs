use super::*;
use proptest::prelude::*;
use truce_session::KeyRing;

const NOW: u64 = 1_795_500_000;
const HOUR: u64 = 3_600;

fn told(ring: &KeyRing, of: &str) -> Ring {
    let keys = ring.keys().map(|(id, state)| Key { id: id.to_string(), state });
    Ring { of: of.to_owned(), keys: keys.collect() }
}

fn keys(keys: &[(&str, KeyState)]) -> Vec<Ring> {
    let keys = keys.iter().map(|(id, state)| Key { id: (*id).to_owned(), state: *state });
    vec![Ring { of: "health".to_owned(), keys: keys.collect() }]
}

fn looked(seen: &mut Seen, rings: Vec<Ring>, now: u64) -> Vec<Finding> {
    look(Some(&Told { rings, silent: Vec::new() }), seen, &WatchSettings::default(), now)
}

/// What is said of when keys hold until.
fn ends(seen: &mut Seen, rings: Vec<Ring>, now: u64) -> Finding {
    looked(seen, rings, now).into_iter().find(|finding| finding.about == ENDS).expect("it is looked at")
}

use KeyState::{Accepted, Active, RetiringUntil as Retiring};

#[test]
fn an_end_before_what_was_sealed_can_be_over_is_told_a_week_before_and_no_more_once_it_is_there() {
    let mut seen = Seen::default();
    ends(&mut seen, keys(&[("aaaa", Active)]), NOW);
    let until = NOW + 20 * DAY;
    let ring = || keys(&[("bbbb", Active), ("aaaa", Retiring(until))]);
    assert_eq!(ends(&mut seen, ring(), NOW + HOUR).level, Level::Well, "it is far");
    let finding = ends(&mut seen, ring(), until - 7 * DAY + 1);
    assert_eq!(finding.level, Level::Warning);
    assert!(finding.found.starts_with("aaaa ends on 2026-12-14T06:00:00Z, and sealed until 2026-11-24T06:00:00Z"));
    assert!(finding.mend.contains(&format!("`retiring-until-{}`", NOW + ROTATION_OVERLAP)), "{}", finding.mend);
    let longer = keys(&[("bbbb", Active), ("aaaa", Retiring(NOW + ROTATION_OVERLAP))]);
    assert_eq!(ends(&mut seen.clone(), longer, until - DAY).level, Level::Well, "mended");
    assert_eq!(ends(&mut seen, ring(), until).level, Level::Well, "it has ended, and nobody can do anything");
}

#[test]
fn a_key_that_leaked_and_is_retired_at_once_is_no_alarm() {
    let mut seen = Seen::default();
    ends(&mut seen, keys(&[("aaaa", Active)]), NOW);
    let retired = keys(&[("bbbb", Active), ("aaaa", Retiring(NOW + 60))]);
    assert_eq!(ends(&mut seen, retired, NOW + 61).level, Level::Well);
    assert_eq!(ends(&mut seen, keys(&[("bbbb", Active)]), NOW + 120).level, Level::Well, "nor when it is tidied");
}

#[test]
fn what_was_never_seen_sealing_is_not_judged_by_its_end() {
    let mut seen = Seen::default();
    let ring = keys(&[("bbbb", Active), ("aaaa", Retiring(NOW + HOUR))]);
    assert_eq!(ends(&mut seen, ring, NOW).level, Level::Well);
}

#[test]
fn a_key_that_waits_to_seal_for_a_week_is_a_warning_until_it_does() {
    let mut seen = Seen::default();
    let waiting = || keys(&[("aaaa", Active), ("bbbb", Accepted)]);
    assert_eq!(ends(&mut seen, waiting(), NOW).level, Level::Well);
    assert_eq!(ends(&mut seen, waiting(), NOW + 7 * DAY - 1).level, Level::Well);
    let finding = ends(&mut seen, waiting(), NOW + 7 * DAY);
    assert_eq!(finding.level, Level::Warning);
    assert!(finding.found.starts_with("bbbb opens, and has not sealed since 2026-11-24"), "{}", finding.found);
    let active = keys(&[("bbbb", Active), ("aaaa", Retiring(NOW + 8 * DAY + ROTATION_OVERLAP))]);
    assert_eq!(ends(&mut seen, active, NOW + 8 * DAY).level, Level::Well);
}

#[test]
fn a_key_that_is_gone_too_soon_is_wrong_for_a_day() {
    let mut seen = Seen::default();
    ends(&mut seen, keys(&[("aaaa", Active)]), NOW);
    let without = || keys(&[("bbbb", Active)]);
    let finding = ends(&mut seen, without(), NOW + HOUR);
    assert_eq!(finding.level, Level::Wrong);
    assert!(finding.found.starts_with("aaaa is gone, and has sealed what holds until 2026-12-24"), "{}", finding.found);
    let back = keys(&[("bbbb", Active), ("aaaa", Retiring(NOW + ROTATION_OVERLAP))]);
    assert_eq!(ends(&mut seen.clone(), back, NOW + 2 * HOUR).level, Level::Well, "it is back");
    assert_eq!(ends(&mut seen, without(), NOW + HOUR + DAY).level, Level::Well, "it is news no more");
}

#[test]
fn a_key_is_gone_only_if_every_function_has_told() {
    let mut seen = Seen::default();
    ends(&mut seen, keys(&[("aaaa", Active)]), NOW);
    let told = Told { rings: keys(&[("bbbb", Active)]), silent: vec!["mediate".to_owned()] };
    let findings = look(Some(&told), &mut seen, &WatchSettings::default(), NOW + 60);
    assert!(findings.iter().all(|finding| finding.level == Level::Well), "{findings:?}");
    assert!(findings[0].found.ends_with("; mediate tells none"), "{findings:?}");
}

#[test]
fn where_nothing_is_told_nothing_is_seen() {
    let mut seen = Seen::default();
    let silent = Told { rings: Vec::new(), silent: vec!["health".to_owned()] };
    for told in [None, Some(&silent)] {
        let findings = look(told, &mut seen, &WatchSettings::default(), NOW);
        assert_eq!(findings.iter().map(|finding| finding.level).collect::<Vec<_>>(), [Level::NotSeen]);
    }
    assert_eq!(seen, Seen::default());
}

#[test]
fn a_deployment_with_other_keys_in_every_round_does_not_fill_the_memory() {
    let mut seen = Seen::default();
    for round in 0..600 {
        ends(&mut seen, keys(&[(&format!("{round:04}"), Active)]), NOW + round);
    }
    assert_eq!(seen.0.len(), MOST);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Nothing,
    Rotate,
    Introduce,
    Activate,
    Tidy,
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    use Step::{Activate, Introduce, Nothing, Rotate, Tidy};
    let step = proptest::sample::select(vec![Nothing, Rotate, Introduce, Activate, Tidy]);
    proptest::collection::vec((1..40 * DAY, step), 1..40)
}

fn random() -> impl FnMut(&mut [u8]) {
    let mut state = 1_u64;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
}

proptest! {
    /// Whatever `truce keys` does but retiring: no end of it is an alarm, however rarely somebody looks, over restarts too.
    #[test]
    fn keys_that_end_as_planned_are_no_alarm(steps in steps()) {
        let (mut now, mut seen, mut random) = (NOW, Seen::default(), random());
        let mut ring = KeyRing::generate(&mut random).expect("a ring");
        let settings = WatchSettings { key_introduced_days: 10_000, ..WatchSettings::default() };
        for (later, step) in steps {
            now += later;
            let waiting = ring.keys().find(|(_, state)| *state == KeyState::Accepted).map(|(id, _)| id);
            ring = match (step, waiting) {
                (Step::Rotate, _) => ring.rotate(now, &mut random).expect("rotated"),
                (Step::Introduce, _) => ring.introduce(&mut random).expect("introduced").0,
                (Step::Activate, Some(id)) => ring.activate(id, now).expect("activated"),
                (Step::Tidy, _) => ring.drop_retired(now),
                _ => ring,
            };
            let rings = ["issue-qr", "health"].map(|of| told(&ring, of)).to_vec();
            let findings = look(Some(&Told { rings, silent: Vec::new() }), &mut seen, &settings, now);
            prop_assert!(findings.iter().all(|finding| finding.level == Level::Well), "{:?}", findings);
            let written = serde_json::to_string(&seen).expect("JSON");
            for entry in ring.to_text().lines() {
                prop_assert!(!written.contains(entry.split(':').nth(1).expect("a key")));
            }
            let read: Seen = serde_json::from_str(&written).expect("as it was written");
            prop_assert_eq!(&read, &seen);
            seen = read;
        }
    }

    #[test]
    fn an_end_is_told_if_and_only_if_it_is_near_and_too_soon(later in 0..40 * DAY, until in 0..40 * DAY) {
        let (now, until) = (NOW + later, NOW + until);
        let mut seen = Seen::default();
        ends(&mut seen, keys(&[("aaaa", Active)]), NOW);
        let finding = ends(&mut seen, keys(&[("bbbb", Active), ("aaaa", Retiring(until))]), now);
        let is_due = until > now && until - now < 7 * DAY && until + DAY < NOW + ROTATION_OVERLAP;
        prop_assert_eq!(finding.level == Level::Warning, is_due);
        prop_assert!(finding.level != Level::Wrong);
    }

    /// What comes from outside neither fails nor fills the memory.
    #[test]
    fn whatever_is_told_is_taken(rounds in proptest::collection::vec((proptest::collection::vec(("[ab]{1,9}", 0_u64..4), 0..80), any::<u64>()), 1..12)) {
        let mut seen = Seen::default();
        for (told, now) in rounds {
            let state = |kind| match kind {
                0 => Active,
                1 => Accepted,
                2 => Retiring(u64::MAX),
                _ => Retiring(now),
            };
            let all: Vec<(&str, KeyState)> = told.iter().map(|(id, kind)| (id.as_str(), state(*kind))).collect();
            looked(&mut seen, keys(&all), now);
            prop_assert!(seen.0.len() <= MOST);
        }
    }
}
