//! The id of a token.
//!
//! One-time use and revocation are keyed by it, so it must be unguessable and must not be choosable by whoever
//! presents the token. It is the first half of the nonce: random, covered by the tag, and no byte longer.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::paseto::NONCE_LEN;

/// 128 random bits that name one invite and everything made from it.
///
/// As text 32 lowercase hexadecimal digits: safe in a path, a store's key and on a command line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenId([u8; 16]);

impl TokenId {
    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Call it with a nonce that has been authenticated, or has just been made.
    pub(crate) fn of_nonce(nonce: &[u8; NONCE_LEN]) -> Self {
        Self(*nonce.first_chunk().expect("a nonce is longer than an id"))
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

impl FromStr for TokenId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        // `from_str_radix` alone would take capitals, a sign and shorter texts: a second text for one id.
        let canonical = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !canonical {
            return Err(NotAnId);
        }
        u128::from_str_radix(text, 16).map(|bits| Self(bits.to_be_bytes())).map_err(|_| NotAnId)
    }
}

impl TryFrom<String> for TokenId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<TokenId> for String {
    fn from(id: TokenId) -> Self {
        id.to_string()
    }
}

/// The text is no [`TokenId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token's id: 32 hexadecimal digits, lowercase")]
pub struct NotAnId;
