//! Spent and revoked ids.

use super::{KEEP, NOW, Subject, at_once};
use crate::{Spent, StoreError};

fn firsts(outcomes: &[Spent]) -> usize {
    outcomes.iter().filter(|spent| **spent == Spent::First).count()
}

/// A thousand callers at once, one id.
pub async fn a_thousand_spend_one_id_and_one_is_first(subject: &dyn Subject) {
    let store = subject.empty().await;
    let outcomes =
        at_once(&store, 1000, |store, _| async move { store.spend("invite", NOW, KEEP).await.expect("spends") }).await;
    assert_eq!(outcomes.len(), 1000);
    assert_eq!(firsts(&outcomes), 1);
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
}

/// A thousand callers at once, each id asked for ten times.
pub async fn ten_spend_each_of_a_hundred_ids_and_one_is_first_for_each(subject: &dyn Subject) {
    let store = subject.empty().await;
    let outcomes = at_once(&store, 1000, |store, number| async move {
        let id = number % 100;
        (id, store.spend(&format!("invite-{id}"), NOW, KEEP).await.expect("spends"))
    })
    .await;
    for id in 0..100 {
        let of_id: Vec<Spent> = outcomes.iter().filter(|(of, _)| *of == id).map(|(_, spent)| *spent).collect();
        assert_eq!((of_id.len(), firsts(&of_id)), (10, 1), "invite-{id}");
    }
}

/// What one caller spends, another sees.
pub async fn spending_is_seen(subject: &dyn Subject) {
    let store = subject.empty().await;
    assert_eq!(store.is_spent("invite", NOW).await, Ok(false));
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(store.is_spent("invite", NOW).await, Ok(true));
    assert_eq!(store.is_spent("another", NOW).await, Ok(false));
}

/// An id is its bytes: no case folding, trimming, wildcards, or end at a zero byte.
pub async fn ids_that_look_alike_are_different(subject: &dyn Subject) {
    let store = subject.empty().await;
    for id in ["a", "A", "a ", " a", "a\0b", "a\0c", "%", "ä", "a\u{308}", "a:b", "a'b", ""] {
        assert_eq!(store.spend(id, NOW, KEEP).await, Ok(Spent::First), "{id:?}");
        assert_eq!(store.spend(id, NOW, KEEP).await, Ok(Spent::Again), "{id:?}");
    }
}

/// A record is there one second before `keep_until` and gone at it, without a sweep; then the id is free again.
pub async fn a_spent_record_ends_exactly_at_its_time(subject: &dyn Subject) {
    let store = subject.empty().await;
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(store.is_spent("invite", KEEP - 1).await, Ok(true));
    assert_eq!(store.spend("invite", KEEP - 1, KEEP + 60).await, Ok(Spent::Again));
    assert_eq!(store.is_spent("invite", KEEP).await, Ok(false));
    assert_eq!(store.spend("invite", KEEP, KEEP + 60).await, Ok(Spent::First));
    assert_eq!(store.spend("invite", KEEP + 59, KEEP + 120).await, Ok(Spent::Again));
}

/// A spent record that is not kept would let the next caller be first as well.
pub async fn a_record_that_would_be_gone_at_once_is_refused(subject: &dyn Subject) {
    let store = subject.empty().await;
    for keep_until in [NOW, NOW - 1, 0] {
        let spent = store.spend("invite", NOW, keep_until).await;
        assert!(matches!(spent, Err(StoreError::Rejected { .. })), "{spent:?}");
        let appended = store.append("room", super::said("m1", "backend"), NOW, keep_until).await;
        assert!(matches!(appended, Err(StoreError::Rejected { .. })), "{appended:?}");
    }
    assert_eq!(store.spend("invite", NOW, NOW + 1).await, Ok(Spent::First));
}

/// Revoking is seen, twice is as good as once, and it ends at its time.
pub async fn revoking_is_seen_and_repeats(subject: &dyn Subject) {
    let store = subject.empty().await;
    assert_eq!(store.is_revoked("session", NOW).await, Ok(false));
    for _ in 0..2 {
        assert_eq!(store.revoke("session", NOW, KEEP).await, Ok(()));
        assert_eq!(store.is_revoked("session", NOW).await, Ok(true));
    }
    assert_eq!(store.is_revoked("another", NOW).await, Ok(false));
    assert_eq!(store.is_revoked("session", KEEP - 1).await, Ok(true));
    assert_eq!(store.is_revoked("session", KEEP).await, Ok(false));
}

/// A shorter revocation does not undo a longer one; a longer one prolongs a shorter.
pub async fn the_later_revocation_wins(subject: &dyn Subject) {
    let store = subject.empty().await;
    for keep_until in [KEEP, KEEP - 60, NOW, 0] {
        assert_eq!(store.revoke("session", NOW, keep_until).await, Ok(()));
    }
    assert_eq!(store.is_revoked("session", KEEP - 1).await, Ok(true));
    assert_eq!(store.revoke("session", NOW, KEEP + 60).await, Ok(()));
    assert_eq!(store.is_revoked("session", KEEP + 59).await, Ok(true));
    assert_eq!(store.is_revoked("session", KEEP + 60).await, Ok(false));
}

/// The two lists are separate.
pub async fn spent_and_revoked_are_not_each_other(subject: &dyn Subject) {
    let store = subject.empty().await;
    assert_eq!(store.revoke("revoked", NOW, KEEP).await, Ok(()));
    assert_eq!(store.spend("spent", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(store.is_spent("revoked", NOW).await, Ok(false));
    assert_eq!(store.is_revoked("spent", NOW).await, Ok(false));
    assert_eq!(store.spend("revoked", NOW, KEEP).await, Ok(Spent::First));
}
