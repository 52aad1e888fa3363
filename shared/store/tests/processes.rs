//! Several processes on one SQLite file, and one that dies.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod child;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr};

use rusqlite::Connection;
use tempfile::TempDir;
use truce_store::contract::{KEEP, NOW};
use truce_store::{Cursor, Spent, SqliteStore, Store};

const PROCESSES: usize = 8;

fn start(task: &str, path: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = child::command(&child::this_exe(), task, path).spawn().expect("the child starts");
    let stderr: ChildStderr = child.stderr.take().expect("it is piped");
    (child, BufReader::new(stderr).lines().map(|line| line.expect("text")))
}

/// What each of the children that did `task` at the same time says it was the first to do. They also all create the
/// file at once: none exists when they start.
fn firsts(task: &str, path: &Path) -> Vec<usize> {
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(task, path)).collect();
    for (_, lines) in &mut children {
        assert_eq!(lines.find(|line| line == "ready").as_deref(), Some("ready"));
    }
    fs::write(path.with_extension("go"), "").expect("starts them");
    let mut firsts = Vec::new();
    for (mut child, lines) in children {
        let lines: Vec<String> = lines.collect();
        assert!(child.wait().expect("it ends").success(), "{lines:#?}");
        firsts.extend(lines.iter().filter_map(|line| line.strip_prefix("first ")?.parse::<usize>().ok()));
    }
    assert_eq!(firsts.len(), PROCESSES);
    firsts
}

#[tokio::test]
async fn a_thousand_spends_in_eight_processes_have_one_first() {
    assert_eq!(PROCESSES * child::TIMES, 1000);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let mut firsts = firsts("spend", &path);
    firsts.sort_unstable();
    assert_eq!(firsts, [0, 0, 0, 0, 0, 0, 0, 1]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
}

#[tokio::test]
async fn eight_processes_that_append_the_same_entries_deliver_each_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let new: usize = firsts("append", &path).into_iter().sum();
    let log = SqliteStore::open(&path).unwrap().read("room", Cursor::START, 200, NOW).await.unwrap();
    assert_eq!((new, log.len()), (child::TIMES, child::TIMES));
}

/// SIGKILL at an arbitrary moment under load, five times on the same file.
#[tokio::test]
async fn a_process_that_is_killed_leaves_nothing_half_done_and_loses_nothing_it_confirmed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let mut confirmed: Vec<String> = Vec::new();
    for round in 1..=5 {
        let (mut child, lines) = start("write", &path);
        let mut lines = lines.filter_map(|line| line.strip_prefix("done ").map(str::to_owned));
        confirmed.extend(lines.by_ref().take(37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        confirmed.extend(lines);

        let store = SqliteStore::open(&path).unwrap();
        for id in &confirmed {
            assert_eq!(store.is_spent(id, NOW).await, Ok(true), "{id}");
            assert!(store.entry("room", &format!("yes-{id}"), NOW).await.unwrap().is_some(), "{id}");
        }
        let (mut after, mut entries) = (Cursor::START, 0);
        while let Some(last) = store.read("room", after, 200, NOW).await.unwrap().last() {
            entries += store.read("room", after, 200, NOW).await.unwrap().len();
            after = last.cursor;
        }
        assert!(entries >= confirmed.len(), "{entries} of {}", confirmed.len());
        let check: String =
            Connection::open(&path).unwrap().pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
    }
    assert!(confirmed.len() >= 37 * 15, "the children did write: {}", confirmed.len());
}
