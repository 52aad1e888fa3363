//! One kind of token is no other, one deployment's is not another's, and content that is not exactly right is nothing.

use truce_session::{Draft, Invite, Purpose, SealError, Session, TokenError};

use crate::support::{HOST, NOW, authentic, authentic_with, draft, invite, random, ring, seal, session};

fn refusal<P: Purpose>(token: &str, host: &str) -> Option<TokenError> {
    ring().open::<P>(token, host, NOW).err()
}

/// Requirement 5: an invite is no session, a session no invite; a draft is neither.
#[test]
fn a_token_of_one_purpose_is_refused_for_every_other() {
    let (invite, session, draft) = (seal(&invite()), seal(&session()), seal(&draft()));
    let forged = Some(TokenError::Forged);
    assert_eq!(refusal::<Session>(invite.expose(), HOST), forged);
    assert_eq!(refusal::<Draft<String>>(invite.expose(), HOST), forged);
    assert_eq!(refusal::<Invite>(session.expose(), HOST), forged);
    assert_eq!(refusal::<Draft<String>>(session.expose(), HOST), forged);
    assert_eq!(refusal::<Invite>(draft.expose(), HOST), forged);
    assert_eq!(refusal::<Session>(draft.expose(), HOST), forged);
    // Only an invite travels as digits.
    assert_eq!(refusal::<Session>(&invite.digits(), HOST), Some(TokenError::Malformed));
}

/// Requirement 6: another host's or environment's token is refused, and looks like any other forgery.
#[test]
fn a_token_for_another_host_is_refused() {
    let (invite, session, draft) = (seal(&invite()), seal(&session()), seal(&draft()));
    for host in ["staging.truce.example", "truce.example.", "TRUCE.EXAMPLE", "truce.exampl", "", "/truce.example"] {
        assert_eq!(refusal::<Invite>(invite.expose(), host), Some(TokenError::Forged), "{host}");
        assert_eq!(refusal::<Invite>(&invite.digits(), host), Some(TokenError::Forged), "{host}");
        assert_eq!(refusal::<Session>(session.expose(), host), Some(TokenError::Forged), "{host}");
        assert_eq!(refusal::<Draft<String>>(draft.expose(), host), Some(TokenError::Forged), "{host}");
    }
}

/// Requirement 6: there is no token for every host.
#[test]
fn nothing_is_sealed_without_a_host() {
    assert_eq!(ring().seal(&invite(), "", NOW, &mut random(1)).err(), Some(SealError::NoAudience));
}

#[test]
fn both_forms_of_an_invite_open_to_what_was_sealed() {
    let sealed = seal(&invite());
    let texts = [sealed.expose().to_owned(), sealed.digits()];
    for text in texts {
        let opened = ring().open::<Invite>(&text, HOST, NOW).unwrap();
        assert_eq!(opened.claims, invite());
        assert_eq!((opened.id, opened.issued_at, opened.expires_at), (sealed.id(), NOW, NOW + 120));
        assert_eq!((sealed.issued_at(), sealed.expires_at()), (NOW, NOW + 120));
    }
}

/// Requirement 11: the id is part of what is authenticated, not something its holder says.
#[test]
fn the_id_of_an_invite_is_the_first_half_of_its_nonce() {
    let token = authentic("invite", r#"{"w":["r","t","m","aa",59810400]}"#);
    let opened = ring().open::<Invite>(&token, HOST, NOW).unwrap();
    assert_eq!(opened.id.as_bytes(), &[7; 16]);
}

#[test]
fn a_draft_comes_back_with_its_content_and_its_owner() {
    let opened = ring().open::<Draft<String>>(seal(&draft()).expose(), HOST, NOW).unwrap();
    assert_eq!(opened.claims, draft());
    assert!(opened.claims.belongs_to(&session()));
}

/// Requirement 15: what is sealed for a seat is of use to that seat's session only.
#[test]
fn a_draft_belongs_to_the_session_it_was_made_for_only() {
    let elsewhere = Session { id: "000102030405060708090a0b0c0d0e0f".parse().unwrap(), ..session() };
    let moved = Session { seat: truce_session::Seat::new("q3-release", "frontend", "Ana").unwrap(), ..session() };
    assert!(!draft().belongs_to(&elsewhere));
    assert!(!draft().belongs_to(&moved));
}

#[test]
fn a_draft_too_large_to_come_back_is_not_sealed() {
    let fits = Draft::new(&session(), "x".repeat(2800));
    assert!(ring().seal(&fits, HOST, NOW, &mut random(1)).unwrap().expose().len() <= 4096);
    let large = Draft::new(&session(), "x".repeat(3000));
    let refusal = ring().seal(&large, HOST, NOW, &mut random(1)).err();
    assert!(matches!(refusal, Some(SealError::TooLong { len: 4097.., max: 4096 })), "{refusal:?}");
}

#[test]
fn a_draft_that_cannot_be_json_is_not_sealed() {
    let map = std::collections::BTreeMap::from([(vec![1], 1)]);
    let refusal = ring().seal(&Draft::new(&session(), map), HOST, NOW, &mut random(1)).err();
    assert_eq!(refusal, Some(SealError::Content));
}

/// The shortest payload each kind accepts; what the next test varies.
const INVITE: &str = r#"{"w":["r","t","m","aa",59810400]}"#;
const SESSION: &str = r#"{"w":["r","t","m"],"f":"000102030405060708090a0b0c0d0e0f","i":59810400,"b":59810400}"#;
const DRAFT: &str = r#"{"w":["r","t","m"],"f":"000102030405060708090a0b0c0d0e0f","i":59810400,"c":"x"}"#;

#[test]
fn authentic_content_of_another_shape_is_refused() {
    fn check<P: Purpose>(payload: &str, edits: &[(&str, &str)]) {
        assert_eq!(refusal::<P>(&authentic(P::NAME, payload), HOST), None, "{payload}");
        for (from, to) in edits {
            let changed = payload.replacen(from, to, 1);
            assert_ne!(&changed, payload);
            assert_eq!(refusal::<P>(&authentic(P::NAME, &changed), HOST), Some(TokenError::Malformed), "{changed}");
        }
        for other in ["", "{}", "[]", "null", "\u{FEFF}{}"] {
            assert_eq!(refusal::<P>(&authentic(P::NAME, other), HOST), Some(TokenError::Malformed), "{other}");
        }
    }
    let every = [
        (r#""i":"#, r#""x":1,"i":"#),
        (r#""i":"#, r#""i":1,"i":"#),
        (r#""i":59810400"#, r#""i":-1"#),
        (r#""i":59810400"#, r#""i":59810400.5"#),
        (r#""i":59810400"#, r#""i":18446744073709551616"#),
        (r#""i":59810400"#, r#""i":"59810400""#),
        (r#""r""#, r#""""#),
        (r#""t""#, r#""a\nb""#),
        (r#""m""#, r#""123456789012345678901234567890123""#),
        (r#""r","#, ""),
        (r#""m""#, r#""m","n","o""#),
        ("}", "}}"),
    ];
    let of_an_invite = [
        (r#""w":"#, r#""x":1,"w":"#),
        (r#""w":"#, r#""w":["r","t","m","aa",1],"w":"#),
        ("59810400", "-1"),
        ("59810400", "59810400.5"),
        ("59810400", "18446744073709551616"),
        ("59810400", r#""59810400""#),
        (",59810400", ""),
        (",59810400", ",59810400,120,3600,1"),
        (r#""r""#, r#""""#),
        (r#""t""#, r#""a\nb""#),
        (r#""m""#, r#""123456789012345678901234567890123""#),
        (r#""r","#, ""),
        (r#""m""#, r#""m","n""#),
        ("}", "}}"),
    ];
    check::<Invite>(INVITE, &of_an_invite);
    check::<Invite>(INVITE, &[("aa", "a"), ("aa", "aaa"), ("aa", "AA"), ("aa", "lo")]);
    check::<Session>(SESSION, &every);
    check::<Session>(SESSION, &[("0f\"", "0F\""), ("00010", "0010"), (r#","b":59810400"#, "")]);
    check::<Session>(SESSION, &[(r#""b":59810400"#, r#""b":59810431"#), ("}", r#","s":59}"#), ("}", r#","d":0}"#)]);
    check::<Draft<String>>(DRAFT, &every);
    check::<Draft<String>>(DRAFT, &[(r#""x""#, "1"), (r#","c":"x""#, "")]);
}

/// Requirement 3: the footer is a key id and nothing else, however well it is sealed.
#[test]
fn a_footer_that_is_no_key_id_is_refused() {
    for footer in ["", "tes", "testt", "t st", "té1", r#"{"kid":"test"}"#] {
        let token = authentic_with(INVITE, footer, &format!("truce/invite/{HOST}"));
        assert_eq!(refusal::<Invite>(&token, HOST), Some(TokenError::Malformed), "{footer}");
    }
}
