//! Agreement with an implementation by other people, on other versions of the primitives, both ways.

use proptest::prelude::*;
use rusty_paseto::core::{Footer, ImplicitAssertion, Key, Local, Paseto, PasetoNonce, PasetoSymmetricKey, Payload, V3};
use truce_session::paseto::{self, LocalKey};
use zeroize::Zeroizing;

fn ours(key: [u8; 32]) -> LocalKey {
    LocalKey::new(Zeroizing::new(key))
}

fn theirs(key: [u8; 32]) -> PasetoSymmetricKey<V3, Local> {
    PasetoSymmetricKey::from(Key::from(key))
}

proptest! {
    #[test]
    fn they_seal_the_same_text(
        key: [u8; 32], nonce: [u8; 32], payload in ".{0,300}", footer in ".{0,40}", implicit in ".{0,60}",
    ) {
        let body =
            paseto::seal_with_nonce(&ours(key), &nonce, payload.as_bytes(), footer.as_bytes(), implicit.as_bytes());
        let sealed = Paseto::<V3, Local>::builder()
            .set_payload(Payload::from(payload.as_str()))
            .set_footer(Footer::from(footer.as_str()))
            .set_implicit_assertion(ImplicitAssertion::from(implicit.as_str()))
            .try_encrypt(&theirs(key), &PasetoNonce::from(&Key::from(nonce)))
            .unwrap();
        // For an empty footer it writes a dot and nothing, which the specification does not.
        prop_assert_eq!(paseto::to_text(&body, footer.as_bytes()), sealed.trim_end_matches('.'));
    }

    #[test]
    fn they_open_what_we_seal(
        key: [u8; 32], nonce: [u8; 32], payload in ".{0,300}", footer in ".{1,40}", implicit in ".{0,60}",
    ) {
        let body =
            paseto::seal_with_nonce(&ours(key), &nonce, payload.as_bytes(), footer.as_bytes(), implicit.as_bytes());
        let opened = Paseto::<V3, Local>::try_decrypt(
            &paseto::to_text(&body, footer.as_bytes()),
            &theirs(key),
            Footer::from(footer.as_str()),
            ImplicitAssertion::from(implicit.as_str()),
        );
        prop_assert_eq!(opened.unwrap(), payload);
    }

    #[test]
    fn we_open_what_they_seal(
        key: [u8; 32], nonce: [u8; 32], payload in ".{0,300}", footer in ".{1,40}", implicit in ".{0,60}",
    ) {
        let sealed = Paseto::<V3, Local>::builder()
            .set_payload(Payload::from(payload.as_str()))
            .set_footer(Footer::from(footer.as_str()))
            .set_implicit_assertion(ImplicitAssertion::from(implicit.as_str()))
            .try_encrypt(&theirs(key), &PasetoNonce::from(&Key::from(nonce)))
            .unwrap();
        let (body, read) = paseto::from_text(&sealed).unwrap();
        prop_assert_eq!(&read, footer.as_bytes());
        let opened = paseto::open(&ours(key), &body, &read, implicit.as_bytes()).unwrap();
        prop_assert_eq!(&opened, payload.as_bytes());
        let other = implicit + ".";
        prop_assert!(paseto::open(&ours(key), &body, &read, other.as_bytes()).is_err());
    }
}
