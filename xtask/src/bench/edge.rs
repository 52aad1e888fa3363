//! What the harness's edge costs, and how far replicas carry, with the load on the same machine.

use super::{Row, load, print};
use crate::console::{Console, Tone};
use crate::harness::{self, Load, Run, Speed};
use crate::run::Runner;
use crate::setup;

/// More than directly, at half of what it can do, at the 99th percentile, in seconds.
const TARGET: f64 = 4e-3;

pub(super) fn run(runner: &Runner<'_>, options: &load::Options) -> Result<bool, String> {
    let workspace = runner.workspace;
    let toolbox = setup::ensure(runner, &harness::TOOLS)?;
    harness::build(workspace)?;
    load::build(runner)?;
    runner.console.say("\nMeasuring the edge");
    let program = workspace.target.join("release/truce-load");
    let &load::Options { connections, requests, repeats } = options;
    let speed = harness::speed(runner, &toolbox, Load { program: &program, connections, requests, repeats })?;
    Ok(report(runner, options, &speed))
}

fn report(runner: &Runner<'_>, options: &load::Options, speed: &Speed) -> bool {
    let load::Options { connections, repeats, .. } = options;
    let title = format!(
        "text to mediate, {connections} connections, at half of what it can do through the edge with one replica, median of {repeats}, load from the same machine"
    );
    let (p50, p99) = (|run: &Run| run.p50, |run: &Run| run.p99);
    let row = |name: &str, seconds, target| Row { name: name.to_owned(), seconds, target };
    let (direct, through) = (&speed.direct_at_half, &speed.through_at_half);
    let more = median(through, p99) - median(direct, p99);
    let rows = [
        row("directly, p50", median(direct, p50), None),
        row("directly, p99", median(direct, p99), None),
        row("through the edge, p50", median(through, p50), None),
        row("through the edge, p99", median(through, p99), None),
        row("more than directly, p99", more.max(0.0), Some(TARGET)),
        row("directly, at half of what that can do, p50", median(&speed.direct_as_busy, p50), None),
        row("directly, at half of what that can do, p99", median(&speed.direct_as_busy, p99), None),
    ];
    let met = print(runner.console, &title, &rows);
    println!("\n  as fast as it goes");
    let per_second = |run: &Run| run.per_second;
    let direct = median(&speed.direct, per_second);
    println!("  {:<34} {direct:>11.0} / s", "directly, one replica");
    for (replicas, runs) in harness::COUNTS.iter().zip(&speed.through) {
        let rate = median(runs, per_second);
        let (name, share) = (format!("through the edge, {replicas}"), rate / direct);
        println!("  {name:<34} {rate:>11.0} / s   {share:.2} of directly, p99 {:.1} ms", median(runs, p99) * 1000.0);
    }
    said_of_the_machine(runner.console, speed);
    met
}

/// Whether what was measured is the edge's.
fn said_of_the_machine(console: Console, speed: &Speed) {
    let all = speed.through.iter().flatten().chain(&speed.direct);
    let all = all.chain(&speed.direct_at_half).chain(&speed.through_at_half).chain(&speed.direct_as_busy);
    let mut stolen: Vec<f64> = all.filter_map(|run| run.stolen).collect();
    let Some(median) = load::median_of(&mut stolen) else { return };
    let most = stolen.iter().copied().fold(0.0, f64::max);
    println!(
        "\n  of the time this machine's host took {:.1} % away, at most {:.1} % in a run",
        median * 100.0,
        most * 100.0
    );
    if most > harness::CALM {
        let why =
            "  Of the slowest hundredth some are the host's then: measure again where nobody takes anything away.";
        println!("{}", console.paint(Tone::Bad, why));
    }
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    load::median_of(&mut values).unwrap_or(f64::NAN)
}
