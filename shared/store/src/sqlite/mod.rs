//! The port on a SQLite file: the embedded default. It survives a restart, needs nothing installed, and any number of
//! processes on one machine may share the file.
//!
//! Connections live on threads of their own, one that writes and a few that read, so nothing here ever blocks the
//! async executor or depends on which one it is.

mod job;
mod open;
mod schema;
mod statements;
mod trouble;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use rusqlite::Connection;

use self::job::{Job, Queue};
use self::trouble::Place;
use self::writer::Writer;
use crate::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError};

/// Reads are microseconds; two threads keep one slow disk read from holding up everybody.
const READERS: usize = 2;

/// A store in a SQLite file.
///
/// What has been answered survives a crash of the process and a power cut: every commit is synced to disk
/// (`synchronous=FULL`) before anybody is told of it. (macOS counts a write as synced while it is still in the drive's
/// own cache, so there a power cut can take the last moments back.)
///
/// Dropping it finishes what was asked for before, then closes the file.
pub struct SqliteStore {
    /// Only taken by `drop`.
    queues: Option<Queues>,
    threads: Vec<JoinHandle<()>>,
    place: Place,
}

struct Queues {
    writes: Queue,
    reads: Queue,
}

impl SqliteStore {
    /// Opens the file, or creates it, readable for its owner only, in a folder that exists. A file of an older version
    /// is brought up to date.
    ///
    /// Blocks for as long as that takes, at most about ten seconds while another process holds the lock.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] with a sentence that says what to do, if the folder is missing or read-only, or if
    /// the file cannot be written to, is no SQLite database, belongs to another program or to a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let place = open::prepare(path.as_ref())?;
        let (writes, to_write) = Queue::new();
        let (reads, to_read) = Queue::new();
        let to_read = Arc::new(Mutex::new(to_read));
        let mut threads = Vec::with_capacity(READERS + 1);

        let thread = Writer::new(open::connect(&place)?, place.clone());
        threads.push(spawn("store-writer", move || thread.run(&to_write))?);
        for _ in 0..READERS {
            let (db, place, jobs) = (open::connect_to_read(&place)?, place.clone(), Arc::clone(&to_read));
            threads.push(spawn("store-reader", move || read_jobs(&db, &place, &jobs))?);
        }
        Ok(Self { queues: Some(Queues { writes, reads }), threads, place })
    }

    fn queues(&self) -> Result<&Queues, StoreError> {
        self.queues.as_ref().ok_or_else(|| StoreError::lasting("the store is closed"))
    }

    fn writes(&self) -> Result<&Queue, StoreError> {
        Ok(&self.queues()?.writes)
    }

    fn reads(&self) -> Result<&Queue, StoreError> {
        Ok(&self.queues()?.reads)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.queues.take());
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.place.path()).finish()
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|_| StoreError::passing("the system allows no more threads: raise the limit"))
}

fn read_jobs(db: &Connection, place: &Place, jobs: &Mutex<Receiver<Box<dyn Job>>>) {
    loop {
        // The lock is held while waiting for a job, never while doing one.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut job) = next else { return };
        let done = place.still_there().and_then(|()| job.run(db, place));
        job.answer(done.err().as_ref());
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let id = id.to_owned();
        self.writes()?.call(move |db| statements::spend(db, &id, now, keep_until)).await
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.reads()?.call(move |db| statements::is_spent(db, &id, now)).await
    }

    async fn revoke(&self, id: &str, _now: u64, keep_until: u64) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.writes()?.call(move |db| statements::revoke(db, &id, keep_until)).await
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.reads()?.call(move |db| statements::is_revoked(db, &id, now)).await
    }

    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let room = room.to_owned();
        self.writes()?.call(move |db| statements::append(db, &room, &entry, now, keep_until)).await
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let room = room.to_owned();
        self.reads()?.call(move |db| statements::read(db, &room, after, limit, now)).await
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        let (room, id) = (room.to_owned(), id.to_owned());
        self.reads()?.call(move |db| statements::entry(db, &room, &id, now)).await
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let room = room.to_owned();
        self.reads()?.call(move |db| statements::agreements(db, &room, limit, now)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reads()?.call(statements::touch).await?;
        self.writes()?.call(statements::touch).await
    }

    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            match self.writes()?.call(move |db| statements::sweep(db, now)).await? {
                0 => return Ok(gone),
                step => gone += step,
            }
        }
    }
}
