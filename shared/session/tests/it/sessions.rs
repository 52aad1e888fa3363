//! A session's renewals: a new secret each, one id, one end.

use truce_session::{Opened, SealError, Session, TokenError, lifetime::IDLE};

use crate::support::{HOST, NOW, opened_invite, random, ring, seal, session};

const DAY: u64 = 86_400;

fn open(token: &str, now: u64) -> Result<Opened<Session>, TokenError> {
    ring().open(token, HOST, now)
}

/// Requirement 15: the session speaks for the invite's seat.
#[test]
fn a_session_has_the_seat_and_the_id_of_its_invite() {
    let (invite, opened) = (opened_invite(), open(seal(&session()).expose(), NOW).unwrap());
    assert_eq!(opened.claims.seat, invite.claims.seat);
    assert_eq!(opened.claims, session());
    assert_eq!([opened.id, opened.claims.id], [invite.id; 2]);
}

/// Requirement 26: a renewed session is a new secret, and the idle time starts again.
#[test]
fn a_renewal_is_a_new_token_with_the_same_id_and_the_same_absolute_end() {
    let first = seal(&session());
    let opened = open(first.expose(), NOW + 6 * DAY).unwrap();
    let renewed = opened.renew(&ring(), HOST, NOW + 6 * DAY, &mut random(2)).unwrap();
    assert_ne!(renewed.expose(), first.expose());
    assert_eq!((renewed.id(), renewed.issued_at()), (first.id(), NOW + 6 * DAY));
    assert_eq!(renewed.expires_at(), NOW + 6 * DAY + IDLE.default);
    let reopened = open(renewed.expose(), NOW + 12 * DAY).unwrap();
    assert_eq!(reopened.claims, opened.claims);
}

/// Requirement 26: renewing for ever does not last for ever.
#[test]
fn no_chain_of_renewals_outlives_the_absolute_end() {
    let end = NOW + 30 * DAY;
    let mut sealed = seal(&session());
    loop {
        let now = sealed.expires_at() - 1;
        let opened = open(sealed.expose(), now).unwrap();
        sealed = opened.renew(&ring(), HOST, now, &mut random(now)).unwrap();
        assert_eq!(sealed.expires_at(), end.min(now + IDLE.default));
        if sealed.expires_at() == end {
            break;
        }
    }
    let last = open(sealed.expose(), end - 1).unwrap();
    assert_eq!(open(sealed.expose(), end), Err(TokenError::Expired { at: end }));
    assert_eq!(last.renew(&ring(), HOST, end - 1, &mut random(1)).map(|sealed| sealed.expires_at()), Ok(end));
    assert_eq!(last.renew(&ring(), HOST, end, &mut random(1)).err(), Some(SealError::Ended { at: end }));
    assert_eq!(last.renew(&ring(), HOST, end + DAY, &mut random(1)).err(), Some(SealError::Ended { at: end }));
}

#[test]
fn the_idle_end_is_never_after_the_absolute_one() {
    let session = Session { absolute_expiry: NOW + 60, ..session() };
    assert_eq!(session.idle_expiry(NOW), NOW + 60);
    assert_eq!(seal(&session).expires_at(), NOW + 60);
}

#[test]
fn a_session_with_other_lifetimes_keeps_them_through_a_renewal() {
    let session = Session { absolute_expiry: NOW + DAY, idle: 60, ..session() };
    let opened = open(seal(&session).expose(), NOW + 59).unwrap();
    assert_eq!(opened.claims, session);
    let renewed = opened.renew(&ring(), HOST, NOW + 59, &mut random(2)).unwrap();
    assert_eq!(renewed.expires_at(), NOW + 119);
    assert_eq!(open(renewed.expose(), NOW + 118).unwrap().claims, session);
}

#[test]
fn a_session_outside_its_limits_is_not_sealed() {
    let refusals = [
        Session { absolute_expiry: NOW + 30 * DAY + 1, ..session() },
        Session { absolute_expiry: NOW + 59, ..session() },
        Session { absolute_expiry: NOW - 1, ..session() },
        Session { idle: 59, ..session() },
        Session { idle: 30 * DAY + 1, ..session() },
    ]
    .map(|session| ring().seal(&session, HOST, NOW, &mut random(1)).err());
    assert!(refusals.iter().all(|refusal| matches!(refusal, Some(SealError::Lifetime(_)))), "{refusals:?}");
    let unset = Session { started_at: 0, absolute_expiry: DAY, ..session() };
    let refusal = ring().seal(&unset, HOST, NOW, &mut random(1)).err();
    assert_eq!(refusal, Some(SealError::Ended { at: DAY }));
}

/// The host that renews may have a slower clock than the one that began the session.
#[test]
fn a_renewal_by_a_host_whose_clock_is_behind_opens() {
    let sealed = ring().seal(&session(), HOST, NOW - 30, &mut random(1)).unwrap();
    assert!(open(sealed.expose(), NOW - 30).is_ok());
    let sealed = ring().seal(&session(), HOST, NOW - 31, &mut random(1)).unwrap();
    assert_eq!(open(sealed.expose(), NOW - 31), Err(TokenError::Malformed));
}
