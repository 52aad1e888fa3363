//! A round of `truce monitor`, or many, with settings in a file, and what it said.

use crate::support::{KEY, truce};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Nothing takes longer: a session's life is 60 seconds, and 30 for clocks.
const LONGEST: Duration = Duration::from_mins(4);

/// What is asked for.
pub(crate) struct Round {
    /// The addresses of each: one, or one for each function.
    targets: Vec<Vec<String>>,
    authority: Option<String>,
    more: String,
    every: u32,
    only: Vec<&'static str>,
}

impl Round {
    /// The target is called `here`.
    pub(crate) fn at(url: &str) -> Self {
        Self::at_each(&[url])
    }

    /// The same, where each function has an address of its own.
    pub(crate) fn at_each(urls: &[&str]) -> Self {
        let urls = urls.iter().map(|url| (*url).to_owned()).collect();
        Self { targets: vec![urls], authority: None, more: String::new(), every: 1, only: Vec::new() }
    }

    /// A second target, which is called `other`.
    pub(crate) fn and(mut self, url: &str) -> Self {
        self.targets.push(vec![url.to_owned()]);
        self
    }

    pub(crate) fn vouched_for(mut self, pem: &str) -> Self {
        self.authority = Some(pem.to_owned());
        self
    }

    pub(crate) fn only(mut self, journeys: &[&'static str]) -> Self {
        self.only = journeys.to_vec();
        self
    }

    pub(crate) fn every(mut self, seconds: u32) -> Self {
        self.every = seconds;
        self
    }

    /// More of the file.
    pub(crate) fn with(mut self, settings: &str) -> Self {
        settings.clone_into(&mut self.more);
        self
    }

    fn command(&self, folder: &TempDir) -> Command {
        let mut file = format!("every_seconds = {}\nrequests_a_day = 100000000\n{}\n", self.every, self.more);
        std::fs::write(folder.path().join("key"), KEY).expect("written");
        for (name, urls) in ["here", "other"].iter().zip(&self.targets) {
            let _ = write!(file, "[[target]]\nname = \"{name}\"\nurls = {urls:?}\norganiser_key_file = \"key\"\n");
            if let Some(pem) = &self.authority {
                std::fs::write(folder.path().join("ca.crt"), pem).expect("written");
                file.push_str("ca_file = \"ca.crt\"\n");
            }
        }
        std::fs::write(folder.path().join("monitor.toml"), file).expect("written");
        let mut command = truce(folder.path());
        command.args(["monitor", "--config", "monitor.toml"]);
        command.args(self.only.iter().flat_map(|name| ["--only", name]));
        command
    }
}

pub(crate) fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

/// A ring with one key of its own.
pub(crate) fn keys() -> String {
    let output = truce(folder().path()).arg("keys").output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().find(|line| line.contains(":active")).expect("a ring").trim().to_owned()
}

/// What it said in one round.
pub(crate) struct Told {
    pub(crate) is_well: bool,
    pub(crate) text: String,
    pub(crate) findings: Vec<Value>,
    pub(crate) folder: Arc<TempDir>,
}

pub(crate) fn once(round: &Round) -> Told {
    once_in(folder(), round)
}

/// With what it has kept in this folder.
pub(crate) fn once_in(folder: Arc<TempDir>, round: &Round) -> Told {
    let output = round.command(&folder).args(["--once", "--json"]).output().expect("it starts");
    let told = String::from_utf8(output.stdout).expect("text");
    keeps_secrets(&told);
    let findings = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()?.get("finding").cloned());
    Told { is_well: output.status.success(), findings: findings.collect(), text: told, folder }
}

fn keeps_secrets(told: &str) {
    assert!(!told.contains(KEY) && !told.contains("v3.local."), "a secret is told: {told}");
}

impl Told {
    #[track_caller]
    pub(crate) fn says(&self, watch: &str, level: &str, with: &str) -> &Self {
        let is = |one: &Value| {
            let told = format!("{} {}", one["found"], one["mend"]);
            one["watch"] == watch && one["level"] == level && told.contains(with)
        };
        assert!(self.findings.iter().any(is), "no {level} {watch} with {with:?} in {:#?}", self.findings);
        self
    }

    #[track_caller]
    pub(crate) fn holds(&self) -> &Self {
        assert!(self.is_well, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn all_journeys_held(&self) -> &Self {
        assert!(self.text.trim_end().ends_with(" passed, 0 failed"), "{}", self.text);
        self
    }

    pub(crate) fn level(&self, watch: &str) -> Vec<&str> {
        self.findings.iter().filter(|one| one["watch"] == watch).filter_map(|one| one["level"].as_str()).collect()
    }
}

/// What it says until that is enough; then it is told to stop, as Ctrl-C does.
pub(crate) fn watched_until(round: &Round, more: &[&str], mut is_enough: impl FnMut(&str) -> bool) -> String {
    let folder = folder();
    let mut process = round.command(&folder).args(more).stdout(Stdio::piped()).spawn().expect("it starts");
    let (mut told, mut stopped, began) = (String::new(), false, Instant::now());
    for line in BufReader::new(process.stdout.take().expect("its output")).lines() {
        told.push_str(&line.expect("text"));
        told.push('\n');
        if began.elapsed() > LONGEST {
            let _ = process.kill();
            panic!("not so after {} s: {told}", LONGEST.as_secs());
        }
        if !stopped && is_enough(&told) {
            stopped = true;
            let id = i32::try_from(process.id()).ok().and_then(Pid::from_raw).expect("its id");
            kill_process(id, Signal::INT).expect("it is told");
        }
    }
    assert!(process.wait().expect("it ends").success(), "{told}");
    assert!(stopped, "it ended by itself: {told}");
    keeps_secrets(&told);
    told
}
