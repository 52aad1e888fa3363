//! Real servers for tests: started on a free port with a folder of their own, and gone when the test is, however it ends.

#![allow(clippy::doc_markdown, reason = "DynamoDB is a name, not code")]
#![allow(dead_code, reason = "each test binary uses its share of this")]

#[cfg(feature = "dynamodb")]
pub(crate) mod dynamodb;
mod program;
pub(crate) mod wire;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) use self::program::Program;

/// How long a server may take to answer after it was started.
const START: Duration = Duration::from_secs(20);

/// A server, and what it keeps.
pub(crate) struct Server {
    // Before the folder: it must be gone when that goes.
    process: Option<Process>,
    program: Program,
    port: u16,
    folder: TempDir,
}

/// Ended when dropped, also by a panic.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// On a free port, or `None` with a printed line if the program is not on this machine.
    ///
    /// # Panics
    ///
    /// If it is not and `CI=true`: then nothing may be left out.
    pub(crate) fn start(program: Option<Program>) -> Option<Self> {
        let (program, folder) = (program?, TempDir::new().expect("a temporary folder"));
        for _ in 0..10 {
            let port = free_port();
            if let Some(process) = begin(&program, port, folder.path()) {
                return Some(Self { process: Some(process), program, port, folder });
            }
        }
        panic!("{program:?} does not start, see its output above");
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// As by `kill -9`: nothing is finished, nothing is said.
    pub(crate) fn die(&mut self) {
        self.process = None;
    }

    /// On the same port, with what it kept.
    pub(crate) fn rise(&mut self) {
        self.process = begin(&self.program, self.port, self.folder.path());
        assert!(self.process.is_some(), "{:?} does not start again", self.program);
    }

    /// It keeps its port and does nothing.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("it runs").0.id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("a shell");
        assert!(sent.success());
    }
}

/// Free now; whoever wants it has to be quick.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("bound").port()
}

/// The process once it answers; `None` if it ended instead, as it does when somebody else was quicker to the port.
fn begin(program: &Program, port: u16, folder: &Path) -> Option<Process> {
    let mut process = Process(program.command(port, folder).spawn().expect("it was found, so it starts"));
    let begun = Instant::now();
    while begun.elapsed() < START {
        if process.0.try_wait().expect("a child").is_some() {
            return None;
        }
        if program.answers(port) {
            return Some(process);
        }
        sleep(Duration::from_millis(5));
    }
    panic!("{program:?} has not answered for {START:?}");
}
