//! The real server as a separate process, and what it wrote.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use crate::binary;
use crate::process::{PATIENCE, Process};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;
use truce_contract::{Capabilities, Target};

/// What every server of these tests takes from its organiser; as long as the server demands.
pub(crate) const ORGANISER_KEY: &str = "the-organiser-key-of-the-contract-suite";

/// A server that is going to be started.
pub(crate) struct Plan {
    data: PathBuf,
    listen: String,
    settings: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Plan {
    /// Keeps what it keeps in `data`, on any free port, without a limit of attempts.
    pub(crate) fn on(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            settings: vec![
                ("TRUCE_ORGANISER_KEYS".to_owned(), format!("contract={ORGANISER_KEY}")),
                ("TRUCE_ATTEMPTS_PER_MINUTE".to_owned(), "0".to_owned()),
            ],
            arguments: Vec::new(),
        }
    }

    pub(crate) fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn public_url(mut self, url: &str) -> Self {
        self.arguments.extend(["--public-url".to_owned(), url.to_owned()]);
        self
    }

    /// Runs it to its end, which has to be soon: for servers that must refuse to start.
    pub(crate) fn refused(self) -> Result<Refusal, String> {
        let mut process = Process::spawn(&mut self.command()?)?;
        let status = process.ended_within(PATIENCE)?;
        Ok(Refusal { status, stdout: process.stdout(), stderr: process.stderr() })
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(self) -> Result<Server, String> {
        let ready = |process: &Process| listening(&process.stdout());
        let (process, address) = Process::start(&mut self.command()?, PATIENCE, ready)?;
        Ok(Server { process, address })
    }

    fn command(self) -> Result<Command, String> {
        let mut command = Command::new(binary::truce()?);
        command.args(["dev", "--quiet", "--listen", &self.listen, "--data"]).arg(&self.data).args(&self.arguments);
        // Nothing of whoever runs the tests: neither their settings nor their log level.
        command.env_clear().envs(self.settings);
        Ok(command)
    }
}

/// What a server said that did not start.
pub(crate) struct Refusal {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running server. It ends with its value.
pub(crate) struct Server {
    process: Process,
    /// Where it listens.
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn target(&self) -> Target {
        let url = format!("http://{}", self.address);
        // One machine, one clock; and where attempts are limited, the limit is what is looked at.
        let capabilities =
            Capabilities { clock_skew: Duration::from_secs(2), patience: Duration::ZERO, ..Capabilities::default() };
        Target::at("native", &url, ORGANISER_KEY)
            .expect("an address as the server printed it")
            .capabilities(capabilities)
    }

    pub(crate) fn stdout(&self) -> String {
        self.process.stdout()
    }

    pub(crate) fn stderr(&self) -> String {
        self.process.stderr()
    }

    /// Tells it to stop, as whoever runs it would.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), String> {
        self.process.signal(signal)
    }

    /// Stops it kindly and waits for its end. Gives back all that it wrote.
    pub(crate) fn stop(mut self) -> Result<String, String> {
        self.signal(Signal::TERM)?;
        let status = self.ended_within(PATIENCE)?;
        let written = format!("{}\n{}", self.stdout(), self.stderr());
        if status.success() { Ok(written) } else { Err(format!("the server ended with {status}: {}", self.stderr())) }
    }

    /// Ends it as a crash would: nothing is finished, nothing is flushed.
    pub(crate) fn crash(mut self) -> Result<String, String> {
        self.process.kill()?;
        self.ended_within(PATIENCE).map(|_| self.stderr())
    }

    pub(crate) fn ended_within(&mut self, patience: Duration) -> Result<ExitStatus, String> {
        self.process.ended_within(patience)
    }
}

/// The address out of `Truce listens on ADDRESS.`
fn listening(stdout: &str) -> Option<String> {
    let (_, rest) = stdout.split_once("listens on ")?;
    let line = rest.lines().next()?;
    // Only a whole line: the end of the port may still be on its way.
    rest.contains('\n').then(|| line.trim().trim_end_matches('.').to_owned())
}
