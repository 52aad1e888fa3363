//! How large the symbol gets is decided by how long an invite is; how long a request gets, by the others.

use truce_session::{Invite, OrganiserTag, Purpose, Seat, Session, paseto};

use crate::support::{HOST, NOW, draft, random, ring, seal, session};

fn bytes(token: &str) -> usize {
    let (body, footer) = paseto::from_text(token).unwrap();
    body.len() + footer.len()
}

/// 342 digits are 1140 bits in the numeric mode of a QR code; the 200 characters of the text are 1600 in its byte mode.
#[test]
fn an_invite_with_names_of_usual_length_is_58_bytes_of_payload_and_342_digits() {
    let seat = Seat::new("q3-release-x", "backend1", "Ana-Mari").unwrap();
    let sealed = seal(&Invite::new(seat, OrganiserTag::of("maria")));
    assert_eq!(bytes(sealed.expose()), 32 + 58 + 48 + 4);
    assert_eq!((sealed.digits().len(), sealed.expose().len()), (342, 200));
}

/// Names of the longest kind there is, with every claim away from its default.
fn longest() -> Seat {
    let name = "💬".repeat(32);
    Seat::new(&name, &name, &name).unwrap()
}

#[test]
fn the_longest_invite_is_within_its_cap_in_both_forms() {
    let invite =
        Invite { lifetime: 599, session_lifetime: 2_591_999, ..Invite::new(longest(), OrganiserTag::of("maria")) };
    // In the year 2341, the last with ten digits.
    let late = 11_734_000_000;
    let sealed = ring().seal(&invite, HOST, late, &mut random(1)).unwrap();
    assert!(sealed.expose().len() <= Invite::MAX_LEN);
    assert_eq!(sealed.digits().len(), 1234);
    assert_eq!(ring().open::<Invite>(&sealed.digits(), HOST, late).unwrap().claims, invite);
}

#[test]
fn the_longest_session_is_within_its_cap() {
    let late = 11_734_000_000;
    let session =
        Session { seat: longest(), started_at: late, absolute_expiry: late + 2_591_999, idle: 2_591_999, ..session() };
    let sealed = ring().seal(&session, HOST, late, &mut random(1)).unwrap();
    assert!(sealed.expose().len() <= 800, "{}", sealed.expose().len());
    assert_eq!(ring().open::<Session>(sealed.expose(), HOST, late).unwrap().claims, session);
}

#[test]
fn a_usual_session_and_draft_are_short() {
    assert!(seal(&session()).expose().len() < 300);
    assert!(seal(&draft()).expose().len() < 350);
    assert!(ring().open::<Session>(seal(&session()).expose(), HOST, NOW).is_ok());
}
