//! One key: its id, what it is for, and making it.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    paseto::{KEY_LEN, LocalKey},
    ring::Random,
    seat::ALPHABET,
};

/// The four characters that name a key, in a token's footer and in a key file. Public: it tells nothing about the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; KeyId::LEN]);

impl KeyId {
    pub(crate) const LEN: usize = 4;

    /// Reads an id from a token's footer.
    pub(crate) fn from_footer(footer: &[u8]) -> Option<Self> {
        let id: [u8; Self::LEN] = footer.try_into().ok()?;
        id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).then_some(Self(id))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).expect("made of ASCII characters"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        Self::from_footer(text.as_bytes()).ok_or(NotAKeyId)
    }
}

/// The text is no [`KeyId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's id is four characters of A-Z, a-z, 0-9, '-' and '_'")]
pub struct NotAKeyId;

/// What a key on the ring is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// Seals and opens. Exactly one key of a ring is.
    Active,
    /// Opens, with no end set.
    Accepted,
    /// Opens until this second, in Unix time, and is refused from then on.
    RetiringUntil(u64),
}

impl KeyState {
    /// Whether a key in this state opens tokens at `now`.
    pub fn opens_at(self, now: u64) -> bool {
        match self {
            Self::Active | Self::Accepted => true,
            Self::RetiringUntil(end) => now < end,
        }
    }
}

/// As a key file spells it.
impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.write_str("active"),
            Self::Accepted => f.write_str("accepted"),
            Self::RetiringUntil(end) => write!(f, "retiring-until-{end}"),
        }
    }
}

/// A key with its id. `Debug` shows the id only.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: KeyId,
    pub(crate) local: LocalKey,
}

impl Key {
    /// A new key. `None` when the source of randomness gives nothing: the same byte over and over.
    pub(crate) fn generate(random: &mut Random<'_>) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        random(bytes.as_mut());
        let mut id = [0; KeyId::LEN];
        random(&mut id);
        let id = KeyId(id.map(|byte| ALPHABET[usize::from(byte % 32)]));
        (!is_placeholder(bytes.as_ref())).then(|| Self { id, local: LocalKey::new(bytes) })
    }

    /// Whether both are the same key, under whichever ids.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.local.bytes().ct_eq(other.local.bytes()).into()
    }
}

/// Whether a "key" is one byte repeated: what an example file, or a source of randomness that failed, contains.
pub(crate) fn is_placeholder(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}
