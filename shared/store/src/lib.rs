//! The few things that outlive a request: spent invites, revocations, the room log.
//!
//! Every function of Truce is stateless; what must be remembered goes through one port, [`Store`]. It is small on
//! purpose, so that an adapter for another product is an afternoon's work: whoever writes one runs the same contract
//! (feature `contract`) as the adapters here. Nothing outside this crate knows which product is behind the port.
//!
//! Two rules hold everywhere. The store is *closed*: when it cannot answer, the answer is an error, never "not spent"
//! and never an empty log. And it has *no clock*: the caller passes `now` (unix seconds), and a row exists while
//! `now < keep_until`, whether or not anything has swept it away yet.

#![forbid(unsafe_code)]
#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod connect;
#[cfg(feature = "contract")]
pub mod contract;
mod cursor;
#[cfg(feature = "dynamodb")]
mod dynamodb;
mod entry;
mod error;
mod memory;
#[cfg(any(feature = "redis", feature = "dynamodb", all(feature = "spin", target_arch = "wasm32")))]
mod numbering;
mod port;
pub mod record;
#[cfg(any(feature = "redis", all(feature = "spin", target_arch = "wasm32")))]
mod redis;
#[cfg(all(feature = "spin", target_arch = "wasm32"))]
mod spin;
#[cfg(any(feature = "sqlite", all(feature = "spin", target_arch = "wasm32")))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use connect::connect;
pub use cursor::{Cursor, NotACursor};
#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoStore;
pub use entry::{Agreement, Approved, Entry, NewEntry};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use port::{Appended, PAGE_MAX, Spent, Store};
#[cfg(feature = "redis")]
pub use redis::RedisStore;
#[cfg(all(feature = "spin", target_arch = "wasm32"))]
pub use spin::{SpinRedisStore, SpinSqliteStore};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
