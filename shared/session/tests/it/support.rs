//! A deployment with a known key, a fixed clock and repeatable randomness.

use truce_session::{
    Draft, Invite, KeyRing, Opened, OrganiserTag, Purpose, Sealed, Seat, Session,
    paseto::{self, LocalKey},
};
use zeroize::Zeroizing;

pub(crate) const HOST: &str = "truce.example";
/// A second in November 2026.
pub(crate) const NOW: u64 = 1_795_500_000;
pub(crate) const KEY_ID: &str = "test";
pub(crate) const KEY: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
pub(crate) const KEY_TEXT: &str = "test:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY";

pub(crate) fn ring() -> KeyRing {
    KeyRing::from_text(KEY_TEXT).unwrap()
}

/// A different stream for each `seed`.
pub(crate) fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed ^ 0x9E37_79B9_7F4A_7C15;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
}

pub(crate) fn seat() -> Seat {
    Seat::new("q3-release", "backend", "Ana").unwrap()
}

pub(crate) fn invite() -> Invite {
    Invite::new(seat(), OrganiserTag::of("maria"))
}

pub(crate) fn seal<P: Purpose>(claims: &P) -> Sealed<P> {
    ring().seal(claims, HOST, NOW, &mut random(1)).unwrap()
}

pub(crate) fn opened_invite() -> Opened<Invite> {
    ring().open(seal(&invite()).expose(), HOST, NOW).unwrap()
}

pub(crate) fn session() -> Session {
    Session::of(&opened_invite(), NOW)
}

pub(crate) fn draft() -> Draft<String> {
    Draft::new(&session(), "I was worried when the date moved.".to_owned())
}

/// An authentic token that says whatever it is told to, as a later version, or a broken one, might seal it.
pub(crate) fn authentic(purpose: &str, payload: &str) -> String {
    authentic_with(payload, KEY_ID, &format!("truce/{purpose}/{HOST}"))
}

pub(crate) fn authentic_with(payload: &str, footer: &str, implicit: &str) -> String {
    let key = LocalKey::new(Zeroizing::new(KEY));
    let (payload, footer) = (payload.as_bytes(), footer.as_bytes());
    let body = paseto::seal_with_nonce(&key, &[7; 32], payload, footer, implicit.as_bytes());
    paseto::to_text(&body, footer)
}
