//! The server of this command, as a process of its own.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What its organiser has.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// It ends with its owner.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    folder: Arc<TempDir>,
    said: Arc<Mutex<String>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::on(&Arc::new(tempfile::tempdir().expect("a folder")), &[])
    }

    /// With its data in this folder, and with more settings.
    pub(crate) fn on(folder: &Arc<TempDir>, settings: &[(&str, &str)]) -> Self {
        let mut command = truce(folder.path());
        command.args(["dev", "--quiet", "--listen", "127.0.0.1:0"]).env("TRUCE_ORGANISER_KEYS", format!("Ana={KEY}"));
        command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("it starts");
        let mut first = String::new();
        let mut lines = BufReader::new(process.stdout.take().expect("its output"));
        lines.read_line(&mut first).expect("where it listens");
        let address = first.trim().strip_prefix("Truce listens on ").expect("an address").trim_end_matches('.');
        let url = format!("http://{address}");
        // Its output goes on to be read, or it would stop at a full pipe.
        let said = Arc::new(Mutex::new(String::new()));
        let says = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                says.lock().expect("not poisoned").extend([line.as_str(), "\n"]);
            }
        });
        Self { process, url, folder: Arc::clone(folder), said }
    }

    /// Where it was started; its data are in `truce-data` there.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address below which it has said that `path` is.
    pub(crate) fn address_of(&self, path: &str) -> String {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let said = self.said.lock().expect("not poisoned").clone();
            let address = |word: &str| Some(word.strip_prefix("http://")?.strip_suffix(path)?.to_owned());
            if let Some(address) = said.split_whitespace().find_map(address) {
                return address;
            }
            assert!(Instant::now() < until, "nothing about {path}: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command, with an empty environment.
pub(crate) fn truce(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_truce"));
    command.env_clear().current_dir(folder);
    command
}
