//! The invite: minutes long, good for one session, small enough for a symbol that reads from across a table.
//!
//! Its payload is kept tiny: a list under one letter, times counted from 2025, nothing that has its usual value. A change
//! here changes how large the symbol gets; a test pins the size.

use serde::{Deserialize, Serialize};

use crate::{
    digits,
    error::SealError,
    lifetime::{INVITE, MEMORY_MARGIN, OutOfLimits, SESSION},
    purpose::{Claims, Opened, Purpose, Sealed},
    seat::{OrganiserTag, Seat},
};

/// What an organiser hands out as a QR code: the promise of one session at one seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Whom it is for.
    pub seat: Seat,
    /// Who issued it.
    pub invited_by: OrganiserTag,
    /// How long it can be redeemed, in seconds, within [`INVITE`].
    pub lifetime: u64,
    /// How long the session made from it lives, all renewals included, in seconds, within [`SESSION`].
    pub session_lifetime: u64,
}

impl Invite {
    /// An invite with the usual lifetimes.
    pub fn new(seat: Seat, invited_by: OrganiserTag) -> Self {
        Self { seat, invited_by, lifetime: INVITE.default, session_lifetime: SESSION.default }
    }
}

impl Sealed<Invite> {
    /// The whole token as decimal digits, for a QR code in numeric mode: nonce, ciphertext, tag and key id; the header
    /// is implied. [`KeyRing::open`](crate::KeyRing::open) takes it as it takes [`expose`](Sealed::expose)'s text.
    pub fn digits(&self) -> String {
        digits::encode(&self.bytes)
    }
}

impl Opened<Invite> {
    /// The first second at which it may be forgotten that it was spent, in Unix time: then no host takes it again, even
    /// one whose clock is [behind](crate::lifetime::SKEW).
    pub fn spent_until(&self) -> u64 {
        self.expires_at.saturating_add(MEMORY_MARGIN)
    }

    /// The first second at which it may be forgotten that it was revoked, in Unix time: then every session made from it
    /// is over, too.
    pub fn revoked_until(&self) -> u64 {
        self.spent_until().saturating_add(self.claims.session_lifetime)
    }
}

impl Purpose for Invite {
    const NAME: &'static str = "invite";
    /// Three names of 32 characters of four bytes, digits as the longer of the two forms: 1234, rounded up.
    const MAX_LEN: usize = 1280;
    const DIGITS: bool = true;
}

/// The payload: `{"w":[room,team,member,tag,issued]}`, followed in the same list by the lifetime, and by the session's,
/// where they are not the usual ones. One list instead of a key for each: 66 bytes are the most for which a symbol of
/// 53 modules at level M has room beside a host of 25 characters.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<Name> {
    w: What<Name>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum What<Name> {
    Usual(Name, Name, Name, OrganiserTag, u64),
    Lifetime(Name, Name, Name, OrganiserTag, u64, u64),
    Session(Name, Name, Name, OrganiserTag, u64, u64, u64),
}

impl Claims for Invite {
    fn write(&self, issued: u64) -> Result<Vec<u8>, SealError> {
        let (room, team, member, tag) = (self.seat.room(), self.seat.team(), self.seat.member(), self.invited_by);
        let w = if self.session_lifetime != SESSION.default {
            What::Session(room, team, member, tag, issued, self.lifetime, self.session_lifetime)
        } else if self.lifetime != INVITE.default {
            What::Lifetime(room, team, member, tag, issued, self.lifetime)
        } else {
            What::Usual(room, team, member, tag, issued)
        };
        serde_json::to_vec(&Payload { w }).map_err(|_| SealError::Content)
    }

    fn read(payload: &[u8]) -> Option<(Self, u64)> {
        let Payload { w } = serde_json::from_slice::<Payload<String>>(payload).ok()?;
        let (usual, session_usual) = (INVITE.default, SESSION.default);
        let (room, team, member, invited_by, issued, lifetime, session_lifetime) = match w {
            What::Usual(room, team, member, tag, issued) => (room, team, member, tag, issued, usual, session_usual),
            What::Lifetime(room, team, member, tag, issued, lifetime) => {
                (room, team, member, tag, issued, lifetime, session_usual)
            }
            What::Session(room, team, member, tag, issued, lifetime, session) => {
                (room, team, member, tag, issued, lifetime, session)
            }
        };
        let seat = Seat::new(&room, &team, &member).ok()?;
        Some((Self { seat, invited_by, lifetime, session_lifetime }, issued))
    }

    fn admit(&self) -> Result<(), OutOfLimits> {
        INVITE.admit(self.lifetime)?;
        SESSION.admit(self.session_lifetime)
    }

    fn expires_at(&self, issued_at: u64) -> u64 {
        issued_at.saturating_add(self.lifetime)
    }
}
