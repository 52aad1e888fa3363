//! The draft: something that waits for its sender's yes.
//!
//! The server keeps nothing between showing a reframed message and sending it; the client carries it, sealed. What a
//! draft contains is its caller's business: this module seals any serde type, and says whose it is.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    error::SealError,
    id::TokenId,
    lifetime::{DRAFT, OutOfLimits},
    purpose::{Claims, Purpose},
    seat::Seat,
    session::Session,
};

/// Content that only its owner's session can bring back, unread and unchanged, within
/// [fifteen minutes](crate::lifetime::DRAFT).
#[derive(Clone, PartialEq, Eq)]
pub struct Draft<T> {
    /// The id of the session it was made for.
    pub session: TokenId,
    /// Who owns it.
    pub seat: Seat,
    /// What waits.
    pub content: T,
}

impl<T> Draft<T> {
    /// A draft for the holder of `session`.
    pub fn new(session: &Session, content: T) -> Self {
        Self { session: session.id, seat: session.seat.clone(), content }
    }

    /// Whether it was made for this session, whichever renewal of it. A draft of anybody else must be refused.
    pub fn belongs_to(&self, session: &Session) -> bool {
        self.session == session.id && self.seat == session.seat
    }
}

/// Without the content: it is what somebody said in confidence.
impl<T> fmt::Debug for Draft<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("session", &self.session).field("seat", &self.seat).finish_non_exhaustive()
    }
}

impl<T: Serialize + DeserializeOwned> Purpose for Draft<T> {
    const NAME: &'static str = "draft";
    const MAX_LEN: usize = 4096;
}

/// The payload: `{"w":[room,team,member],"f":session,"i":issued,"c":content}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<Name, Content> {
    w: (Name, Name, Name),
    f: TokenId,
    i: u64,
    c: Content,
}

impl<T: Serialize + DeserializeOwned> Claims for Draft<T> {
    fn write(&self, issued: u64) -> Result<Vec<u8>, SealError> {
        let payload = Payload {
            w: (self.seat.room(), self.seat.team(), self.seat.member()),
            f: self.session,
            i: issued,
            c: &self.content,
        };
        serde_json::to_vec(&payload).map_err(|_| SealError::Content)
    }

    fn read(payload: &[u8]) -> Option<(Self, u64)> {
        let Payload { w: (room, team, member), f, i, c }: Payload<String, T> = serde_json::from_slice(payload).ok()?;
        let seat = Seat::new(&room, &team, &member).ok()?;
        Some((Self { session: f, seat, content: c }, i))
    }

    fn admit(&self) -> Result<(), OutOfLimits> {
        Ok(())
    }

    fn expires_at(&self, issued_at: u64) -> u64 {
        issued_at.saturating_add(DRAFT)
    }
}
