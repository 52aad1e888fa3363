//! Nothing but the token itself opens.

use proptest::prelude::*;
use truce_session::{Draft, Invite, Purpose, Session, TokenError, paseto};

use crate::support::{HOST, NOW, draft, invite, random, ring, seal, session};

fn refused<P: Purpose>(token: &str) -> bool {
    ring().open::<P>(token, HOST, NOW).is_err()
}

fn every_flipped_bit_is_refused<P: Purpose>(token: &str) {
    assert!(!refused::<P>(token));
    let (body, footer) = paseto::from_text(token).unwrap();
    let whole = [body.as_slice(), footer.as_slice()].concat();
    for bit in 0..whole.len() * 8 {
        let mut changed = whole.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let (body, footer) = changed.split_at(body.len());
        assert!(refused::<P>(&paseto::to_text(body, footer)), "bit {bit}");
    }
    // And of the text: two texts for one token would be two tokens to whatever compares texts.
    for bit in 0..token.len() * 8 {
        let mut changed = token.as_bytes().to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = str::from_utf8(&changed) {
            assert!(refused::<P>(changed), "bit {bit} of the text");
        }
    }
}

/// Requirement 1: a flipped bit, wherever it is, is refused.
#[test]
fn every_flipped_bit_of_an_invite_is_refused() {
    every_flipped_bit_is_refused::<Invite>(seal(&invite()).expose());
}

/// Requirement 1: a flipped bit, wherever it is, is refused.
#[test]
fn every_flipped_bit_of_a_session_is_refused() {
    every_flipped_bit_is_refused::<Session>(seal(&session()).expose());
}

/// Requirement 1: a flipped bit, wherever it is, is refused.
#[test]
fn every_flipped_bit_of_a_draft_is_refused() {
    every_flipped_bit_is_refused::<Draft<String>>(seal(&draft()).expose());
}

/// Requirement 1, for the form in the QR code.
#[test]
fn every_changed_digit_of_an_invite_is_refused() {
    let digits = seal(&invite()).digits();
    assert!(!refused::<Invite>(&digits));
    for at in 0..digits.len() {
        for digit in b'0'..=b'9' {
            let mut changed = digits.clone().into_bytes();
            if std::mem::replace(&mut changed[at], digit) != digit {
                assert!(refused::<Invite>(str::from_utf8(&changed).unwrap()), "digit {at} as {}", char::from(digit));
            }
        }
    }
}

#[test]
fn a_token_cut_short_or_made_longer_is_refused() {
    let sealed = seal(&invite());
    for token in [sealed.expose(), &sealed.digits()] {
        for len in 0..token.len() {
            assert!(refused::<Invite>(&token[..len]), "cut to {len}");
            assert!(refused::<Invite>(&token[token.len() - len..]), "the last {len}");
        }
        for more in ["0", "A", "=", ".", " ", "\n", ".AAAA"] {
            assert!(refused::<Invite>(&format!("{token}{more}")), "{more:?} behind");
            assert!(refused::<Invite>(&format!("{more}{token}")), "{more:?} before");
        }
    }
}

/// Requirement 22: length is capped before anything is decoded.
#[test]
fn a_token_above_its_kind_s_length_is_refused_unread() {
    fn check<P: Purpose>(cap: usize) {
        assert_eq!(P::MAX_LEN, cap);
        let longest = "v3.local.".to_owned() + &"A".repeat(cap - 9);
        let refusal = |token: &str| ring().open::<P>(token, HOST, NOW).err().unwrap();
        assert_ne!(refusal(&longest), TokenError::TooLong);
        assert_eq!(refusal(&format!("{longest}A")), TokenError::TooLong);
        assert_eq!(refusal(&"5".repeat(cap + 1)), TokenError::TooLong);
        assert_eq!(refusal(&"A".repeat(1 << 20)), TokenError::TooLong);
    }
    check::<Invite>(1280);
    check::<Session>(1024);
    check::<Draft<String>>(4096);
}

/// Requirement 2: the key decides the algorithm, not the token.
#[test]
fn a_token_that_names_another_version_or_purpose_is_refused_unread() {
    let sealed = seal(&session());
    let rest = sealed.expose().strip_prefix("v3.local.").unwrap();
    for header in ["v1.local.", "v2.local.", "v4.local.", "v3.public.", "V3.LOCAL.", "v3.local", "v3.local..", ""] {
        let refusal = ring().open::<Session>(&format!("{header}{rest}"), HOST, NOW).err();
        assert_eq!(refusal, Some(TokenError::Malformed), "{header}");
    }
}

#[test]
fn two_tokens_for_the_same_claims_have_nothing_in_common() {
    let mut random = random(3);
    let [one, other] = [(); 2].map(|()| ring().seal(&invite(), HOST, NOW, &mut random).unwrap());
    assert_ne!(one.id(), other.id());
    assert_ne!(one.expose(), other.expose());
}

proptest! {
    #[test]
    fn no_text_opens_or_panics(text in prop_oneof![
        any::<String>(),
        "[0-9]{0,1281}",
        "v3\\.local\\.[A-Za-z0-9_-]{0,300}(\\.[A-Za-z0-9_-]{0,8})?",
        "v3\\.local\\.[A-Za-z0-9_-]{107,140}\\.dGVzdA",
    ]) {
        prop_assert!(refused::<Invite>(&text));
        prop_assert!(refused::<Session>(&text));
        prop_assert!(refused::<Draft<serde_json::Value>>(&text));
    }

    #[test]
    fn no_body_of_any_length_opens_or_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(refused::<Session>(&paseto::to_text(&body, b"test")));
    }
}
