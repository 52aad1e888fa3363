//! Makes the history of a monitor that has gone on for three months, and ended some hours ago, to look at its page: `history FILE HOURS`.
//!
//! All of it goes through what the monitor itself keeps and judges with. Two deployments: `edge`, with two days on which nobody looked, an outage, a journey
//! that failed this morning and one that takes longer now; and `aws`, whose sign-in fails since half an hour ago.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use truce_contract::{Failure, JourneyReport};
use truce_monitor::{Entry, History, Judge, Round, THE_TARGET, Told, WATCHED};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const SIGNS_IN: &str = "scanning_a_code_signs_a_member_in";
const WAITS: &str = "a_waiting_poll_answers_as_soon_as_there_is_news";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "history FILE HOURS";
    let path = std::env::args().nth(1).ok_or(usage)?;
    let hours: u64 = std::env::args().nth(2).ok_or(usage)?.parse()?;
    let mut history = History::open(Path::new(&path))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() - hours * HOUR;
    let mut judge = Judge::new("99.5".parse()?, Duration::from_mins(1), None);
    for ago in rounds() {
        for target in ["edge", "aws"] {
            if target == "edge" && (20 * DAY..22 * DAY).contains(&ago) {
                continue;
            }
            let at = now - ago;
            let reports: Vec<JourneyReport> = (0..WATCHED.len()).map(|place| report(target, place, ago)).collect();
            let entries: Vec<Entry> = reports.iter().map(|report| Entry::of(at, report)).collect();
            let again = |journey: &str| {
                let only = if journey == THE_TARGET { String::new() } else { format!(" --only {journey}") };
                format!("truce monitor --once{only} --target {target}=https://{target}.example")
            };
            let events = judge.judges(&Round { at, target, entries: &entries, again: &again });
            let told = Told { ledger: &judge.ledger(), open: judge.open_alerts().collect(), events: &events };
            history.keep(at, &reports, Some(&told))?;
        }
    }
    Ok(())
}

/// So long ago each began: one an hour, and one a minute since yesterday and around the outage.
fn rounds() -> impl Iterator<Item = u64> {
    let is_round = |minutes: &u64| {
        let ago = minutes * MINUTE;
        minutes.is_multiple_of(60) || ago < 27 * HOUR || (62 * DAY..62 * DAY + 5 * HOUR).contains(&ago)
    };
    (1..=89 * 24 * 60).rev().filter(is_round).map(|minutes| minutes * MINUTE)
}

fn report(target: &str, place: usize, ago: u64) -> JourneyReport {
    let (name, requests) = WATCHED[place];
    let fails = match target {
        "edge" => {
            (62 * DAY + HOUR..62 * DAY + 4 * HOUR).contains(&ago)
                || name == SIGNS_IN && (5 * HOUR..6 * HOUR).contains(&ago)
                || chance(ago, place).is_multiple_of(900)
        }
        _ => name == SIGNS_IN && ago < 30 * MINUTE,
    };
    let failure = fails.then(|| Failure {
        request_id: format!("{:08x}", chance(ago, place)),
        ..Failure::without_answer("Ana redeems her code", "201 with a session", "503 without one")
    });
    let slower = if target == "edge" && name == WAITS && ago < 90 * MINUTE { 3.0 } else { 1.0 };
    #[allow(clippy::cast_precision_loss)] // small
    let (spread, by_day, base) = (
        (chance(ago, place + 100) % 1_000) as f64 / 1_000.0,
        (ago as f64 / DAY as f64 * std::f64::consts::TAU).sin(),
        18.0 * (place * place + 1) as f64,
    );
    let took_ms = base * slower * (1.0 + 0.15 * by_day + 0.3 * spread * spread);
    let (name, target) = (name.to_owned(), target.to_owned());
    JourneyReport { name, story: String::new(), target, took_ms, requests, failure, steps: Vec::new() }
}

/// The same every time.
fn chance(ago: u64, place: usize) -> u64 {
    let mixed = (ago / MINUTE + place as u64 * 7_919 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}
