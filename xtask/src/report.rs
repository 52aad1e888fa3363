//! How a run ended: a table of the steps, what was left out, and the last line that programs read.

use crate::console::{Console, Tone, duration};
use crate::counts::Counts;
use std::path::PathBuf;
use std::time::Duration;

/// What a step came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    /// What a reader should know besides: what was left out, what failed.
    pub(crate) notes: Vec<String>,
    /// Where the rest can be read.
    pub(crate) log: Option<PathBuf>,
}

impl Outcome {
    pub(crate) fn new(counts: Counts) -> Self {
        Self { counts, ..Self::default() }
    }

    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self { counts: Counts::FAILED, notes: vec![why.into()], log: None }
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { counts: Counts::SKIPPED, notes: vec![why.into()], log: None }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Nothing failed. A step that was skipped has not passed, but has nothing to complain about either.
    pub(crate) fn good(&self) -> bool {
        self.counts.failed == 0
    }

    fn verdict(&self) -> (Tone, &'static str) {
        match self.counts {
            Counts { failed: 1.., .. } => (Tone::Bad, "FAILED"),
            Counts { passed: 0, .. } => (Tone::Warning, "skipped"),
            _ => (Tone::Good, "passed"),
        }
    }

    fn numbers(&self) -> String {
        let Counts { passed, failed, skipped } = self.counts;
        let skips = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        format!("{passed} passed, {failed} failed{skips}")
    }

    /// The line that ends a step.
    pub(crate) fn line(&self, console: Console, name: &str, time: Duration) -> String {
        let (tone, verdict) = self.verdict();
        let verdict = console.paint(tone, &format!("{verdict:<7}"));
        format!("{verdict} {name:<14} {:>10}   {}", duration(time), self.numbers())
    }
}

/// Prints everything about a run; says whether it was a good one.
pub(crate) fn print(console: Console, steps: &[(&str, Outcome, Duration)], time: Duration) -> bool {
    println!("\n{}", console.paint(Tone::Title, &format!("In {}:", duration(time))));
    for (name, outcome, time) in steps {
        println!("{}", outcome.line(console, name, *time));
        let tone = if outcome.good() { Tone::Quiet } else { Tone::Bad };
        for note in &outcome.notes {
            println!("          {}", console.paint(tone, note));
        }
        if let Some(log) = outcome.log.as_ref().filter(|_| !outcome.good()) {
            println!("          {}", console.paint(Tone::Quiet, &format!("all of it: {}", log.display())));
        }
    }
    let total = steps.iter().map(|(_, outcome, _)| outcome.counts).fold(Counts::default(), Counts::add);
    if total.skipped > 0 {
        let line = format!("\n{} skipped, and nothing is known about them. With CI=true they fail.", total.skipped);
        println!("{}", console.paint(Tone::Warning, &line));
    }
    println!("\n{}", last_line(total));
    total.failed == 0
}

fn last_line(total: Counts) -> String {
    format!("{} passed, {} failed", total.passed, total.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_tests() {
        assert_eq!(last_line(Counts { passed: 812, failed: 1, skipped: 3 }), "812 passed, 1 failed");
    }

    #[test]
    fn one_failure_makes_a_step_fail_whatever_else_it_did() {
        let verdict = |passed, failed, skipped| Outcome::new(Counts { passed, failed, skipped }).verdict().1;
        assert_eq!(verdict(9, 1, 0), "FAILED");
        assert_eq!(verdict(9, 0, 1), "passed");
        assert_eq!(verdict(0, 0, 1), "skipped");
        assert!(!Outcome::failed("x").good() && Outcome::skipped("x").good());
    }
}
