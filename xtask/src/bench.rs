//! `cargo xtask bench`: measures against the targets, and names the machine.

mod divan;
mod edge;
mod hosts;
mod load;

use crate::console::{Console, Tone};
use crate::machine;
use crate::run::Runner;
use crate::workspace::Workspace;
use clap::{Args, ValueEnum};
use std::time::Duration;

/// Building in release on a slow machine, and measuring.
const LIMIT: Duration = Duration::from_mins(30);

/// Measure: tokens, mediation, the store, alarms, the server under load, what is shipped on its hosts
///
/// Builds in release. Prints medians over repeats next to their targets, and what they were measured on. Close what
/// else is running: it is measured as well.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Bench {
    /// What to measure; all, when none is named
    what: Vec<What>,
    #[command(flatten)]
    load: load::Options,
    /// Fail when a target is missed
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Sealing and opening
    Tokens,
    /// One message through the embedded engine
    Mediation,
    /// Reads at a cursor, commits under load
    Store,
    /// How soon something is an alarm, and how often without a reason: from seeds, not from the machine
    Anomalies,
    /// Redeem and mediate through the native server on `SQLite`
    Server,
    /// What the harness's edge costs, and how far replicas carry
    Edge,
    /// Sizes of what is shipped, starts under AWS's emulator, fresh instances of components
    Hosts,
}

/// A measurement beside what it should be.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    seconds: f64,
    /// In seconds; where the project has set itself one.
    target: Option<f64>,
}

/// By the start of a benchmark's name.
const TARGETS: [(&str, f64); 3] = [("tokens/seal_", 10e-6), ("tokens/open_", 10e-6), ("mediate/thirty_words", 100e-6)];

impl Bench {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let runner = Runner { workspace, console: Console::new(false) };
        let wanted = |what| self.what.is_empty() || self.what.contains(&what);
        println!("Measured on {}.", machine::describe(workspace));
        let mut met = true;
        for (what, package, bench) in [
            (What::Tokens, "truce-session", "tokens"),
            (What::Mediation, "truce-mediation", "mediate"),
            (What::Store, "truce-store", "read"),
        ] {
            if wanted(what) {
                met &= print(runner.console, "Medians", &measured(&runner, package, bench)?);
            }
        }
        if wanted(What::Store) {
            println!("{}", cargo_bench(&runner, "truce-store", "commit")?.trim_end());
        }
        if wanted(What::Anomalies) {
            println!("{}", cargo_bench(&runner, "truce-alarms", "anomalies")?.trim_end());
        }
        if wanted(What::Server) {
            met &= load::run(&runner, &self.load)?;
        }
        if wanted(What::Edge) {
            met &= edge::run(&runner, &self.load)?;
        }
        if wanted(What::Hosts) {
            met &= hosts::run(&runner)?;
        }
        Ok(met || !self.strict)
    }
}

fn measured(runner: &Runner<'_>, package: &str, bench: &str) -> Result<Vec<Row>, String> {
    let medians = divan::medians(&cargo_bench(runner, package, bench)?);
    if medians.is_empty() {
        return Err(format!("`cargo bench -p {package} --bench {bench}` measured nothing"));
    }
    let target = |name: &str| TARGETS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, seconds)| *seconds);
    Ok(medians.into_iter().map(|(name, seconds)| Row { target: target(&name), name, seconds }).collect())
}

/// What the benchmark printed, without cargo's own lines.
fn cargo_bench(runner: &Runner<'_>, package: &str, bench: &str) -> Result<String, String> {
    let command = runner.workspace.cargo(&["bench", "--package", package, "--bench", bench]);
    runner.console.say(&format!("\nMeasuring {package}, {bench}"));
    let ran = runner.run_discreetly(&format!("bench-{bench}"), command, LIMIT);
    if !ran.ended_well {
        return Err(format!("`cargo bench -p {package} --bench {bench}` failed: see {}", ran.log.display()));
    }
    let starts_it = |line: &&str| line.trim_start().starts_with("Running ");
    let printed: Vec<&str> = ran.output.lines().skip_while(|line| !starts_it(line)).skip(1).collect();
    Ok(printed.join("\n"))
}

/// A table; whether all targets in it are met.
fn print(console: Console, title: &str, rows: &[Row]) -> bool {
    println!("\n{}", console.paint(Tone::Title, title));
    for row in rows {
        let (tone, verdict) = match row.target {
            None => (Tone::Quiet, String::new()),
            Some(target) if row.seconds <= target => {
                (Tone::Good, format!("{:.2} × the target of {}", row.seconds / target, shown(target)))
            }
            Some(target) => {
                (Tone::Bad, format!("MISSED: {:.2} × the target of {}", row.seconds / target, shown(target)))
            }
        };
        println!("  {:<34} {:>11}   {}", row.name, shown(row.seconds), console.paint(tone, &verdict));
    }
    rows.iter().all(|row| row.target.is_none_or(|target| row.seconds <= target))
}

/// With three figures, in the unit that suits.
fn shown(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s if s >= 1e-6 => (s * 1e6, "µs"),
        s => (s * 1e9, "ns"),
    };
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_figures_and_a_unit() {
        for (seconds, text) in
            [(1.234e-9, "1.23 ns"), (2.889e-6, "2.89 µs"), (100e-6, "100 µs"), (12.34e-3, "12.3 ms"), (2.0, "2.00 s")]
        {
            assert_eq!(shown(seconds), text);
        }
    }

    #[test]
    fn a_missed_target_is_told() {
        let row = |seconds, target| Row { name: "x".into(), seconds, target };
        let console = Console::new(true);
        assert!(print(console, "t", &[row(1.0, None), row(1.0, Some(1.0))]));
        assert!(!print(console, "t", &[row(1.0, Some(1.0)), row(1.1, Some(1.0))]));
    }
}
