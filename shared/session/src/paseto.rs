//! PASETO `v3.local`, on bytes.
//!
//! This module exists so that the cryptography can be read, and tested against the public vectors and an independent
//! implementation, without knowing anything about Truce. It follows the specification
//! ([version 3](https://github.com/paseto-standard/paseto-spec/blob/master/docs/01-Protocol-Versions/Version3.md)) to
//! the letter, so nothing may be changed here except how fast it is. What goes into a token, which key opens it and
//! for how long it lives are decided by [`KeyRing`](crate::KeyRing); that is what everything else uses.

use std::fmt;

use aes::Aes256;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit as _, StreamCipher as _},
};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha384;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// What every `v3.local` token begins with.
pub const HEADER: &str = "v3.local.";
/// Length of a key in bytes.
pub const KEY_LEN: usize = 32;
/// Length of a nonce in bytes.
pub const NONCE_LEN: usize = 32;
/// Length of an authentication tag in bytes.
pub const TAG_LEN: usize = 48;
/// What a token's body is longer than its message, in bytes: the nonce before it and the tag behind it.
pub const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

/// A symmetric key, with the half of its key schedule that every token shares already done.
///
/// The specification derives two keys per token with HKDF; its "extract" step depends on the key only, so it is done
/// once here. Key and schedule are wiped when the value is dropped.
#[derive(Clone)]
pub struct LocalKey {
    bytes: Zeroizing<[u8; KEY_LEN]>,
    schedule: Hkdf<Sha384>,
}

impl LocalKey {
    /// Takes a key of exactly [`KEY_LEN`] bytes; the type rules every other length out.
    pub fn new(bytes: Zeroizing<[u8; KEY_LEN]>) -> Self {
        let schedule = Hkdf::new(None, bytes.as_ref());
        Self { bytes, schedule }
    }

    /// The key itself, for the one place that writes key files.
    pub(crate) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.bytes
    }

    fn derive(&self, label: &[u8], nonce: &[u8; NONCE_LEN]) -> Zeroizing<[u8; 48]> {
        let mut out = Zeroizing::new([0; 48]);
        self.schedule
            .expand_multi_info(&[label, nonce], out.as_mut())
            .expect("48 bytes is one block of HKDF-SHA384; the limit is 255");
        out
    }

    fn cipher(&self, nonce: &[u8; NONCE_LEN]) -> Ctr128BE<Aes256> {
        let derived = self.derive(b"paseto-encryption-key", nonce);
        let (key, counter) = derived.split_at(32);
        Ctr128BE::<Aes256>::new_from_slices(key, counter).expect("32 + 16 bytes is what AES-256-CTR takes")
    }

    fn tag(&self, nonce: &[u8; NONCE_LEN], ciphertext: &[u8], footer: &[u8], implicit: &[u8]) -> [u8; TAG_LEN] {
        let key = self.derive(b"paseto-auth-key-for-aead", nonce);
        let mut mac = Hmac::<Sha384>::new_from_slice(key.as_ref()).expect("HMAC takes a key of any length");
        // Pre-authentication encoding, fed to the MAC piece by piece instead of being built first.
        let pieces = [HEADER.as_bytes(), nonce, ciphertext, footer, implicit];
        mac.update(&length(pieces.len()));
        for piece in pieces {
            mac.update(&length(piece.len()));
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Redacted: a key never reaches a log.
impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalKey(..)")
    }
}

/// Why [`open`] gave nothing: the bytes are not what this key sealed with this footer and implicit assertion.
/// Deliberately says no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed by this key for this use")]
pub struct Refused;

/// Seals `message` and gives the token's body: nonce, ciphertext, tag.
///
/// The nonce must come from a cryptographic random source and must never be used again with the same key.
pub fn seal_with_nonce(
    key: &LocalKey,
    nonce: &[u8; NONCE_LEN],
    message: &[u8],
    footer: &[u8],
    implicit: &[u8],
) -> Vec<u8> {
    let mut body = Vec::with_capacity(message.len() + OVERHEAD);
    body.extend_from_slice(nonce);
    body.extend_from_slice(message);
    let ciphertext = &mut body[NONCE_LEN..];
    key.cipher(nonce).apply_keystream(ciphertext);
    let tag = key.tag(nonce, ciphertext, footer, implicit);
    body.extend_from_slice(&tag);
    body
}

/// Opens a token's body (nonce, ciphertext, tag).
///
/// Nothing is decrypted before the tag has been compared, in constant time.
///
/// # Errors
/// [`Refused`] when the body is too short to be one, or when it, the footer or the implicit assertion differ from
/// what was sealed in as much as a bit.
pub fn open(key: &LocalKey, body: &[u8], footer: &[u8], implicit: &[u8]) -> Result<Vec<u8>, Refused> {
    let (nonce, rest) = body.split_first_chunk::<NONCE_LEN>().ok_or(Refused)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(Refused)?;
    let expected = key.tag(nonce, ciphertext, footer, implicit);
    if !bool::from(expected.ct_eq(tag)) {
        return Err(Refused);
    }
    let mut message = ciphertext.to_vec();
    key.cipher(nonce).apply_keystream(&mut message);
    Ok(message)
}

/// Writes a body and its footer as a token's text: `v3.local.<body>[.<footer>]`.
pub fn to_text(body: &[u8], footer: &[u8]) -> String {
    let mut text = String::with_capacity(HEADER.len() + (body.len() + footer.len() + 3) * 4 / 3 + 3);
    text.push_str(HEADER);
    URL_SAFE_NO_PAD.encode_string(body, &mut text);
    if !footer.is_empty() {
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(footer, &mut text);
    }
    text
}

/// Reads a token's text into its body and footer, authenticating nothing.
///
/// There is one text for one token: another version or purpose, padding, stray bits behind the last byte and an empty
/// footer behind a dot are all `None`. The caller caps the length first.
pub fn from_text(token: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let rest = token.strip_prefix(HEADER)?;
    let (body, footer) = match rest.split_once('.') {
        Some((_, "")) => return None,
        Some((body, footer)) => (body, footer),
        None => (rest, ""),
    };
    Some((URL_SAFE_NO_PAD.decode(body).ok()?, URL_SAFE_NO_PAD.decode(footer).ok()?))
}

/// A length as the pre-authentication encoding writes it: 64 bits, little-endian, the top bit clear.
fn length(len: usize) -> [u8; 8] {
    (len as u64 & (u64::MAX >> 1)).to_le_bytes()
}
