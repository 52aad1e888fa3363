//! The native server on `SQLite` under load: `truce` in release, and `truce-load` beside it on the same machine.

use super::{LIMIT, Row, print};
use crate::run::Runner;
use crate::server::Server;
use clap::Args;
use serde_json::Value;

/// With 64 connections, at half of what it can do, at the 99th percentile, in seconds.
const TARGET: f64 = 5e-3;

#[derive(Args)]
pub(crate) struct Options {
    /// server, edge: connections at the same time
    #[arg(long, default_value_t = 64)]
    pub(super) connections: u32,
    /// server, edge: requests of each kind, in each repeat
    #[arg(long, default_value_t = 20_000)]
    pub(super) requests: u32,
    /// server, edge: how often all of it is done
    #[arg(long, default_value_t = 3)]
    pub(super) repeats: u32,
}

pub(super) fn run(runner: &Runner<'_>, options: &Options) -> Result<bool, String> {
    let workspace = runner.workspace;
    runner.console.say("\nMeasuring the native server under load");
    built(runner, "bench-build-truce", &["build", "--release", "--package", "truce"])?;
    build(runner)?;
    let release = workspace.target.join("release");
    let server = Server::start(workspace, &release.join("truce"), "bench")?;
    let mut command = workspace.command(release.join("truce-load"));
    command.args(["--address", server.url.trim_start_matches("http://")]).env("TRUCE_ORGANISER_KEY", &server.key);
    for (name, value) in
        [("--connections", options.connections), ("--requests", options.requests), ("--repeats", options.repeats)]
    {
        command.arg(name).arg(value.to_string());
    }
    let ran = runner.run_discreetly("bench-load", command, LIMIT);
    drop(server);
    if !ran.ended_well {
        return Err(format!("the load did not get through: {}", ran.output.lines().last().unwrap_or_default()));
    }
    report(runner, options, &ran.output)
}

/// What makes the load.
pub(super) fn build(runner: &Runner<'_>) -> Result<(), String> {
    let arguments = ["build", "--release", "--package", "xtask", "--features", "load", "--bin", "truce-load"];
    built(runner, "bench-build-load", &arguments)
}

fn built(runner: &Runner<'_>, what: &str, arguments: &[&str]) -> Result<(), String> {
    let ran = runner.run_discreetly(what, runner.workspace.cargo(arguments), LIMIT);
    if ran.ended_well { Ok(()) } else { Err(format!("it does not build: see {}", ran.log.display())) }
}

fn report(runner: &Runner<'_>, options: &Options, output: &str) -> Result<bool, String> {
    let result: Value = output.lines().rev().find_map(|line| serde_json::from_str(line).ok()).ok_or("no result")?;
    let phases = result["phases"].as_array().ok_or("no phases in the result")?;
    let mut met = true;
    for (paced, pace) in [(false, "as fast as it goes".to_owned()), (true, "at half of that".to_owned())] {
        let runs: Vec<&Value> = phases.iter().filter(|phase| phase["paced"] == paced).collect();
        let title = format!(
            "native server on SQLite, {} connections, {pace}, median of {}, load from the same machine",
            options.connections, options.repeats
        );
        let rows = rows(&runs, paced).ok_or("a number is missing in the result")?;
        met &= print(runner.console, &title, &rows);
        for name in ["redeem", "mediate"] {
            println!("  {name:<34} {:>11.0} / s", median(&runs, name, "per_second").unwrap_or_default());
        }
    }
    Ok(met)
}

/// A target only where the server is not overrun: at its limit a wait is connections divided by rate.
fn rows(runs: &[&Value], paced: bool) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, targets) in [("issue", false), ("redeem", true), ("mediate", true)] {
        for quantile in ["p50", "p99"] {
            rows.push(Row {
                name: format!("{name} {quantile}"),
                seconds: median(runs, name, quantile)? / 1000.0,
                target: (targets && paced && quantile == "p99").then_some(TARGET),
            });
        }
    }
    Some(rows)
}

fn median(runs: &[&Value], name: &str, quantile: &str) -> Option<f64> {
    let mut values: Vec<f64> = runs.iter().map(|run| run[name][quantile].as_f64()).collect::<Option<_>>()?;
    median_of(&mut values)
}

/// The value in the middle; of none there is none.
pub(super) fn median_of(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_number_is_the_median_of_the_repeats() {
        let run = |p99| {
            let numbers = json!({ "p50": 1.0, "p99": p99 });
            json!({ "issue": numbers, "redeem": numbers, "mediate": numbers })
        };
        let runs = [run(9.0), run(2.0), run(4.0)];
        let rows = rows(&runs.iter().collect::<Vec<_>>(), true).expect("all there");
        let p99 = rows.iter().find(|row| row.name == "redeem p99").expect("a row");
        assert_eq!(p99, &Row { name: "redeem p99".into(), seconds: 4e-3, target: Some(TARGET) });
    }

    #[test]
    fn an_even_number_of_repeats_has_its_median_in_the_middle() {
        let runs = [1.0, 9.0, 3.0, 5.0].map(|value| json!({ "redeem": { "p50": value } }));
        assert_eq!(median(&runs.iter().collect::<Vec<_>>(), "redeem", "p50"), Some(4.0));
    }

    #[test]
    fn a_missing_number_is_not_taken_for_a_good_one() {
        assert_eq!(rows(&[&json!({ "issue": {}, "redeem": {}, "mediate": {} })], true), None);
        assert_eq!(rows(&[], true), None);
    }
}
