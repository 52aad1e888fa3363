//! Who has signed, by what the file says about it: a property list with certificates, and what of it can be checked.

use super::Unreadable;
use super::aea::PublicKey;
use crate::machine;
use plist::{Dictionary, Value};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// No chain is longer.
const LONGEST_CHAIN: usize = 8;

/// Who has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// How.
    pub way: Way,
    /// Whose certificates these are, each issued by the next; the first is of the key that has signed.
    pub chain: Vec<String>,
    /// Who has issued the last of them, which is where the file ends.
    pub issuer: String,
}

/// How it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By iCloud, for anyone: `shortcuts sign --mode anyone`, and every iCloud link.
    Anyone,
    /// By somebody's Apple Account, for people who have them among their contacts.
    Contacts,
}

/// Who it is, and the key.
pub(super) fn read(about: &[u8]) -> Result<(Signer, PublicKey), Unreadable> {
    let about = machine::root(about).ok().and_then(Value::into_dictionary);
    let about = about.ok_or(Unreadable::Signer("what it says of its signer is no property list"))?;
    let (way, name) = if about.contains_key("SigningCertificateChain") {
        (Way::Anyone, "SigningCertificateChain")
    } else {
        (Way::Contacts, "AppleIDCertificateChain")
    };
    let certificates = certificates(&about, name)?;
    let chain = parsed(&certificates)?;
    let (first, last) = match chain.as_slice() {
        [] => return Err(Unreadable::Signer("no certificate is in it")),
        [first, ..] => (first, &chain[chain.len() - 1]),
    };
    let key = match way {
        Way::Anyone => first.public_key().subject_public_key.data.to_vec(),
        Way::Contacts => vouched(&about, first)?,
    };
    let key = key.try_into().map_err(|_| Unreadable::Signer("the key in it is not one on P-256"))?;
    let chain_names = chain.iter().map(|certificate| certificate.subject().to_string()).collect();
    Ok((Signer { way, chain: chain_names, issuer: last.issuer().to_string() }, key))
}

fn certificates<'a>(about: &'a Dictionary, name: &str) -> Result<Vec<&'a [u8]>, Unreadable> {
    let chain = about.get(name).and_then(Value::as_array).filter(|chain| chain.len() <= LONGEST_CHAIN);
    let certificates: Option<Vec<_>> = chain.and_then(|chain| chain.iter().map(Value::as_data).collect());
    certificates.ok_or(Unreadable::Signer("its certificates are not kept as Apple keeps them"))
}

/// Each was issued by the next.
fn parsed<'a>(certificates: &[&'a [u8]]) -> Result<Vec<X509Certificate<'a>>, Unreadable> {
    let parse = |der: &&'a [u8]| match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(Unreadable::Signer("a certificate in it is none")),
    };
    let chain = certificates.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let holds = chain.windows(2).all(|pair| {
        pair[0].issuer() == pair[1].subject() && pair[0].verify_signature(Some(pair[1].public_key())).is_ok()
    });
    if holds { Ok(chain) } else { Err(Unreadable::Signer("its certificates were not issued one by the other")) }
}

/// The key that an account's own key says is its.
fn vouched(about: &Dictionary, account: &X509Certificate<'_>) -> Result<Vec<u8>, Unreadable> {
    let data = |name: &str| about.get(name).and_then(Value::as_data);
    let (Some(key), Some(signature)) = (data("SigningPublicKey"), data("SigningPublicKeySignature")) else {
        return Err(Unreadable::Signer("no key is in it"));
    };
    let account = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &account.public_key().subject_public_key.data);
    account.verify(key, signature).map_err(|_| Unreadable::Signer("its key is not of the account in it"))?;
    Ok(key.to_vec())
}
