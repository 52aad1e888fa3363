//! Several processes on one SQLite file, and one that dies.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod child;

use rusqlite::Connection;
use tempfile::TempDir;
use truce_store::contract::{KEEP, NOW};
use truce_store::{Cursor, Spent, SqliteStore, Store};

use child::Place;

#[tokio::test]
async fn a_thousand_spends_in_eight_processes_have_one_first() {
    assert_eq!(child::PROCESSES * child::TIMES, 1000);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    // They also all create the file at once: none exists when they start.
    let mut firsts = child::firsts("spend", &Place::file(&path));
    firsts.sort_unstable();
    assert_eq!(firsts, [0, 0, 0, 0, 0, 0, 0, 1]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
}

#[tokio::test]
async fn eight_processes_that_append_the_same_entries_deliver_each_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let new: usize = child::firsts("append", &Place::file(&path)).into_iter().sum();
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
        let (mut child, lines) = child::start("write", &Place::file(&path));
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
