//! A piece of work on its way to a thread that has a connection, and its answer on the way back.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::trouble::{Failure, Place};
use crate::StoreError;

/// How many jobs may wait. At the measured rate of commits this is a fraction of a second of work; beyond it, saying
/// no at once is kinder than letting everybody run into their time limit.
pub(super) const QUEUE: usize = 8192;

/// Work whose outcome is kept until it is allowed out.
pub(super) trait Job: Send {
    /// Does the work.
    fn run(&mut self, db: &Connection, place: &Place) -> Result<(), StoreError>;

    /// Tells whoever waits: the outcome of the work, or that `trouble` has undone it.
    fn answer(self: Box<Self>, trouble: Option<&StoreError>);
}

struct Call<W, T> {
    work: Option<W>,
    outcome: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, T> Job for Call<W, T>
where
    W: FnOnce(&Connection) -> Result<T, Failure> + Send,
    T: Send,
{
    fn run(&mut self, db: &Connection, place: &Place) -> Result<(), StoreError> {
        let work = self.work.take().ok_or_else(gone)?;
        let outcome = work(db).map_err(|failure| place.explain(failure));
        let run = outcome.as_ref().map(drop).map_err(Clone::clone);
        self.outcome = Some(outcome);
        run
    }

    fn answer(self: Box<Self>, trouble: Option<&StoreError>) {
        let answer = match (trouble, self.outcome) {
            (None, Some(outcome)) => outcome,
            (Some(trouble), _) => Err(trouble.clone()),
            (None, None) => Err(gone()),
        };
        // Whoever waited may have left. What was done stays done.
        let _ = self.caller.send(answer);
    }
}

/// Where jobs wait. Dropping it lets the thread at the other end finish what is queued and go.
#[derive(Debug, Clone)]
pub(super) struct Queue(SyncSender<Box<dyn Job>>);

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Box<dyn Job>>) {
        let (sender, receiver) = sync_channel(QUEUE);
        (Self(sender), receiver)
    }

    /// Hands the work over, at once, and waits for its answer without holding a thread. Whoever stops waiting does not
    /// stop the work.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        let job = Call { work: Some(work), outcome: None, caller };
        self.0.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::passing("more is asked of the store than it can do: ask again"),
            TrySendError::Disconnected(_) => gone(),
        })?;
        answer.await.map_err(|_| gone())?
    }
}

fn gone() -> StoreError {
    StoreError::lasting("the thread that keeps the store has ended: restart the service, and report this")
}
