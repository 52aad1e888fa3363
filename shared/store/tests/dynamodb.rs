//! The contract on a server of DynamoDB's API.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "DynamoDB is a name, not code")]

mod child;
mod server;
mod trouble;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use truce_store::Store;
use truce_store::contract::Subject;

use child::Place;
use server::{Server, dynamodb};
use trouble::{Rig, server_tests};

struct OnDynamo {
    server: Server,
    tables: AtomicUsize,
}

impl OnDynamo {
    fn new() -> Option<Self> {
        Some(Self { server: dynamodb::start()?, tables: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Subject for OnDynamo {
    async fn empty(&self) -> Arc<dyn Store> {
        let table = format!("truce-{}", self.tables.fetch_add(1, Ordering::Relaxed));
        dynamodb::make_table(&self.server, &table);
        dynamodb::open(self.server.port(), &table)
    }

    fn expires_by_itself(&self) -> bool {
        true
    }
}

truce_store::store_contract!(maybe OnDynamo::new());

const TABLE: &str = "truce";

fn rig() -> Option<Rig> {
    let server = dynamodb::start()?;
    dynamodb::make_table(&server, TABLE);
    Some(Rig {
        server,
        open: |port| dynamodb::open(port, TABLE),
        place: |port, go| Place {
            store: format!("dynamodb:{TABLE}"),
            environment: dynamodb::environment(port).into(),
            go: go.to_owned(),
        },
        cases: 24,
    })
}

server_tests!(rig());
