//! Sealed tokens: invites, sessions, drafts; the key ring; lifetimes.
//!
//! Truce keeps no accounts. What a person may do is written into a token, sealed, and handed to them: an [`Invite`] in
//! a QR code, which redeeming turns into a [`Session`], and a [`Draft`] for a message that waits for their yes. A
//! token is [PASETO `v3.local`](paseto): encrypted, so that its holder cannot read it, and authenticated, so that they
//! cannot change it.
//!
//! ```
//! use truce_session::{Invite, KeyRing, OrganiserTag, Seat, Session};
//!
//! # let mut next = 0_u8;
//! # let random = &mut |bytes: &mut [u8]| bytes.iter_mut().for_each(|byte| { next = next.wrapping_add(1); *byte = next });
//! let (host, now) = ("truce.example", 1_795_500_000);
//! let ring = KeyRing::generate(random)?;
//!
//! // The organiser's side: what goes into the QR code.
//! let seat = Seat::new("q3-release", "backend", "Ana")?;
//! let invite = ring.seal(&Invite::new(seat, OrganiserTag::of("maria")), host, now, random)?;
//! let symbol = format!("https://{host}/j#{}", invite.digits());
//!
//! // A minute later, the member's side. Spending `invite.id` exactly once is the store's part.
//! let scanned = symbol.split('#').last().unwrap();
//! let invite = ring.open::<Invite>(scanned, host, now + 60)?;
//! let session = ring.seal(&Session::of(&invite, now + 60), host, now + 60, random)?;
//!
//! // A day later the Watch speaks.
//! let session = ring.open::<Session>(session.expose(), host, now + 86_400)?;
//! assert_eq!(session.claims.seat.member(), "Ana");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One kind of token is not another, in code:
//!
//! ```compile_fail,E0308
//! use truce_session::{Invite, Sealed, Session};
//!
//! fn hand_out(session: Sealed<Session>) {}
//! fn confuse(invite: Sealed<Invite>) {
//!     hand_out(invite);
//! }
//! ```
//!
//! and on the wire, because purpose and host are part of what the seal covers.
//!
//! The crate does no input or output: the time, randomness and the host's name are handed in, so that it runs on every
//! host, WebAssembly included, and tests choose all three.

pub mod lifetime;
pub mod paseto;

mod digits;
mod draft;
mod error;
mod id;
mod invite;
mod key;
mod keytext;
mod purpose;
mod ring;
mod rotation;
mod seat;
mod session;

pub use self::{
    draft::Draft,
    error::{SealError, TokenError},
    id::{NotAnId, TokenId},
    invite::Invite,
    key::{KeyId, KeyState, NotAKeyId},
    keytext::{KeyProblem, KeyRingError},
    lifetime::{Limits, OutOfLimits},
    purpose::{Opened, Purpose, Sealed},
    ring::{KeyRing, Random},
    rotation::RotationError,
    seat::{NAME_MAX, NameProblem, NotATag, OrganiserTag, Seat, SeatError, SeatField},
    session::Session,
};
