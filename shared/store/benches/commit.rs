//! How long a confirmed write takes, and how many there are in a second, with 1 and with 64 clients who each ask as
//! soon as they are answered. `cargo bench -p truce-store --bench commit`; divan has no percentiles, so no divan.

#![allow(clippy::print_stdout, reason = "it reports to whoever runs it")]

use std::env::temp_dir;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;
use truce_store::{Approved, NewEntry, SqliteStore, Store};

const NOW: u64 = 2_000_000_000;
const KEEP: u64 = NOW + 3600;
const FOR: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
enum Write {
    Spend,
    Append,
}

async fn write(store: &SqliteStore, write: Write, id: String) {
    match write {
        Write::Spend => drop(store.spend(&id, NOW, KEEP).await.expect("spends")),
        Write::Append => {
            let entry = NewEntry {
                id,
                from_team: "backend".to_owned(),
                from_member: "Ana".to_owned(),
                to_team: None,
                text: Approved::by_sender("It would help us to know the date a day ahead. ".repeat(5)),
                payload: Value::Null,
                agreement: None,
            };
            drop(store.append("room", entry, NOW, KEEP).await.expect("appends"));
        }
    }
}

async fn measure(name: &str, what: Write, clients: usize) {
    let folder = TempDir::new().expect("a temporary folder");
    let store = Arc::new(SqliteStore::open(folder.path().join("store.db")).expect("opens"));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < FOR {
                let asked = Instant::now();
                write(&store, what, format!("{client}-{}", latencies.len())).await;
                latencies.push(asked.elapsed());
            }
            latencies
        });
    }
    let mut latencies = tasks.join_all().await.concat();
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 1000].as_secs_f64() * 1000.0;
    println!(
        "{name} with {clients:2} clients: {:6}/s, p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, worst {:.2} ms",
        latencies.len() * 1000 / usize::try_from(started.elapsed().as_millis()).expect("seconds"),
        at(500),
        at(990),
        at(999),
        at(1000),
    );
}

#[tokio::main]
async fn main() {
    println!("in {}, synced to disk before every answer", temp_dir().display());
    for clients in [1, 64] {
        measure("spend ", Write::Spend, clients).await;
        measure("append", Write::Append, clients).await;
    }
}
