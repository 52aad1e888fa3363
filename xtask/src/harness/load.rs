//! People who go on using it while it changes: some say something and look for news, over and over, one waits for news, and every answer
//! that is not a 200 is a failure.

use crate::http::{Answer, Client, Request};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// As many as do not keep two cores from everything else.
const PEOPLE: usize = 4;
const BETWEEN: Duration = Duration::from_millis(10);
/// Before somebody asks again.
const PAUSE: Duration = Duration::from_millis(200);
/// As many requests are under way at any time.
pub(super) const AT_ONCE: usize = PEOPLE + 1;
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
    /// As many were asked once more, and then it was well.
    pub(super) mended: usize,
}

impl Load {
    /// Begins, in the name of whoever has `session`.
    pub(super) fn begin(edge: &Client, session: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let person = |does: fn(&mut Seen, &Client, &str), edge: Client| {
            let (stop, session) = (Arc::clone(&stop), session.to_owned());
            thread::spawn(move || {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    does(&mut seen, &edge, &session);
                    sleep(BETWEEN);
                }
                seen
            })
        };
        // Some stay connected, and some come anew with every request: each sees something else of what changes.
        let talking = |at| person(Seen::talk, if at % 2 == 0 { edge.clone() } else { edge.afresh() });
        let people = (0..PEOPLE).map(talking).chain([person(Seen::wait, edge.clone())]).collect();
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
                    all.mended += seen.mended;
                }
                Err(_) => all.failures.push("one of them gave up".to_owned()),
            }
        }
        all.times.sort_unstable();
        all
    }
}

impl Seen {
    fn talk(&mut self, edge: &Client, session: &str) {
        for request in [Request::post("/mediate", SAID), Request::get("/mediate")] {
            let begun = Instant::now();
            self.look(edge, request.with_bearer(session));
            self.times.push(begun.elapsed());
        }
    }

    /// Whoever waits at one that goes is told that there is nothing, and that is an answer.
    fn wait(&mut self, edge: &Client, session: &str) {
        self.look(edge, Request::get(WAITS).with_bearer(session));
        self.polls += 1;
    }

    /// As a client does: what failed is asked once more.
    fn look(&mut self, edge: &Client, request: Request<'_>) {
        let Err(why) = asked(edge, request) else { return };
        self.failures.push(why);
        sleep(PAUSE);
        match asked(edge, request) {
            Ok(()) => self.mended += 1,
            Err(why) => self.failures.push(format!("again: {why}")),
        }
    }

    /// Whether whatever failed was well when it was asked again, and no more failed than `most`.
    pub(super) fn is_mended(&self, most: usize) -> bool {
        self.failures.len() == self.mended && self.mended <= most
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

/// Whether there is an answer, and it is well.
fn asked(edge: &Client, request: Request<'_>) -> Result<(), String> {
    let what = format!("{} {}", request.method, request.path);
    match request.ask(edge) {
        Ok(answer) if answer.status == 200 => Ok(()),
        Ok(answer) => Err(format!("{what}: {} {}", answer.status, answer.body.trim())),
        Err(error) => Err(format!("{what}: {error}")),
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

/// A session of somebody whom the organiser with `key` has invited, in `team`.
pub(super) fn session(edge: &Client, key: &str, team: &str) -> Result<String, String> {
    let redeemed = redeem(edge, &invite(edge, key, team)?)?;
    redeemed.field("session").ok_or_else(|| format!("/redeem: {} and no session", redeemed.status))
}

/// An invite, as whoever scans the code has it; it holds as long as one may, as a machine that is busy takes its time to what it is kept for.
pub(super) fn invite(edge: &Client, key: &str, team: &str) -> Result<String, String> {
    let invited = format!(r#"{{"room":"harness","team":"{team}","member":"Ana","ttl_seconds":600}}"#);
    let answer = Request::post("/qr", &invited).with_bearer(key).ask(edge).map_err(|error| format!("/qr: {error}"))?;
    answer.field("invite").ok_or_else(|| format!("/qr: {} and no invite", answer.status))
}

/// What comes of redeeming it.
pub(super) fn redeem(edge: &Client, invite: &str) -> Result<Answer, String> {
    let body = format!(r#"{{"invite":"{invite}"}}"#);
    Request::post("/redeem", &body).ask(edge).map_err(|error| format!("/redeem: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_in_a_line() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let mut seen = Seen { times, polls: 2, ..Seen::default() };
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
        seen.talk(&Client::plain(address), "a session");
        assert_eq!((seen.requests(), seen.failures.len(), seen.mended), (2, 4, 0));
        assert!(!seen.is_mended(4));
    }
}
