//! The real server as a separate process, and what it wrote.

use crate::binary;
use rustix::process::{Pid, Signal};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use truce_contract::{Capabilities, Target};

/// What every server of these tests takes from its organiser; as long as the server demands.
pub(crate) const ORGANISER_KEY: &str = "the-organiser-key-of-the-contract-suite";

/// How long a server may take to start or to stop, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let mut server = self.spawn()?;
        let status = server.ended_within(PATIENCE)?;
        Ok(Refusal { status, stdout: server.stdout(), stderr: server.stderr() })
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(self) -> Result<Server, String> {
        let mut server = self.spawn()?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(address) = listening(&server.stdout()) {
                server.address = address;
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended with {status}: {}", server.stderr()));
            }
            if Instant::now() > give_up {
                return Err(format!("the server does not listen after {} s: {}", PATIENCE.as_secs(), server.stderr()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn spawn(self) -> Result<Server, String> {
        let written = TempDir::new().map_err(|error| error.to_string())?;
        let file = |name: &str| File::create(written.path().join(name)).map_err(|error| error.to_string());
        let child = Command::new(binary::truce()?)
            .args(["dev", "--quiet", "--listen", &self.listen, "--data"])
            .arg(&self.data)
            .args(&self.arguments)
            // Nothing of whoever runs the tests: neither their settings nor their log level.
            .env_clear()
            .envs(self.settings)
            .stdin(Stdio::null())
            .stdout(file("stdout")?)
            .stderr(file("stderr")?)
            .spawn()
            .map_err(|error| format!("the server cannot be started: {error}"))?;
        Ok(Server { child, written, address: String::new() })
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
    child: Child,
    written: TempDir,
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
        self.read("stdout")
    }

    pub(crate) fn stderr(&self) -> String {
        self.read("stderr")
    }

    fn read(&self, name: &str) -> String {
        let bytes = std::fs::read(self.written.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Tells it to stop, as whoever runs it would.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), String> {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).map_err(|error| error.to_string())
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
        self.child.kill().map_err(|error| error.to_string())?;
        self.ended_within(PATIENCE).map(|_| self.stderr())
    }

    pub(crate) fn ended_within(&mut self, patience: Duration) -> Result<ExitStatus, String> {
        let give_up = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Ok(status);
            }
            if Instant::now() > give_up {
                return Err(format!("the server still runs after {} s: {}", patience.as_secs(), self.stderr()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already: then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address out of `Truce listens on ADDRESS.`
fn listening(stdout: &str) -> Option<String> {
    let (_, rest) = stdout.split_once("listens on ")?;
    let line = rest.lines().next()?;
    // Only a whole line: the end of the port may still be on its way.
    rest.contains('\n').then(|| line.trim().trim_end_matches('.').to_owned())
}
