//! The contract on a server of DynamoDB's API.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "DynamoDB is a name, not code")]

mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use truce_store::Store;
use truce_store::contract::Subject;

use server::{Server, dynamodb};

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
        Arc::new(dynamodb::open(&self.server, &table))
    }

    fn expires_by_itself(&self) -> bool {
        true
    }
}

truce_store::store_contract!(maybe OnDynamo::new());
