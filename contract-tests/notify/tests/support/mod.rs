//! Receivers as processes of their own, and a monitor's file with events in it.

#![allow(dead_code, reason = "each test binary uses its share of this")]

pub(crate) mod alertmanager;

use serde_json::Value;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver as Lines, channel};
use std::time::Duration;

/// The longest that anything here takes, many times over.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// What receiver and monitor both know.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A process that ends with its owner.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A receiver.
pub(crate) struct Receiver {
    process: Process,
    lines: Lines<Value>,
    pub(crate) port: u16,
}

impl Receiver {
    /// As `receive.py` says. `None`, with a printed line, where there is no Python with the official library.
    ///
    /// # Panics
    /// If there is none and `CI=true`: then nothing may be left out.
    pub(crate) fn start(kind: &str, arguments: &[&str]) -> Option<Self> {
        let python = part(env::var_os("TRUCE_WEBHOOKS_PYTHON").map(PathBuf::from), "TRUCE_WEBHOOKS_PYTHON is not set")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("contract-tests/notify/standardwebhooks/receive.py"));
        let script = script.into_iter().find(|script| script.is_file()).expect("the script");
        let mut command = Command::new(python);
        command.arg(script).arg(kind).args(arguments).args(["--secret", SECRET]).env("PYTHONDONTWRITEBYTECODE", "1");
        let mut process = Process(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts"));
        let output = BufReader::new(process.0.stdout.take().expect("its output"));
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let mut receiver = Self { process, lines, port: 0 };
        receiver.port = receiver.line()["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        if !arguments.contains(&"--down") {
            assert_eq!(receiver.line()["up"], true);
        }
        Some(receiver)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Somebody listens from now on.
    pub(crate) fn rises(&mut self) {
        let input = self.process.0.stdin.as_mut().expect("its input");
        input.write_all(b"\n").and_then(|()| input.flush()).expect("it is told");
        assert_eq!(self.line()["up"], true);
    }

    /// The next request that comes.
    pub(crate) fn line(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("a request in time")
    }

    /// The requests until one is taken, that one last.
    pub(crate) fn until_taken(&self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            all.push(self.line());
            if all.last().is_some_and(|line| line["status"] == 200) {
                return all;
            }
        }
    }

    /// That nothing comes for so long.
    pub(crate) fn is_left_alone(&self, so_long: Duration) {
        let more = self.lines.recv_timeout(so_long);
        assert!(more.is_err(), "{more:?}");
    }
}

/// A part, or `None` with a printed line on how to get it.
#[allow(clippy::print_stderr, reason = "a test that does nothing says so")]
pub(crate) fn part(found: Option<PathBuf>, why: &str) -> Option<PathBuf> {
    if found.is_none() {
        assert!(env::var("CI").as_deref() != Ok("true"), "{why}: `cargo xtask test` brings it");
        eprintln!("skipped: {why}");
    }
    found
}

pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}
