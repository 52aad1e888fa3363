//! The port in memory: for tests, and for trying things out. Everything is gone with the process, and another process
//! sees nothing of it, so no deployment may use it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use crate::{Appended, Cursor, Entry, NewEntry, PAGE_MAX, Spent, Store, StoreError};

/// A store in this process's memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<Kept>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> Result<MutexGuard<'_, Kept>, StoreError> {
        // A panic half-way through a change may have left half of it: closed from then on.
        self.0
            .lock()
            .map_err(|_| StoreError::lasting("a thread panicked while it changed the store: restart the service"))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}

#[derive(Default)]
struct Kept {
    /// When each record expires, by id.
    spent: HashMap<String, u64>,
    revoked: HashMap<String, u64>,
    rooms: HashMap<String, Room>,
    /// The number of the newest entry, of all rooms: it never goes back, so no cursor is ever given out twice.
    last: u64,
}

#[derive(Default)]
struct Room {
    log: BTreeMap<Cursor, Line>,
    by_id: HashMap<String, Cursor>,
    agreements: BTreeSet<Cursor>,
}

/// One entry and when it expires.
struct Line {
    entry: Entry,
    expires: u64,
}

impl Room {
    fn remove(&mut self, cursor: Cursor) {
        if let Some(gone) = self.log.remove(&cursor) {
            self.by_id.remove(&gone.entry.id);
            self.agreements.remove(&cursor);
        }
    }

    fn by_id(&self, id: &str) -> Option<&Line> {
        self.log.get(self.by_id.get(id)?)
    }

    /// Removes what has expired; how many entries that were.
    fn sweep(&mut self, now: u64) -> usize {
        let expired: Vec<Cursor> =
            self.log.iter().filter(|(_, kept)| kept.expires <= now).map(|(cursor, _)| *cursor).collect();
        for cursor in &expired {
            self.remove(*cursor);
        }
        expired.len()
    }
}

fn page(limit: u32) -> usize {
    limit.min(PAGE_MAX) as usize
}

#[async_trait]
impl Store for MemoryStore {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let mut kept = self.kept()?;
        if kept.spent.get(id).is_some_and(|expires| *expires > now) {
            return Ok(Spent::Again);
        }
        kept.spent.insert(id.to_owned(), keep_until);
        Ok(Spent::First)
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        Ok(self.kept()?.spent.get(id).is_some_and(|expires| *expires > now))
    }

    async fn revoke(&self, id: &str, _now: u64, keep_until: u64) -> Result<(), StoreError> {
        let mut kept = self.kept()?;
        let expires = kept.revoked.entry(id.to_owned()).or_default();
        *expires = keep_until.max(*expires);
        Ok(())
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        Ok(self.kept()?.revoked.get(id).is_some_and(|expires| *expires > now))
    }

    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let mut kept = self.kept()?;
        let number = kept.last + 1;
        let log = kept.rooms.entry(room.to_owned()).or_default();
        if let Some(there) = log.by_id(&entry.id) {
            if there.expires > now {
                return Ok(Appended::AlreadyThere(there.entry.clone()));
            }
            let expired = there.entry.cursor;
            log.remove(expired);
        }
        let cursor = Cursor::at(number).ok_or(StoreError::Rejected { reason: "the log has no number left" })?;
        if entry.agreement.is_some() {
            log.agreements.insert(cursor);
        }
        log.by_id.insert(entry.id.clone(), cursor);
        log.log.insert(cursor, Line { entry: entry.placed(cursor, now), expires: keep_until });
        kept.last = number;
        Ok(Appended::New(cursor))
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let kept = self.kept()?;
        let Some(room) = kept.rooms.get(room) else {
            return Ok(Vec::new());
        };
        let later = room.log.range((Excluded(after), Unbounded)).map(|(_, kept)| kept);
        Ok(later.filter(|kept| kept.expires > now).take(page(limit)).map(|kept| kept.entry.clone()).collect())
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        let kept = self.kept()?;
        let found = kept.rooms.get(room).and_then(|room| room.by_id(id));
        Ok(found.filter(|kept| kept.expires > now).map(|kept| kept.entry.clone()))
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let kept = self.kept()?;
        let Some(room) = kept.rooms.get(room) else {
            return Ok(Vec::new());
        };
        let newest_first = room.agreements.iter().rev().filter_map(|cursor| room.log.get(cursor));
        Ok(newest_first.filter(|kept| kept.expires > now).take(page(limit)).map(|kept| kept.entry.clone()).collect())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.kept().map(drop)
    }

    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        let mut kept = self.kept()?;
        let before = kept.spent.len() + kept.revoked.len();
        kept.spent.retain(|_, expires| *expires > now);
        kept.revoked.retain(|_, expires| *expires > now);
        let records = before - kept.spent.len() - kept.revoked.len();
        let entries: usize = kept.rooms.values_mut().map(|room| room.sweep(now)).sum();
        kept.rooms.retain(|_, room| !room.log.is_empty());
        Ok((records + entries) as u64)
    }
}
