//! The key ring as text: what the variable `TRUCE_KEYS` and a key file contain.
//!
//! [`KeyRing::from_text`] describes it. A service must not start with less, and whoever starts it must learn what to
//! do. So an error names the place and the remedy, and never repeats what stands there: it may be a key. Files that
//! exist must go on being read; a new state is a new word.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    key::{Key, KeyId, KeyState, is_placeholder},
    paseto::{KEY_LEN, LocalKey},
    ring::{KeyRing, Other},
};

/// Why a text is no key ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// There is no key at all.
    #[error("no keys: set TRUCE_KEYS to what `truce keys` prints, or name the file that contains it")]
    NoKeys,
    /// One of the keys is wrong.
    #[error("line {line}, key {nth} of it: {problem}")]
    Key {
        /// The line, counted from 1.
        line: usize,
        /// Which of the keys on that line, counted from 1.
        nth: usize,
        /// What is wrong.
        problem: KeyProblem,
    },
    /// No key is active.
    #[error("no key is active: end the line of one of them with `:active`")]
    NoActiveKey,
}

/// What is wrong with one key of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Not `id:key` or `id:key:state`.
    #[error("expected `id:key` or `id:key:state`; `truce keys` prints one")]
    Form,
    /// The id is not four characters.
    #[error(transparent)]
    Id(#[from] crate::key::NotAKeyId),
    /// The key is not base64url.
    #[error("the key is not base64url without padding; `truce keys` prints one")]
    Encoding,
    /// The key is not 32 bytes long.
    #[error("the key has {0} bytes and needs {KEY_LEN}; `truce keys` prints one")]
    Length(usize),
    /// The key is one byte repeated.
    #[error("the key is a placeholder; `truce keys` prints a real one")]
    Placeholder,
    /// The state is none.
    #[error("the state is neither `active`, `accepted` nor `retiring-until-` and a time in seconds since 1970")]
    State,
    /// Another key has this id.
    #[error("there is a second key with id {0}")]
    DuplicateId(KeyId),
    /// Another id has this key.
    #[error("it is the same key as {0}")]
    DuplicateKey(KeyId),
    /// Another key is active already.
    #[error("key {0} is already active; end this line with `:accepted` or `:retiring-until-` and a time")]
    SecondActive(KeyId),
}

impl KeyRing {
    /// Reads a key ring, from the variable `TRUCE_KEYS` or a file.
    ///
    /// ```text
    /// # one key a line, or several separated by commas
    /// k7mq:l4xvR0u9…43 characters…Zc0w:active
    /// h2ab:9fQyW1kd…43 characters…T8Xk:retiring-until-1798761600
    /// ```
    ///
    /// A key is its id, its 32 bytes as base64url without padding, and its [state](KeyState): `active` (also when
    /// nothing is said), `accepted`, or `retiring-until-` and a second in Unix time. Exactly one is active. From `#` to
    /// the end of its line is a comment; spaces around each part are ignored.
    ///
    /// # Errors
    /// [`KeyRingError`]: where, what and what to do; never any part of a key.
    pub fn from_text(text: &str) -> Result<Self, KeyRingError> {
        let mut active: Option<Key> = None;
        let mut others: Vec<Other> = Vec::new();
        for (line, nth, entry) in entries(text) {
            let at = |problem| KeyRingError::Key { line, nth, problem };
            let (key, state) = parse(entry).map_err(at)?;
            let known = active.iter().chain(others.iter().map(|other| &other.key));
            reject_duplicate(known, &key).map_err(at)?;
            match (state, &active) {
                (KeyState::Active, Some(first)) => return Err(at(KeyProblem::SecondActive(first.id))),
                (KeyState::Active, None) => active = Some(key),
                (KeyState::Accepted, _) => others.push(Other { key, until: None }),
                (KeyState::RetiringUntil(end), _) => others.push(Other { key, until: Some(end) }),
            }
        }
        match active {
            Some(active) => Ok(Self { active, others }),
            None if others.is_empty() => Err(KeyRingError::NoKeys),
            None => Err(KeyRingError::NoActiveKey),
        }
    }

    /// Writes the ring, one key a line, the active one first. It contains the keys: put it where secrets are kept.
    pub fn to_text(&self) -> Zeroizing<String> {
        // Room for all of it, so that it never moves and leaves a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(96 * (1 + self.others.len())));
        for (key, (id, state)) in self.all().zip(self.keys()) {
            let mut encoded = Zeroizing::new([0; 43]);
            URL_SAFE_NO_PAD
                .encode_slice(key.local.bytes(), encoded.as_mut())
                .expect("32 bytes are 43 characters of base64");
            let encoded = str::from_utf8(encoded.as_ref()).expect("base64 is ASCII");
            for piece in [&id.to_string(), ":", encoded, ":", &state.to_string(), "\n"] {
                text.push_str(piece);
            }
        }
        text
    }
}

/// Every entry with its line and its place in the line; comments and empty ones left out.
fn entries(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    text.lines().zip(1..).flat_map(|(line, number)| {
        let line = line.split('#').next().unwrap_or_default();
        let entries = line.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.zip(1..).map(move |(entry, nth)| (number, nth, entry))
    })
}

fn parse(entry: &str) -> Result<(Key, KeyState), KeyProblem> {
    let mut parts = entry.split(':').map(str::trim);
    let (Some(id), Some(key), state, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(KeyProblem::Form);
    };
    let id = id.parse::<KeyId>()?;
    let local = LocalKey::new(key_bytes(key)?);
    let state = state.map_or(Some(KeyState::Active), parse_state).ok_or(KeyProblem::State)?;
    Ok((Key { id, local }, state))
}

fn key_bytes(text: &str) -> Result<Zeroizing<[u8; KEY_LEN]>, KeyProblem> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyProblem::Encoding)?);
    if bytes.len() != KEY_LEN {
        return Err(KeyProblem::Length(bytes.len()));
    }
    if is_placeholder(&bytes) {
        return Err(KeyProblem::Placeholder);
    }
    let mut key = Zeroizing::new([0; KEY_LEN]);
    key.copy_from_slice(&bytes);
    Ok(key)
}

fn parse_state(word: &str) -> Option<KeyState> {
    match word {
        "active" => Some(KeyState::Active),
        "accepted" => Some(KeyState::Accepted),
        _ => word.strip_prefix("retiring-until-")?.parse().ok().map(KeyState::RetiringUntil),
    }
}

fn reject_duplicate<'a>(mut known: impl Iterator<Item = &'a Key>, key: &Key) -> Result<(), KeyProblem> {
    known.try_for_each(|other| {
        if other.id == key.id {
            Err(KeyProblem::DuplicateId(key.id))
        } else if other.is_same_key(key) {
            Err(KeyProblem::DuplicateKey(other.id))
        } else {
            Ok(())
        }
    })
}
