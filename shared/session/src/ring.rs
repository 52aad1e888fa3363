//! The key ring: seals with its one active key, opens with whichever key a token names.
//!
//! A token's footer names its key. The name picks exactly one key; no other is tried, so a token costs one attempt
//! and a key cannot be guessed by presenting tokens. Rotation is in [`rotation`](crate::rotation), the text form in
//! [`keytext`](crate::keytext).

use std::{fmt, marker::PhantomData};

use crate::{
    digits,
    error::{SealError, TokenError},
    id::TokenId,
    key::{Key, KeyId, KeyState},
    lifetime::EPOCH,
    paseto::{self, NONCE_LEN},
    purpose::{Opened, Purpose, Sealed},
};

/// A cryptographic source of randomness: fills the whole slice.
///
/// A source that can fail leaves the slice untouched when it does; that is noticed and refused.
pub type Random<'a> = dyn FnMut(&mut [u8]) + 'a;

/// The keys of one deployment: one that seals, and any number that still open.
///
/// Changing a ring gives a new ring; one that requests are using never changes under them.
#[derive(Clone)]
pub struct KeyRing {
    pub(crate) active: Key,
    pub(crate) others: Vec<Other>,
}

/// A key that opens and no longer, or not yet, seals.
#[derive(Clone)]
pub(crate) struct Other {
    pub(crate) key: Key,
    /// Until when, in Unix time; `None` when no end is set.
    pub(crate) until: Option<u64>,
}

impl Other {
    pub(crate) fn state(&self) -> KeyState {
        self.until.map_or(KeyState::Accepted, KeyState::RetiringUntil)
    }
}

impl KeyRing {
    /// Seals `claims` for the deployment whose public host is `audience`, at `now` (Unix time).
    ///
    /// `audience` is compared byte by byte: take it from one setting, spelled one way, never from a request.
    /// Each call takes 32 bytes from `random`.
    ///
    /// # Errors
    /// [`SealError`]: a lifetime outside its limits, a draft too large, a session that is over, or a clock, audience
    /// or source of randomness that is not there.
    pub fn seal<P: Purpose>(
        &self,
        claims: &P,
        audience: &str,
        now: u64,
        random: &mut Random<'_>,
    ) -> Result<Sealed<P>, SealError> {
        if audience.is_empty() {
            return Err(SealError::NoAudience);
        }
        let issued = now.checked_sub(EPOCH).ok_or(SealError::Clock)?;
        claims.admit()?;
        let expires_at = claims.expires_at(now);
        if now >= expires_at {
            return Err(SealError::Ended { at: expires_at });
        }
        let nonce = fresh_nonce(random)?;
        let payload = claims.write(issued)?;
        let footer = self.active.id.as_bytes();
        let mut bytes =
            paseto::seal_with_nonce(&self.active.local, &nonce, &payload, footer, assertion::<P>(audience).as_bytes());
        let text = paseto::to_text(&bytes, footer);
        if text.len() > P::MAX_LEN {
            return Err(SealError::TooLong { len: text.len(), max: P::MAX_LEN });
        }
        bytes.extend_from_slice(footer);
        let id = claims.id(TokenId::of_nonce(&nonce));
        Ok(Sealed { text, bytes, id, issued_at: now, expires_at, purpose: PhantomData })
    }

    /// Opens a token that was sealed for `audience`, at `now` (Unix time).
    ///
    /// The checks, in order: length, form, key id, seal, content, lifetime, clock. Whether the token has been spent or
    /// revoked is not known here.
    ///
    /// # Errors
    /// [`TokenError`]. Tell a client only that the token is not valid.
    pub fn open<P: Purpose>(&self, token: &str, audience: &str, now: u64) -> Result<Opened<P>, TokenError> {
        if token.len() > P::MAX_LEN {
            return Err(TokenError::TooLong);
        }
        let (body, footer) = parts::<P>(token).ok_or(TokenError::Malformed)?;
        let (nonce, _) = body.split_first_chunk::<NONCE_LEN>().ok_or(TokenError::Malformed)?;
        let id = KeyId::from_footer(&footer).ok_or(TokenError::Malformed)?;
        let key = self.key(id, now)?;
        let payload = paseto::open(&key.local, &body, &footer, assertion::<P>(audience).as_bytes())
            .map_err(|paseto::Refused| TokenError::Forged)?;
        Opened::read(&payload, TokenId::of_nonce(nonce), now)
    }

    /// The id of the key that seals.
    pub fn active_id(&self) -> KeyId {
        self.active.id
    }

    /// Every key's id and state, the active one first.
    pub fn keys(&self) -> impl Iterator<Item = (KeyId, KeyState)> {
        let others = self.others.iter().map(|other| (other.key.id, other.state()));
        std::iter::once((self.active.id, KeyState::Active)).chain(others)
    }

    fn key(&self, id: KeyId, now: u64) -> Result<&Key, TokenError> {
        if id == self.active.id {
            return Ok(&self.active);
        }
        let other = self.others.iter().find(|other| other.key.id == id).ok_or(TokenError::UnknownKey(id))?;
        if other.state().opens_at(now) { Ok(&other.key) } else { Err(TokenError::RetiredKey(id)) }
    }
}

/// Ids and states; no key.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing ")?;
        f.debug_map().entries(self.keys()).finish()
    }
}

/// The implicit assertion: covered by the seal, carried by nobody. It makes an invite no session, and staging not
/// production.
fn assertion<P: Purpose>(audience: &str) -> String {
    ["truce", P::NAME, audience].join("/")
}

/// A token's body and footer from either of its forms.
fn parts<P: Purpose>(token: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if P::DIGITS && token.starts_with(|first: char| first.is_ascii_digit()) {
        let mut body = digits::decode(token)?;
        let footer = body.split_off(body.len().checked_sub(KeyId::LEN)?);
        return Some((body, footer));
    }
    paseto::from_text(token)
}

fn fresh_nonce(random: &mut Random<'_>) -> Result<[u8; NONCE_LEN], SealError> {
    let mut nonce = [0; NONCE_LEN];
    random(&mut nonce);
    if nonce == [0; NONCE_LEN] { Err(SealError::NoRandomness) } else { Ok(nonce) }
}
