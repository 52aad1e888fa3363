//! A store, and whoever is told what it is asked: never with what, nor what it answers. It does not notice, nor does who asks it.

use async_trait::async_trait;
use std::future::Future;
use std::sync::Arc;
use truce_store::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError};

/// Is told what a store is asked.
pub(crate) trait Observer: Send + Sync + 'static {
    /// What it keeps until there is an answer. Dropped instead, nobody waited for one.
    type Begun: Send;

    /// The store is asked.
    fn begins(&self, operation: &'static str) -> Self::Begun;

    /// It has answered, or failed.
    fn ends(&self, begun: Self::Begun, failed: Option<&StoreError>);
}

/// Both are.
impl<A: Observer, B: Observer> Observer for (A, B) {
    type Begun = (A::Begun, B::Begun);

    fn begins(&self, operation: &'static str) -> Self::Begun {
        (self.0.begins(operation), self.1.begins(operation))
    }

    fn ends(&self, (first, second): Self::Begun, failed: Option<&StoreError>) {
        self.0.ends(first, failed);
        self.1.ends(second, failed);
    }
}

/// A store with an observer.
pub(crate) struct Observed<O> {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) observer: O,
}

impl<O: Observer> Observed<O> {
    async fn told<T>(
        &self,
        operation: &'static str,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let begun = self.observer.begins(operation);
        let answer = asked.await;
        self.observer.ends(begun, answer.as_ref().err());
        answer
    }
}

/// Each operation by its name, once: those that a store has are those that are told.
macro_rules! operations {
    ($($operation:ident($($name:ident: $kind:ty),*) -> $answer:ty;)*) => {
        /// What a store can be asked.
        pub(crate) const OPERATIONS: &[&str] = &[$(stringify!($operation)),*];

        #[async_trait]
        impl<O: Observer> Store for Observed<O> {
            $(async fn $operation(&self, $($name: $kind),*) -> Result<$answer, StoreError> {
                self.told(stringify!($operation), self.store.$operation($($name),*)).await
            })*
        }
    };
}

operations! {
    spend(id: &str, now: u64, keep_until: u64) -> Spent;
    is_spent(id: &str, now: u64) -> bool;
    revoke(id: &str, now: u64, keep_until: u64) -> ();
    is_revoked(id: &str, now: u64) -> bool;
    append(room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Appended;
    read(room: &str, after: Cursor, limit: u32, now: u64) -> Vec<Entry>;
    entry(room: &str, id: &str, now: u64) -> Option<Entry>;
    agreements(room: &str, limit: u32, now: u64) -> Vec<Entry>;
    ping() -> ();
    sweep(now: u64) -> u64;
}
