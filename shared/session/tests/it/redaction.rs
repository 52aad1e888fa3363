//! Requirement 20 and 31: a secret is in no `Debug` output and in no error.

use truce_session::{Draft, Invite, KeyRing, Session};

use crate::support::{HOST, KEY, KEY_TEXT, NOW, invite, random, ring, seal, session};

/// The secrets of one deployment, in every form they might be written.
fn canaries() -> Vec<String> {
    let key_text = KEY_TEXT.split(':').next_back().unwrap().to_owned();
    let key_list = format!("{KEY:?}").trim_matches(['[', ']']).to_owned();
    let key_hex = KEY.map(|byte| format!("{byte:02x}")).concat();
    vec![key_text, key_list, key_hex, String::from_utf8(KEY.to_vec()).unwrap(), "canary".into()]
}

fn assert_clean(shown: &str, more: &[&str]) {
    for secret in canaries().iter().map(String::as_str).chain(more.iter().copied()) {
        // A part of it would be a leak, too.
        assert!(!shown.contains(&secret[..secret.len().min(12)]), "{shown}");
    }
}

#[test]
fn a_key_ring_shows_ids_and_states_only() {
    let rotated = ring().rotate(NOW, &mut random(3)).unwrap();
    let text = rotated.to_text();
    let shown = format!("{rotated:?} {rotated:#?}");
    assert_clean(&shown, &text.split(':').filter(|part| part.len() == 43).collect::<Vec<_>>());
    assert!(shown.contains("test") && shown.contains("Active"));
    let key = truce_session::paseto::LocalKey::new(zeroize::Zeroizing::new(KEY));
    assert_eq!(format!("{key:?}"), "LocalKey(..)");
}

#[test]
fn a_sealed_token_shows_its_purpose_only() {
    let draft = Draft::new(&session(), "canary");
    let (invite, session, draft) =
        (seal(&invite()), seal(&session()), seal(&Draft::new(&session(), draft.content.to_owned())));
    assert_eq!(format!("{invite:?} {session:?} {draft:?}"), "Sealed<invite>(..) Sealed<session>(..) Sealed<draft>(..)");
}

#[test]
fn an_opened_draft_does_not_show_what_was_said() {
    let sealed = seal(&Draft::new(&session(), "canary".to_owned()));
    let opened = ring().open::<Draft<String>>(sealed.expose(), HOST, NOW).unwrap();
    assert_eq!(opened.claims.content, "canary");
    assert_clean(&format!("{opened:?} {opened:#?}"), &[sealed.expose().split_at(9).1]);
}

#[test]
fn no_error_repeats_the_token_or_the_key() {
    let token = seal(&session());
    let body = token.expose().split_at(9).1;
    let ring = ring();
    for (text, now) in [(token.expose(), u64::MAX), (token.expose(), 0), (body, NOW), (&token.expose()[..90], NOW)] {
        let error = ring.open::<Session>(text, HOST, now).unwrap_err();
        assert_clean(&format!("{error} {error:?}"), &[body]);
    }
    let error = ring.open::<Invite>(token.expose(), HOST, NOW).unwrap_err();
    assert_clean(&format!("{error} {error:?}"), &[body]);
}

#[test]
fn no_error_about_a_key_file_repeats_what_is_in_it() {
    let (id, key) = KEY_TEXT.split_once(':').unwrap();
    let texts = [
        key.to_owned(),
        format!("{key}:{id}"),
        format!("{id}:{key}="),
        format!("{id}:{}", &key[1..]),
        format!("{id}:{key}:{key}"),
        format!("{id}:active:{key}"),
        format!("{id}:{key}:active:"),
        format!("{id}:{key},{id}:{key}"),
        format!("{id}:{key},abcd:{key}"),
        format!("{id}:{key}:accepted"),
    ];
    for text in texts {
        let error = KeyRing::from_text(&text).unwrap_err();
        assert_clean(&format!("{error} {error:?}"), &[&key[1..]]);
    }
}
