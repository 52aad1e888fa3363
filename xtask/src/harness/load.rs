//! People who go on using it while it changes: some say something and look for news, over and over, one waits for news, and every answer
//! that is not a 200 is a failure.

use crate::http::Request;
use serde_json::Value;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// As many as do not keep two cores from everything else.
const PEOPLE: usize = 4;
const BETWEEN: Duration = Duration::from_millis(10);
/// Shorter than a request may take at most (`http.rs`).
const WAITS: &str = "/mediate?wait=3";
const SAID: &str = r#"{"text":"they never deliver on time and nobody gives a damn"}"#;

/// Load that goes on.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    people: Vec<JoinHandle<Seen>>,
}

/// What one of them, or all, have seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Of those that are answered at once.
    times: Vec<Duration>,
    polls: usize,
    pub(super) failures: Vec<String>,
}

impl Load {
    /// Begins, in the name of whoever has `session`.
    pub(super) fn begin(address: SocketAddr, session: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let person = |does: fn(&mut Seen, SocketAddr, &str)| {
            let (stop, session) = (Arc::clone(&stop), session.to_owned());
            thread::spawn(move || {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    does(&mut seen, address, &session);
                    sleep(BETWEEN);
                }
                seen
            })
        };
        let people = (0..PEOPLE).map(|_| person(Seen::talk)).chain([person(Seen::wait)]).collect();
        Self { stop, people }
    }

    /// Ends; what all have seen.
    pub(super) fn end(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for person in self.people {
            match person.join() {
                Ok(seen) => {
                    all.times.extend(seen.times);
                    all.polls += seen.polls;
                    all.failures.extend(seen.failures);
                }
                Err(_) => all.failures.push("one of them gave up".to_owned()),
            }
        }
        all.times.sort_unstable();
        all
    }
}

impl Seen {
    fn talk(&mut self, address: SocketAddr, session: &str) {
        for request in [Request::post("/mediate", SAID), Request::get("/mediate")] {
            let begun = Instant::now();
            self.look(address, request.with_bearer(session));
            self.times.push(begun.elapsed());
        }
    }

    /// Whoever waits at one that goes is told that there is nothing, and that is an answer.
    fn wait(&mut self, address: SocketAddr, session: &str) {
        self.look(address, Request::get(WAITS).with_bearer(session));
        self.polls += 1;
    }

    fn look(&mut self, address: SocketAddr, request: Request<'_>) {
        let answer = request.ask(address);
        let what = format!("{} {}", request.method, request.path);
        match answer {
            Ok(answer) if answer.status == 200 => {}
            Ok(answer) => self.failures.push(format!("{what}: {} {}", answer.status, answer.body.trim())),
            Err(error) => self.failures.push(format!("{what}: {error}")),
        }
    }

    pub(super) fn requests(&self) -> usize {
        self.times.len()
    }

    /// The time that `hundredths` of all took at most, in milliseconds.
    fn percentile(&self, hundredths: usize) -> u128 {
        let at = self.times.len().saturating_sub(1) * hundredths / 100;
        self.times.get(at).map_or(0, Duration::as_millis)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (requests, polls, failed) = (self.requests(), self.polls, self.failures.len());
        let (half, most) = (self.percentile(50), self.percentile(99));
        write!(f, "{requests} requests and {polls} polls, {failed} failed, p50 {half} ms, p99 {most} ms")?;
        self.failures.first().map_or(Ok(()), |first| write!(f, "; the first: {first}"))
    }
}

/// A session of somebody whom the organiser with `key` has invited.
pub(super) fn session(address: SocketAddr, key: &str) -> Result<String, String> {
    let invited = r#"{"room":"harness","team":"edge","member":"Ana"}"#;
    let invite = field(Request::post("/qr", invited).with_bearer(key), address, "invite")?;
    let body = format!(r#"{{"invite":"{invite}"}}"#);
    field(Request::post("/redeem", &body), address, "session")
}

fn field(request: Request<'_>, address: SocketAddr, name: &str) -> Result<String, String> {
    let path = request.path;
    let answer = request.ask(address).map_err(|error| format!("{path}: {error}"))?;
    let object = answer.body.find('{').zip(answer.body.rfind('}')).map_or("", |(from, to)| &answer.body[from..=to]);
    let value: Value = serde_json::from_str(object).map_err(|error| format!("{path}: {error}"))?;
    value[name].as_str().map(str::to_owned).ok_or_else(|| format!("{path}: {} and no {name}", answer.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_in_a_line() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let mut seen = Seen { times, polls: 2, failures: Vec::new() };
        assert_eq!(seen.to_string(), "100 requests and 2 polls, 0 failed, p50 50 ms, p99 99 ms");
        seen.failures.push("GET /mediate: 502".to_owned());
        assert!(seen.to_string().ends_with("1 failed, p50 50 ms, p99 99 ms; the first: GET /mediate: 502"));
    }

    #[test]
    fn nothing_but_an_ok_is_a_success() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let mut seen = Seen::default();
        seen.talk(address, "a session");
        assert_eq!((seen.requests(), seen.failures.len()), (2, 2));
    }
}
