//! The session: what a redeemed invite becomes, and what every request of a member carries.
//!
//! Two lifetimes hold at once (OWASP ASVS 7.3): an absolute one, fixed when the invite is redeemed and never moved, and
//! an idle one, which starts again with each renewal. A renewal is a new token; the id stays, so that one revocation
//! reaches all of them.

use serde::{Deserialize, Serialize};

use crate::{
    error::SealError,
    id::TokenId,
    invite::Invite,
    lifetime::{EPOCH, IDLE, MEMORY_MARGIN, OutOfLimits, SESSION, SKEW},
    purpose::{Claims, Opened, Purpose, Sealed},
    ring::{KeyRing, Random},
    seat::Seat,
};

/// A member's standing permission to speak from one seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id of the invite it was made from, the same in every renewal: what revokes it.
    pub id: TokenId,
    /// Who speaks.
    pub seat: Seat,
    /// When the invite was redeemed, in Unix time.
    pub started_at: u64,
    /// The first second at which neither it nor a renewal is accepted, in Unix time; within [`SESSION`] of
    /// `started_at`.
    pub absolute_expiry: u64,
    /// How long it lives without a renewal, in seconds, within [`IDLE`].
    pub idle: u64,
}

impl Session {
    /// The session an invite turns into when it is redeemed at `now`. Spend the invite's id first: nothing here
    /// knows whether it has been redeemed before.
    pub fn of(invite: &Opened<Invite>, now: u64) -> Self {
        Self {
            id: invite.id,
            seat: invite.claims.seat.clone(),
            started_at: now,
            absolute_expiry: now.saturating_add(invite.claims.session_lifetime),
            idle: IDLE.default,
        }
    }

    /// When a token sealed at `now` for this session ends unless it is renewed: `min(now + idle, absolute_expiry)`.
    pub fn idle_expiry(&self, now: u64) -> u64 {
        now.saturating_add(self.idle).min(self.absolute_expiry)
    }

    /// The first second at which it may be forgotten that it was revoked, in Unix time.
    pub fn revoked_until(&self) -> u64 {
        self.absolute_expiry.saturating_add(MEMORY_MARGIN)
    }
}

impl Opened<Session> {
    /// A new token for the same session: same id and same absolute end, idle time from `now`.
    ///
    /// The old token is not ended by this; it has its own, earlier end. That is on purpose: a Watch that loses the
    /// answer to its renewal still has a session.
    ///
    /// # Errors
    /// [`SealError::Ended`] at or after the absolute end; otherwise what [`KeyRing::seal`] says.
    pub fn renew(
        &self,
        ring: &KeyRing,
        audience: &str,
        now: u64,
        random: &mut Random<'_>,
    ) -> Result<Sealed<Session>, SealError> {
        ring.seal(&self.claims, audience, now, random)
    }
}

impl Purpose for Session {
    const NAME: &'static str = "session";
    const MAX_LEN: usize = 1024;
}

/// The payload: `{"w":[room,team,member],"f":id,"i":issued,"b":began}`, and `s` (absolute lifetime) and `d` (idle
/// lifetime) when they are not the default.
///
/// Beginning and length are kept, not the end, so that the limit on the whole session is checked each time a renewal
/// is opened and not only when the session began.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<Name> {
    w: (Name, Name, Name),
    f: TokenId,
    i: u64,
    b: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    d: Option<u64>,
}

impl Claims for Session {
    fn write(&self, issued: u64) -> Result<Vec<u8>, SealError> {
        let began = self.started_at.checked_sub(EPOCH).ok_or(SealError::Clock)?;
        let payload = Payload {
            w: (self.seat.room(), self.seat.team(), self.seat.member()),
            f: self.id,
            i: issued,
            b: began,
            s: Some(self.lifetime()).filter(|seconds| *seconds != SESSION.default),
            d: Some(self.idle).filter(|seconds| *seconds != IDLE.default),
        };
        serde_json::to_vec(&payload).map_err(|_| SealError::Content)
    }

    fn read(payload: &[u8]) -> Option<(Self, u64)> {
        let Payload { w: (room, team, member), f, i, b, s, d }: Payload<String> =
            serde_json::from_slice(payload).ok()?;
        let started_at = b.saturating_add(EPOCH);
        let session = Self {
            id: f,
            seat: Seat::new(&room, &team, &member).ok()?,
            started_at,
            absolute_expiry: started_at.saturating_add(s.unwrap_or(SESSION.default)),
            idle: d.unwrap_or(IDLE.default),
        };
        // Hosts' clocks differ, so a renewal may seem older than the session, but only by as much.
        (b <= i.saturating_add(SKEW)).then_some((session, i))
    }

    fn admit(&self) -> Result<(), OutOfLimits> {
        SESSION.admit(self.lifetime())?;
        IDLE.admit(self.idle)
    }

    fn expires_at(&self, issued_at: u64) -> u64 {
        self.idle_expiry(issued_at)
    }

    fn id(&self, _own: TokenId) -> TokenId {
        self.id
    }
}

impl Session {
    /// The whole session's length in seconds; 0, which no limit admits, when it ends before it begins.
    fn lifetime(&self) -> u64 {
        self.absolute_expiry.saturating_sub(self.started_at)
    }
}
