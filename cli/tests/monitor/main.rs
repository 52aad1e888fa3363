//! `truce monitor` against the server of the same command, as somebody at a terminal uses them.

#[cfg(target_os = "linux")]
mod flood;
mod page;
#[path = "../support/mod.rs"]
mod support;

use page::WithPage;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use support::{KEY, Server, truce};
use truce_contract::{Target, World};
use truce_monitor::WATCHED;

impl Server {
    fn monitor(&self, arguments: &[&str]) -> Command {
        let mut command = truce(self.folder());
        command.arg("monitor").args(["--target", &format!("here={}", self.url)]).args(arguments);
        command.env("TRUCE_ORGANISER_KEY", KEY);
        command
    }

    fn says(&self, arguments: &[&str]) -> (bool, String) {
        said(&self.monitor(arguments).output().expect("it starts"))
    }
}

fn said(output: &Output) -> (bool, String) {
    assert!(!String::from_utf8_lossy(&output.stderr).contains(KEY), "the key is never shown");
    (output.status.success(), String::from_utf8(output.stdout.clone()).expect("text"))
}

#[test]
fn a_round_holds_and_costs_no_more_than_it_promises() {
    let server = Server::start();
    let (ended_well, told) = server.says(&["--once", "--json"]);
    assert!(ended_well, "{told}");
    assert_eq!(told.lines().last(), Some(format!("{} passed, 0 failed", WATCHED.len()).as_str()));
    let reports: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (report, (name, most)) in reports.iter().zip(WATCHED) {
        assert_eq!(report["name"], name);
        assert!(report["requests"].as_u64().is_some_and(|requests| (1..=most).contains(&requests)), "{name}: {report}");
    }
}

#[tokio::test]
async fn what_a_journey_has_begun_is_ended_with_it() {
    let server = Server::start();
    let target = Target::at("here", &server.url, KEY).expect("a target").in_rooms_called(truce_monitor::ROOMS);
    let world = World::at(target).expect("a world");
    let room = world.room();
    assert!(room.name().starts_with("monitor-"), "{}", room.name());
    let ana = room.join("backend", "Ana").await.expect("she is in");
    let unused = room.invite("design", "Bo").await.expect("an invite");
    ana.polls().await.expect("an answer").expect_code("nothing-new").expect("a session that holds");
    world.tidies().await.expect("everything is ended");
    ana.polls().await.expect("an answer").expect_status(401).expect("a session that is over");
    unused.redeem().await.expect("an answer").expect_status(401).expect("an invite that is over");
}

#[test]
fn what_does_not_hold_is_told_with_what_repeats_it() {
    let server = Server::start();
    let mut command = truce(server.folder());
    command.env("TRUCE_ORGANISER_KEY", KEY).args(["monitor", "--once", "--target", "gone=http://127.0.0.1:1"]);
    let (ended_well, told) = said(&command.output().expect("it starts"));
    assert!(!ended_well);
    assert_eq!(told.lines().last(), Some(format!("0 passed, {} failed", WATCHED.len()).as_str()));
    let again = "truce monitor --once --only scanning_a_code_signs_a_member_in --target gone=http://127.0.0.1:1";
    assert!(told.contains(again) && told.contains("Connection refused"), "{told}");
}

#[test]
fn a_day_costs_no_more_than_it_may_over_restarts() {
    let server = Server::start();
    server.says(&["--once"]);
    let output = stopped_after_a_line(server.monitor(&["--requests-a-day", "100"]), "requests today");
    assert!(output.contains("100 a day are allowed"), "{output}");
    assert!(!output.contains(" held "), "no round any more: {output}");
}

#[test]
fn who_stops_it_lets_the_round_end_and_loses_nothing() {
    let server = Server::start();
    let output = stopped_after_a_line(server.monitor(&["--every", "3600"]), "Ctrl-C ends it.");
    let rounds = output.lines().filter(|line| line.contains("9 of 9 held")).count();
    assert_eq!(rounds, 1, "{output}");
    assert_eq!(output.lines().last(), Some("stopped"));
}

/// Tells it to stop once it has said `line`, as Ctrl-C does.
fn stopped_after_a_line(command: Command, line: &str) -> String {
    stopped_after(command, line, 1)
}

/// The same, once it has said it `times` times.
fn stopped_after(mut command: Command, line: &str, times: usize) -> String {
    let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = String::new();
    for next in BufReader::new(process.stdout.take().expect("its output")).lines() {
        let next = next.expect("text");
        output.push_str(&next);
        output.push('\n');
        if next.contains(line) && output.matches(line).count() == times {
            // Into the first round, which begins right after this line.
            std::thread::sleep(std::time::Duration::from_millis(300));
            let id = i32::try_from(process.id()).ok().and_then(Pid::from_raw).expect("its id");
            kill_process(id, Signal::INT).expect("it is told");
        }
    }
    assert!(process.wait().expect("it ends").success(), "{output}");
    output
}

#[test]
fn a_server_that_goes_is_an_alarm_once_over_a_restart_too() {
    let server = Server::start();
    // At the strictest objective and a round a second, it takes six rounds.
    let watch = |more: &[&str]| {
        let strict = ["--every", "1", "--objective", "99.99", "--requests-a-day", "100000000"];
        let mut command = truce(server.folder());
        command.args(["monitor", "--target", "gone=http://127.0.0.1:1"]).args(strict).args(more);
        command.env("TRUCE_ORGANISER_KEY", KEY);
        command
    };
    let told = stopped_after_a_line(watch(&[]), "again     truce monitor --once --target gone=http://127.0.0.1:1");
    assert_eq!(told.matches("ALARM").count(), 1, "{told}");
    assert!(told.contains("gone: the target fails, look now"), "{told}");
    let after = stopped_after(watch(&["--json"]), "\"failure\":{", 3 * WATCHED.len());
    assert!(!after.contains("\"opened\""), "{after}");
}

#[test]
fn what_is_not_watched_any_more_ends_at_the_next_start_and_not_with_one_look_at_something_else() {
    let server = Server::start();
    let strict = ["--every", "1", "--objective", "99.99", "--requests-a-day", "100000000"];
    let mut gone = truce(server.folder());
    gone.args(["monitor", "--target", "gone=http://127.0.0.1:1"]).args(strict).env("TRUCE_ORGANISER_KEY", KEY);
    stopped_after_a_line(gone, "ALARM  gone: the target fails, look now");
    // As the command that an alarm names does it.
    let only = ["--only", "it_is_ready_with_each_dependency"];
    let (_, told) = server.says(&[&["--once"][..], &only].concat());
    assert!(!told.contains("LEFT"), "{told}");
    let told = stopped_after_a_line(server.monitor(&[&["--every", "3600"][..], &only].concat()), "1 of 1 held");
    let left: Vec<&str> = told.lines().filter(|line| line.contains("gone")).collect();
    let [left] = left[..] else { panic!("one line: {told}") };
    assert!(
        left.starts_with("LEFT  gone: the target fails, look now (") && left.contains("no longer watched"),
        "{left}"
    );
    let page = WithPage::start(server.monitor(&[&["--every", "3600"][..], &only].concat()));
    let json = page.shows("a round", |json| json["state"] == "well");
    let incident = &json["incidents"][0];
    assert_eq!((&incident["target"], &incident["end"]), (&"gone".into(), &"no-longer-watched".into()), "{json}");
}

#[test]
fn a_page_says_how_it_stands_before_and_after_a_round() {
    let server = Server::start();
    let page = WithPage::start(server.monitor(&["--every", "3600"]));
    let json = page.shows("a round", |json| json["state"] != "unknown");
    assert_eq!(json["summary"], serde_json::json!(["All of it holds."]));
    let target = &json["targets"][0];
    assert_eq!((&target["name"], &target["last_24_hours"]["held"]), (&"here".into(), &WATCHED.len().into()));
    for (path, begins) in [
        ("/", "HTTP/1.1 200"),
        ("/targets/here", "HTTP/1.1 200"),
        ("/incidents.atom", "HTTP/1.1 200"),
        ("/x", "HTTP/1.1 404"),
    ] {
        let answer = page.asked("GET", path);
        assert!(answer.starts_with(begins) && !answer.contains(KEY) && !answer.contains("evil"), "{path}: {answer}");
    }
    assert!(page.asked("HEAD", "/").ends_with("\r\n\r\n"));
    assert!(page.asked("POST", "/").starts_with("HTTP/1.1 405"));
}

#[test]
fn a_page_shows_an_incident_and_a_restart_keeps_it() {
    let server = Server::start();
    let strict = ["--every", "1", "--objective", "99.99", "--requests-a-day", "100000000"];
    let watch = || {
        let mut command = truce(server.folder());
        command.args(["monitor", "--target", "gone=http://127.0.0.1:1"]).args(strict).env("TRUCE_ORGANISER_KEY", KEY);
        WithPage::start(command)
    };
    let json = watch().shows("an incident", |json| json["state"] == "failing");
    let incident = json["incidents"][0].clone();
    assert_eq!(
        (&incident["target"], &incident["journey"], &incident["ended"]),
        (&"gone".into(), &"the target".into(), &Value::Null)
    );
    assert_eq!(incident["reproduce"], "truce monitor --once --target gone=http://127.0.0.1:1");
    let again = watch();
    assert_eq!(again.json()["incidents"][0]["id"], incident["id"]);
    let answer = again.asked("GET", "/");
    assert!(answer.contains("<h1>gone: most of it fails since "), "{answer}");
}

#[test]
fn whoever_holds_every_connection_of_the_page_slows_no_round() {
    let server = Server::start();
    let journey = "it_is_ready_with_each_dependency";
    let often = ["--every", "1", "--requests-a-day", "100000000"];
    let page = WithPage::start(server.monitor(&[&often[..], &["--only", journey]].concat()));
    page.shows("a round", |json| json["state"] == "well");
    let held = |json: &Value| json["targets"][0]["last_24_hours"]["held"].as_u64().unwrap_or(0);
    let before = held(&page.json());
    let idle: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(&page.address).expect("it listens")).collect();
    std::thread::sleep(Duration::from_secs(5));
    let history = truce_monitor::History::open(&server.folder().join("truce-monitor.sqlite")).expect("its history");
    let entries = history.entries("here", 0).expect("entries");
    let rounds = entries.iter().filter(|entry| entry.journey == journey).count() as u64;
    assert!(rounds >= before + 3, "{before} rounds before, {rounds} after");
    // Each is let go of in time, and somebody else gets an answer.
    assert!(page.asked("GET", "/").starts_with("HTTP/1.1 200"));
    drop(idle);
}

#[test]
fn a_page_that_cannot_be_served_is_said_before_the_first_round() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |arguments: &[&str], settings: &str| {
        std::fs::write(folder.path().join("key"), KEY).expect("written");
        let target = "[[target]]\nname = \"edge\"\nurls = [\"http://127.0.0.1:1\"]\norganiser_key_file = \"key\"\n";
        std::fs::write(folder.path().join("monitor.toml"), format!("{settings}\n{target}")).expect("written");
        let command = ["monitor", "--config", "monitor.toml"];
        let output = truce(folder.path()).args(command).args(arguments).output().expect("it starts");
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("text")
    };
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let taken = other.local_addr().expect("an address").to_string();
    let told = refused(&["--listen", &taken], "");
    assert!(told.contains(&format!("{taken} is taken")) && told.contains("--listen"), "{told}");
    assert!(refused(&[], &format!("listen = \"{taken}\"")).contains("is taken"));
    let told = refused(&["--listen", "127.0.0.1:0"], "public_url = \"https://ana:secret@status.example\"");
    assert!(told.contains("public_url is an address like") && !told.contains("secret"), "{told}");
}

#[test]
fn what_cannot_be_watched_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |arguments: &[&str]| {
        let output = truce(folder.path()).arg("monitor").args(arguments).output().expect("it starts");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    assert!(refused(&["--once"]).contains("--target URL"));
    assert!(refused(&["--once", "--target", "https://x"]).contains("organiser's key is empty"));
    assert!(refused(&["--once", "--config", "nowhere.toml"]).contains("nowhere.toml cannot be read"));
    assert!(refused(&["--listen", "nowhere", "--target", "http://x"]).contains("invalid socket address"));
    assert!(refused(&["--once", "--listen", "127.0.0.1:0"]).contains("cannot be used with"));
    assert!(refused(&["--every", "0"]).contains("0 is not in 1..=86400"));
}
