//! What every adapter must hold, written once.
//!
//! An adapter's tests are one line, and a new case here is a new test for all of them:
//!
//! ```
//! use std::sync::Arc;
//! use truce_store::contract::Subject;
//! use truce_store::{MemoryStore, Store};
//!
//! struct InMemory;
//!
//! #[async_trait::async_trait]
//! impl Subject for InMemory {
//!     async fn empty(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//!
//! truce_store::store_contract!(InMemory);
//! ```
//!
//! That makes one `#[tokio::test]` a case. `store_contract!(maybe SUBJECT)` takes an `Option`, and does nothing without one:
//! for a server that is not on every machine. Where there is no test harness (a component inside a host), await [`all`]
//! under any tokio runtime. A case panics where the contract is broken.
//!
//! Times are in the year 2033, later than any test runs: a product that expires rows by its own clock takes none of
//! them too early. How long rows live is counted from `now`.

mod log;
mod marks;
mod time;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use tokio::task::JoinSet;

pub use self::log::*;
pub use self::marks::*;
pub use self::time::*;
use crate::{Agreement, Appended, Approved, Cursor, Entry, NewEntry, Store};

/// An adapter under test.
#[async_trait]
pub trait Subject: Send + Sync {
    /// An empty store.
    async fn empty(&self) -> Arc<dyn Store>;

    /// Whether rows vanish by themselves, so that [`Store::sweep`] has nothing to do.
    fn expires_by_itself(&self) -> bool {
        false
    }
}

/// When the cases happen, in unix seconds.
pub const NOW: u64 = 2_000_000_000;

/// How long they keep things.
pub const KEEP: u64 = NOW + 3600;

/// An entry from `from` to every other team.
pub fn said(id: &str, from: &str) -> NewEntry {
    NewEntry {
        id: id.to_owned(),
        from_team: from.to_owned(),
        from_member: format!("Ana of {from}"),
        to_team: None,
        text: Approved::by_sender(format!("It would help us to know the date. ({id})")),
        payload: json!({"menu": ["By Friday", "By Monday"], "request": {"what": "say the date"}}),
        agreement: None,
    }
}

/// The yes to the request `to`.
pub fn agreed(to: &str, team: &str) -> NewEntry {
    NewEntry {
        agreement: Some(Agreement {
            what: format!("say the date ({to})"),
            by_when: Some("by Friday".to_owned()),
            agreed_team: team.to_owned(),
            agreed_member: "Ben".to_owned(),
            asked_team: "backend".to_owned(),
            asked_member: "Ana".to_owned(),
        }),
        ..said(&format!("yes-{to}"), team)
    }
}

/// Does `work` for every number below `times`, all at once.
async fn at_once<T, W>(store: &Arc<dyn Store>, times: usize, work: impl Fn(Arc<dyn Store>, usize) -> W) -> Vec<T>
where
    T: Send + 'static,
    W: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..times {
        tasks.spawn(work(Arc::clone(store), number));
    }
    tasks.join_all().await
}

async fn append(store: &Arc<dyn Store>, room: &str, entry: NewEntry) -> Appended {
    store.append(room, entry, NOW, KEEP).await.expect("appends")
}

async fn append_new(store: &Arc<dyn Store>, room: &str, entry: NewEntry) -> Cursor {
    match append(store, room, entry).await {
        Appended::New(cursor) => cursor,
        there @ Appended::AlreadyThere(_) => panic!("expected a new entry, got {there:?}"),
    }
}

async fn read(store: &Arc<dyn Store>, room: &str, after: Cursor, limit: u32) -> Vec<Entry> {
    store.read(room, after, limit, NOW).await.expect("reads")
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

/// Declares which functions are cases: [`all`] runs them, [`store_contract!`](crate::store_contract) tests them.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        /// Runs every case.
        pub async fn all(subject: &dyn Subject) {
            $($case(subject).await;)+
        }

        /// Makes every case of the [contract](crate::contract) a test of the given [`Subject`](crate::contract::Subject).
        #[macro_export]
        macro_rules! store_contract {
            (maybe $subject:expr) => {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $case() {
                        let Some(subject) = $subject else { return };
                        $crate::contract::$case(&subject).await;
                    }
                )+
            };
            ($subject:expr) => {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $case() {
                        $crate::contract::$case(&$subject).await;
                    }
                )+
            };
        }
    };
}

cases! {
    a_thousand_spend_one_id_and_one_is_first,
    ten_spend_each_of_a_hundred_ids_and_one_is_first_for_each,
    spending_is_seen,
    ids_that_look_alike_are_different,
    a_spent_record_ends_exactly_at_its_time,
    a_record_that_would_be_gone_at_once_is_refused,
    revoking_is_seen_and_repeats,
    the_later_revocation_wins,
    spent_and_revoked_are_not_each_other,
    an_entry_comes_back_as_it_went_in,
    sending_twice_delivers_once,
    the_same_id_in_another_room_is_another_entry,
    many_senders_of_one_entry_deliver_it_once,
    two_yeses_make_one_agreement,
    pages_follow_each_other_by_cursor,
    a_limit_is_a_limit,
    rooms_do_not_hear_each_other,
    teams_find_what_is_for_them,
    agreements_come_newest_first,
    a_cursor_outlives_the_entries_before_it,
    a_reader_who_follows_misses_nothing,
    an_entry_ends_exactly_at_its_time,
    an_expired_id_can_be_used_again,
    a_sweep_takes_what_has_expired_and_nothing_else,
    a_sweep_in_the_middle_of_writing_loses_nothing,
    the_store_answers,
}
