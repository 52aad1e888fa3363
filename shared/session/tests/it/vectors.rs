//! The public test vectors of PASETO version 3, those that concern `v3.local`
//! (<https://github.com/paseto-standard/test-vectors>).

use serde::Deserialize;
use truce_session::paseto::{self, LocalKey};
use zeroize::Zeroizing;

#[derive(Deserialize)]
struct File {
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Vector {
    name: String,
    expect_fail: bool,
    key: Option<String>,
    nonce: Option<String>,
    token: String,
    payload: Option<String>,
    footer: String,
    implicit_assertion: String,
}

impl Vector {
    fn key(&self) -> LocalKey {
        // 3-F-1 comes with a key of the other purpose only; no key may open it.
        LocalKey::new(Zeroizing::new(self.key.as_deref().map_or([0x70; 32], bytes32)))
    }

    fn open(&self) -> Option<Vec<u8>> {
        let (body, footer) = paseto::from_text(&self.token)?;
        assert_eq!(footer, self.footer.as_bytes(), "{}", self.name);
        paseto::open(&self.key(), &body, &footer, self.implicit_assertion.as_bytes()).ok()
    }
}

fn vectors(expect_fail: bool) -> Vec<Vector> {
    let file: File = serde_json::from_str(include_str!("../vectors/v3.local.json")).unwrap();
    file.tests.into_iter().filter(|vector| vector.expect_fail == expect_fail).collect()
}

fn bytes32(hex: &str) -> [u8; 32] {
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

#[test]
fn every_public_vector_is_sealed_to_the_same_text() {
    let vectors = vectors(false);
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let nonce = bytes32(vector.nonce.as_deref().unwrap());
        let payload = vector.payload.as_deref().unwrap().as_bytes();
        let (footer, implicit) = (vector.footer.as_bytes(), vector.implicit_assertion.as_bytes());
        let body = paseto::seal_with_nonce(&vector.key(), &nonce, payload, footer, implicit);
        assert_eq!(paseto::to_text(&body, footer), vector.token, "{}", vector.name);
    }
}

#[test]
fn every_public_vector_is_opened_to_its_payload() {
    for vector in vectors(false) {
        assert_eq!(vector.open().as_deref(), vector.payload.as_deref().map(str::as_bytes), "{}", vector.name);
    }
}

#[test]
fn every_public_vector_that_must_fail_fails() {
    let vectors = vectors(true);
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        assert_eq!(vector.open(), None, "{}", vector.name);
    }
}

/// Two texts for one token would be two tokens to whatever compares texts.
#[test]
fn a_body_and_its_footer_have_one_text() {
    assert_eq!(paseto::from_text("v3.local.AAEC"), Some((vec![0, 1, 2], vec![])));
    assert_eq!(paseto::from_text("v3.local.AAE.Ag"), Some((vec![0, 1], vec![2])));
    let others = [
        "v3.local.AAEC.",
        "v3.local.AAE=.Ag",
        "v3.local.AAF.Ag",
        "v3.local.AAE.Ah",
        "v3.local.AAE.Ag.",
        "v3.local.+AEC",
    ];
    for text in others {
        assert_eq!(paseto::from_text(text), None, "{text}");
    }
}
