//! Why a token was not sealed, or not opened.
//!
//! These texts are for logs and for whoever runs the service. A client is told the same thing for all of
//! [`TokenError`]: a difference it can see is an oracle. No text contains a part of a token, a key or a payload.

use crate::{key::KeyId, lifetime::OutOfLimits};

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not a token's text; or an authentic token whose content is not what this version writes.
    #[error("not a token of this kind")]
    Malformed,
    /// Longer than a token of this purpose can be. Decided before anything is decoded.
    #[error("longer than a token of this kind can be")]
    TooLong,
    /// The key ring has no key of this id.
    #[error("sealed with key {0}, which is not on the key ring")]
    UnknownKey(KeyId),
    /// The key ring has the key, and its time is over.
    #[error("sealed with key {0}, which is retired")]
    RetiredKey(KeyId),
    /// Changed, or sealed for another purpose or another audience; which of them cannot be told.
    #[error("changed, or sealed for another purpose or host")]
    Forged,
    /// Issued further in the future than clocks disagree ([`SKEW`](crate::lifetime::SKEW)).
    #[error("issued in the future: compare the clocks of the hosts")]
    NotYetValid,
    /// Over.
    #[error("expired at {at}")]
    Expired {
        /// When it ended, in Unix time.
        at: u64,
    },
    /// Authentic, but it would live longer than its purpose allows.
    #[error("its lifetime is above the limit for its kind")]
    LifetimeTooLong,
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A lifetime outside the limits of its kind.
    #[error(transparent)]
    Lifetime(#[from] OutOfLimits),
    /// The session has reached its absolute end; it cannot be renewed.
    #[error("the session ended at {at}")]
    Ended {
        /// When it ended, in Unix time.
        at: u64,
    },
    /// The token would be longer than one of its purpose may be: the draft's content is too large.
    #[error("the token would have {len} characters, more than the {max} one of its kind may have")]
    TooLong {
        /// How long it would be, in characters.
        len: usize,
        /// How long it may be.
        max: usize,
    },
    /// The draft's content cannot be written as JSON.
    #[error("the content cannot be written as JSON")]
    Content,
    /// The clock stands before 2025, so it is not set.
    #[error("the clock is not set: it stands before 2025")]
    Clock,
    /// No audience: a token for every host would be one for staging and production alike.
    #[error("no audience: set the public host of this deployment")]
    NoAudience,
    /// The source of randomness gave nothing: the nonce is still all zeros.
    #[error("the source of randomness gave nothing")]
    NoRandomness,
}
