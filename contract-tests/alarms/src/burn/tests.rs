use super::*;
use proptest::prelude::*;

const START: u64 = 1_795_500_000;

fn budget(objective: &str) -> Budget {
    Budget::new(objective.parse().expect("an objective"), NonZeroU32::new(60).expect("not zero"))
}

/// An observation a minute from `from`, each failed if `fails` says so of its minute; what burnt after each.
fn run(budget: &mut Budget, from: u64, minutes: u64, fails: impl Fn(u64) -> bool) -> Vec<Vec<Pace>> {
    let mut burnt = Vec::new();
    for minute in 0..minutes {
        let at = from + minute * MINUTE;
        budget.observe(at, u32::from(!fails(minute)), u32::from(fails(minute)));
        burnt.push(budget.burning(at).into_iter().map(|burning| burning.pace).collect());
    }
    burnt
}

fn first(burnt: &[Vec<Pace>], pace: Pace) -> Option<usize> {
    burnt.iter().position(|paces| paces.contains(&pace))
}

#[test]
fn windows_and_burn_rates_are_those_of_the_workbook() {
    let tenths = |pace: Pace| pace.percent() * PERIOD / 10 / pace.long();
    let table: Vec<_> = Pace::ALL.map(|pace| (pace.long(), pace.short(), tenths(pace))).into();
    assert_eq!(table, [(3_600, 300, 144), (21_600, 1_800, 60), (259_200, 21_600, 10)]);
}

#[test]
fn a_total_failure_is_an_alarm_with_the_fifth_minute() {
    // 2 % of what 99.5 % of 43,200 leave, which is 216, is 4.32.
    let mut budget = budget("99.5");
    assert_eq!(first(&run(&mut budget, START, 240, |_| false), Pace::Fast), None);
    assert_eq!(first(&run(&mut budget, START + 240 * MINUTE, 10, |_| true), Pace::Fast), Some(4));
}

#[test]
fn the_first_minutes_need_as_many_failures_as_any_other() {
    assert_eq!(first(&run(&mut budget("99.5"), START, 10, |_| true), Pace::Fast), Some(4));
}

#[test]
fn one_failure_is_never_an_alarm_however_strict_the_objective() {
    assert!(run(&mut budget("99.99"), START, 600, |minute| minute == 300).iter().all(Vec::is_empty));
    assert!(run(&mut budget("99.99"), START, 600, |minute| minute == 300 || minute == 301).iter().all(Vec::is_empty));
    assert_eq!(first(&run(&mut budget("99.99"), START, 10, |_| true), Pace::Fast), Some(2));
}

#[test]
fn what_burns_slowly_is_found_by_the_slower_windows_only() {
    // One in twenty: ten times what 99.5 % allows, which is more than 6 and less than 14.4.
    let burnt = run(&mut budget("99.5"), START, 24 * 60, |minute| minute % 20 == 0);
    assert_eq!((first(&burnt, Pace::Fast), first(&burnt, Pace::Steady)), (None, Some(200)));
    // One in a hundred: twice what is allowed.
    let burnt = run(&mut budget("99.5"), START, 72 * 60, |minute| minute % 100 == 0);
    assert_eq!((first(&burnt, Pace::Fast), first(&burnt, Pace::Steady)), (None, None));
    assert_eq!(first(&burnt, Pace::Slow), Some(2_100), "with the 22nd, as 10 % are 21.6");
}

#[test]
fn a_budget_that_is_used_and_no_faster_is_no_alarm() {
    // 21 within three days, of 21.6.
    assert!(run(&mut budget("99.5"), START, 4 * 24 * 60, |minute| minute % 210 == 0).iter().all(Vec::is_empty));
}

#[test]
fn it_takes_the_short_window_as_well() {
    let mut budget = budget("99.5");
    // Four failures, an almost full hour, and the fifth: the hour burns only with that one.
    let burnt = run(&mut budget, START, 60, |minute| minute < 4);
    assert!(burnt.iter().all(Vec::is_empty));
    // Learnt late of ten failures half an hour ago: the hour burns, the last five minutes do not.
    budget.observe(START + 60 * MINUTE, 1, 0);
    budget.minutes.iter_mut().find(|minute| minute.number == START / MINUTE + 30).expect("is there").failed = 10;
    assert_eq!(budget.burning(START + 60 * MINUTE), []);
}

#[test]
fn it_is_over_when_the_short_window_is_well_and_not_before() {
    let mut budget = budget("99.5");
    let burnt = run(&mut budget, START, 30, |minute| minute < 10);
    let last = burnt.iter().rposition(|paces| paces.contains(&Pace::Fast));
    assert_eq!(last, Some(13), "the failure of minute 9 leaves the five minutes with minute 14");
}

#[test]
fn it_does_not_flap_when_the_oldest_failure_leaves_the_long_window() {
    // The hour has five failures in minutes 58 and 59 only; the last five minutes have one until minute 62.
    let burnt = run(&mut budget("99.5"), START, 90, |minute| minute < 4 || minute == 58);
    let fast: Vec<usize> = (0..90).filter(|minute| burnt[*minute].contains(&Pace::Fast)).collect();
    assert_eq!(fast, [58, 59, 60, 61, 62]);
}

#[test]
fn silence_ends_nothing() {
    let mut budget = budget("99.5");
    run(&mut budget, START, 10, |_| true);
    let week = START + 7 * DAY;
    assert_eq!(
        budget.burning(week).first().map(|burning| (burning.pace, burning.since)),
        Some((Pace::Fast, START + 240))
    );
    budget.observe(week, 1, 0);
    assert_eq!(budget.burning(week), []);
}

#[test]
fn an_alarm_says_how_many_failed() {
    let mut budget = budget("99.5");
    run(&mut budget, START, 60, |minute| minute >= 51);
    assert_eq!(budget.burning(START + 59 * MINUTE)[0].to_string(), "9 of 60 failed within an hour");
}

#[test]
fn a_clock_that_leapt_ahead_and_back_leaves_nothing_behind() {
    let mut budget = budget("99.5");
    run(&mut budget, START, 3, |_| true);
    budget.observe(START * 2, 0, 1_000);
    run(&mut budget, START, 1, |_| false);
    assert_eq!((budget.minutes.len(), budget.counts(START, HOUR).failed), (1, 0));
}

#[test]
fn a_clock_set_back_by_a_little_loses_nothing() {
    let mut budget = budget("99.5");
    run(&mut budget, START, 5, |_| true);
    assert_eq!(budget.burning(START + 2 * MINUTE).first().map(|burning| burning.failed), Some(5));
}

fn seen() -> impl Strategy<Value = (u64, u32, u32)> {
    let near = (0..5 * DAY).prop_map(|after| START + after);
    let at = prop_oneof![4 => near, 1 => any::<u64>(), 1 => Just(0), 1 => Just(u64::MAX)];
    (at, prop_oneof![Just(0), Just(1), any::<u32>()], prop_oneof![Just(0), Just(1), any::<u32>()])
}

proptest! {
    #[test]
    fn whatever_is_observed_memory_is_bounded_and_a_restart_changes_nothing(
        seen in prop::collection::vec(seen(), 0..200),
        restart in 0_usize..200,
    ) {
        let (mut through, mut restarted) = (budget("99.9"), budget("99.9"));
        for (number, (at, well, failed)) in seen.into_iter().enumerate() {
            if number == restart {
                restarted = serde_json::from_str(&serde_json::to_string(&restarted).unwrap()).unwrap();
            }
            through.observe(at, well, failed);
            restarted.observe(at, well, failed);
            prop_assert_eq!(through.burning(at), restarted.burning(at));
            let span = Pace::Slow.long() / MINUTE + AHEAD + 1;
            prop_assert!(through.minutes.len() as u64 <= span);
            prop_assert!(through.minutes.iter().is_sorted_by_key(|minute| minute.number));
        }
        prop_assert_eq!(through, restarted);
    }

    /// The rule, in another arithmetic: shares of the budget as fractions of whole numbers.
    #[test]
    fn two_percent_of_the_budget_within_an_hour_is_the_border_exactly(well in 950_000_u32..=999_900, failed in 0_u32..=60) {
        let objective = Objective::of_a_million(well).unwrap();
        let mut budget = Budget::new(objective, NonZeroU32::new(60).unwrap());
        budget.observe(START, 60 - failed, failed);
        let millionths_allowed = 43_200 * u64::from(objective.may_fail());
        let burns = u64::from(failed) * 1_000_000 * 50 > millionths_allowed && failed >= 3;
        let fast = budget.burning(START).iter().any(|burning| burning.pace == Pace::Fast);
        prop_assert_eq!(fast, burns);
    }
}
