//! The one thread that writes. A sync to disk costs milliseconds however much it covers, so whatever has queued up
//! while the last one ran shares the next: one transaction, a savepoint for each job, and nobody is told anything
//! before the commit has returned.

use std::sync::mpsc::Receiver;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::job::Job;
use super::trouble::{Failure, Place};
use crate::StoreError;

/// The most jobs in one transaction, so that other processes get their turn at the lock.
const BATCH: usize = 256;

pub(super) struct Writer {
    db: Connection,
    place: Place,
}

impl Writer {
    pub(super) fn new(db: Connection, place: Place) -> Self {
        Self { db, place }
    }

    /// Works until every [`super::job::Queue`] to it is gone and what they queued is done.
    pub(super) fn run(self, jobs: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(BATCH - 1));
            let trouble = self.commit(&mut batch).err();
            if let Some(error) = &trouble {
                tracing::error!(%error, jobs = batch.len(), "the store could not commit");
            }
            for job in batch {
                job.answer(trouble.as_ref());
            }
        }
    }

    /// Does all of the batch, or, if it fails, none of it.
    fn commit(&self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        self.place.still_there()?;
        self.transaction(batch).map_err(|failure| self.place.explain(failure))
    }

    fn transaction(&self, batch: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        for job in batch {
            self.do_now("SAVEPOINT job")?;
            if let Err(error) = job.run(&self.db, &self.place) {
                // After the worst errors, a full disk for one, SQLite has undone the transaction by itself.
                if self.db.is_autocommit() {
                    return Err(error.into());
                }
                self.do_now("ROLLBACK TO job")?;
            }
            self.do_now("RELEASE job")?;
        }
        Ok(transaction.commit()?)
    }

    fn do_now(&self, statement: &str) -> Result<(), Failure> {
        self.db.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tempfile::TempDir;

    use super::*;
    use crate::sqlite::job::Queue;
    use crate::sqlite::open;
    use crate::{Spent, StoreError};

    fn writer(folder: &TempDir) -> Writer {
        let place = open::prepare(&folder.path().join("store.db")).unwrap();
        Writer::new(open::connect(&place).unwrap(), place)
    }

    fn insert(db: &Connection, id: &str) -> Result<(), Failure> {
        db.execute("INSERT INTO spent VALUES (?1, 1)", [id])?;
        Ok(())
    }

    fn spent(db: &Connection) -> Vec<String> {
        let mut ids = db.prepare("SELECT id FROM spent ORDER BY id").unwrap();
        ids.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Inserts, and when it answers looks from outside at what has been committed.
    struct Witness {
        id: &'static str,
        fails: bool,
        outside: Connection,
        seen: Arc<Mutex<Vec<Vec<String>>>>,
    }

    impl Job for Witness {
        fn run(&mut self, db: &Connection, place: &Place) -> Result<(), StoreError> {
            insert(db, self.id).map_err(|failure| place.explain(failure))?;
            if self.fails { Err(StoreError::passing("as asked")) } else { Ok(()) }
        }

        fn answer(self: Box<Self>, _: Option<&StoreError>) {
            self.seen.lock().unwrap().push(spent(&self.outside));
        }
    }

    #[test]
    fn nobody_is_answered_before_the_commit_and_one_failure_undoes_no_other_job() {
        let folder = TempDir::new().unwrap();
        let writer = writer(&folder);
        let (sender, jobs) = std::sync::mpsc::channel::<Box<dyn Job>>();
        let seen = Arc::default();
        for (id, fails) in [("a", false), ("b", true), ("c", false)] {
            let outside = open::connect(&writer.place).unwrap();
            sender.send(Box::new(Witness { id, fails, outside, seen: Arc::clone(&seen) })).unwrap();
        }
        drop(sender);
        writer.run(&jobs);
        assert_eq!(*seen.lock().unwrap(), vec![vec!["a", "c"]; 3]);
    }

    #[tokio::test]
    async fn whoever_stops_waiting_does_not_stop_the_work() {
        let folder = TempDir::new().unwrap();
        let writer = writer(&folder);
        let outside = open::connect(&writer.place).unwrap();
        let (queue, jobs) = Queue::new();
        let left = queue.call(|db| insert(db, "left"));
        // Asked for and never awaited again: the client has disconnected.
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), left).await;
        assert!(gone.is_err());
        drop(queue);
        writer.run(&jobs);
        assert_eq!(spent(&outside), ["left"]);
    }

    #[tokio::test]
    async fn a_lock_held_elsewhere_closes_the_store_for_writing_and_passes() {
        let folder = TempDir::new().unwrap();
        let writer = writer(&folder);
        writer.db.busy_timeout(std::time::Duration::from_millis(20)).unwrap();
        let outside = open::connect(&writer.place).unwrap();
        let (queue, jobs) = Queue::new();
        let thread = std::thread::spawn(move || writer.run(&jobs));
        outside.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = queue.call(|db| insert(db, "too early")).await.unwrap_err();
        assert!(error.to_string().contains("locked by another process"), "{error}");
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(1)));
        outside.execute_batch("ROLLBACK").unwrap();
        queue.call(|db| insert(db, "later")).await.unwrap();
        drop(queue);
        thread.join().unwrap();
        assert_eq!(spent(&outside), ["later"]);
    }

    #[tokio::test]
    async fn a_full_disk_undoes_the_batch_and_says_so() {
        let folder = TempDir::new().unwrap();
        let writer = writer(&folder);
        let place = writer.place.clone();
        let pages: i64 = writer.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        writer.db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        let (queue, jobs) = Queue::new();
        let thread = std::thread::spawn(move || writer.run(&jobs));
        let error = queue.call(|db| insert(db, &"x".repeat(100_000))).await.unwrap_err();
        assert!(error.to_string().contains("free some space"), "{error}");
        assert!(error.retry_after().is_some());
        queue.call(|db| insert(db, "small")).await.unwrap();
        drop(queue);
        thread.join().unwrap();
        assert_eq!(spent(&open::connect(&place).unwrap()), ["small"]);
    }

    async fn spend(queue: Queue, id: String) -> Result<Spent, StoreError> {
        queue.call(move |db| crate::sqlite::statements::spend(db, &id, 1, 2)).await
    }

    #[tokio::test]
    async fn a_queue_that_is_full_says_so_at_once() {
        let folder = TempDir::new().unwrap();
        let writer = writer(&folder);
        let (queue, jobs) = Queue::new();
        let mut waiting = tokio::task::JoinSet::new();
        for number in 0..crate::sqlite::job::QUEUE {
            waiting.spawn(spend(queue.clone(), number.to_string()));
        }
        // A turn for each: then all have queued up.
        for _ in 0..crate::sqlite::job::QUEUE {
            tokio::task::yield_now().await;
        }
        let error = spend(queue.clone(), "one too many".to_owned()).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(1)));
        drop(queue);
        let thread = std::thread::spawn(move || writer.run(&jobs));
        for spent in waiting.join_all().await {
            assert_eq!(spent, Ok(Spent::First));
        }
        thread.join().unwrap();
    }
}
