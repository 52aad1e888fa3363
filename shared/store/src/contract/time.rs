//! Time and concurrency: what expires, and who reads while others write.

use std::sync::Arc;

use super::{KEEP, NOW, Subject, agreed, append_new, at_once, ids, read, said};
use crate::{Appended, Cursor, Spent, Store};

/// Cursors go on where they were after everything before them has expired and been swept: a client that comes back
/// with an old one finds what is new.
pub async fn a_cursor_outlives_the_entries_before_it(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", said("m1", "backend")).await;
    let old = append_new(&store, "room", said("m2", "backend")).await;
    store.sweep(KEEP).await.expect("sweeps");
    let appended = store.append("room", said("m3", "backend"), KEEP, KEEP + 60).await;
    let Ok(Appended::New(new)) = appended else { panic!("expected a new entry, got {appended:?}") };
    assert!(new > old);
    assert_eq!(ids(&store.read("room", old, 9, KEEP).await.expect("reads")), ["m3"]);
}

/// Eight writers, and a reader who always asks for what comes after the last entry it saw.
pub async fn a_reader_who_follows_misses_nothing(subject: &dyn Subject) {
    const WRITERS: usize = 8;
    const EACH: usize = 50;
    let store = subject.empty().await;
    let following = Arc::clone(&store);
    let reader = tokio::spawn(async move {
        let (mut after, mut seen) = (Cursor::START, Vec::new());
        while seen.len() < WRITERS * EACH {
            let page = read(&following, "room", after, 7).await;
            if let Some(last) = page.last() {
                after = last.cursor;
            } else if following.is_spent("all written", NOW).await == Ok(true)
                && read(&following, "room", after, 7).await.is_empty()
            {
                break;
            }
            seen.extend(page.into_iter().map(|entry| (entry.cursor, entry.id)));
            tokio::task::yield_now().await;
        }
        seen
    });
    let written = at_once(&store, WRITERS, |store, writer| async move {
        let mut written = Vec::new();
        for number in 0..EACH {
            let id = format!("{writer}-{number}");
            written.push((append_new(&store, "room", said(&id, "backend")).await, id));
        }
        written
    })
    .await;
    assert_eq!(store.spend("all written", NOW, KEEP).await, Ok(Spent::First));
    let mut written = written.concat();
    written.sort();
    assert_eq!(reader.await.expect("the reader goes on to the end"), written);
}

/// An entry is there one second before `keep_until` and gone at it, by every way to it, without a sweep.
pub async fn an_entry_ends_exactly_at_its_time(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", agreed("m1", "ops")).await;
    let later = store.append("room", agreed("m2", "ops"), NOW, KEEP + 60).await;
    assert!(matches!(later, Ok(Appended::New(_))));
    for (now, expected) in
        [(KEEP - 1, vec!["yes-m1", "yes-m2"]), (KEEP, vec!["yes-m2"]), (KEEP + 59, vec!["yes-m2"]), (KEEP + 60, vec![])]
    {
        let mut agreements = store.agreements("room", 9, now).await.expect("reads");
        agreements.reverse();
        assert_eq!(ids(&agreements), expected, "agreements at {now}");
        assert_eq!(ids(&store.read("room", Cursor::START, 9, now).await.expect("reads")), expected, "log at {now}");
        let found = store.entry("room", "yes-m1", now).await.expect("reads");
        assert_eq!(found.is_some(), expected.contains(&"yes-m1"), "entry at {now}");
        // What has expired does not take a place on the page either.
        let first = store.read("room", Cursor::START, 1, now).await.expect("reads");
        assert_eq!(ids(&first), expected.iter().take(1).copied().collect::<Vec<_>>());
    }
}

/// The id of an expired entry makes a new one, at the end of the log.
pub async fn an_expired_id_can_be_used_again(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", agreed("m1", "ops")).await;
    let old = append_new(&store, "room", said("m2", "backend")).await;
    let appended = store.append("room", agreed("m1", "design"), KEEP, KEEP + 60).await;
    let Ok(Appended::New(new)) = appended else { panic!("expected a new entry, got {appended:?}") };
    assert!(new > old);
    let expected = agreed("m1", "design").placed(new, KEEP);
    assert_eq!(store.entry("room", "yes-m1", KEEP).await, Ok(Some(expected.clone())));
    assert_eq!(store.read("room", Cursor::START, 9, KEEP).await, Ok(vec![expected.clone()]));
    assert_eq!(store.agreements("room", 9, KEEP).await, Ok(vec![expected]));
}

/// One row of each kind that has expired, one that has not; more than one step's worth of one kind.
pub async fn a_sweep_takes_what_has_expired_and_nothing_else(subject: &dyn Subject) {
    const MANY: usize = 1234;
    let store = subject.empty().await;
    at_once(&store, MANY, |store, number| async move { store.spend(&format!("old-{number}"), NOW, KEEP).await }).await;
    append_new(&store, "room", agreed("old", "ops")).await;
    store.revoke("old", NOW, KEEP).await.expect("revokes");
    assert_eq!(store.spend("new", NOW, KEEP + 1).await, Ok(Spent::First));
    store.revoke("new", NOW, KEEP + 1).await.expect("revokes");
    let new = store.append("room", agreed("new", "ops"), NOW, KEEP + 1).await;
    assert!(matches!(new, Ok(Appended::New(_))));

    let by_itself = subject.expires_by_itself();
    assert_eq!(store.sweep(KEEP - 1).await, Ok(0));
    assert_eq!(store.is_spent("old-0", KEEP - 1).await, Ok(true));
    assert_eq!(store.sweep(KEEP).await, Ok(if by_itself { 0 } else { MANY as u64 + 2 }));
    assert_eq!(store.sweep(KEEP).await, Ok(0));

    if !by_itself {
        // Gone for good: even somebody whose clock is behind no longer finds it.
        assert_eq!(store.is_spent("old-0", NOW).await, Ok(false));
        assert_eq!(store.entry("room", "yes-old", NOW).await, Ok(None));
    }
    assert_eq!(store.is_spent("new", KEEP).await, Ok(true));
    assert_eq!(store.is_revoked("new", KEEP).await, Ok(true));
    assert_eq!(ids(&store.read("room", Cursor::START, 9, KEEP).await.expect("reads")), ["yes-new"]);
    assert_eq!(ids(&store.agreements("room", 9, KEEP).await.expect("reads")), ["yes-new"]);
}

/// Writers, and sweeps between them.
pub async fn a_sweep_in_the_middle_of_writing_loses_nothing(subject: &dyn Subject) {
    let store = subject.empty().await;
    at_once(&store, 300, |store: Arc<dyn Store>, number| async move {
        match number % 3 {
            0 => store.sweep(NOW).await.map(drop).expect("sweeps"),
            1 => assert_eq!(store.spend(&format!("{number}"), NOW, NOW + 1).await, Ok(Spent::First)),
            _ => drop(append_new(&store, "room", said(&format!("{number}"), "backend")).await),
        }
    })
    .await;
    for number in (1..300).step_by(3) {
        assert_eq!(store.is_spent(&format!("{number}"), NOW).await, Ok(true), "{number}");
    }
    assert_eq!(read(&store, "room", Cursor::START, 200).await.len(), 100);
}

/// A store that works says so.
pub async fn the_store_answers(subject: &dyn Subject) {
    assert_eq!(subject.empty().await.ping().await, Ok(()));
}
