//! Every journey against the native server as a separate process, and what only that host can show.
//!
//! A harness of its own: each journey is a test with its own name and line, and all of them share one server, which
//! ends with the last. Under `cargo nextest`, where each test is a process, each gets a server of its own.

#[path = "../support/binary.rs"]
mod binary;
#[path = "../../../shared/function/tests/collector/mod.rs"]
mod collector;
#[path = "../support/front.rs"]
mod front;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/server.rs"]
mod server;

mod endings;
mod likeness;
mod limits;
mod refusals;
mod secrecy;
mod shortcuts;
mod strangers;
mod traces;
mod wrist;

use libtest_mimic::{Arguments, Failed, Trial};
use server::{Plan, Server};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use truce_contract::{Journey, Target, journeys};

/// Most journeys wait more than they compute.
const AT_ONCE: usize = 16;

fn main() -> std::io::Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let shared = Arc::new(Shared::new()?);
    let mut trials: Vec<Trial> =
        journeys::everything().into_iter().map(|journey| of_the_contract(journey, &shared)).collect();
    trials.extend(likeness::trials());
    trials.extend(limits::trials());
    trials.extend(refusals::trials());
    trials.extend(secrecy::trials());
    trials.extend(shortcuts::trials());
    trials.extend(strangers::trials());
    trials.extend(traces::trials());
    trials.extend(endings::trials());
    trials.extend(wrist::trials());
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Before `exit`, which would leave the server running.
    shared.stop();
    conclusion.exit();
}

/// The server that all journeys share: started by the first, stopped after the last.
struct Shared {
    server: Mutex<Option<Result<(Server, TempDir), String>>>,
    runtime: Runtime,
}

impl Shared {
    fn new() -> std::io::Result<Self> {
        Ok(Self { server: Mutex::default(), runtime: Runtime::new()? })
    }

    fn target(&self) -> Result<Target, Failed> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let started = server.get_or_insert_with(|| {
            let data = TempDir::new().map_err(|error| error.to_string())?;
            Ok((Plan::on(data.path()).start()?, data))
        });
        started.as_ref().map(|(server, _)| server.target()).map_err(Failed::from)
    }

    fn stop(&self) {
        drop(self.server.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn of_the_contract(journey: Journey, shared: &Arc<Shared>) -> Trial {
    let shared = Arc::clone(shared);
    let name = format!("{}::{}", journey.theme, journey.name);
    let trial = Trial::test(name, move || {
        let target = shared.target()?;
        let report = shared.runtime.block_on(journey.run(&target));
        // What is described is what is answered, in every exchange of every journey.
        let drifted =
            report.exchanges().find_map(|one| Some(format!("{} {}: {:?}", one.method, one.path, one.drift.first()?)));
        match drifted {
            _ if !report.passed() => Err(Failed::from(report)),
            Some(drifted) => Err(Failed::from(drifted)),
            None => Ok(()),
        }
    });
    // `--include-ignored` runs the ones that wait for a minute as well.
    trial.with_ignored_flag(journey.patient)
}

/// A test of this host alone: it starts what it needs.
fn of_this_host<F, E>(name: &str, test: fn() -> F) -> Trial
where
    F: Future<Output = Result<(), E>> + 'static,
    E: ToString + 'static,
{
    Trial::test(format!("native::{name}"), move || {
        let runtime = Runtime::new()?;
        runtime.block_on(test()).map_err(|error| Failed::from(error.to_string()))
    })
}

/// Why a test of this host failed.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Fails with `what` unless it holds.
fn ensure(holds: bool, what: impl Into<String>) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(what.into().into()) }
}
