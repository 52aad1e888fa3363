//! A monitor with a status page, and what a caller gets there.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// It ends with its owner.
pub(crate) struct WithPage {
    process: Child,
    pub(crate) address: String,
}

impl WithPage {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut process = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let first = lines.next().expect("where the page is").expect("text");
        let address = first.strip_prefix("The status page is at http://").and_then(|rest| rest.strip_suffix("/."));
        let address = address.unwrap_or_else(|| panic!("no address: {first}")).to_owned();
        // Its output goes on to be read, or it would stop at a full pipe.
        std::thread::spawn(move || lines.count());
        Self { process, address }
    }

    /// As the system numbers it.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// What a caller gets, headers and all.
    pub(crate) fn asked(&self, method: &str, path: &str) -> String {
        let mut socket = TcpStream::connect(&self.address).expect("it listens");
        write!(socket, "{method} {path} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n").expect("asked");
        socket.set_read_timeout(Some(Duration::from_mins(1))).expect("a limit");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(crate) fn json(&self) -> Value {
        let answer = self.asked("GET", "/status.json");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    pub(crate) fn shows(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let json = self.json();
            if is_so(&json) {
                return json;
            }
            assert!(Instant::now() < until, "{what} is not shown: {json}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for WithPage {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
