//! How a store fails. The text is for whoever runs the service; it holds no id and nothing anyone said.

use std::time::Duration;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot answer. The service stays closed: no session is given, nothing counts as delivered.
    #[error("the store cannot answer: {reason}")]
    Unavailable {
        /// What is wrong and what a person can do about it, in one sentence.
        reason: String,
        /// When asking again may help.
        retry_after: Duration,
    },
    /// The caller asked for something that makes no sense; asking again will not help.
    #[error("the store refused: {reason}")]
    Rejected {
        /// What was wrong with the request.
        reason: &'static str,
    },
}

impl StoreError {
    /// How long a passing trouble (a lock held elsewhere, a full queue) takes to pass.
    const SOON: Duration = Duration::from_secs(1);
    /// How long to leave somebody to put right what only a person can.
    const LATER: Duration = Duration::from_secs(30);

    /// Trouble that passes by itself: ask again in a second.
    pub fn passing(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: Self::SOON }
    }

    /// Trouble that somebody has to put right: ask again in half a minute.
    pub fn lasting(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: Self::LATER }
    }

    /// When asking again may help; `None` if it never will.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => Some(*retry_after),
            Self::Rejected { .. } => None,
        }
    }

    /// Refuses a record that would be gone as soon as it was written.
    ///
    /// # Errors
    ///
    /// [`StoreError::Rejected`] if `keep_until <= now`. Adapters call this first in `spend` and `append`.
    pub fn unless_kept(now: u64, keep_until: u64) -> Result<(), Self> {
        if keep_until > now {
            return Ok(());
        }
        Err(Self::Rejected { reason: "the record would expire before it is written" })
    }
}
