//! The text of a key ring.

use proptest::prelude::*;
use truce_session::{Invite, KeyProblem, KeyRing, KeyRingError, KeyState};

use crate::support::{HOST, KEY_TEXT, NOW, invite, random, ring, seal};

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY";
const OTHER: &str = "bDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY";

fn states(text: &str) -> Vec<String> {
    let ring = KeyRing::from_text(text).unwrap();
    ring.keys().map(|(id, state)| format!("{id} {state}")).collect()
}

fn problem(text: &str) -> (usize, usize, KeyProblem) {
    match KeyRing::from_text(text) {
        Err(KeyRingError::Key { line, nth, problem }) => (line, nth, problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_generated_ring_is_one_active_key_and_comes_back_from_its_text() {
    let ring = KeyRing::generate(&mut random(4)).unwrap();
    let text = ring.to_text();
    assert_eq!(text.len(), "abcd:".len() + 43 + ":active\n".len());
    let read = KeyRing::from_text(&text).unwrap();
    let sealed = ring.seal(&invite(), HOST, NOW, &mut random(1)).unwrap();
    assert_eq!(read.open::<Invite>(sealed.expose(), HOST, NOW).unwrap().claims, invite());
}

#[test]
fn one_line_in_a_variable_says_the_same_as_several_in_a_file() {
    let file =
        format!("# ours\r\n\r\n  new1:{KEY}  # since May, by Ana\r\nold1 : {OTHER} : retiring-until-1800000000\n");
    let expected = ["new1 active", "old1 retiring-until-1800000000"];
    assert_eq!(states(&file), expected);
    assert_eq!(states(&format!("old1:{OTHER}:retiring-until-1800000000, new1:{KEY}:active,")), expected);
    assert_eq!(states(&format!("new1:{KEY}:active\nold1:{OTHER}:accepted")), ["new1 active", "old1 accepted"]);
}

/// Requirement 31: without a key the service does not start, and says what to do.
#[test]
fn a_text_without_a_key_is_refused_with_what_to_do() {
    for text in ["", " \n\t\n", "# nothing here", ",,,"] {
        let refusal = KeyRing::from_text(text).unwrap_err();
        assert_eq!(refusal, KeyRingError::NoKeys);
        assert!(refusal.to_string().contains("TRUCE_KEYS") && refusal.to_string().contains("`truce keys`"));
    }
    assert_eq!(KeyRing::from_text(&format!("{KEY_TEXT}:accepted")).err(), Some(KeyRingError::NoActiveKey));
}

/// Requirement 31: a short key is no key.
#[test]
fn a_key_of_any_other_length_than_32_bytes_is_refused() {
    for len in (0..=64).filter(|len| *len != 32) {
        let bytes: Vec<u8> = (0..len).collect();
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
        let expected = (1, 1, KeyProblem::Length(usize::from(len)));
        assert_eq!(problem(&format!("abcd:{encoded}")), expected);
    }
    assert_eq!(problem(&format!("abcd:{}", "A".repeat(43))), (1, 1, KeyProblem::Placeholder));
}

#[test]
fn an_error_names_the_place() {
    let second = |entry: &str| problem(&format!("# one\n{KEY_TEXT}:accepted, {entry}"));
    assert_eq!(second("abcd"), (2, 2, KeyProblem::Form));
    assert_eq!(second(&format!("abcd:{OTHER}:active:x")), (2, 2, KeyProblem::Form));
    assert!(matches!(second(&format!("abc:{OTHER}")), (2, 2, KeyProblem::Id(_))));
    assert!(matches!(second(&format!("ab/d:{OTHER}")), (2, 2, KeyProblem::Id(_))));
    assert_eq!(second(&format!("abcd:{OTHER}=")), (2, 2, KeyProblem::Encoding));
    assert_eq!(second(&format!("abcd:+{}", &OTHER[1..])), (2, 2, KeyProblem::Encoding));
    assert_eq!(second(&format!("abcd:{}Z", &OTHER[..42])), (2, 2, KeyProblem::Encoding));
    for state in
        ["", "Active", "retiring", "retiring-until-", "retiring-until--1", "retiring-until-18446744073709551616"]
    {
        assert_eq!(second(&format!("abcd:{OTHER}:{state}")), (2, 2, KeyProblem::State), "{state}");
    }
    let id = "test".parse().unwrap();
    assert_eq!(second(&format!("test:{OTHER}")), (2, 2, KeyProblem::DuplicateId(id)));
    assert_eq!(second(&format!("abcd:{KEY}")), (2, 2, KeyProblem::DuplicateKey(id)));
    assert_eq!(problem(&format!("{KEY_TEXT}\nabcd:{OTHER}")), (2, 1, KeyProblem::SecondActive(id)));
}

#[test]
fn a_key_file_opens_what_the_ring_it_was_written_from_sealed() {
    let token = seal(&invite());
    let text = ring().rotate(NOW, &mut random(3)).unwrap().to_text();
    let ring = KeyRing::from_text(&text.replace('\n', ",")).unwrap();
    assert!(ring.open::<Invite>(token.expose(), HOST, NOW).is_ok());
}

proptest! {
    #[test]
    fn a_ring_after_any_history_comes_back_from_its_text(steps in proptest::collection::vec((0..4_u8, any::<u64>()), 0..8)) {
        let mut ring = KeyRing::generate(&mut random(1)).unwrap();
        for (step, value) in steps {
            let second = ring.keys().nth(1).map(|(id, _)| id);
            ring = match (step, second) {
                (0, _) => ring.rotate(value, &mut random(value)).unwrap_or(ring),
                (1, _) => ring.introduce(&mut random(value)).map_or(ring, |(ring, _)| ring),
                (2, Some(id)) => ring.retire(id, value).unwrap(),
                (3, Some(id)) => ring.activate(id, value).unwrap(),
                _ => ring,
            };
        }
        let text = ring.to_text();
        let read = KeyRing::from_text(&text).unwrap();
        prop_assert_eq!(read.to_text(), text);
        prop_assert_eq!(read.keys().filter(|(_, state)| *state == KeyState::Active).count(), 1);
    }

    #[test]
    fn no_text_panics_and_no_error_repeats_it(text in "([a-zA-Z0-9:_,#-]{0,60}\n?){0,4}") {
        if let Err(error) = KeyRing::from_text(&text) {
            let shown = format!("{error} {error:?}");
            for word in text.split([':', ',', '\n', '#']).filter(|word| word.len() > 12) {
                prop_assert!(!shown.contains(word));
            }
        }
    }
}
