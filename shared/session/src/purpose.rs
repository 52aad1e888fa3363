//! What a token is for, as a type.
//!
//! `Sealed<Invite>` and `Sealed<Session>` are different types, and the purpose is part of what the seal covers, so
//! that one kind can be mistaken for another neither in code nor on the wire. A fourth purpose is a type in a module
//! of its own that implements [`Claims`] and [`Purpose`]; nothing else has to know of it.

use std::{fmt, marker::PhantomData};

use crate::{
    error::{SealError, TokenError},
    id::TokenId,
    lifetime::{self, EPOCH, OutOfLimits},
};

/// One kind of token: [`Invite`](crate::Invite), [`Session`](crate::Session) or [`Draft`](crate::Draft). Sealed: only
/// this crate adds one.
pub trait Purpose: Claims {
    /// The purpose as it stands in what the seal covers. Changing it ends every token of this kind.
    const NAME: &'static str;

    /// The longest text a token of this kind can have, in characters. What is longer is refused unread.
    const MAX_LEN: usize;

    /// Whether a token of this kind may also arrive as decimal digits.
    const DIGITS: bool = false;
}

/// How claims become a payload and come back. Named by [`Purpose`], reachable by nobody outside.
pub trait Claims: Sized {
    /// The payload, a JSON object, for a token issued at `issued` (seconds since [`EPOCH`]).
    fn write(&self, issued: u64) -> Result<Vec<u8>, SealError>;

    /// The claims and `issued` from an authentic payload; `None` when it is not what [`Claims::write`] writes.
    fn read(payload: &[u8]) -> Option<(Self, u64)>;

    /// Whether every lifetime is within the limits of its kind.
    fn admit(&self) -> Result<(), OutOfLimits>;

    /// When a token of these claims, issued at `issued_at`, ends. Unix time, as is the answer.
    fn expires_at(&self, issued_at: u64) -> u64;

    /// The id it is spent and revoked by, given the token's own.
    fn id(&self, own: TokenId) -> TokenId {
        own
    }
}

/// A token that has just been sealed, with its purpose in the type.
///
/// Whoever holds its text can use it, so `Debug` does not show it and taking it out is spelled
/// [`expose`](Sealed::expose).
pub struct Sealed<P> {
    pub(crate) text: String,
    /// Body and footer as bytes, for the digits.
    pub(crate) bytes: Vec<u8>,
    pub(crate) id: TokenId,
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
    pub(crate) purpose: PhantomData<fn() -> P>,
}

impl<P> Sealed<P> {
    /// The token, to be handed to its holder and to nobody else.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The id it is spent and revoked by; see [`Opened::id`].
    pub fn id(&self) -> TokenId {
        self.id
    }

    /// When it was sealed, in Unix time.
    pub fn issued_at(&self) -> u64 {
        self.issued_at
    }

    /// The first second at which it is no longer accepted, in Unix time.
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

impl<P> Clone for Sealed<P> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), bytes: self.bytes.clone(), ..*self }
    }
}

impl<P: Purpose> fmt::Debug for Sealed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed<{}>(..)", P::NAME)
    }
}

/// A token that was authentic and alive when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<P> {
    /// The id it is spent and revoked by. A session, however often renewed, has the id of the invite it was made
    /// from: revoking that one id ends them all.
    pub id: TokenId,
    /// When it was sealed, in Unix time.
    pub issued_at: u64,
    /// The first second at which it is no longer accepted, in Unix time. Always after `issued_at`.
    pub expires_at: u64,
    /// What it says.
    pub claims: P,
}

impl<P: Purpose> Opened<P> {
    /// Reads an authentic payload and holds it against every limit: lifetimes first, then the clock.
    pub(crate) fn read(payload: &[u8], own: TokenId, now: u64) -> Result<Self, TokenError> {
        let (claims, issued) = P::read(payload).ok_or(TokenError::Malformed)?;
        // Nothing this crate seals is too short: such a token is not one this version knows.
        let refusal =
            |out: OutOfLimits| if out.is_too_long() { TokenError::LifetimeTooLong } else { TokenError::Malformed };
        claims.admit().map_err(refusal)?;
        let issued_at = issued.saturating_add(EPOCH);
        let expires_at = claims.expires_at(issued_at);
        lifetime::check(issued_at, expires_at, now)?;
        Ok(Self { id: claims.id(own), issued_at, expires_at, claims })
    }
}
