//! Apple's container, as far as a signed Shortcut uses it: profile 0, signed and not encrypted.
//!
//! Everything up to the first MAC is signed (the prologue). Each MAC covers the part that holds the next ones, so all of the file
//! hangs together from the signature on: prologue, clusters, and the segments of each. The keys of the MACs come from a number in
//! the file and the key that has signed. They keep nothing secret; they are checked, as a reader of Apple's does.

use super::bytes::Bytes;
use super::{UNPACKED, Unreadable};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lzfse_rust::LzfseRingDecoder;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use std::io::Read as _;

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"AEA1";
/// A point on P-256, as X9.63 writes it without compressing it.
pub(super) type PublicKey = [u8; 65];

/// `hkdf_sha256_hmac__none__ecdsa_p256`.
const SIGNED: u32 = 0;
const PROFILE: u32 = 0xFF_FFFF;
const SIGNATURE: usize = 128;
const LZFSE: u8 = b'e';
const SHA256: u8 = 2;
/// Its sizes, and its SHA-256.
const SEGMENT_HEADER: usize = 8 + 32;
const MAC: usize = 32;

/// A file whose parts are known, and not yet checked.
pub(super) struct Container<'a> {
    /// What it says about who has signed.
    pub(super) about: &'a [u8],
    prologue: &'a [u8],
    signature: &'a [u8],
    number: &'a [u8],
    salt: &'a [u8],
    root_mac: &'a [u8],
    root: &'a [u8],
    first_mac: &'a [u8],
    clusters: Bytes<'a>,
}

/// How what follows is cut up.
struct Root {
    unpacked: usize,
    segment: usize,
    segments: usize,
    compressed: bool,
}

impl<'a> Container<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let mut left = Bytes(bytes);
        left.take(MAGIC.len())?;
        // Three bytes are the profile; the fourth is how hard a password is to guess.
        match left.u32()? {
            SIGNED => {}
            other if other & PROFILE == SIGNED => return Err(Unreadable::Unknown("it asks for a password")),
            other => return Err(Unreadable::Encrypted(other & PROFILE)),
        }
        let length = left.size()?;
        let mut container = Self {
            about: left.take(length)?,
            signature: left.take(SIGNATURE)?,
            number: left.take(32)?,
            salt: left.take(32)?,
            root_mac: left.take(MAC)?,
            root: left.take(48)?,
            first_mac: left.take(MAC)?,
            prologue: bytes,
            clusters: left,
        };
        container.prologue = &bytes[..bytes.len() - left.0.len()];
        Ok(container)
    }

    /// What is in it, once the signature by `signer` and everything that follows from it holds.
    pub(super) fn open(&self, signer: &PublicKey) -> Result<Vec<u8>, Unreadable> {
        self.check_signature(signer)?;
        let info = [b"AEA_AMK".as_slice(), &SIGNED.to_le_bytes(), signer].concat();
        let main = derive(Some(self.salt), self.number, &info);
        let about = [self.first_mac, self.about].concat();
        check(&derive(None, &main, b"AEA_RHEK"), self.root, &about, self.root_mac, "its head")?;
        let root = Root::read(self.root, self.prologue.len() + self.clusters.0.len())?;
        self.unpack(&main, &root)
    }

    fn check_signature(&self, signer: &PublicKey) -> Result<(), Unreadable> {
        const CHANGED: Unreadable = Unreadable::Changed("its signature");
        // A DER sequence, and zeros.
        let length = self.signature.get(1).map_or(0, |length| usize::from(*length) + 2);
        let (signature, rest) = self.signature.split_at_checked(length).ok_or(CHANGED)?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(CHANGED);
        }
        let mut whole = self.prologue.to_vec();
        let at = MAGIC.len() + 8 + self.about.len();
        whole[at..at + SIGNATURE].fill(0);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, signer).verify(&whole, signature).map_err(|_| CHANGED)
    }

    fn unpack(&self, main: &[u8; 32], root: &Root) -> Result<Vec<u8>, Unreadable> {
        let (mut left, mut mac, mut unpacked) = (self.clusters, self.first_mac, Vec::new());
        for index in 0_u32.. {
            if unpacked.len() >= root.unpacked {
                break;
            }
            let key = derive(None, main, &[b"AEA_CK".as_slice(), &index.to_le_bytes()].concat());
            let headers = left.take(SEGMENT_HEADER * root.segments)?;
            let macs = left.take(MAC + MAC * root.segments)?;
            check(&derive(None, &key, b"AEA_CHEK"), headers, macs, mac, "the list of its parts")?;
            let (next, macs) = macs.split_at(MAC);
            let parts = headers.chunks_exact(SEGMENT_HEADER).zip(macs.chunks_exact(MAC));
            for (number, (header, mac)) in (0_u32..).zip(parts) {
                // What is listed after the last has no meaning, whatever is there.
                if unpacked.len() < root.unpacked {
                    let key = derive(None, &key, &[b"AEA_SK".as_slice(), &number.to_le_bytes()].concat());
                    root.segment(header, mac, &key, &mut left, &mut unpacked)?;
                }
            }
            mac = next;
        }
        if unpacked.len() == root.unpacked && left.is_empty() { Ok(unpacked) } else { Err(SIZES) }
    }
}

/// Every size is said more than once.
const SIZES: Unreadable = Unreadable::Changed("what it says of its size");

impl Root {
    fn read(root: &[u8], file: usize) -> Result<Self, Unreadable> {
        let mut left = Bytes(root);
        let (unpacked, packed) = (left.long_size()?, left.long_size()?);
        let (segment, segments) = (left.size()?, left.size()?);
        let (compression, checksum) = (left.byte()?, left.byte()?);
        if packed != file {
            return Err(SIZES);
        }
        if unpacked > UNPACKED {
            return Err(Unreadable::Long);
        }
        // Of more of them the list alone would be longer than any file that is read.
        if segments == 0 || segments > super::LONGEST / SEGMENT_HEADER || segment == 0 {
            return Err(Unreadable::Unknown("it is cut into parts of no size"));
        }
        if checksum != SHA256 {
            return Err(Unreadable::Unknown("its checksums are not SHA-256"));
        }
        let compressed = match compression {
            LZFSE => true,
            b'-' => false,
            _ => return Err(Unreadable::Unknown("its compression is not LZFSE")),
        };
        Ok(Self { unpacked, segment, segments, compressed })
    }

    /// The next part, after what is unpacked so far.
    fn segment(
        &self,
        header: &[u8],
        mac: &[u8],
        key: &[u8; 32],
        left: &mut Bytes<'_>,
        unpacked: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        let mut header = Bytes(header);
        let (length, packed) = (header.size()?, header.size()?);
        let packed = left.take(packed)?;
        check(key, packed, b"", mac, "a part of it")?;
        if length > self.segment || length > self.unpacked - unpacked.len() {
            return Err(SIZES);
        }
        let from = unpacked.len();
        if self.compressed && packed.len() < length {
            decompress(packed, length, unpacked)?;
        } else {
            unpacked.extend_from_slice(packed);
        }
        if unpacked.len() - from != length {
            return Err(SIZES);
        }
        if Sha256::digest(&unpacked[from..])[..] != *header.0 {
            return Err(Unreadable::Changed("a checksum in it"));
        }
        Ok(())
    }
}

/// No more than a byte beyond `length` is ever unpacked, whatever the bytes would become.
fn decompress(packed: &[u8], length: usize, unpacked: &mut Vec<u8>) -> Result<(), Unreadable> {
    let limit = u64::try_from(length + 1).map_err(|_| Unreadable::Long)?;
    let mut decoder = LzfseRingDecoder::default();
    let read = decoder.reader_bytes(packed).take(limit).read_to_end(unpacked);
    read.map(drop).map_err(|_| Unreadable::Changed("its compression"))
}

fn derive(salt: Option<&[u8]>, key: &[u8], info: &[u8]) -> [u8; 32] {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::new(salt, key).expand(info, &mut derived).expect("one block is never too long");
    derived
}

/// Whether a MAC holds for `data`, and for `before` it.
fn check(key: &[u8; 32], data: &[u8], before: &[u8], mac: &[u8], what: &'static str) -> Result<(), Unreadable> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
    let length = u64::try_from(before.len()).map_err(|_| Unreadable::Long)?;
    for part in [before, data, &length.to_le_bytes()] {
        hmac.update(part);
    }
    hmac.verify_slice(mac).map_err(|_| Unreadable::Changed(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_become_more_is_not_unpacked_further() {
        let (mut packed, mut unpacked) = (Vec::new(), Vec::new());
        lzfse_rust::encode_bytes(&vec![0; 1 << 22], &mut packed).expect("compressed");
        decompress(&packed, 100, &mut unpacked).expect("it begins well");
        assert_eq!(unpacked.len(), 101);
    }
}
