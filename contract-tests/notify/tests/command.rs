//! A command, which is a program that writes down what it was told.

#![cfg(unix)]

#[path = "support/monitor.rs"]
mod monitor;
mod support;

use monitor::Monitor;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::PATIENCE;
use truce_notify::{Goes, To};

/// Writes down its argument, what it knows, and what it reads; fails as often as there are files called `fail-…` beside it.
const WRITES: &str = "#!/bin/sh
cd \"$(dirname \"$0\")\" || exit 9
for next in fail-*; do if [ -e \"$next\" ]; then rm \"$next\"; echo canary; echo canary >&2; exit 3; fi; done
{ echo \"$1 $TRUCE_EVENT $TRUCE_EVENT_ID $TRUCE_ALERT_ID\"; env | grep -c ^TRUCE_; cat; echo; } >> told
";

fn program(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("page-me");
    // Renamed when it is whole: what is being written cannot be run.
    fs::write(folder.join("new"), text).expect("written");
    fs::set_permissions(folder.join("new"), fs::Permissions::from_mode(0o700)).expect("made a program");
    fs::rename(folder.join("new"), &path).expect("named");
    path
}

fn to(path: &Path) -> To {
    To::Command { command: vec![path.display().to_string(), "a b; $(c)".to_owned()] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_by_its_input_and_its_environment_and_by_no_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut monitor = Monitor::for_(to(&program(folder.path(), WRITES)));
    monitor.starts();
    let ids = [monitor.opens(1), monitor.resolves(1)];
    monitor.empties().await;
    let told = fs::read_to_string(folder.path().join("told")).expect("written");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 6, "{told}");
    for ((told, id), kind) in lines.chunks(3).zip(ids).zip(["opened", "resolved"]) {
        assert!(told[0].starts_with(&format!("a b; $(c) truce.alert.{kind} {id} ")), "{}", told[0]);
        assert_eq!(told[1], "3", "of what is ours it knows no more than that");
        let body: serde_json::Value = serde_json::from_str(told[2]).expect("JSON");
        assert_eq!(body["type"], format!("truce.alert.{kind}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_not_there_then_fails_and_is_there_at_last_is_told_in_order_over_a_fall() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut monitor = Monitor::for_(to(&folder.path().join("page-me")));
    monitor.opens(1);
    monitor.starts();
    assert_eq!(monitor.fails(), "it does not start: entity not found");
    monitor.falls();
    monitor.resolves(1);
    for number in 0..3 {
        fs::write(folder.path().join(format!("fail-{number}")), "").expect("written");
    }
    program(folder.path(), WRITES);
    monitor.starts();
    monitor.empties().await;
    let told = fs::read_to_string(folder.path().join("told")).expect("written");
    let kinds: Vec<_> =
        told.lines().filter_map(|line| line.split_whitespace().find(|it| it.starts_with("truce."))).collect();
    assert_eq!(kinds, ["truce.alert.opened", "truce.alert.resolved"]);
    assert_eq!(monitor.says(), Goes::Well);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_that_fails_its_status_is_told_and_nothing_that_it_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("fail-1"), "").expect("written");
    let mut monitor = Monitor::for_(to(&program(folder.path(), WRITES)));
    monitor.starts();
    monitor.opens(1);
    assert_eq!(monitor.fails(), "exit status: 3");
    monitor.empties().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_end_is_ended_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n[ -e once ] && exit 0\ntouch once\nsleep 600 &\necho $! > child\nwait\n";
    let mut monitor = Monitor::for_(to(&program(folder.path(), text)));
    monitor.starts();
    monitor.opens(1);
    assert_eq!(monitor.fails(), "it had not ended after 1 s");
    monitor.empties().await;
    let child = fs::read_to_string(folder.path().join("child")).expect("its number");
    let stat = PathBuf::from(format!("/proc/{}/stat", child.trim()));
    let gone = async {
        // It may wait for a parent to ask how it ended.
        while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is gone");
}
