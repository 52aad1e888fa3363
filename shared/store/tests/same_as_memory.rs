//! Whatever is done in whatever order, the SQLite store and the one in memory say the same.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use tempfile::TempDir;
use truce_store::contract::{NOW, agreed, said};
use truce_store::{Cursor, MemoryStore, SqliteStore, Store};

/// Few ids, rooms and moments, so that the operations meet.
#[derive(Debug, Clone)]
enum Operation {
    Spend { id: u8, keep: u64 },
    Revoke { id: u8, keep: u64 },
    Append { room: u8, id: u8, agreement: bool, keep: u64 },
    Look { id: u8 },
    Read { room: u8, after: u64, limit: u32 },
    Sweep,
    Wait { seconds: u64 },
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{Append, Look, Read, Reopen, Revoke, Spend, Sweep, Wait};
    prop_oneof![
        4 => (0..4_u8, 0..6_u64).prop_map(|(id, keep)| Spend { id, keep }),
        3 => (0..4_u8, 0..6_u64).prop_map(|(id, keep)| Revoke { id, keep }),
        8 => (0..2_u8, 0..6_u8, any::<bool>(), 0..9_u64)
            .prop_map(|(room, id, agreement, keep)| Append { room, id, agreement, keep }),
        4 => (0..4_u8).prop_map(|id| Look { id }),
        6 => (0..3_u8, 0..12_u64, 0..9_u32).prop_map(|(room, after, limit)| Read { room, after, limit }),
        2 => Just(Sweep),
        4 => (0..3_u64).prop_map(|seconds| Wait { seconds }),
        1 => Just(Reopen),
    ]
}

struct Pair {
    folder: TempDir,
    sqlite: Option<SqliteStore>,
    memory: MemoryStore,
    now: u64,
}

/// Asks both, and compares.
macro_rules! same {
    ($pair:ident, $method:ident($($argument:expr),*)) => {{
        let sqlite = $pair.sqlite.as_ref().expect("open").$method($($argument),*).await;
        let memory = $pair.memory.$method($($argument),*).await;
        prop_assert_eq!(sqlite, memory, "{}", stringify!($method));
    }};
}

impl Pair {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut pair = Self { folder, sqlite: None, memory: MemoryStore::new(), now: NOW };
        pair.reopen();
        pair
    }

    fn reopen(&mut self) {
        self.sqlite = None;
        self.sqlite = Some(SqliteStore::open(self.folder.path().join("store.db")).expect("opens"));
    }

    async fn both(&mut self, operation: Operation) -> TestCaseResult {
        let now = self.now;
        match operation {
            Operation::Spend { id, keep } => same!(self, spend(&id.to_string(), now, now + keep)),
            Operation::Revoke { id, keep } => same!(self, revoke(&id.to_string(), now, now + keep)),
            Operation::Append { room, id, agreement, keep } => {
                let id = id.to_string();
                // The time makes the second one with an id differ from the first.
                let team = format!("team {now}");
                let entry = if agreement { agreed(&id, &team) } else { said(&id, &team) };
                same!(self, append(&room.to_string(), entry.clone(), now, now + keep));
            }
            Operation::Look { id } => {
                same!(self, is_spent(&id.to_string(), now));
                same!(self, is_revoked(&id.to_string(), now));
                same!(self, entry("0", &id.to_string(), now));
                same!(self, entry("0", &format!("yes-{id}"), now));
            }
            Operation::Read { room, after, limit } => {
                let after = Cursor::at(after).expect("small");
                same!(self, read(&room.to_string(), after, limit, now));
                same!(self, agreements(&room.to_string(), limit, now));
            }
            Operation::Sweep => same!(self, sweep(now)),
            Operation::Wait { seconds } => self.now += seconds,
            Operation::Reopen => self.reopen(),
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_and_memory_say_the_same(operations in prop::collection::vec(operation(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut pair = Pair::new();
            for operation in operations {
                pair.both(operation).await?;
            }
            pair.both(Operation::Read { room: 0, after: 0, limit: 200 }).await?;
            pair.both(Operation::Read { room: 1, after: 0, limit: 200 }).await
        })?;
    }
}
