//! The port itself. A change here is a change to every adapter and to the contract they all run.

use async_trait::async_trait;

use crate::{Cursor, Entry, NewEntry, StoreError};

/// The most entries one [`Store::read`] or [`Store::agreements`] returns, whatever `limit` says: a client that asks
/// for everything gets pages.
pub const PAGE_MAX: u32 = 200;

/// What came of spending an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Spent {
    /// This caller spent it, and nobody else ever will while the record is kept.
    First,
    /// Somebody was here before.
    Again,
}

/// What came of appending to a room's log.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
#[allow(clippy::large_enum_variant, reason = "it lives for one match; a box would only be in the way")]
pub enum Appended {
    /// It is in the log, here.
    New(Cursor),
    /// An entry with this id was there before and has not been touched: this one.
    AlreadyThere(Entry),
}

/// What the functions need remembered.
///
/// Times are unix seconds and come from the caller. A row exists while `now < keep_until`; every method ignores older
/// ones, swept or not.
///
/// Futures are `Send` because the handlers that await them are; an adapter for a single-threaded host wraps what it
/// holds accordingly.
///
/// # Errors
///
/// Every method returns [`StoreError::Unavailable`] when the backing store cannot answer; what was asked for may then
/// have happened or not, and asking again is always safe. [`Store::spend`] is the one where asking again can cost
/// something: the id may turn out spent.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Spends `id`: [`Spent::First`] for exactly one caller, [`Spent::Again`] for all others, however many ask at once
    /// and in however many processes. The record is kept until `keep_until`, which must outlive the invite plus clock
    /// skew.
    ///
    /// # Errors
    ///
    /// [`StoreError::Rejected`] if `keep_until <= now`: such a record would be gone at once, and two callers would both
    /// be first.
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError>;

    /// Whether `id` has been spent.
    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError>;

    /// Revokes `id` until `keep_until`. Revoking again changes nothing, except that the later `keep_until` wins.
    async fn revoke(&self, id: &str, now: u64, keep_until: u64) -> Result<(), StoreError>;

    /// Whether `id` has been revoked.
    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError>;

    /// Appends to the log of `room`, unless an entry with this id is already in it: sending twice delivers once. All of
    /// it or nothing. Cursors within a room only grow, also after older entries have expired, and become visible in
    /// order: whoever has read up to a cursor has not missed anything before it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Rejected`] if `keep_until <= now`.
    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError>;

    /// The entries of `room` after `after`, oldest first, at most `limit` and [`PAGE_MAX`]. Takes the same time however
    /// long the log is.
    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError>;

    /// The entry of `room` with this id.
    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError>;

    /// The entries of `room` that carry an agreement, newest first, at most `limit` and [`PAGE_MAX`]. As cheap as
    /// [`Store::read`], however much else was said.
    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError>;

    /// Goes to the backing store and back, by the way a write would take.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Deletes what has expired and returns how many rows went. Correctness never depends on it, the size of the store
    /// does. Adapters whose product expires rows by itself return 0.
    async fn sweep(&self, now: u64) -> Result<u64, StoreError>;
}
