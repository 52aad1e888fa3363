//! Writes what a monitor counts after a few rounds to two targets, one of which fails: for those who check that Prometheus can read it, and that
//! the dashboard asks for what there is.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use truce_monitor::{Entry, History, Judge, Numbers, Round};

const JOURNEYS: [&str; 3] = ["one", "two", "three"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let history = History::open(Path::new(":memory:"))?;
    let numbers = Numbers::default();
    let mut judge = Judge::new("99.5".parse()?, Duration::from_mins(1), None);
    for target in ["edge", "aws"] {
        numbers.watches(&history, target, &JOURNEYS)?;
    }
    for minute in (0..30).rev() {
        for target in ["edge", "aws"] {
            let at = now - 60 * minute;
            let entries = JOURNEYS.map(|journey| entry(at, target, journey));
            judge.judges(&Round { at, target, entries: &entries, again: &|_| String::new() });
            numbers.takes_in(at, target, &entries);
            numbers.spent(target, 4 * (30 - minute), 50_000);
        }
    }
    numbers.open(judge.open_alerts());
    #[allow(clippy::print_stdout)] // that is what it is for
    {
        print!("{}", numbers.text());
    }
    Ok(())
}

fn entry(at: u64, target: &str, journey: &str) -> Entry {
    let fails = target == "aws" && journey == "two";
    let failure = fails.then(|| ["a step", "a yes", "a no", "none"].map(str::to_owned));
    Entry { at, target: target.to_owned(), journey: journey.to_owned(), took_ms: 120.0, requests: 4, failure }
}
