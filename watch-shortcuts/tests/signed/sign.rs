//! Signs as Apple does, with keys of a test, and can be told to do it wrong.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use plist::{Dictionary, Value};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

/// What is signed, and how it is cut up.
pub(crate) struct Signing {
    pub(crate) profile: u32,
    pub(crate) about: Vec<u8>,
    pub(crate) segment: usize,
    pub(crate) segments: usize,
    pub(crate) compression: u8,
    pub(crate) checksum: u8,
    /// What the first part says that it is long, instead of how long it is.
    pub(crate) claimed: Option<u32>,
    /// What is not as it should be, and signed all the same.
    pub(crate) wrong: Wrong,
    key: EcdsaKeyPair,
}

/// What may be wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Nothing,
    Head,
    List,
    Part,
    Checksum,
}

/// A key, and certificates for it: its own, and the one that has issued that.
pub(crate) struct Certified {
    pub(crate) key: KeyPair,
    pub(crate) chain: Vec<Vec<u8>>,
    /// The last, as if its key were of somebody else.
    pub(crate) renamed: Vec<u8>,
}

pub(crate) fn certified() -> Certified {
    let named = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params
    };
    let mut root = named("Test Root");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
    let (root_key, key) = (key(), key());
    let renamed = named("Other Root").self_signed(&root_key).expect("a root").der().to_vec();
    let root = CertifiedIssuer::self_signed(root, root_key).expect("a root");
    let leaf = named("Test Signer").signed_by(&key, &root).expect("a certificate");
    Certified { key, chain: vec![leaf.der().to_vec(), root.der().to_vec()], renamed }
}

pub(crate) fn binary(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_writer_binary(&mut bytes).expect("to memory");
    bytes
}

pub(crate) fn about(key: &str, chain: &[Vec<u8>]) -> Dictionary {
    [(key.to_owned(), Value::Array(chain.iter().cloned().map(Value::Data).collect()))].into_iter().collect()
}

impl Signing {
    pub(crate) fn with(certified: &Certified) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::from_pkcs8(algorithm, &certified.key.serialize_der(), &random).expect("a key");
        let about = binary(&about("SigningCertificateChain", &certified.chain).into());
        let (segment, segments, compression, checksum) = (1 << 20, 256, b'e', 2);
        Self { profile: 0, about, segment, segments, compression, checksum, claimed: None, wrong: Wrong::Nothing, key }
    }

    pub(crate) fn sign(&self, data: &[u8]) -> Vec<u8> {
        let (number, salt) = ([7; 32], [8; 32]);
        let public = self.key.public_key().as_ref();
        let info = [b"AEA_AMK".as_slice(), &self.profile.to_le_bytes(), public].concat();
        let main = derive(Some(&salt), &number, &info);
        let (clusters, first_mac) = self.clusters(data, &main);
        let length = u32::try_from(self.about.len()).expect("short");
        let before = [b"AEA1".as_slice(), &self.profile.to_le_bytes(), &length.to_le_bytes(), &self.about].concat();
        let whole = before.len() + 128 + 32 + 32 + 32 + 48 + 32 + clusters.len();
        let root = [
            &(data.len() as u64).to_le_bytes()[..],
            &(whole as u64).to_le_bytes(),
            &(self.segment as u32).to_le_bytes(),
            &(self.segments as u32).to_le_bytes(),
            &[self.compression, self.checksum],
            &[0; 22],
        ]
        .concat();
        let root_mac = mac(&derive(None, &main, b"AEA_RHEK"), &root, &[&first_mac[..], &self.about].concat());
        let root_mac = self.unless(Wrong::Head, root_mac);
        let after = [&number[..], &salt, &root_mac, &root, &first_mac].concat();
        let prologue = [&before[..], &[0; 128], &after].concat();
        let mut signature = self.key.sign(&SystemRandom::new(), &prologue).expect("signed").as_ref().to_vec();
        signature.resize(128, 0);
        [before, signature, after, clusters].concat()
    }

    fn clusters(&self, data: &[u8], main: &[u8; 32]) -> (Vec<u8>, [u8; 32]) {
        let chunks: Vec<&[u8]> = data.chunks(self.segment * self.segments).collect();
        let (mut all, mut next) = (Vec::new(), [9; 32]);
        for (index, chunk) in chunks.into_iter().enumerate().rev() {
            let key = derive(None, main, &[b"AEA_CK".as_slice(), &(index as u32).to_le_bytes()].concat());
            let (mut headers, mut macs, mut parts) = (Vec::new(), next.to_vec(), Vec::new());
            for (at, part) in chunk.chunks(self.segment).enumerate() {
                let packed = self.packed(part);
                let key = derive(None, &key, &[b"AEA_SK".as_slice(), &(at as u32).to_le_bytes()].concat());
                let length = self.claimed.unwrap_or(part.len() as u32);
                headers.extend([length.to_le_bytes(), (packed.len() as u32).to_le_bytes()].concat());
                headers.extend(self.unless(Wrong::Checksum, Sha256::digest(part).into()));
                macs.extend(self.unless(Wrong::Part, mac(&key, &packed, b"")));
                parts.extend(packed);
            }
            headers.resize(40 * self.segments, 0);
            macs.resize(32 + 32 * self.segments, 5);
            next = self.unless(Wrong::List, mac(&derive(None, &key, b"AEA_CHEK"), &headers, &macs));
            all.splice(0..0, [headers, macs, parts].concat());
        }
        (all, next)
    }

    fn unless(&self, wrong: Wrong, mut value: [u8; 32]) -> [u8; 32] {
        value[31] ^= u8::from(self.wrong == wrong);
        value
    }

    fn packed(&self, part: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        lzfse_rust::encode_bytes(part, &mut packed).expect("compressed");
        if self.compression == b'e' && packed.len() < part.len() { packed } else { part.to_vec() }
    }
}

/// An entry of an archive: its fields, and what comes after them.
pub(crate) fn entry(kind: u8, path: &str, contents: &[u8]) -> Vec<u8> {
    let mut fields =
        [b"TYP1".as_slice(), &[kind], b"PATP", &(path.len() as u16).to_le_bytes(), path.as_bytes()].concat();
    fields.extend([b"MOD2".as_slice(), &[0xA4, 1], b"FLG1", &[0], b"MTMT", &[3; 12]].concat());
    if !contents.is_empty() {
        fields.extend([b"DATB".as_slice(), &(contents.len() as u32).to_le_bytes()].concat());
    }
    [b"AA01".as_slice(), &(fields.len() as u16 + 6).to_le_bytes(), &fields, contents].concat()
}

/// A folder, and the file in it.
pub(crate) fn archive(shortcut: &[u8]) -> Vec<u8> {
    [entry(b'D', "", b""), entry(b'F', "Shortcut.wflow", shortcut)].concat()
}

fn derive(salt: Option<&[u8]>, key: &[u8], info: &[u8]) -> [u8; 32] {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::new(salt, key).expand(info, &mut derived).expect("derived");
    derived
}

fn mac(key: &[u8; 32], data: &[u8], before: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    for part in [before, data, &(before.len() as u64).to_le_bytes()] {
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}
