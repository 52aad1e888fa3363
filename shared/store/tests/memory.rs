//! The contract, in memory.

use std::sync::Arc;

use async_trait::async_trait;
use truce_store::contract::Subject;
use truce_store::{MemoryStore, Store};

struct InMemory;

#[async_trait]
impl Subject for InMemory {
    async fn empty(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }
}

truce_store::store_contract!(InMemory);
