//! A room's log.

use serde_json::{Value, json};

use super::{KEEP, NOW, Subject, agreed, append, append_new, at_once, ids, read, said};
use crate::{Agreement, Appended, Approved, Cursor, NewEntry, PAGE_MAX};

/// Every field, with the characters that get lost first.
pub async fn an_entry_comes_back_as_it_went_in(subject: &dyn Subject) {
    let store = subject.empty().await;
    let full = NewEntry {
        id: "m-1 \"quoted\" 'twice' \\ \0 🕊".to_owned(),
        from_team: "Büro\n2".to_owned(),
        from_member: "Ána O'Neil".to_owned(),
        to_team: Some("front-end".to_owned()),
        text: Approved::by_sender("line one\nline two\t\"q\" \\ % _ \u{202e} 🤝 \0 end"),
        payload: json!({"menu": ["Ja", "Nein"], "request": {"what": "x", "n": [1, 2.5, null, true]}, "": {}}),
        agreement: Some(Agreement {
            what: "say \"when\"".to_owned(),
            by_when: None,
            agreed_team: "front-end".to_owned(),
            agreed_member: "Ben".to_owned(),
            asked_team: "Büro\n2".to_owned(),
            asked_member: "Ána".to_owned(),
        }),
    };
    let bare = NewEntry { payload: Value::Null, ..said("m-2", "ops") };
    for new in [full, bare] {
        let cursor = append_new(&store, "room", new.clone()).await;
        let expected = new.clone().placed(cursor, NOW);
        assert_eq!(store.entry("room", &new.id, NOW).await, Ok(Some(expected.clone())));
        assert_eq!(read(&store, "room", Cursor::START, 9).await.last(), Some(&expected));
    }
    assert_eq!(store.entry("room", "m-3", NOW).await, Ok(None));
    assert_eq!(store.entry("another", "m-2", NOW).await, Ok(None));
}

/// The second append finds the first, whatever it wanted to say.
pub async fn sending_twice_delivers_once(subject: &dyn Subject) {
    let store = subject.empty().await;
    let cursor = append_new(&store, "room", said("m1", "backend")).await;
    let first = said("m1", "backend").placed(cursor, NOW);
    for again in [said("m1", "backend"), said("m1", "ops")] {
        let there = store.append("room", again, NOW + 5, KEEP + 60).await;
        assert_eq!(there, Ok(Appended::AlreadyThere(first.clone())));
    }
    assert_eq!(read(&store, "room", Cursor::START, 9).await, [first]);
    assert_eq!(store.entry("room", "m1", KEEP).await, Ok(None), "its life has not been prolonged");
}

/// Ids are unique within a room, not beyond.
pub async fn the_same_id_in_another_room_is_another_entry(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", said("m1", "backend")).await;
    append_new(&store, "another", said("m1", "ops")).await;
    assert_eq!(read(&store, "room", Cursor::START, 9).await[0].from_team, "backend");
    assert_eq!(read(&store, "another", Cursor::START, 9).await[0].from_team, "ops");
}

/// A retry that overtakes the first try, two hundred times.
pub async fn many_senders_of_one_entry_deliver_it_once(subject: &dyn Subject) {
    let store = subject.empty().await;
    let outcomes =
        at_once(&store, 200, |store, _| async move { append(&store, "room", said("m1", "backend")).await }).await;
    let log = read(&store, "room", Cursor::START, 9).await;
    assert_eq!(ids(&log), ["m1"]);
    let new = outcomes.iter().filter(|outcome| **outcome == Appended::New(log[0].cursor)).count();
    let there = outcomes.iter().filter(|outcome| **outcome == Appended::AlreadyThere(log[0].clone())).count();
    assert_eq!((new, there), (1, 199));
}

/// Two members accept the same request at once: one agreement, and the second is told whose it is.
pub async fn two_yeses_make_one_agreement(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", said("m1", "backend")).await;
    let outcomes = at_once(&store, 2, |store, number| async move {
        append(&store, "room", NewEntry { from_member: format!("{number}"), ..agreed("m1", "ops") }).await
    })
    .await;
    let agreements = store.agreements("room", 9, NOW).await.expect("reads");
    assert_eq!(ids(&agreements), ["yes-m1"]);
    assert!(outcomes.contains(&Appended::New(agreements[0].cursor)), "{outcomes:?}");
    assert!(outcomes.contains(&Appended::AlreadyThere(agreements[0].clone())), "{outcomes:?}");
}

/// Page after page is the whole log, in the order it was written.
pub async fn pages_follow_each_other_by_cursor(subject: &dyn Subject) {
    let store = subject.empty().await;
    let mut written = Vec::new();
    for number in 0..25 {
        written.push(append_new(&store, "room", said(&format!("m{number}"), "backend")).await);
    }
    assert!(written.is_sorted_by(|a, b| a < b), "{written:?}");
    assert!(written[0] > Cursor::START);

    let (mut after, mut seen, mut sizes) = (Cursor::START, Vec::new(), Vec::new());
    loop {
        let page = read(&store, "room", after, 10).await;
        let Some(last) = page.last() else { break };
        after = last.cursor;
        sizes.push(page.len());
        seen.extend(page.iter().map(|entry| entry.cursor));
    }
    assert_eq!((seen, sizes), (written, vec![10, 10, 5]));
}

/// Nothing for 0, at most a page for everything, nothing after the end.
pub async fn a_limit_is_a_limit(subject: &dyn Subject) {
    let store = subject.empty().await;
    let page = PAGE_MAX as usize;
    at_once(&store, page + 10, |store, number| async move {
        append(&store, "room", agreed(&format!("m{number}"), "ops")).await
    })
    .await;
    for (limit, expected) in [(0, 0), (1, 1), (PAGE_MAX, page), (PAGE_MAX + 1, page), (u32::MAX, page)] {
        assert_eq!(read(&store, "room", Cursor::START, limit).await.len(), expected);
        assert_eq!(store.agreements("room", limit, NOW).await.expect("reads").len(), expected);
    }
    let end = Cursor::at(u64::try_from(i64::MAX).expect("positive")).expect("the last cursor there is");
    assert_eq!(read(&store, "room", end, 9).await, []);
}

/// A room is its name, exactly.
pub async fn rooms_do_not_hear_each_other(subject: &dyn Subject) {
    let store = subject.empty().await;
    let rooms = ["room", "room2", "roo", "ROOM", "room:m1", ""];
    for room in rooms {
        append_new(&store, room, agreed(room, "ops")).await;
    }
    for room in rooms {
        let id = format!("yes-{room}");
        assert_eq!(ids(&read(&store, room, Cursor::START, 9).await), [&id]);
        assert_eq!(ids(&store.agreements(room, 9, NOW).await.expect("reads")), [&id]);
    }
    assert_eq!(read(&store, "never", Cursor::START, 9).await, []);
    assert_eq!(store.agreements("never", 9, NOW).await, Ok(vec![]));
}

/// Three teams: to one, and to everybody else.
pub async fn teams_find_what_is_for_them(subject: &dyn Subject) {
    let store = subject.empty().await;
    append_new(&store, "room", said("to-all", "backend")).await;
    let to_ops = NewEntry { to_team: Some("ops".to_owned()), ..said("to-ops", "design") };
    append_new(&store, "room", to_ops).await;
    let log = read(&store, "room", Cursor::START, 9).await;
    for (team, expected) in [("backend", vec![]), ("design", vec!["to-all"]), ("ops", vec!["to-all", "to-ops"])] {
        let inbox: Vec<_> = log.iter().filter(|entry| entry.is_for(team)).cloned().collect();
        assert_eq!(ids(&inbox), expected, "{team}");
    }
}

/// Only what carries an agreement, newest first.
pub async fn agreements_come_newest_first(subject: &dyn Subject) {
    let store = subject.empty().await;
    for id in ["m1", "m2", "m3"] {
        append_new(&store, "room", said(id, "backend")).await;
        append_new(&store, "room", agreed(id, "ops")).await;
    }
    let all = store.agreements("room", 9, NOW).await.expect("reads");
    assert_eq!(ids(&all), ["yes-m3", "yes-m2", "yes-m1"]);
    assert_eq!(all[0].agreement, agreed("m3", "ops").agreement);
    assert_eq!(ids(&store.agreements("room", 2, NOW).await.expect("reads")), ["yes-m3", "yes-m2"]);
}
