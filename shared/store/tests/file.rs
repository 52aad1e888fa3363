//! The SQLite file itself: restarts, and everything that can be wrong with it.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod child;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use truce_store::contract::{KEEP, NOW, agreed, said};
use truce_store::{Appended, Cursor, Spent, SqliteStore, Store, StoreError};

/// Why it does not open, after checking that it says whose problem it is and never panics.
fn refusal(path: &Path) -> String {
    let error = SqliteStore::open(path).expect_err("must not open");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.retry_after().is_some());
    error.to_string()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    store.revoke("session", NOW, KEEP).await.unwrap();
    let Appended::New(first) = store.append("room", agreed("m1", "ops"), NOW, KEEP).await.unwrap() else {
        panic!("a new entry")
    };
    let log = store.read("room", Cursor::START, 9, NOW).await.unwrap();
    drop(store);

    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
    assert_eq!(store.is_revoked("session", NOW).await, Ok(true));
    assert_eq!(store.read("room", Cursor::START, 9, NOW).await, Ok(log.clone()));
    assert_eq!(store.agreements("room", 9, NOW).await, Ok(log));
    let Appended::New(second) = store.append("room", said("m2", "ops"), NOW, KEEP).await.unwrap() else {
        panic!("a new entry")
    };
    assert!(second > first);
}

#[tokio::test]
async fn dropping_the_store_finishes_what_was_asked_for_and_closes_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    for number in 0..2000 {
        let id = format!("invite-{number}");
        // Polled once, which queues it, and dropped.
        tokio::select! {
            biased;
            _ = store.spend(&id, NOW, KEEP) => {}
            () = std::future::ready(()) => {}
        }
    }
    drop(store);
    // SQLite removes it when the last connection closes.
    assert!(!folder.path().join("store.db-wal").exists(), "the file is still open");
    let db = Connection::open(&path).unwrap();
    let spent: i64 = db.query_row("SELECT count(*) FROM spent", [], |row| row.get(0)).unwrap();
    assert_eq!(spent, 2000);
}

#[tokio::test]
async fn the_files_are_their_owners_only() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    let _ = store.spend("invite", NOW, KEEP).await.unwrap();
    for file in ["store.db", "store.db-wal", "store.db-shm"] {
        assert_eq!(mode(&folder.path().join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn two_stores_on_one_file_in_one_process_share_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let one = SqliteStore::open(&path).unwrap();
    let other = SqliteStore::open(&path).unwrap();
    assert_eq!(one.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(other.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
    drop(other);
    assert_eq!(one.spend("another", NOW, KEEP).await, Ok(Spent::First));
}

#[tokio::test]
async fn a_file_that_is_deleted_or_replaced_closes_the_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    let closed = async || {
        for error in [
            store.spend("another", NOW, KEEP).await.map(drop),
            store.is_spent("another", NOW).await.map(drop),
            store.is_revoked("another", NOW).await.map(drop),
            store.read("room", Cursor::START, 9, NOW).await.map(drop),
            store.sweep(NOW).await.map(drop),
            store.ping().await,
        ] {
            assert!(error.clone().unwrap_err().to_string().contains("deleted or replaced"), "{error:?}");
        }
    };
    let aside = folder.path().join("aside.db");
    fs::rename(&path, &aside).unwrap();
    closed().await;
    let replacement = SqliteStore::open(folder.path().join("new.db")).unwrap();
    drop(replacement);
    fs::rename(folder.path().join("new.db"), &path).unwrap();
    closed().await;
    fs::rename(&aside, &path).unwrap();
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again), "back again, nothing lost");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let text = "This is not a database. ".repeat(400);
    fs::write(&path, &text).unwrap();
    assert!(refusal(&path).contains("is not a SQLite database"), "{}", refusal(&path));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_damaged_file_closes_the_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    for number in 0..50 {
        let entry = said(&format!("m{number}"), "backend");
        let _ = store.append("room", entry, NOW, KEEP).await.unwrap();
    }
    drop(store);
    // Of connections that are closed at the same time none may be the last: then all of it is still in the log beside the file.
    let db = Connection::open(&path).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    // The first page is whole, so it may open; it must not answer.
    if let Ok(store) = SqliteStore::open(&path) {
        let error = store.read("room", Cursor::START, 9, NOW).await.unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
        assert!(store.spend("invite", NOW, KEEP).await.is_err());
        assert!(store.is_spent("invite", NOW).await.is_err());
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    drop(SqliteStore::open(&path).unwrap());
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 7).unwrap();
    let said = refusal(&path);
    assert!(said.contains("newer version of Truce (schema 7, this one knows 1)"), "{said}");
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 7);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(refusal(&path).contains("database of another program"));
    let tables: i64 =
        Connection::open(&path).unwrap().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    fs::write(&path, "").unwrap();
    drop(SqliteStore::open(&path).unwrap());
    drop(SqliteStore::open(&path).unwrap());
}

#[test]
fn a_missing_folder_is_named() {
    let folder = TempDir::new().unwrap();
    let said = refusal(&folder.path().join("missing/store.db"));
    assert!(said.contains("missing/store.db has no folder to be in: create the folder"), "{said}");
    let said = refusal(folder.path());
    assert!(said.contains("cannot be opened"), "{said}");
}

/// As root no folder is read-only, so this happens in a child that is nobody in particular.
#[test]
fn a_read_only_folder_or_file_is_named() {
    let folder = TempDir::new().unwrap();
    let (file, fresh) = (folder.path().join("store.db"), folder.path().join("fresh.db"));
    drop(SqliteStore::open(&file).unwrap());
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let said: Vec<String> = [fresh, file].iter().map(|path| child::opens_as_nobody(path)).collect();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    assert!(said[0].contains("give this user write permission on its folder"), "{said:?}");
    assert!(said[1].contains("give this user write permission on the file and on its folder"), "{said:?}");
}
