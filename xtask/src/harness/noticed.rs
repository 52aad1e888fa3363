//! Whether the monitor notices that the store is away before people have to say so, and that it is back; and whether Prometheus has heard.

use super::fleet::Programs;
use super::monitor::{MONITOR, PROMETHEUS, Watching};
use super::parts;
use super::proof::Proof;
use crate::http::{Client, Request};
use serde_json::Value;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From one round of the monitor to the next, in seconds.
const EVERY: u16 = 10;
/// How many of these it may take until there is an alert.
const INTERVALS: u32 = 2;
/// For everything that has no figure of its own.
const PATIENCE: Duration = Duration::from_mins(2);
/// The alert.
const KIND: &str = "store-wrong";
/// What Prometheus is asked: how many of them are open, and whom it can read.
const OPEN: &str = "/api/v1/query?query=sum(truce_monitor_alerts%7Bkind%3D%22store-wrong%22%7D)";
const READ: &str = "/api/v1/query?query=up";

/// Redis goes and comes back, with the monitor there.
pub(super) fn without_the_store(proof: &Proof<'_>, programs: &Programs) -> Result<String, String> {
    let fleet = proof.fleet;
    fleet.monitor.set(Some(Watching { port: 0, every: EVERY }));
    let came = fleet.watch(programs).and_then(|()| timeline(proof));
    // What it said goes with it.
    let came = came.map_err(|why| format!("{why}; {}", said(proof)));
    fleet.monitor.set(None);
    fleet.watch(programs)?;
    came
}

fn timeline(proof: &Proof<'_>) -> Result<String, String> {
    let (fleet, podman) = (proof.fleet, proof.fleet.podman);
    let monitor = Client::plain(fleet.seen_at(MONITOR)?);
    let prometheus = Client::plain(fleet.seen_at(PROMETHEUS).map_err(|_| "there is no Prometheus on this machine")?);
    until(PATIENCE, || Ok(shows(&monitor)?["state"] == "well"), "a round that holds")?;
    until(PATIENCE, || reads_all(&prometheus), "that Prometheus reads everything that counts")?;
    podman.text(&["kill", "--signal", "KILL", parts::REDIS])?;
    let limit = Duration::from_secs(EVERY.into()) * INTERVALS;
    let noticed = (|| {
        let alert = until(limit, || Ok(open(&shows(&monitor)?)), "an alert about the store")?;
        Ok::<_, String>((alert, until(PATIENCE, || is(&prometheus, OPEN, "1"), "that Prometheus has it")?))
    })();
    // Whatever came of this, others want it back.
    podman.text(&["start", parts::REDIS])?;
    let (alert, heard) = noticed?;
    let over = until(PATIENCE, || Ok(!open(&shows(&monitor)?)), "the end of the alert")?;
    let quiet = until(PATIENCE, || is(&prometheus, OPEN, "0"), "that Prometheus has the end")?;
    let seconds = |took: Duration| took.as_secs_f64();
    Ok(format!(
        "rounds every {EVERY} s; 0 s the store goes, {:.1} s an alert, {:.1} s Prometheus has it; 0 s the store is back, {:.1} s it is over, {:.1} s Prometheus has that",
        seconds(alert),
        seconds(alert + heard),
        seconds(over),
        seconds(over + quiet)
    ))
}

/// The monitor's last lines, and how the edge answers now.
fn said(proof: &Proof<'_>) -> String {
    let text = proof.fleet.podman.logs(MONITOR).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(12)..].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" | ");
    let ready = proof.edge.status("/health?probe=ready");
    format!("the edge says {ready:?}, and the monitor: {last}")
}

/// How long it took until it was so.
fn until(limit: Duration, so: impl Fn() -> Result<bool, String>, what: &str) -> Result<Duration, String> {
    let begun = Instant::now();
    loop {
        // Who is only starting says nothing yet.
        if so().unwrap_or(false) {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > limit {
            return Err(format!("after {} s there is not {what}: {:?}", limit.as_secs(), so()));
        }
        sleep(Duration::from_millis(100));
    }
}

/// The status page, as programs read it.
fn shows(monitor: &Client) -> Result<Value, String> {
    let answer = Request::get("/status.json").ask(monitor).map_err(|error| error.to_string())?;
    serde_json::from_str(&answer.body).map_err(|error| format!("{}: {error}", answer.status))
}

fn open(shown: &Value) -> bool {
    let incidents = shown["incidents"].as_array().into_iter().flatten();
    incidents.filter(|incident| incident["ended"].is_null()).any(|incident| incident["kind"] == KIND)
}

/// Whether it can read whoever counts; those whom it cannot.
fn reads_all(prometheus: &Client) -> Result<bool, String> {
    let answer = asked(prometheus, READ)?;
    let all = answer.as_array().ok_or("it has looked at nobody")?;
    let unread = all.iter().filter(|one| one["value"][1] != "1").map(|one| one["metric"].to_string());
    let unread: Vec<String> = unread.collect();
    if unread.is_empty() { Ok(!all.is_empty()) } else { Err(unread.join(", ")) }
}

/// Whether that is Prometheus's answer.
fn is(prometheus: &Client, query: &str, wanted: &str) -> Result<bool, String> {
    Ok(asked(prometheus, query)?[0]["value"][1] == wanted)
}

fn asked(prometheus: &Client, query: &str) -> Result<Value, String> {
    let answer = Request::get(query).ask(prometheus).map_err(|error| error.to_string())?;
    let mut answer: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
    Ok(answer["data"]["result"].take())
}
