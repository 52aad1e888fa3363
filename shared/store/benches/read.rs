//! Reading twenty entries of a room's log, and its agreements, in logs of very different lengths. The times should be
//! the same. `cargo bench -p truce-store --bench read`

use divan::Bencher;
use rusqlite::{Connection, params};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use truce_store::{Agreement, Approved, Cursor, NewEntry, SqliteStore, Store};

const NOW: u64 = 2_000_000_000;
const KEEP: u64 = NOW + 3600;
const LENGTHS: [u32; 3] = [100, 10_000, 1_000_000];

fn main() {
    divan::main();
}

struct Log {
    store: SqliteStore,
    runtime: Runtime,
    _folder: TempDir,
}

fn entry() -> NewEntry {
    let agreement = Agreement {
        what: "say the date".to_owned(),
        by_when: Some("by Friday".to_owned()),
        agreed_team: "ops".to_owned(),
        agreed_member: "Ben".to_owned(),
        asked_team: "backend".to_owned(),
        asked_member: "Ana".to_owned(),
    };
    NewEntry {
        id: "0".to_owned(),
        from_team: "backend".to_owned(),
        from_member: "Ana".to_owned(),
        to_team: None,
        text: Approved::by_sender("It would help us to know the date a day ahead. ".repeat(5)),
        payload: json!({"menu": ["By Friday", "By Monday", "Not this week"]}),
        agreement: Some(agreement),
    }
}

/// One entry through the port, then copies of it by SQL: a million appends would take longer than the bench. Every
/// hundredth is an agreement.
fn log(length: u32) -> Log {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let store = SqliteStore::open(&path).expect("opens");
    drop(runtime.block_on(store.append("room", entry(), NOW, KEEP)).expect("appends"));
    Connection::open(&path)
        .expect("opens")
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
             INSERT INTO log (room, id, agreement, expires, entry)
             SELECT room, i, i % 100 = 0, expires, entry FROM log, n",
            params![length],
        )
        .expect("copies");
    Log { store, runtime, _folder: folder }
}

#[divan::bench(args = LENGTHS, sample_count = 200, sample_size = 10)]
fn read_in_the_middle(bencher: Bencher<'_, '_>, length: u32) {
    let log = log(length);
    let middle = Cursor::at(u64::from(length / 2)).expect("small");
    bencher.bench_local(|| {
        let page = log.runtime.block_on(log.store.read("room", middle, 20, NOW)).expect("reads");
        assert_eq!(page.len(), 20);
    });
}

#[divan::bench(args = LENGTHS, sample_count = 200, sample_size = 10)]
fn read_at_the_end(bencher: Bencher<'_, '_>, length: u32) {
    let log = log(length);
    let end = Cursor::at(u64::from(length - 20)).expect("small");
    bencher.bench_local(|| {
        let page = log.runtime.block_on(log.store.read("room", end, 20, NOW)).expect("reads");
        assert_eq!(page.len(), 20);
    });
}

#[divan::bench(args = LENGTHS, sample_count = 200, sample_size = 10)]
fn newest_agreement(bencher: Bencher<'_, '_>, length: u32) {
    let log = log(length);
    bencher.bench_local(|| {
        let page = log.runtime.block_on(log.store.agreements("room", 1, NOW)).expect("reads");
        assert_eq!(page.len(), 1);
    });
}
