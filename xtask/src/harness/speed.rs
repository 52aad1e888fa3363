//! What the edge costs: the same text, said to one replica directly and without TLS, and through TLS, the question whose session it is, and TLS with
//! certificates both ways.

use super::fleet::{Fleet, Programs};
use super::podman::Podman;
use super::progress::Progress;
use super::{IS_UP, Owner, certs, of_its_own, secrets};
use crate::machine::Ticks;
use crate::run::Runner;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// Of `mediate`, one after the other.
pub(crate) const COUNTS: [usize; 3] = [1, 2, 4];
/// One that is reached past the edge.
const DIRECT: &str = "truce-mediate-97";
/// For one run of the load.
const LIMIT: Duration = Duration::from_mins(3);
/// Of the time, from 0 to 1, that a virtual machine's host may take away: a p99 is of the slowest hundredth, and with more than that taken away it
/// is the host's.
pub(crate) const CALM: f64 = 0.01;
/// How often a run is taken to have a calm one.
const TAKES: usize = 4;

/// How it was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    /// The program that makes it.
    pub(crate) program: &'a Path,
    pub(crate) connections: u32,
    pub(crate) requests: u32,
    pub(crate) repeats: u32,
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Of all requests, in seconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) per_second: f64,
    /// Of the time that it took, from 0 to 1, what this machine's host gave to others; where the system says so.
    pub(crate) stolen: Option<f64>,
}

/// What came of it, in the order of the repeats.
#[derive(Debug, Default)]
pub(crate) struct Speed {
    /// As fast as it goes, directly and through the edge with as many replicas as [`COUNTS`] says.
    pub(crate) direct: Vec<Run>,
    pub(crate) through: [Vec<Run>; COUNTS.len()],
    /// At half of what it can do through the edge with one replica.
    pub(crate) direct_at_half: Vec<Run>,
    pub(crate) through_at_half: Vec<Run>,
    /// At half of what it can do directly: the machine is as busy as at half of what it can do through the edge.
    pub(crate) direct_as_busy: Vec<Run>,
}

/// Brings a harness up, measures, and removes it.
pub(crate) fn measure(runner: &Runner<'_>, programs: &Programs, load: Load<'_>) -> Result<Speed, String> {
    let owner = Owner::ensure()?;
    let _alone = owner.lock()?;
    let podman = Podman::ensure(&owner)?;
    let progress = Progress::new(runner.console);
    let Some(fleet) = of_its_own(runner.workspace, &podman, &progress)? else {
        return Err(IS_UP.to_owned());
    };
    // All of the load comes from one source.
    fleet.crowded.set(true);
    let measured = fleet.up(programs, 1).and_then(|()| Measured { runner, fleet: &fleet, load }.all());
    let gone = fleet.down(false);
    podman.rest();
    measured.and_then(|speed| gone.map(|()| speed))
}

struct Measured<'a> {
    runner: &'a Runner<'a>,
    fleet: &'a Fleet<'a>,
    load: Load<'a>,
}

impl Measured<'_> {
    /// The two that are compared right after each other, in every repeat.
    fn all(&self) -> Result<Speed, String> {
        let podman = self.fleet.podman;
        self.fleet.current("mediate")?.seen_on(8080).by_itself().start(podman, DIRECT)?;
        let port = podman.text(&["port", DIRECT, "8080/tcp"])?;
        let direct: SocketAddr = port.trim().parse().map_err(|error| format!("{port}: {error}"))?;
        let mut speed = Speed::default();
        for repeat in 1..=self.load.repeats {
            self.runner.console.say(&format!("repeat {repeat} of {}", self.load.repeats));
            let fastest = self.run(None, 0.0)?;
            let half = fastest.per_second / 2.0;
            let fastest_direct = self.run(Some(direct), 0.0)?;
            speed.direct.push(fastest_direct);
            speed.direct_as_busy.push(self.run(Some(direct), fastest_direct.per_second / 2.0)?);
            speed.direct_at_half.push(self.run(Some(direct), half)?);
            speed.through_at_half.push(self.run(None, half)?);
            speed.through[0].push(fastest);
            for (at, replicas) in COUNTS.into_iter().enumerate().skip(1) {
                self.fleet.scale("mediate", replicas)?;
                speed.through[at].push(self.run(None, 0.0)?);
            }
            self.fleet.scale("mediate", COUNTS[0])?;
        }
        podman.remove(DIRECT)?;
        Ok(speed)
    }

    /// The first calm one, or the calmest.
    fn run(&self, direct: Option<SocketAddr>, per_second: f64) -> Result<Run, String> {
        calmest(|| self.once(direct, per_second))
    }

    fn once(&self, direct: Option<SocketAddr>, per_second: f64) -> Result<Run, String> {
        let podman = self.fleet.podman;
        let mut command = self.runner.workspace.command(self.load.program);
        command.args(["--address", &format!("{}:{}", certs::HOST, self.fleet.port), "--authority"]);
        command.arg(certs::authority(podman)).args(["--per-second", &per_second.to_string()]);
        command.args(["--connections", &self.load.connections.to_string()]);
        command.args(["--requests", &self.load.requests.to_string()]);
        command.args(direct.iter().flat_map(|address| ["--mediate".to_owned(), address.to_string()]));
        command.env("TRUCE_ORGANISER_KEY", secrets::organiser_key(podman)?);
        let before = Ticks::now();
        let ran = self.runner.run_discreetly("bench-edge", command, LIMIT);
        let stolen = Ticks::now().zip(before).and_then(|(now, before)| now.stolen_since(before));
        if !ran.ended_well {
            return Err(format!("the load did not get through: {}", ran.output.lines().last().unwrap_or_default()));
        }
        let result = ran.output.lines().rev().find_map(|line| serde_json::from_str(line).ok());
        let run = result.as_ref().and_then(|result| Run::read(result, stolen));
        run.ok_or_else(|| "a number is missing in the result".to_owned())
    }
}

impl Run {
    fn read(result: &Value, stolen: Option<f64>) -> Option<Self> {
        let milliseconds = |name: &str| Some(result[name].as_f64()? / 1000.0);
        let per_second = result["per_second"].as_f64()?;
        Some(Self { p50: milliseconds("p50")?, p99: milliseconds("p99")?, per_second, stolen })
    }

    fn is_calm(&self) -> bool {
        self.stolen.is_none_or(|stolen| stolen <= CALM)
    }
}

/// Takes a run until there is a calm one, at most [`TAKES`] times.
fn calmest(mut take: impl FnMut() -> Result<Run, String>) -> Result<Run, String> {
    let mut best = take()?;
    for _ in 1..TAKES {
        if best.is_calm() {
            break;
        }
        let next = take()?;
        if next.stolen < best.stolen {
            best = next;
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of them is kept, by what was stolen, and how many were taken.
    fn kept(stolen: &[Option<f64>]) -> (Option<f64>, usize) {
        let mut taken = 0;
        let run = calmest(|| {
            taken += 1;
            Ok(Run { p50: 0.0, p99: 0.0, per_second: 0.0, stolen: stolen[taken - 1] })
        });
        (run.expect("a run").stolen, taken)
    }

    #[test]
    fn a_run_is_taken_again_until_the_machine_was_its_own() {
        assert_eq!(kept(&[Some(0.01)]), (Some(0.01), 1));
        assert_eq!(kept(&[Some(0.2), Some(0.0)]), (Some(0.0), 2));
        assert_eq!(kept(&[Some(0.2), Some(0.05), Some(0.1), Some(0.3)]), (Some(0.05), 4));
    }

    #[test]
    fn where_nobody_says_what_was_stolen_a_run_is_taken_once() {
        assert_eq!(kept(&[None]), (None, 1));
    }
}
