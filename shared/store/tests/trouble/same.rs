//! Whatever is done in whatever order, a store on a server and the one in memory say the same, but for the cursors' numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use truce_store::contract::{NOW, agreed, said};
use truce_store::{Appended, Cursor, Entry, MemoryStore, NewEntry, Store};

/// Few ids, rooms and moments, so that the operations meet; a wait may be longer than a server keeps what has expired.
#[derive(Debug, Clone)]
enum Operation {
    Spend { id: u8, keep: u64 },
    Revoke { id: u8, keep: u64 },
    Append { room: usize, id: u8, agreement: bool, keep: u64 },
    Look { id: u8 },
    Read { room: usize, after: usize, limit: u32 },
    Wait { seconds: u64 },
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{Append, Look, Read, Revoke, Spend, Wait};
    prop_oneof![
        4 => (0..4_u8, 0..6_u64).prop_map(|(id, keep)| Spend { id, keep }),
        3 => (0..4_u8, 0..6_u64).prop_map(|(id, keep)| Revoke { id, keep }),
        9 => (0..2_usize, 0..6_u8, any::<bool>(), 0..9_u64)
            .prop_map(|(room, id, agreement, keep)| Append { room, id, agreement, keep }),
        4 => (0..4_u8).prop_map(|id| Look { id }),
        6 => (0..2_usize, 0..9_usize, 0..9_u32).prop_map(|(room, after, limit)| Read { room, after, limit }),
        4 => prop_oneof![4 => 0..3_u64, 1 => Just(4000)].prop_map(|seconds| Wait { seconds }),
    ]
}

type Same = Result<(), TestCaseError>;

struct Pair {
    store: Arc<dyn Store>,
    memory: MemoryStore,
    now: u64,
    /// Its own, on a server that has all of them.
    case: usize,
    /// For each room the cursors that both have given out for the same entry.
    cursors: [Vec<(Cursor, Cursor)>; 2],
}

/// Asks both, and compares.
macro_rules! same {
    ($pair:ident, $method:ident($($argument:expr),*)) => {{
        let (theirs, ours) =
            ($pair.store.$method($($argument),*).await, $pair.memory.$method($($argument),*).await);
        prop_assert_eq!(theirs, ours, "{}", stringify!($method));
    }};
}

impl Pair {
    fn name(&self, of: impl std::fmt::Display) -> String {
        format!("{}-{of}", self.case)
    }

    fn entries(&self, room: usize, theirs: &[Entry], ours: &[Entry]) -> Same {
        let placed = |entry: &Entry, cursor| Entry { cursor, ..entry.clone() };
        for (theirs, ours) in theirs.iter().zip(ours) {
            prop_assert!(self.cursors[room].contains(&(ours.cursor, theirs.cursor)));
            prop_assert_eq!(placed(theirs, ours.cursor), ours.clone());
        }
        prop_assert_eq!(theirs.len(), ours.len());
        Ok(())
    }

    async fn append(&mut self, room: usize, id: u8, agreement: bool, keep: u64) -> Same {
        // The time makes the second one with an id differ from the first.
        let (name, id, team) = (self.name(room), id.to_string(), format!("team {}", self.now));
        let entry = if agreement { agreed(&id, &team) } else { said(&id, &team) };
        // The same id may come back as the other kind.
        let entry = NewEntry { id, ..entry };
        let until = self.now + keep;
        let theirs = self.store.append(&name, entry.clone(), self.now, until).await;
        match (theirs, self.memory.append(&name, entry, self.now, until).await) {
            (Ok(Appended::New(theirs)), Ok(Appended::New(ours))) => {
                prop_assert!(self.cursors[room].last().is_none_or(|(_, before)| *before < theirs));
                self.cursors[room].push((ours, theirs));
                Ok(())
            }
            (Ok(Appended::AlreadyThere(theirs)), Ok(Appended::AlreadyThere(ours))) => {
                self.entries(room, &[theirs], &[ours])
            }
            (theirs, ours) => {
                prop_assert_eq!(theirs, ours);
                Ok(())
            }
        }
    }

    async fn both(&mut self, operation: Operation) -> Same {
        let now = self.now;
        match operation {
            Operation::Spend { id, keep } => same!(self, spend(&self.name(id), now, now + keep)),
            Operation::Revoke { id, keep } => same!(self, revoke(&self.name(id), now, now + keep)),
            Operation::Append { room, id, agreement, keep } => self.append(room, id, agreement, keep).await?,
            Operation::Look { id } => {
                same!(self, is_spent(&self.name(id), now));
                same!(self, is_revoked(&self.name(id), now));
                let id = id.to_string();
                let theirs = self.store.entry(&self.name(0), &id, now).await.expect("reads");
                let ours = self.memory.entry(&self.name(0), &id, now).await.expect("reads");
                self.entries(0, theirs.as_slice(), ours.as_slice())?;
            }
            Operation::Read { room, after, limit } => {
                let name = self.name(room);
                let (ours, theirs) = self.cursors[room].get(after).copied().unwrap_or_default();
                let theirs = self.store.read(&name, theirs, limit, now).await.expect("reads");
                self.entries(room, &theirs, &self.memory.read(&name, ours, limit, now).await.expect("reads"))?;
                let theirs = self.store.agreements(&name, limit, now).await.expect("reads");
                self.entries(room, &theirs, &self.memory.agreements(&name, limit, now).await.expect("reads"))?;
            }
            Operation::Wait { seconds } => self.now += seconds,
        }
        Ok(())
    }
}

/// So many times, with up to sixty operations each.
pub(super) fn says_the_same_as_memory(store: &Arc<dyn Store>, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let case = AtomicUsize::new(0);
    let operations = prop::collection::vec(operation(), 1..60);
    let outcome =
        TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() }).run(&operations, |all| {
            runtime.block_on(async {
                let (store, case) = (Arc::clone(store), case.fetch_add(1, Ordering::Relaxed));
                let mut pair = Pair { store, memory: MemoryStore::new(), now: NOW, case, cursors: Default::default() };
                for operation in all {
                    pair.both(operation).await?;
                }
                for room in 0..2 {
                    pair.both(Operation::Read { room, after: usize::MAX, limit: 200 }).await?;
                }
                Ok(())
            })
        });
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it failed"));
}
