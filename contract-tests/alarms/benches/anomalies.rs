//! How often a change of latency is seen where there is none, and how soon where there is one; how soon failures are an alarm.
//! `cargo bench -p truce-alarms --bench anomalies`; the figures come from seeds, not from the machine.

#![allow(clippy::print_stdout, reason = "it reports to whoever runs it")]
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts of samples")]

#[path = "../tests/series/mod.rs"]
mod series;

use series::{Change, DAY, Kind as Of, Watched};
use std::num::NonZeroU32;
use truce_alarms::{Budget, Event, Evidence, Key, Kind, Ledger, Pace, Seen};

/// Simulated for each kind of series.
const MONTHS: u64 = 100;
/// Of failures, for each rate.
const RUNS: u64 = 9;
/// Changes for each kind of series, at as many times of the day.
const CHANGES: u64 = 200;
const SHOWN: [(&str, Change); 4] = [
    ("×1.5", Change::Step(1.5)),
    ("×2", Change::Step(2.0)),
    ("×3", Change::Step(3.0)),
    ("×2 within a day", Change::Drift(2.0)),
];

fn false_alarms(kind: Of) -> f64 {
    let alarms: usize = (0..10).map(|seed| Watched::learnt(kind, seed, 0).alarms(3 * MONTHS)).sum();
    alarms as f64 / MONTHS as f64
}

/// Median and nine tenths of the delays in samples, and how many were missed.
fn delays(kind: Of, change: Change) -> String {
    let of = |seed: u64| Watched::learnt(kind, 1_000 + seed, seed * DAY / CHANGES).delay(change);
    let mut delays: Vec<u64> = (0..CHANGES).map(|seed| of(seed).unwrap_or(u64::MAX)).collect();
    delays.sort_unstable();
    let shown = |delay: u64| if delay == u64::MAX { "–".to_owned() } else { delay.to_string() };
    let missed = delays.iter().filter(|delay| **delay == u64::MAX).count();
    let missed = if missed == 0 { String::new() } else { format!(" ({missed} missed)") };
    format!("{} / {}{missed}", shown(delays[delays.len() / 2]), shown(delays[delays.len() * 9 / 10]))
}

/// What is told in thirty days of failures at a rate, one in a thousand: how often each pace is told of, and after how many minutes first.
fn told(per_mille: u32, seed: u64) -> [(u32, Option<u64>); 3] {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut budget = Budget::new("99.5".parse().expect("an objective"), NonZeroU32::new(60).expect("not zero"));
    let (mut ledger, mut told) = (Ledger::default(), [(0, None); 3]);
    for minute in 0..30 * DAY {
        let failed = random.u32(0..1_000) < per_mille;
        let at = series::START + minute * 60;
        budget.observe(at, u32::from(!failed), u32::from(failed));
        let burning = budget.burning(at);
        for (pace, of_pace) in Pace::ALL.into_iter().zip(&mut told) {
            let key = Key { target: String::new(), journey: String::new(), kind: Kind::Burning(pace) };
            let is_wrong = burning.iter().any(|burning| burning.pace == pace);
            let was = if is_wrong { Seen::Wrong(nothing()) } else { Seen::Well };
            if let Some(Event::Opened(_) | Event::Returned(_)) = ledger.observe(at, &key, was) {
                *of_pace = (of_pace.0 + 1, of_pace.1.or(Some(minute + 1)));
            }
        }
    }
    told
}

fn nothing() -> Evidence {
    Evidence { step: String::new(), sentence: String::new(), request_id: None, reproduce: String::new() }
}

fn latency() {
    println!(
        "Latency, a sample a minute: false alarms in 30 days ({MONTHS} months of each series); samples until a change is an alarm,"
    );
    println!("median / nine tenths of {CHANGES} changes at all times of the day");
    println!("  {:<9} {:>6}   {}", "series", "false", SHOWN.map(|(name, _)| format!("{name:<17}")).join(" "));
    for kind in Of::ALL {
        let delays = SHOWN.map(|(_, change)| format!("{:<17}", delays(kind, change))).join(" ");
        println!("  {:<9} {:>6.2}   {}", format!("{kind:?}").to_lowercase(), false_alarms(kind), delays);
    }
}

fn failures() {
    println!(
        "Failures, 99.5 %, a journey a minute: how often it is told in 30 days, and after how many minutes first (mean and median of {RUNS} months)"
    );
    println!("  {:<9} {:<14} {:<14} {:<14}", "one in", "fast", "steady", "slow");
    for per_mille in [1, 2, 4, 10, 20, 50, 200, 1_000] {
        let runs: Vec<_> = (0..RUNS).map(|seed| told(per_mille, seed)).collect();
        let cells = [0, 1, 2].map(|pace| {
            let times: u32 = runs.iter().map(|run| run[pace].0).sum();
            let mut first: Vec<u64> = runs.iter().map(|run| run[pace].1.unwrap_or(u64::MAX)).collect();
            first.sort_unstable();
            let first = first[first.len() / 2];
            let first = if first == u64::MAX { "–".to_owned() } else { first.to_string() };
            format!("{:<14}", format!("{:.1}, {first}", f64::from(times) / RUNS as f64))
        });
        println!("  {:<9} {}", 1_000 / per_mille, cells.join(" "));
    }
}

fn main() {
    latency();
    failures();
}
