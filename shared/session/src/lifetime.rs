//! How long each kind of token lives, and when exactly it begins and ends.
//!
//! Every limit is here, with its source; nothing else in the project writes such a number. Raising a limit changes
//! what an attacker with a stolen token can do: read the source first. All times are whole seconds; instants are
//! seconds since 1970-01-01T00:00:00Z (Unix time), passed in by the caller, so that tests fix the clock.
//!
//! The boundaries, for a token issued at `i` that expires at `e`, seen at `now`:
//!
//! | | accepted | refused |
//! |---|---|---|
//! | beginning | `now + SKEW >= i` | `now + SKEW < i`: [`TokenError::NotYetValid`] |
//! | end | `now < e` | `now >= e`: [`TokenError::Expired`] |
//!
//! The allowance for clocks that disagree is given at the beginning only: the end is strict.

use crate::error::TokenError;

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// How far ahead of ours the clock of the host that issued a token may be, in seconds.
pub const SKEW: u64 = 30;

/// 2025-01-01T00:00:00Z as Unix time. Tokens count from here, which makes an invite two digits shorter.
pub const EPOCH: u64 = 1_735_689_600;

/// An invite: two minutes unless asked otherwise, never more than ten.
///
/// A symbol can be photographed and sent on; codes that live shortly are one of the mitigations in the OAuth working
/// group's "Cross-Device Flows: Security Best Current Practice".
pub const INVITE: Limits = Limits { what: "invite", min: 10, default: 2 * MINUTE, max: 10 * MINUTE };

/// A session, all renewals included: thirty days.
///
/// NIST SP 800-63B, on reauthentication at AAL1: at least every thirty days.
pub const SESSION: Limits = Limits { what: "session", min: MINUTE, default: 30 * DAY, max: 30 * DAY };

/// A session between two renewals: a week without use ends it.
pub const IDLE: Limits = Limits { what: "idle time of a session", min: MINUTE, default: 7 * DAY, max: 30 * DAY };

/// A draft waits fifteen minutes for its sender's yes; there is nothing to choose.
pub const DRAFT: u64 = 15 * MINUTE;

/// How long a store must remember a token beyond its end: [`SKEW`] for a host whose clock is behind and would still
/// accept it, and one second because clocks are read in whole seconds.
pub(crate) const MEMORY_MARGIN: u64 = SKEW + 1;

/// How long a revoked invite must be remembered when nothing but its id is known: it may have been issued by a host
/// whose clock is [`SKEW`] ahead, live as long as an invite can, and become the longest session at its last moment.
pub const REVOCATION_MEMORY: u64 = SKEW + INVITE.max + SESSION.max + MEMORY_MARGIN;

/// How long a replaced key goes on opening tokens: as long as a token sealed with it at the last moment can live.
pub const ROTATION_OVERLAP: u64 = SESSION.max + SKEW;

/// The lifetimes one kind of token may have, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    what: &'static str,
    /// The shortest.
    pub min: u64,
    /// The one nobody asked for.
    pub default: u64,
    /// The longest.
    pub max: u64,
}

impl Limits {
    /// Checks a lifetime against these limits, both ends included.
    ///
    /// # Errors
    /// [`OutOfLimits`], whose text says what the limits are.
    pub const fn admit(self, seconds: u64) -> Result<(), OutOfLimits> {
        if self.min <= seconds && seconds <= self.max { Ok(()) } else { Err(OutOfLimits { limits: self, seconds }) }
    }
}

/// A lifetime that its kind of token must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {} lasts {} to {} seconds, not {seconds}", limits.what, limits.min, limits.max)]
pub struct OutOfLimits {
    /// What was allowed.
    pub limits: Limits,
    /// What was asked for, in seconds.
    pub seconds: u64,
}

impl OutOfLimits {
    /// Whether the lifetime is above its limits rather than below.
    pub const fn is_too_long(&self) -> bool {
        self.seconds > self.limits.max
    }
}

/// Tells whether a token is alive at `now`; the module documentation has the boundaries.
pub(crate) fn check(issued_at: u64, expires_at: u64, now: u64) -> Result<(), TokenError> {
    if now.saturating_add(SKEW) < issued_at {
        return Err(TokenError::NotYetValid);
    }
    if now >= expires_at {
        return Err(TokenError::Expired { at: expires_at });
    }
    Ok(())
}
