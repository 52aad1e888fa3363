//! What the detector says about series whose changes are known.

#![allow(clippy::cast_precision_loss, reason = "counts of samples")]

mod series;

use proptest::prelude::*;
use series::{Change, DAY, Kind, START, Watched};
use std::time::Duration;
use truce_alarms::latency::{ALLOWED, TUNED_TO};
use truce_alarms::{Latency, Verdict};

/// The median delay of forty changes, spread over the day.
fn usual_delay(kind: Kind, change: Change) -> u64 {
    let of = |seed: u64| Watched::learnt(kind, seed, seed * DAY / 40).delay(change).unwrap_or(u64::MAX);
    let mut delays: Vec<u64> = (0..40).map(of).collect();
    delays.sort_unstable();
    delays[20]
}

#[test]
fn there_is_less_than_one_false_alarm_in_thirty_days_whatever_the_samples_are_like() {
    for kind in Kind::ALL {
        let alarms: usize = (0..4).map(|seed| Watched::learnt(kind, seed, 0).alarms(3 * 30)).sum();
        assert!(alarms < 12, "{kind:?}: {alarms} in twelve months");
    }
}

#[test]
fn half_as_much_again_is_found_soon() {
    let most = [
        (Kind::Steady, 12),
        (Kind::Tailed, 70),
        (Kind::Cold, 25),
        (Kind::Rhythm, 15),
        (Kind::Discrete, 12),
        (Kind::Sticky, 30),
    ];
    for (kind, at_most) in most {
        let delay = usual_delay(kind, Change::Step(1.5));
        assert!(delay <= at_most, "{kind:?}: {delay}");
    }
}

#[test]
fn twice_as_much_is_found_within_half_an_hour_and_not_before_the_fifth_sample() {
    for kind in Kind::ALL {
        let delay = usual_delay(kind, Change::Step(2.0));
        assert!((5..=30).contains(&delay), "{kind:?}: {delay}");
    }
}

#[test]
fn a_drift_to_twice_as_much_is_found_on_its_day() {
    for kind in Kind::ALL {
        let delay = usual_delay(kind, Change::Drift(2.0));
        assert!(delay < DAY, "{kind:?}: {delay}");
    }
}

/// What it cannot see; `docs/monitor.md` says so.
#[test]
fn a_drift_that_takes_a_week_becomes_usual_as_it_goes() {
    let mut watched = Watched::learnt(Kind::Steady, 1, 0);
    let week = 7 * DAY;
    assert!(!(0..week).any(|minute| Watched::is_alarm(watched.next(2.0_f64.powf(minute as f64 / week as f64)))));
}

#[test]
fn an_outlier_is_no_alarm_and_neither_are_four_on_end() {
    for kind in Kind::ALL {
        for seed in 0..20 {
            let mut watched = Watched::learnt(kind, seed, 0);
            assert!(!(0..100).any(|_| Watched::is_alarm(watched.next(1.0))), "{kind:?} {seed}");
            let outlier = Duration::from_mins(1);
            let at = START + watched.minute * 60;
            assert!(!Watched::is_alarm(watched.latency.observe(at, outlier)), "{kind:?} {seed}");
            assert!(!(0..100).any(|_| Watched::is_alarm(watched.next(1.0))), "{kind:?} {seed}");
        }
    }
    let mut latency = even_day();
    let takes = [9_000, 9_000, 9_000, 9_000, 80];
    assert!(
        takes.iter().zip(0..).all(|(millis, minute)| take(&mut latency, 1_500 + minute, *millis) == Verdict::Usual)
    );
}

fn take(latency: &mut Latency, minute: u64, millis: u64) -> Verdict {
    latency.observe(START + minute * 60, Duration::from_millis(millis))
}

/// A detector that has seen 80 ms for 25 hours.
fn even_day() -> Latency {
    let mut latency = Latency::new();
    for minute in 0..1_500 {
        take(&mut latency, minute, 80);
    }
    latency
}

#[test]
fn the_first_day_is_for_learning() {
    let mut latency = Latency::new();
    for minute in 0..1_440 {
        assert_eq!(take(&mut latency, minute, if minute < 700 { 80 } else { 800 }), Verdict::Learning, "{minute}");
    }
}

#[test]
fn an_alarm_says_what_was_usual_what_it_is_now_and_since_when() {
    let mut latency = even_day();
    let found =
        (1_500..1_520).map(|minute| take(&mut latency, minute, 200)).find(|verdict| Watched::is_alarm(*verdict));
    let Some(Verdict::Slower(slower)) = found else { panic!("an alarm") };
    assert_eq!((slower.usual.as_millis(), slower.now.as_millis(), slower.since), (80, 200, START + 1_500 * 60));
    assert_eq!(slower.to_string(), "it takes 200.0 ms and took 80.0 ms: 2.5 times as long");
}

#[test]
fn it_is_over_soon_after_it_takes_as_long_as_before() {
    let mut latency = even_day();
    let verdicts: Vec<_> =
        (1_500..1_700).map(|minute| take(&mut latency, minute, if minute < 1_600 { 200 } else { 80 })).collect();
    assert!(Watched::is_alarm(verdicts[99]));
    let over = verdicts.iter().rposition(|verdict| Watched::is_alarm(*verdict)).map(|last| last + 1 - 100);
    assert_eq!(over, Some(30), "when most of the newest sixty are as before");
    let again = (1_700..1_720).position(|minute| Watched::is_alarm(take(&mut latency, minute, 200)));
    assert_eq!(again, Some(4), "what was slow has not become usual");
}

#[test]
fn what_stays_for_a_day_is_the_new_usual() {
    let mut latency = even_day();
    let verdicts: Vec<_> = (1_500..1_500 + 4 * DAY).map(|minute| take(&mut latency, minute, 160)).collect();
    let learnt = verdicts.iter().position(|verdict| matches!(verdict, Verdict::NewUsual(_))).expect("learns");
    assert!((1_440..=1_500).contains(&learnt), "{learnt}");
    assert!(verdicts[5..learnt].iter().all(|verdict| Watched::is_alarm(*verdict)), "open until then");
    assert!(verdicts[learnt + 1..].iter().all(|verdict| *verdict == Verdict::Usual));
    let more = (0..20).position(|minute| Watched::is_alarm(take(&mut latency, 1_500 + 4 * DAY + minute, 320)));
    assert_eq!(more, Some(4), "and a change from there is found");
}

#[test]
fn faster_is_no_alarm() {
    for kind in Kind::ALL {
        let mut watched = Watched::learnt(kind, 3, 0);
        assert_eq!(watched.delay(Change::Step(0.3)), None, "{kind:?}");
    }
}

#[test]
fn what_is_allowed_is_half_way_to_what_it_is_tuned_to() {
    assert!((ALLOWED * ALLOWED - TUNED_TO).abs() < 1e-12);
}

#[test]
fn less_than_a_fifth_more_is_allowed_for_ever() {
    assert_eq!(Watched::learnt(Kind::Steady, 5, 0).delay(Change::Step(1.1)), None);
}

fn samples() -> impl Strategy<Value = (u64, Duration)> {
    let at = prop_oneof![20 => 0..3_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)];
    let took = prop_oneof![
        10 => (1..500_u64).prop_map(Duration::from_millis),
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        1 => any::<u64>().prop_map(Duration::from_nanos),
    ];
    (at.prop_map(|minute| START.saturating_add(minute.saturating_mul(60))), took)
}

fn is_sound(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Slower(slower) | Verdict::NewUsual(slower) => {
            !slower.usual.is_zero() && !slower.now.is_zero() && !slower.to_string().contains("NaN")
        }
        Verdict::Learning | Verdict::Usual => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_observed_a_restart_changes_nothing(
        learnt in any::<bool>(),
        mut seen in prop::collection::vec(samples(), 0..200),
        in_order in any::<bool>(),
        restart in 0_usize..200,
    ) {
        if in_order {
            seen.sort_unstable();
        }
        let mut through = if learnt { even_day() } else { Latency::new() };
        let mut restarted = through.clone();
        for (number, (at, took)) in seen.into_iter().enumerate() {
            if number == restart {
                restarted = serde_json::from_str(&serde_json::to_string(&restarted).unwrap()).unwrap();
            }
            let verdict = through.observe(at, took);
            prop_assert!(is_sound(verdict));
            prop_assert_eq!(verdict, restarted.observe(at, took));
        }
        prop_assert_eq!(through, restarted);
    }
}

#[test]
fn what_was_slow_before_the_alarm_is_kept_apart_from_what_was_usual() {
    let mut latency = even_day();
    let alarm = (1_500..1_520).position(|minute| Watched::is_alarm(take(&mut latency, minute, 200)));
    let written = serde_json::to_value(&latency).unwrap();
    let slow_ones = |name: &str| written[name].to_string().matches("200000").count();
    assert_eq!((alarm, slow_ones("usual"), slow_ones("slower")), (Some(4), 0, 5));
}

#[test]
fn an_alarm_comes_with_the_same_sample_when_a_restart_came_between() {
    for restart in 0..5 {
        let mut latency = even_day();
        for minute in 0..restart {
            take(&mut latency, 1_500 + minute, 200);
        }
        latency = serde_json::from_str(&serde_json::to_string(&latency).unwrap()).unwrap();
        let alarm = (restart..20).find(|minute| Watched::is_alarm(take(&mut latency, 1_500 + minute, 200)));
        assert_eq!(alarm, Some(4), "restarted after {restart}");
    }
}

#[test]
fn it_is_kept_in_less_than_twenty_kilobytes() {
    let mut watched = Watched::learnt(Kind::Tailed, 1, 0);
    let size = |latency: &Latency| serde_json::to_string(latency).unwrap().len();
    assert!(size(&watched.latency) < 20_000, "{}", size(&watched.latency));
    watched.pass(1_000, 3.0);
    assert!(size(&watched.latency) < 40_000, "twice as much while it is slower: {}", size(&watched.latency));
}
