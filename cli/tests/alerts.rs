//! `truce monitor` tells others of its alarms: a receiver that verifies with the official library of Standard Webhooks, one that is as strict as Slack, the real
//! Alertmanager, and a program.

#![cfg(unix)]

#[path = "../../contract-tests/notify/tests/support/mod.rs"]
mod receivers;

use receivers::alertmanager::Alertmanager;
use receivers::{PATIENCE, Process, Receiver, SECRET};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const KEY: &str = "0123456789abcdef0123456789abcdef";
/// In every address, secret and argument.
const CANARY: &str = "canary";

/// Everything that alarms go to, and the file that says so.
struct All {
    webhook: Receiver,
    slack: Receiver,
    relay: Receiver,
    alertmanager: Alertmanager,
    folder: tempfile::TempDir,
}

impl All {
    /// Nobody listens, and the program is not there. `None` where a part is missing.
    async fn down() -> Option<Self> {
        let hears = Receiver::start("any", &[])?;
        let alertmanager = Alertmanager::start(&hears.url()).await?;
        let relay = Receiver::start("relay", &["--down", "--to", &alertmanager.url])?;
        let (webhook, slack) = (Receiver::start("webhook", &["--down"])?, Receiver::start("slack", &["--down"])?);
        let folder = tempfile::tempdir().expect("a folder");
        let all = Self { webhook, slack, relay, alertmanager, folder };
        let write = |name: &str, text: &str| fs::write(all.path().join(name), text).expect("written");
        write("key", KEY);
        write("secret", SECRET);
        write("slack", &format!("http://127.0.0.1:{}/services/{CANARY}", all.slack.port));
        let webhook = format!("http://{CANARY}:{CANARY}@127.0.0.1:{}/{CANARY}?{CANARY}", all.webhook.port);
        let program = all.path().join("page-me");
        write(
            "monitor.toml",
            &format!(
                "every_seconds = 1\nrequests_a_day = 100000000\nobjective = \"99.99\"\n\
                 [[target]]\nname = \"gone\"\nurls = [\"http://127.0.0.1:1\"]\norganiser_key_file = \"key\"\n\
                 [[alert]]\nname = \"ours\"\nwebhook = \"{webhook}\"\nsecret_file = \"secret\"\n\
                 [[alert]]\nslack_file = \"slack\"\n\
                 [[alert]]\nalertmanager = \"{}\"\n\
                 [[alert]]\ncommand = [\"{}\", \"--{CANARY}\"]\n",
                all.relay.url(),
                program.display(),
            ),
        );
        Some(all)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn rise(&mut self) {
        [&mut self.webhook, &mut self.slack, &mut self.relay].into_iter().for_each(Receiver::rises);
        let (new, program) = (self.path().join("new"), self.path().join("page-me"));
        fs::write(&new, "#!/bin/sh\necho \"$TRUCE_EVENT_ID\" >> \"$(dirname \"$0\")/told\"\n").expect("written");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o700)).expect("a program");
        fs::rename(new, program).expect("there");
    }

    fn monitor(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_truce"));
        command.env_clear().current_dir(self.path()).args(["monitor", "--config", "monitor.toml"]).args(arguments);
        command
    }

    /// It is killed when it has said each of these; what it has said.
    fn killed_after(&self, each: &[&str]) -> String {
        goes_until(self.monitor(&[]), each).1
    }
}

/// Goes on at least until it has said each of these; itself, and what it has said. It is killed by who lets go of it.
fn goes_until(mut command: Command, each: &[&str]) -> (Process, String) {
    let mut process = Process(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let output = BufReader::new(process.0.stdout.take().expect("its output"));
    let (send, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    let (mut said, end) = (String::new(), Instant::now() + 2 * PATIENCE);
    while !each.iter().all(|wanted| said.contains(wanted)) {
        let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) else { break };
        said.push_str(&line);
        said.push('\n');
    }
    assert!(each.iter().all(|wanted| said.contains(wanted)) && !said.contains(CANARY), "{said}");
    (process, said)
}

/// A deployment that is broken as badly as can be: whatever it is asked, it answers with what somebody has said elsewhere.
fn tells_tales() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let words = format!("they {CANARY} never deliver");
    let body =
        format!(r#"{{"ok":"no","code":"message","say":"{words}","message":"{words}","menu":["{CANARY} it is"]}}"#);
    let answer = format!(
        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'\r\nx-request-id: r-1\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let mut stream = stream;
                // All of a request is read that comes in one piece; it is not looked at.
                let _ = stream.read(&mut [0; 8_192]);
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_was_killed_tells_everybody_who_was_down_when_it_is_started_again_and_nobody_twice() {
    let Some(mut all) = All::down().await else { return };
    let failing = ["ours", "slack", "alertmanager", "page-me"].map(|name| format!("alarms to {name} are not taken"));
    let said = all.killed_after(&failing.each_ref().map(String::as_str));
    assert_eq!(said.matches("ALARM").count(), 1, "{said}");
    all.rise();
    let well = ["ours", "slack", "alertmanager", "page-me"].map(|name| format!("alarms to {name} are taken again"));
    let said = all.killed_after(&well.each_ref().map(String::as_str));
    assert!(!said.contains("ALARM"), "it was told already: {said}");
    let told = all.webhook.line();
    assert_eq!((&told["status"], &told["wrong"]), (&200.into(), &"".into()), "{told}");
    assert_eq!(
        (&told["body"]["type"], &told["body"]["data"]["journey"]),
        (&"truce.alert.opened".into(), &"the target".into())
    );
    assert_eq!(all.slack.line()["status"], 200);
    let active = all.alertmanager.has(1).await;
    assert_eq!(active[0]["annotations"]["id"], told["body"]["data"]["id"]);
    let run = fs::read_to_string(all.path().join("told")).expect("the program ran");
    assert_eq!(run.lines().collect::<Vec<_>>(), [told["id"].as_str().expect("an id")]);
    // Once more, and there is nothing to tell.
    all.killed_after(&["Alarms go to ours, slack, alertmanager, page-me as well.", "0 of 9 held"]);
    all.webhook.is_left_alone(Duration::from_millis(500));
    assert_eq!(fs::read_to_string(all.path().join("told")).expect("still"), run);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_know_whether_it_arrives_sends_a_test_to_each() {
    let Some(mut all) = All::down().await else { return };
    let tried = |all: &All| {
        let output = all.monitor(&["--try-alerts"]).output().expect("it starts");
        let said = String::from_utf8(output.stdout).expect("text");
        assert!(!said.contains(CANARY) && !String::from_utf8_lossy(&output.stderr).contains(CANARY), "{said}");
        (output.status.success(), said)
    };
    let (well, said) = tried(&all);
    assert!(!well && said.lines().count() == 4 && said.lines().all(|line| line.contains("  not taken: ")), "{said}");
    all.rise();
    let (well, said) = tried(&all);
    assert!(well && said.lines().count() == 4 && said.lines().all(|line| line.contains("  taken, in ")), "{said}");
    assert_eq!(all.webhook.line()["body"]["type"], "truce.alert.test");
    assert_eq!(all.slack.line()["body"]["text"], "A test of where alarms go");
    assert_eq!(all.alertmanager.has(1).await[0]["labels"]["alertname"], "TruceTest");
    assert!(!all.path().join("truce-monitor.sqlite").exists(), "nothing else has begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_of_a_target_that_is_elsewhere_now_is_told_that_nobody_looks_there_any_more() {
    let Some(mut all) = All::down().await else { return };
    all.rise();
    let said = all.killed_after(&["ALARM"]);
    assert_eq!(said.matches("ALARM").count(), 1, "{said}");
    let file = all.path().join("monitor.toml");
    let settings = fs::read_to_string(&file).expect("written");
    let moved = settings.replace("http://127.0.0.1:1\"", "http://127.0.0.1:2\"").replace("99.99", "95");
    fs::write(&file, moved).expect("written");
    let (process, said) = goes_until(all.monitor(&[]), &["LEFT  gone: the target fails", "0 of 9 held"]);
    assert!(!said.contains("ALARM") && !said.contains("OVER"), "{said}");
    // One that was killed while it told it may tell it again.
    let opened = all.webhook.line();
    let mut ended = all.webhook.line();
    while ended["id"] == opened["id"] {
        ended = all.webhook.line();
    }
    let types = [&opened, &ended].map(|line| line["body"]["type"].clone());
    assert_eq!(types, ["truce.alert.opened", "truce.alert.unwatched"]);
    assert_eq!(opened["body"]["data"]["id"], ended["body"]["data"]["id"]);
    assert_eq!((&ended["status"], &ended["wrong"]), (&200.into(), &"".into()), "{ended}");
    let texts = std::iter::from_fn(|| Some(all.slack.line()["body"]["text"].clone()));
    let text = texts.take(5).find(|text| *text != "gone: the target fails, look now");
    assert_eq!(text, Some("No longer watched: gone: the target".into()));
    all.alertmanager.has(0).await;
    drop(process);
    // At the same place, there is nothing more to tell.
    all.killed_after(&["0 of 9 held"]);
    all.webhook.is_left_alone(Duration::from_millis(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_answers_delays_no_round() {
    let Some(slow) = Receiver::start("any", &["--plan", "slow:60"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = watching(folder.path(), "http://127.0.0.1:1", &slow.url());
    let mut process = Process(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let mut lines = BufReader::new(process.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("ALARM")));
    assert_eq!(slow.line()["step"], "slow:60");
    let begun = Instant::now();
    let rounds =
        lines.by_ref().take_while(|line| !line.contains("not taken")).filter(|line| line.contains("0 of 9 held"));
    // Its limit is 15 seconds, and a round a second goes on meanwhile, on a machine that has other work too.
    let rounds = rounds.count();
    assert!(rounds >= 5 && begun.elapsed() < PATIENCE, "{rounds} in {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_anybody_said_goes_out_whatever_a_deployment_answers() {
    let Some(hears) = Receiver::start("any", &[]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (process, said) = goes_until(watching(folder.path(), &tells_tales(), &hears.url()), &["the target fails"]);
    assert!(said.contains("got       500 {\"code\":\"message\""), "{said}");
    // What is looked at besides the journeys is told first.
    let mut told = String::new();
    while !told.contains("no 500") {
        told = hears.line()["body"].to_string();
        assert!(!told.contains(CANARY), "{told}");
    }
    drop(process);
    assert!(told.contains("r-1"), "{told}");
    for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
        let bytes = fs::read(file.path()).expect("read");
        assert!(!String::from_utf8_lossy(&bytes).contains(CANARY), "{:?}", file.path());
    }
}

/// A monitor that alarms soon, and tells this Alertmanager.
fn watching(folder: &Path, target: &str, alertmanager: &str) -> Command {
    fs::write(folder.join("key"), KEY).expect("written");
    let file = format!(
        "every_seconds = 1\nrequests_a_day = 100000000\nobjective = \"99.99\"\n\
         [[target]]\nname = \"gone\"\nurls = [\"{target}\"]\norganiser_key_file = \"key\"\n\
         [[alert]]\nalertmanager = \"{alertmanager}\"\n",
    );
    fs::write(folder.join("monitor.toml"), file).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_truce"));
    command.env_clear().current_dir(folder).args(["monitor", "--config", "monitor.toml"]);
    command
}
