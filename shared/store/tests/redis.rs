//! The contract on a real Redis, and on one that keeps what belongs together in one slot, as a cluster asks for.

#![cfg(unix)]

mod child;
mod server;
mod trouble;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use truce_store::contract::Subject;
use truce_store::{RedisStore, Store};

use child::Place;
use server::{Program, Server, wire};
use trouble::{Rig, server_tests};

struct OnRedis(Server);

impl OnRedis {
    fn alone() -> Option<Self> {
        Server::start(Program::redis(&[])).map(Self)
    }

    /// A cluster of one: it has all slots, and refuses scripts whose keys are in more than one.
    fn in_a_cluster() -> Option<Self> {
        let server = Server::start(Program::redis(&["--cluster-enabled", "yes"]))?;
        let taken = wire::redis(server.port(), "CLUSTER ADDSLOTSRANGE 0 16383");
        assert_eq!(taken.as_deref(), Some("+OK"));
        // It takes two seconds to believe in itself.
        while wire::redis(server.port(), "GET x").as_deref() != Some("$-1") {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(Self(server))
    }
}

#[async_trait]
impl Subject for OnRedis {
    async fn empty(&self) -> Arc<dyn Store> {
        assert_eq!(wire::redis(self.0.port(), "FLUSHALL").as_deref(), Some("+OK"));
        open(self.0.port())
    }

    fn expires_by_itself(&self) -> bool {
        true
    }
}

truce_store::store_contract!(maybe OnRedis::alone());

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_keeps_the_contract() {
    let Some(subject) = OnRedis::in_a_cluster() else { return };
    truce_store::contract::all(&subject).await;
}

fn open(port: u16) -> Arc<dyn Store> {
    Arc::new(RedisStore::open(&format!("redis://127.0.0.1:{port}")).expect("an address"))
}

fn rig() -> Option<Rig> {
    let server = Server::start(Program::redis(&[]))?;
    let place = |port: u16, go: &Path| Place {
        store: format!("redis://127.0.0.1:{port}"),
        go: go.to_owned(),
        ..Place::default()
    };
    Some(Rig { server, open, place, cases: 96 })
}

server_tests!(rig());
