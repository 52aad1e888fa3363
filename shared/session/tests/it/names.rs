//! What a name, a tag and an id may be.

use proptest::prelude::*;
use truce_session::{NameProblem, OrganiserTag, Seat, SeatError, SeatField, TokenId};

fn problem(room: &str, team: &str, member: &str) -> Option<(SeatField, NameProblem)> {
    Seat::new(room, team, member).err().map(|SeatError { field, problem }| (field, problem))
}

#[test]
fn names_are_trimmed_and_kept_as_they_are() {
    let seat = Seat::new("  Q3 release ", "Back-end\t", "\u{A0}Ana-María 👩‍💻 ").unwrap();
    assert_eq!((seat.room(), seat.team(), seat.member()), ("Q3 release", "Back-end", "Ana-María 👩‍💻"));
    assert_ne!(seat, Seat::new("q3 release", "Back-end", "Ana-María 👩‍💻").unwrap());
}

#[test]
fn a_name_has_1_to_32_characters() {
    assert_eq!(problem(&"é".repeat(32), &"💬".repeat(32), "a"), None);
    assert_eq!(problem(&"é".repeat(33), "b", "a"), Some((SeatField::Room, NameProblem::TooLong)));
    assert_eq!(problem("r", &"x".repeat(1 << 20), "a"), Some((SeatField::Team, NameProblem::TooLong)));
    assert_eq!(problem("", "b", "a"), Some((SeatField::Room, NameProblem::Empty)));
    assert_eq!(problem("r", "b", " \n\u{3000} "), Some((SeatField::Member, NameProblem::Empty)));
}

#[test]
fn a_name_that_would_break_a_line_or_turn_the_writing_round_is_refused() {
    for bad in ['\0', '\n', '\r', '\t', '\u{1B}', '\u{7F}', '\u{85}', '\u{2028}', '\u{202E}', '\u{2066}', '\u{FEFF}'] {
        let name = format!("a{bad}b");
        assert_eq!(problem("r", &name, "m"), Some((SeatField::Team, NameProblem::ControlCharacter)), "{bad:?}");
    }
}

#[test]
fn an_error_says_which_name_and_what_is_wrong() {
    let text = |room: &str, team: &str, member: &str| Seat::new(room, team, member).unwrap_err().to_string();
    assert_eq!(text("", "t", "m"), "room must not be empty");
    assert_eq!(text("r", &"t".repeat(33), "m"), "team must have at most 32 characters");
    assert_eq!(text("r", "t", "a\u{0}b"), "member must not contain control characters");
}

#[test]
fn an_organiser_s_tag_is_two_characters_and_always_the_same() {
    let tag = OrganiserTag::of("maria");
    assert_eq!(tag, OrganiserTag::of("maria"));
    assert_ne!(tag, OrganiserTag::of("Maria"));
    assert_eq!(tag.as_str().len(), 2);
    assert_eq!(tag.to_string().parse(), Ok(tag));
    for text in ["", "a", "aaa", "AA", "1a", "l2", "é"] {
        assert!(text.parse::<OrganiserTag>().is_err(), "{text}");
    }
}

#[test]
fn an_id_has_one_text() {
    let id: TokenId = "000102030405060708090a0b0c0d0e0f".parse().unwrap();
    assert_eq!(id.as_bytes(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert_eq!(serde_json::to_string(&id).unwrap(), r#""000102030405060708090a0b0c0d0e0f""#);
    for text in [
        "",
        "00",
        "000102030405060708090A0B0C0D0E0F",
        "+00102030405060708090a0b0c0d0e0f",
        " 00102030405060708090a0b0c0d0e0",
    ] {
        assert!(text.parse::<TokenId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_name_that_was_parsed_parses_to_itself(name: String) {
        if let Ok(seat) = Seat::new(&name, &name, &name) {
            prop_assert_eq!(&Seat::new(seat.room(), seat.team(), seat.member()), &Ok(seat.clone()));
            prop_assert!(!seat.room().is_empty() && seat.room().chars().count() <= 32);
        }
    }
}
