//! The contract on a SQLite file.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tempfile::TempDir;
use truce_store::contract::Subject;
use truce_store::{SqliteStore, Store};

struct OnSqlite {
    folder: TempDir,
    files: AtomicUsize,
}

impl OnSqlite {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder"), files: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Subject for OnSqlite {
    async fn empty(&self) -> Arc<dyn Store> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        Arc::new(SqliteStore::open(self.folder.path().join(format!("{number}.db"))).expect("opens"))
    }
}

truce_store::store_contract!(OnSqlite::new());
