//! A Shortcut that has come from somebody: as a property list, or signed, which is a property list in an archive in Apple's container.
//!
//! The container of a signed Shortcut (`AEA1`, profile 0) is not encrypted: whoever has it can read it, and everything in it is
//! checked by a key that is in it or follows from it. So a byte that was changed later is noticed. *Who* has signed is what the
//! certificates say, and they are in the file as well: that the first of them is Apple's own cannot be known without Apple's root,
//! and is not claimed here.
//!
//! What no Shortcut of Apple's app has is refused and not guessed at: other profiles, compressions, checksums, files. Nothing is
//! taken from the bytes as a size before it was compared with what is there, or with what a Shortcut may have.

mod aea;
mod archive;
mod bytes;
mod signer;

pub use signer::{Signer, Way};

use thiserror::Error;

/// What a Shortcut may have once it is unpacked, in bytes: the largest that the machine reads, and what is around it.
const UNPACKED: usize = (1 << 20) + (1 << 12);
/// What a file may have: no compression makes it longer, and the container brings 18 kilobytes for each 256 MiB.
pub const LONGEST: usize = 1 << 21;

/// A Shortcut that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// How.
    pub form: Form,
    /// The property list, as it has come.
    pub shortcut: Vec<u8>,
}

/// How a Shortcut has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Not signed, a property list that people can read.
    Xml,
    /// Not signed, a property list as Apple's app keeps it.
    Binary,
    /// Signed, and not changed since.
    Signed(Signer),
}

/// Why what has come is not looked at, in a sentence without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It ends before it should.
    #[error("it is cut short: have it sent again")]
    Short,
    /// More than a Shortcut has.
    #[error("it is longer than any Shortcut, and not unpacked")]
    Long,
    /// Nothing that is known here.
    #[error("it is neither a property list nor a signed Shortcut")]
    Other,
    /// One of the profiles that need a key.
    #[error("it is encrypted (profile {0}), which no Shortcut is: only who has the key can read it")]
    Encrypted(u32),
    /// What the container has, and Apple's app does not write.
    #[error("{0}, which no signed Shortcut has")]
    Unknown(&'static str),
    /// What was changed, or never held.
    #[error("{0} does not hold: it was changed after it was signed")]
    Changed(&'static str),
    /// What it says about who has signed.
    #[error("{0}: nobody knows who has signed it")]
    Signer(&'static str),
    /// What is in the container.
    #[error("{0}: there is not one Shortcut in it, and nothing else")]
    Archive(&'static str),
}

/// Takes what has come apart, as far as that can be done without a key.
///
/// # Errors
/// [`Unreadable`]: it is no Shortcut, or it was changed after it was signed.
pub fn read(bytes: &[u8]) -> Result<Received, Unreadable> {
    if bytes.len() > LONGEST {
        return Err(Unreadable::Long);
    }
    let start = bytes.trim_ascii_start();
    if bytes.starts_with(aea::MAGIC) {
        let container = aea::Container::read(bytes)?;
        let (signer, key) = signer::read(container.about)?;
        let archive = container.open(&key)?;
        return Ok(Received { form: Form::Signed(signer), shortcut: archive::shortcut(&archive)?.to_vec() });
    }
    let form = if bytes.starts_with(b"bplist00") {
        Form::Binary
    } else if start.starts_with(b"<?xml") || start.starts_with(b"<!DOCTYPE plist") || start.starts_with(b"<plist") {
        Form::Xml
    } else {
        return Err(Unreadable::Other);
    };
    Ok(Received { form, shortcut: bytes.to_vec() })
}
