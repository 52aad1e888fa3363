//! The contract on what Spin gives a component: its SQLite, and a real Redis. The store is in a component, a host runs it,
//! and the contract asks for everything over HTTP. The host is the stand-in of `contract-tests/spin-host`, not Spin.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod over_http;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use truce_store::Store;
use truce_store::contract::{KEEP, NOW, Subject};

use over_http::{Host, OverHttp};
use server::{Program, Server, wire};

/// One file for each case.
struct OnSqlite {
    host: Host,
    labels: AtomicUsize,
}

#[async_trait]
impl Subject for OnSqlite {
    async fn empty(&self) -> Arc<dyn Store> {
        let label = self.labels.fetch_add(1, Ordering::Relaxed);
        Arc::new(OverHttp::new(&self.host, format!("spin-sqlite:{label}")))
    }
}

/// Two runtimes' worth of cases in one test: a host takes seconds to start.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn spins_sqlite_keeps_the_contract() {
    let labels: Vec<_> = (0..64).map(|label| format!("'{label}'")).collect();
    let Some(host) = Host::start(&format!("sqlite_databases = [{}]", labels.join(", "))) else { return };
    truce_store::contract::all(&OnSqlite { host, labels: AtomicUsize::new(0) }).await;
}

struct OnRedis {
    host: Host,
    server: Server,
}

#[async_trait]
impl Subject for OnRedis {
    async fn empty(&self) -> Arc<dyn Store> {
        assert_eq!(wire::redis(self.server.port(), "FLUSHALL").as_deref(), Some("+OK"));
        Arc::new(OverHttp::new(&self.host, format!("redis://127.0.0.1:{}", self.server.port())))
    }

    fn expires_by_itself(&self) -> bool {
        true
    }
}

fn with_redis() -> Option<(Server, Host)> {
    let server = Server::start(Program::redis(&["--appendonly", "no"]))?;
    let host = Host::start(&format!("allowed_outbound_hosts = ['redis://127.0.0.1:{}']", server.port()))?;
    Some((server, host))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn redis_through_spin_keeps_the_contract() {
    let Some((server, host)) = with_redis() else { return };
    truce_store::contract::all(&OnRedis { host, server }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_or_hangs_or_forgets_its_scripts_closes_the_store() {
    let Some((mut server, host)) = with_redis() else { return };
    let store = OverHttp::new(&host, format!("redis://127.0.0.1:{}", server.port()));
    store.spend("invite", NOW, KEEP).await.map(drop).unwrap();
    server.die();
    let error = store.spend("another", NOW, KEEP).await.unwrap_err();
    assert!(error.to_string().contains("Redis cannot be reached"), "{error}");
    assert!(store.is_revoked("another", NOW).await.is_err());
    server.rise();
    server.pause();
    let begun = Instant::now();
    let error = store.spend("another", NOW, KEEP).await.unwrap_err();
    assert!(error.to_string().contains("does not answer within seconds"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    server.resume();
    // The one that hung may have heard it.
    store.spend("another", NOW, KEEP).await.map(drop).unwrap();
    assert_eq!(store.is_spent("another", NOW).await, Ok(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_manifest_does_not_grant_is_named() {
    const WHAT_THERE_IS: &str = "which this build does not have: write one of redis://HOST:PORT, rediss://USER:PASSWORD@HOST:PORT, spin-sqlite:LABEL";
    let Some(host) = Host::start("") else { return };
    for (store, expected) in [
        ("spin-sqlite:default", "add it to its sqlite_databases in spin.toml"),
        ("redis://ana:CANARY@127.0.0.1:6379", "allowed_outbound_hosts in spin.toml"),
        ("dynamodb:truce", WHAT_THERE_IS),
        // Of no use where instances come and go.
        ("memory", WHAT_THERE_IS),
    ] {
        let error = OverHttp::new(&host, store.to_owned()).ping().await.unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("CANARY"), "{error}");
        assert_eq!(error.ends_with(WHAT_THERE_IS), expected == WHAT_THERE_IS, "{error}");
    }
}
