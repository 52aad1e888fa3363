//! A store, and what it takes.

use super::Numbers;
use async_trait::async_trait;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use truce_store::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError};

/// What a store can be asked.
pub(super) const OPERATIONS: [&str; 10] =
    ["spend", "is_spent", "revoke", "is_revoked", "append", "read", "entry", "agreements", "ping", "sweep"];

pub(super) struct Counted {
    store: Arc<dyn Store>,
    numbers: Numbers,
}

impl Counted {
    pub(super) fn new(store: Arc<dyn Store>, numbers: Numbers) -> Self {
        Self { store, numbers }
    }

    async fn counted<T>(
        &self,
        operation: &'static str,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let answer = asked.await;
        // What is refused was asked wrongly: the store is well.
        let failed = matches!(answer, Err(StoreError::Unavailable { .. }));
        self.numbers.stored(operation, begun.elapsed(), failed);
        answer
    }
}

#[async_trait]
impl Store for Counted {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        self.counted("spend", self.store.spend(id, now, keep_until)).await
    }
    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.counted("is_spent", self.store.is_spent(id, now)).await
    }
    async fn revoke(&self, id: &str, now: u64, keep_until: u64) -> Result<(), StoreError> {
        self.counted("revoke", self.store.revoke(id, now, keep_until)).await
    }
    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.counted("is_revoked", self.store.is_revoked(id, now)).await
    }
    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        self.counted("append", self.store.append(room, entry, now, keep_until)).await
    }
    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.counted("read", self.store.read(room, after, limit, now)).await
    }
    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        self.counted("entry", self.store.entry(room, id, now)).await
    }
    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.counted("agreements", self.store.agreements(room, limit, now)).await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.counted("ping", self.store.ping()).await
    }
    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        self.counted("sweep", self.store.sweep(now)).await
    }
}
