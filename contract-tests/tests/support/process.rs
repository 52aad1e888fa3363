//! A program that runs beside a test: what it wrote, and how it ends.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use rustix::process::{Pid, Signal};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a program may take to start or to stop, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. It ends with its value.
pub(crate) struct Process {
    child: Child,
    written: TempDir,
}

impl Process {
    /// Starts `command`; what it writes is kept. It reads nothing.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self, String> {
        let written = TempDir::new().map_err(|error| error.to_string())?;
        let file = |name: &str| File::create(written.path().join(name)).map_err(|error| error.to_string());
        command.stdin(Stdio::null()).stdout(file("stdout")?).stderr(file("stderr")?);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
        Ok(Self { child, written })
    }

    /// Starts `command` and waits until `ready` finds in what it wrote, or elsewhere, what it is ready by.
    pub(crate) fn start<T>(
        command: &mut Command,
        patience: Duration,
        ready: impl Fn(&Self) -> Option<T>,
    ) -> Result<(Self, T), String> {
        let mut process = Self::spawn(command)?;
        let program = command.get_program().to_string_lossy().into_owned();
        let give_up = Instant::now() + patience;
        loop {
            if let Some(found) = ready(&process) {
                return Ok((process, found));
            }
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(format!("{program} ended with {status}: {}", process.stderr()));
            }
            if Instant::now() > give_up {
                return Err(format!("{program} is not ready after {} s: {}", patience.as_secs(), process.stderr()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
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

    /// Ends it as a crash would: nothing is finished, nothing is flushed.
    pub(crate) fn kill(&mut self) -> Result<(), String> {
        self.child.kill().map_err(|error| error.to_string())
    }

    pub(crate) fn ended_within(&mut self, patience: Duration) -> Result<ExitStatus, String> {
        let give_up = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Ok(status);
            }
            if Instant::now() > give_up {
                return Err(format!("it still runs after {} s: {}", patience.as_secs(), self.stderr()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already: then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago, for programs that cannot say which one they took.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no port is free: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// Whether somebody listens there.
pub(crate) fn listens(port: u16) -> bool {
    std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
