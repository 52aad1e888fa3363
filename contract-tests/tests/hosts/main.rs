//! The same journeys on every host: as a server, as containers, on AWS Lambda in each form it calls a function, on Spin.
//!
//! Each journey is a trial `HOST::theme::journey`; a host is started by the first of its trials and ends with the last.
//! Then the hosts are held against each other ([`parity`]): what a client could tell apart is a failure, and
//! `docs/host-parity.md` has to say what was found.
//!
//! A host whose parts are not on this machine is skipped by name; with `CI=true` that is a failure.

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

mod cargo_lambda;
mod container;
mod edge;
mod host;
mod lambda;
mod model;
mod native;
mod parity;
mod services;
mod settings;
mod spin;
mod traced;

use host::{Host, Running};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::runtime::Runtime;
use truce_contract::{Journey, JourneyReport, journeys};

/// Most journeys wait more than they compute; more at once, and two cores are too few for the ones that look at the time.
const AT_ONCE: usize = 16;

fn main() -> std::io::Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let suite = Arc::new(Suite::new()?);
    let mut trials = container::trials();
    trials.extend(lambda::trials());
    trials.extend(traced::trials());
    trials.extend(spin::trials());
    trials.extend(suite.missing());
    trials.extend(Suite::trials(&suite));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let mut good = !conclusion.has_failed();
    if !arguments.list {
        suite.told();
        // They compare what ran, whatever was asked for.
        arguments.filter = None;
        good &= !libtest_mimic::run(&arguments, parity::trials(&suite.reports())).has_failed();
    }
    // Before `exit`, which would leave everything running.
    suite.stop();
    std::process::exit(i32::from(!good));
}

/// Reports of journeys, by host and name.
type Reports = BTreeMap<(Host, &'static str), JourneyReport>;

/// Every host there is, and what came of each journey there.
struct Suite {
    runtime: Runtime,
    hosts: BTreeMap<Host, OnceLock<Result<Running, String>>>,
    missing: BTreeMap<Host, String>,
    reports: Mutex<Reports>,
}

impl Suite {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            runtime: Runtime::new()?,
            hosts: Host::ALL.into_iter().map(|host| (host, OnceLock::new())).collect(),
            missing: Host::ALL.into_iter().filter_map(|host| Some((host, host.missing()?))).collect(),
            reports: Mutex::default(),
        })
    }

    /// One trial for each host that cannot be had here.
    fn missing(&self) -> Vec<Trial> {
        let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
        let trial = |(host, why): (&Host, &String)| {
            let why = why.clone();
            let name = format!("{}::is_missing: {why}", host.name());
            Trial::test(name, move || Err(Failed::from(why))).with_ignored_flag(!in_ci)
        };
        self.missing.iter().map(trial).collect()
    }

    /// The ones that wait come first: nothing else has to wait for them then.
    fn trials(suite: &Arc<Self>) -> Vec<Trial> {
        let mut journeys = journeys::everything();
        journeys.sort_by_key(|journey| (!journey.patient, !matches!(journey.theme, "lifetimes" | "inbox")));
        let on_all = |journey: Journey| {
            let hosts = Host::ALL.into_iter().filter(move |host| host.takes(&journey));
            let here = hosts.filter(|host| !suite.missing.contains_key(host));
            here.map(move |host| Self::trial(suite, host, journey))
        };
        let mut trials: Vec<Trial> = journeys.into_iter().flat_map(on_all).collect();
        // The harness's functions have no way out, to a model or to anybody.
        let told = Host::ALL.into_iter().filter(|host| *host != Host::Edge);
        let here = told.filter(|host| !suite.missing.contains_key(host));
        trials.extend(here.map(|host| Self::model(suite, host)));
        trials
    }

    fn model(suite: &Arc<Self>, host: Host) -> Trial {
        let suite = Arc::clone(suite);
        Trial::test(format!("{}::model::helps_and_is_not_believed", host.name()), move || {
            let target = suite.running(host)?.target.clone();
            suite.runtime.block_on(model::helps(host, target))
        })
    }

    fn trial(suite: &Arc<Self>, host: Host, journey: Journey) -> Trial {
        let suite = Arc::clone(suite);
        Trial::test(format!("{}::{}::{}", host.name(), journey.theme, journey.name), move || {
            let target = suite.running(host)?.target.clone();
            let report = suite.runtime.block_on(journey.run(&target));
            let verdict = if report.passed() { Ok(()) } else { Err(Failed::from(&report)) };
            suite.reports.lock().unwrap_or_else(PoisonError::into_inner).insert((host, journey.name), report);
            verdict
        })
    }

    fn running(&self, host: Host) -> Result<&Running, Failed> {
        let started = self.hosts[&host].get_or_init(|| host.start(&self.runtime));
        started.as_ref().map_err(|why| Failed::from(format!("{} does not start: {why}", host.name())))
    }

    fn reports(&self) -> Reports {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What stands behind each name, and how every journey went on each host.
    #[allow(clippy::print_stdout, reason = "the report is for whoever ran this")]
    fn told(&self) {
        for (host, running) in &self.hosts {
            if let Some(Ok(running)) = running.get() {
                println!("{:<14} {}", host.name(), running.by);
            }
        }
        let reports = self.reports();
        if !reports.is_empty() {
            println!("\n{}", parity::table(&reports));
        }
    }

    fn stop(self: Arc<Self>) {
        // No trial is left that could hold it.
        if let Some(suite) = Arc::into_inner(self) {
            drop(suite.hosts);
        }
    }
}
