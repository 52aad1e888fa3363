//! Every boundary in time, with a fixed clock.

use truce_session::{
    Draft, Invite, SealError, Session, TokenError,
    lifetime::{DRAFT, EPOCH, IDLE, INVITE, REVOCATION_MEMORY, SESSION, SKEW},
};

use crate::support::{HOST, NOW, authentic, draft, invite, opened_invite, random, ring, seal, session};

fn open_invite(token: &str, now: u64) -> Result<u64, TokenError> {
    ring().open::<Invite>(token, HOST, now).map(|opened| opened.expires_at)
}

fn open_session(token: &str, now: u64) -> Result<u64, TokenError> {
    ring().open::<Session>(token, HOST, now).map(|opened| opened.expires_at)
}

fn seal_refusal<P: truce_session::Purpose>(claims: &P, now: u64) -> Option<SealError> {
    ring().seal(claims, HOST, now, &mut random(1)).err()
}

fn is_lifetime(refusal: Option<SealError>) -> bool {
    matches!(refusal, Some(SealError::Lifetime(_)))
}

/// Requirement 7: two minutes by default, ten at most.
#[test]
fn an_invite_lives_two_minutes_by_default_and_ten_at_most() {
    assert_eq!((INVITE.min, INVITE.default, INVITE.max), (10, 120, 600));
    assert_eq!(open_invite(seal(&invite()).expose(), NOW), Ok(NOW + 120));
    for lifetime in [10, 119, 121, 600] {
        let sealed = seal(&Invite { lifetime, ..invite() });
        assert_eq!(open_invite(sealed.expose(), NOW), Ok(NOW + lifetime));
        assert_eq!(open_invite(&sealed.digits(), NOW + lifetime - 1), Ok(NOW + lifetime));
    }
    for lifetime in [0, 9, 601, u64::MAX] {
        assert!(is_lifetime(seal_refusal(&Invite { lifetime, ..invite() }, NOW)), "{lifetime}");
    }
}

#[test]
fn an_invite_promises_a_session_within_the_limits_of_a_session() {
    assert_eq!((SESSION.min, SESSION.default, SESSION.max), (60, 2_592_000, 2_592_000));
    for session_lifetime in [60, 3600, 2_591_999] {
        let sealed = seal(&Invite { session_lifetime, ..invite() });
        let opened = ring().open::<Invite>(sealed.expose(), HOST, NOW).unwrap();
        assert_eq!(Session::of(&opened, NOW + 5).absolute_expiry, NOW + 5 + session_lifetime);
    }
    for session_lifetime in [0, 59, 2_592_001, u64::MAX] {
        assert!(is_lifetime(seal_refusal(&Invite { session_lifetime, ..invite() }, NOW)), "{session_lifetime}");
    }
}

/// Requirement 8: authentic is not enough.
#[test]
fn an_authentic_token_with_an_over_long_lifetime_is_refused() {
    let invite = |more: &str| authentic("invite", &format!(r#"{{"w":["r","t","m","aa",59810400{more}]}}"#));
    let id = "000102030405060708090a0b0c0d0e0f";
    let session = |more: &str| {
        authentic("session", &format!(r#"{{"w":["r","t","m"],"f":"{id}","i":59810400,"b":59810400{more}}}"#))
    };
    assert_eq!(open_invite(&invite(",600,2592000"), NOW), Ok(NOW + 600));
    assert_eq!(open_session(&session(r#","s":2592000,"d":2592000"#), NOW), Ok(NOW + 2_592_000));
    for more in [",601", ",18446744073709551615", ",120,2592001", ",120,18446744073709551615"] {
        assert_eq!(open_invite(&invite(more), NOW), Err(TokenError::LifetimeTooLong), "{more}");
    }
    for more in [r#","s":2592001"#, r#","s":18446744073709551615"#, r#","d":2592001"#, r#","d":18446744073709551615"#] {
        assert_eq!(open_session(&session(more), NOW), Err(TokenError::LifetimeTooLong), "{more}");
    }
}

/// Requirement 9: the end is strict.
#[test]
fn a_token_is_alive_in_its_last_second_and_dead_in_the_next() {
    let (invite, session, draft) = (seal(&invite()), seal(&session()), seal(&draft()));
    assert_eq!(open_invite(invite.expose(), NOW + 119), Ok(NOW + 120));
    assert_eq!(open_invite(invite.expose(), NOW + 120), Err(TokenError::Expired { at: NOW + 120 }));
    let end = NOW + IDLE.default;
    assert_eq!(open_session(session.expose(), end - 1), Ok(end));
    assert_eq!(open_session(session.expose(), end), Err(TokenError::Expired { at: end }));
    let open = |now| ring().open::<Draft<String>>(draft.expose(), HOST, now).map(|opened| opened.expires_at);
    assert_eq!(DRAFT, 900);
    assert_eq!(open(NOW + 899), Ok(NOW + 900));
    assert_eq!(open(NOW + 900), Err(TokenError::Expired { at: NOW + 900 }));
    assert_eq!(open(u64::MAX), Err(TokenError::Expired { at: NOW + 900 }));
}

/// Requirement 9: a token from the future is refused, beyond what clocks differ.
#[test]
fn a_token_from_a_clock_ahead_is_accepted_up_to_the_allowance() {
    let sealed = seal(&invite());
    assert_eq!(SKEW, 30);
    assert_eq!(open_invite(sealed.expose(), NOW - 30), Ok(NOW + 120));
    assert_eq!(open_invite(sealed.expose(), NOW - 31), Err(TokenError::NotYetValid));
    assert_eq!(open_invite(sealed.expose(), 0), Err(TokenError::NotYetValid));
}

#[test]
fn hostile_times_neither_overflow_nor_open() {
    for issued in [u64::MAX, u64::MAX - EPOCH, u64::MAX - EPOCH + 1, u64::MAX / 2] {
        let invite = authentic("invite", &format!(r#"{{"w":["r","t","m","aa",{issued}]}}"#));
        let id = "000102030405060708090a0b0c0d0e0f";
        let session = format!(r#"{{"w":["r","t","m"],"f":"{id}","i":{issued},"b":{issued}}}"#);
        for now in [0, NOW] {
            assert_eq!(open_invite(&invite, now), Err(TokenError::NotYetValid), "{issued}");
            assert!(open_session(&authentic("session", &session), now).is_err(), "{issued}");
        }
        assert!(open_invite(&invite, u64::MAX).is_err());
    }
}

#[test]
fn nothing_is_sealed_by_a_clock_that_is_not_set() {
    assert_eq!(seal_refusal(&invite(), 0), Some(SealError::Clock));
    assert_eq!(seal_refusal(&invite(), EPOCH - 1), Some(SealError::Clock));
    assert_eq!(seal_refusal(&invite(), EPOCH), None);
}

/// A clock at the end of time gives an error, not an overflow.
#[test]
fn nothing_is_sealed_at_the_end_of_time() {
    assert_eq!(seal_refusal(&invite(), u64::MAX), Some(SealError::Ended { at: u64::MAX }));
}

/// Requirement 13: what is spent is remembered longer than any host would accept it.
#[test]
fn the_memory_of_a_spent_or_revoked_token_outlives_it_and_the_allowance() {
    let invite = opened_invite();
    assert!(invite.spent_until() > invite.expires_at + SKEW);
    let last = Session::of(&invite, invite.expires_at - 1);
    assert!(invite.revoked_until() >= last.revoked_until());
    assert!(last.revoked_until() > last.absolute_expiry + SKEW);
    const { assert!(REVOCATION_MEMORY > SKEW + INVITE.max + SESSION.max + SKEW) };
}
