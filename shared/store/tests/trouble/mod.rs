//! What a store on a server must hold besides the contract, whatever the server: it is shared by processes, it dies, it
//! hangs, it is not there, its answers get lost. Written once, and a test for each server ([`server_tests!`]).

mod proxy;
mod same;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use truce_store::contract::{KEEP, NOW, agreed, said};
use truce_store::{Appended, Cursor, Spent, Store, StoreError};

use crate::child::{self, Place};
use crate::server::Server;

use self::proxy::Proxy;

/// No call takes longer, whatever the server does: a second to connect, two for an answer, and a turn of the processor.
const LIMIT: Duration = Duration::from_secs(4);

/// A server, and how one gets to it.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) open: fn(port: u16) -> Arc<dyn Store>,
    pub(crate) place: fn(port: u16, go: &Path) -> Place,
    /// How many runs of random operations are worth its time.
    pub(crate) cases: u32,
}

impl Rig {
    /// As another process would: with connections of its own.
    fn store(&self) -> Arc<dyn Store> {
        (self.open)(self.server.port())
    }

    fn place(&self) -> Place {
        (self.place)(self.server.port(), &self.server.folder().join("go"))
    }
}

/// Everything one can ask, all at once, and what came of it after how long.
async fn ask_everything(store: &Arc<dyn Store>) -> Vec<(&'static str, Result<(), StoreError>, Duration)> {
    const ALL: [&str; 9] =
        ["spend", "is_spent", "revoke", "is_revoked", "append", "read", "entry", "agreements", "ping"];
    let mut asked = JoinSet::new();
    for what in ALL {
        let store = Arc::clone(store);
        asked.spawn(async move {
            let begun = Instant::now();
            let outcome = match what {
                "spend" => store.spend("asked", NOW, KEEP).await.map(drop),
                "is_spent" => store.is_spent("asked", NOW).await.map(drop),
                "revoke" => store.revoke("asked", NOW, KEEP).await,
                "is_revoked" => store.is_revoked("asked", NOW).await.map(drop),
                "append" => store.append("room", said("m1", "backend"), NOW, KEEP).await.map(drop),
                "read" => store.read("room", Cursor::START, 9, NOW).await.map(drop),
                "entry" => store.entry("room", "m1", NOW).await.map(drop),
                "agreements" => store.agreements("room", 9, NOW).await.map(drop),
                _ => store.ping().await,
            };
            (what, outcome, begun.elapsed())
        });
    }
    asked.join_all().await
}

/// Nothing is "not spent" and no log is empty only because nobody answers; and it is said within `limit`.
async fn is_closed(store: &Arc<dyn Store>, limit: Duration) {
    for (name, outcome, after) in ask_everything(store).await {
        let error = outcome.expect_err(name);
        assert!(matches!(error, StoreError::Unavailable { .. }), "{name}: {error:?}");
        assert!(error.retry_after().is_some_and(|wait| !wait.is_zero()), "{name}: {error:?}");
        assert!(after <= limit, "{name} took {after:?}: {error}");
    }
}

async fn is_open(store: &Arc<dyn Store>) {
    for (name, outcome, _) in ask_everything(store).await {
        assert_eq!(outcome, Ok(()), "{name}");
    }
}

pub(crate) async fn a_thousand_spends_in_eight_processes_have_one_first(rig: Rig) {
    assert_eq!(child::PROCESSES * child::TIMES, 1000);
    let mut firsts = child::firsts("spend", &rig.place());
    firsts.sort_unstable();
    assert_eq!(firsts, [0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(rig.store().spend("invite", NOW, KEEP).await, Ok(Spent::Again));
}

pub(crate) async fn eight_processes_that_append_the_same_entries_deliver_each_once(rig: Rig) {
    let new: usize = child::firsts("append", &rig.place()).into_iter().sum();
    let log = rig.store().read("room", Cursor::START, 200, NOW).await.expect("reads");
    assert_eq!((new, log.len()), (child::TIMES, child::TIMES));
    assert_eq!(rig.store().agreements("room", 200, NOW).await.expect("reads").len(), child::TIMES);
}

/// Four writers who know nothing of each other, and a reader who knows none of them.
pub(crate) async fn a_reader_misses_nothing_of_what_others_write(rig: Rig) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = rig.store();
        writers.spawn(async move {
            let mut written = Vec::new();
            for number in 0..EACH {
                let entry = said(&format!("{writer}-{number}"), "backend");
                let Ok(Appended::New(cursor)) = store.append("room", entry, NOW, KEEP).await else {
                    panic!("expected a new entry")
                };
                written.push((cursor, format!("{writer}-{number}")));
            }
            written
        });
    }
    let (reader, mut after, mut seen) = (rig.store(), Cursor::START, Vec::new());
    let begun = Instant::now();
    while seen.len() < WRITERS * EACH && begun.elapsed() < Duration::from_mins(1) {
        let page = reader.read("room", after, 7, NOW).await.expect("reads");
        after = page.last().map_or(after, |last| last.cursor);
        seen.extend(page.into_iter().map(|entry| (entry.cursor, entry.id)));
    }
    let mut written = writers.join_all().await.concat();
    written.sort();
    assert_eq!(seen, written);
}

pub(crate) async fn a_server_that_is_not_there_closes_the_store_at_once(mut rig: Rig) {
    let (before, never) = (rig.store(), rig.store());
    is_open(&before).await;
    rig.server.die();
    for store in [&before, &never] {
        is_closed(store, Duration::from_secs(2)).await;
    }
    rig.server.rise();
    for store in [&before, &never] {
        is_open(store).await;
        assert_eq!(store.spend("asked", NOW, KEEP).await, Ok(Spent::Again), "nothing was lost");
    }
}

/// Its port takes connections, as the system does for it, and nothing answers.
pub(crate) async fn a_server_that_hangs_closes_the_store_within_seconds(rig: Rig) {
    let (before, never) = (rig.store(), rig.store());
    is_open(&before).await;
    rig.server.pause();
    for store in [&before, &never] {
        is_closed(store, LIMIT).await;
        is_closed(store, LIMIT).await;
    }
    rig.server.resume();
    for store in [&before, &never] {
        is_open(store).await;
    }
}

/// Whoever asks after a restart does not notice it.
pub(crate) async fn a_restart_between_two_calls_is_not_noticed(mut rig: Rig) {
    let store = rig.store();
    for round in 0..3 {
        assert_eq!(store.spend(&format!("{round}"), NOW, KEEP).await, Ok(Spent::First));
        rig.server.die();
        rig.server.rise();
        assert_eq!(store.spend(&format!("{round}"), NOW, KEEP).await, Ok(Spent::Again));
        rig.server.die();
        rig.server.rise();
        let cursor = store.read("room", Cursor::START, 9, NOW).await;
        assert_eq!(cursor.map(|log| log.len()), Ok(round));
        let appended = store.append("room", agreed(&format!("{round}"), "ops"), NOW, KEEP).await;
        assert!(matches!(appended, Ok(Appended::New(_))), "{appended:?}");
    }
}

/// What somebody was told before the server died.
#[derive(Default)]
struct Told {
    first: Vec<String>,
    appended: Vec<(Cursor, String)>,
    /// Asked for, and answered with an error or not asked for any more: it may have happened or not.
    open: Vec<String>,
}

/// Spends and appends until the store is closed.
async fn write_until_closed(store: Arc<dyn Store>, writer: usize) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let id = format!("{writer}-{number}");
        let begun = Instant::now();
        let spent = store.spend(&id, NOW, KEEP).await;
        let appended = store.append("room", said(&id, "backend"), NOW, KEEP).await;
        assert!(begun.elapsed() <= 2 * LIMIT, "{:?}", begun.elapsed());
        match spent {
            Ok(Spent::First) => told.first.push(id.clone()),
            Ok(Spent::Again) => panic!("nobody else spends {id}"),
            Err(ref error) => assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}"),
        }
        match appended {
            Ok(Appended::New(cursor)) => told.appended.push((cursor, id.clone())),
            Ok(Appended::AlreadyThere(ref entry)) => told.appended.push((entry.cursor, id.clone())),
            Err(ref error) => assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}"),
        }
        if spent.is_err() || appended.is_err() {
            told.open.push(id);
            break;
        }
    }
    told
}

/// As by `kill -9`, with calls in flight, three times: what was confirmed is there, and nothing is there twice.
pub(crate) async fn a_server_that_dies_in_the_middle_doubles_nothing(mut rig: Rig) {
    let mut everything = Vec::new();
    for round in 0..3 {
        let mut writers = JoinSet::new();
        for writer in 0..16 {
            writers.spawn(write_until_closed(rig.store(), round * 100 + writer));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        rig.server.die();
        let told = writers.join_all().await;
        rig.server.rise();

        let store = rig.store();
        for told in told {
            for id in told.first {
                assert_eq!(store.spend(&id, NOW, KEEP).await, Ok(Spent::Again), "{id} was spent");
            }
            for (cursor, id) in told.appended {
                let there = store.entry("room", &id, NOW).await.expect("reads");
                assert_eq!(there.map(|entry| entry.cursor), Some(cursor), "{id} was appended");
                everything.push(id);
            }
            // Asked again, as a client does, it is there once.
            for id in told.open {
                let _ = store.append("room", said(&id, "backend"), NOW, KEEP).await.expect("appends");
                everything.push(id);
            }
        }
    }
    everything.sort();
    everything.dedup();
    let (store, mut after, mut log) = (rig.store(), Cursor::START, Vec::new());
    loop {
        let page = store.read("room", after, 200, NOW).await.expect("reads");
        let Some(last) = page.last() else { break };
        after = last.cursor;
        log.extend(page.into_iter().map(|entry| entry.id));
    }
    log.sort();
    assert!(log.len() > 48, "they did write: {}", log.len());
    assert_eq!(log, everything);
}

/// The connection breaks between the server's deed and its answer: the repetition must find that the deed was its own.
pub(crate) async fn a_lost_answer_does_not_lose_the_invite(rig: Rig) {
    let proxy = Proxy::to(rig.server.port(), b"lost");
    let store = (rig.open)(proxy.port());
    is_open(&store).await;
    assert_eq!(store.spend("lost", NOW, KEEP).await, Ok(Spent::First));
    assert!(proxy.has_dropped(), "the answer did get lost");
    assert_eq!(store.spend("lost", NOW, KEEP).await, Ok(Spent::Again));
    assert_eq!(rig.store().spend("lost", NOW, KEEP).await, Ok(Spent::Again));
}

/// As many cases as the server does in some seconds.
pub(crate) async fn it_says_the_same_as_memory(rig: Rig) {
    let run = move || same::says_the_same_as_memory(&rig.store(), rig.cases);
    tokio::task::spawn_blocking(run).await.expect("the same");
}

/// Makes each of them a test of the server that `$rig` starts, if it is on this machine.
macro_rules! server_tests {
    ($rig:expr) => {
        $crate::trouble::server_tests!($rig;
            a_thousand_spends_in_eight_processes_have_one_first,
            eight_processes_that_append_the_same_entries_deliver_each_once,
            a_reader_misses_nothing_of_what_others_write,
            a_server_that_is_not_there_closes_the_store_at_once,
            a_server_that_hangs_closes_the_store_within_seconds,
            a_restart_between_two_calls_is_not_noticed,
            a_server_that_dies_in_the_middle_doubles_nothing,
            a_lost_answer_does_not_lose_the_invite,
            it_says_the_same_as_memory,
        );
    };
    ($rig:expr; $($name:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(rig) = $rig else { return };
                $crate::trouble::$name(rig).await;
            }
        )+
    };
}
pub(crate) use server_tests;
