//! What has come signed: opened if everything about it holds, and otherwise refused, whatever it is.

// A test that cannot cast a length would be none.
#![allow(clippy::cast_possible_truncation)]

mod sign;

use plist::{Dictionary, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use sign::{Certified, Signing, Wrong, about, archive, binary, certified, entry};
use std::sync::LazyLock;
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::signed::{self, Form, LONGEST, Unreadable, Way};
use truce_shortcuts::{Address, Addresses, compare::compare, file};

static CERTIFIED: LazyLock<Certified> = LazyLock::new(certified);
/// Built, and signed.
static BUILT: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let at = Addresses::one(&Address::new("https://truce.example").expect("an address"));
    let built = file::bytes(&set::all(&at, Session::Kept)[1]);
    let bytes = binary(&Value::from_reader_xml(&built[..]).expect("a property list"));
    let signed = Signing::with(&CERTIFIED).sign(&archive(&bytes));
    (built, signed)
});

type Change = fn(&mut Signing);

fn refused(bytes: &[u8]) -> String {
    signed::read(bytes).expect_err("it is refused").to_string()
}

/// Signed after `change`, with `data` in it.
fn signed_with(data: &[u8], change: impl FnOnce(&mut Signing)) -> Vec<u8> {
    let mut signing = Signing::with(&CERTIFIED);
    change(&mut signing);
    signing.sign(data)
}

fn says(said: &str, what: &str) {
    assert!(said.contains(what), "{said:?} does not say {what:?}");
}

#[test]
fn what_was_built_is_the_same_after_it_was_signed() {
    let (built, signed) = &*BUILT;
    let received = signed::read(signed).expect("it holds");
    let Form::Signed(who) = &received.form else { panic!("{:?}", received.form) };
    assert_eq!((who.way, who.chain.len()), (Way::Anyone, 2));
    assert_eq!((who.chain[0].as_str(), who.issuer.as_str()), ("CN=Test Signer", "CN=Test Root"));
    let comparison = compare(built, &received.shortcut).expect("a Shortcut");
    assert!(comparison.is_same() && comparison.remarks.is_empty(), "{comparison:?}");
}

#[test]
fn what_is_not_signed_is_known_for_what_it_is() {
    let (built, _) = &*BUILT;
    assert_eq!(signed::read(built).expect("XML").form, Form::Xml);
    let binary = binary(&Value::from_reader_xml(&built[..]).expect("a property list"));
    assert_eq!(signed::read(&binary).expect("binary").form, Form::Binary);
    assert_eq!(signed::read(b"PK\x03\x04"), Err(Unreadable::Other));
}

#[test]
fn a_file_of_many_parts_is_put_together() {
    let data: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(at) >> 7) as u8).collect();
    let whole = archive(&data);
    for (segment, segments, compression) in [(1 << 14, 32, b'e'), (1 << 12, 4, b'e'), (1 << 14, 3, b'-')] {
        let signed = signed_with(&whole, |signing| {
            (signing.segment, signing.segments, signing.compression) = (segment, segments, compression);
        });
        assert!(signed::read(&signed).expect("it holds").shortcut == data, "{segment} {segments}");
    }
}

#[test]
fn what_is_encrypted_or_not_apples_is_named() {
    for profile in 1..6 {
        let signed = signed_with(&archive(b"x"), |signing| signing.profile = profile);
        assert_eq!(signed::read(&signed), Err(Unreadable::Encrypted(profile)));
    }
    let changes: [(Change, &str); 4] = [
        (|signing| signing.profile = 1 << 24, "a password"),
        (|signing| signing.compression = b'x', "not LZFSE"),
        (|signing| signing.checksum = 1, "not SHA-256"),
        (|signing| signing.claimed = Some(0), "its size"),
    ];
    for (change, what) in changes {
        says(&refused(&signed_with(&archive(b"x"), change)), what);
    }
}

#[test]
fn nothing_is_unpacked_that_no_shortcut_has() {
    let large = vec![0; LONGEST + 1];
    assert_eq!(signed::read(&large), Err(Unreadable::Long));
    // A few kilobytes that would be two megabytes.
    let bomb = signed_with(&archive(&large), |_| {});
    assert!(bomb.len() < 50_000);
    assert_eq!(signed::read(&bomb), Err(Unreadable::Long));
    // It says that it is short, and is not.
    let liar = signed_with(&archive(&large[..1 << 19]), |signing| signing.claimed = Some(100));
    says(&refused(&liar), "its size");
}

#[test]
fn what_is_cut_short_or_goes_on_is_refused() {
    let (_, signed) = &*BUILT;
    for length in (0..signed.len()).step_by(61) {
        signed::read(&signed[..length]).expect_err("it is cut short");
    }
    says(&refused(&[signed.as_slice(), b"\0"].concat()), "its size");
}

#[test]
fn whoever_signs_it_it_has_to_hold_together() {
    for (wrong, what) in [
        (Wrong::Head, "its head does not hold"),
        (Wrong::List, "the list of its parts does not hold"),
        (Wrong::Part, "a part of it does not hold"),
        (Wrong::Checksum, "a checksum in it does not hold"),
    ] {
        says(&refused(&signed_with(&archive(b"x"), |signing| signing.wrong = wrong)), what);
    }
}

#[test]
fn a_bit_that_is_changed_in_what_is_signed_is_noticed() {
    let signed = &BUILT.1;
    let about = u32::from_le_bytes(signed[8..12].try_into().expect("four bytes")) as usize;
    for at in 0..12 + about + 128 + 32 + 32 + 32 + 48 + 32 {
        let mut bytes = signed.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(signed::read(&bytes).is_err(), "at {at}");
    }
}

#[test]
fn another_key_does_not_sign_for_the_one_in_the_certificate() {
    let other = certified();
    let about = binary(&about("SigningCertificateChain", &CERTIFIED.chain).into());
    let mut signing = Signing::with(&other);
    signing.about = about;
    says(&refused(&signing.sign(&archive(b"x"))), "its signature does not hold");
}

#[test]
fn certificates_that_do_not_belong_together_are_refused() {
    let other = certified();
    let refused_for = |about: Dictionary, what: &str| {
        says(&refused(&signed_with(&archive(b"x"), |signing| signing.about = binary(&about.into()))), what);
    };
    let [leaf, root] = CERTIFIED.chain.as_slice() else { panic!("two") };
    let chain = |chain: &[Vec<u8>]| about("SigningCertificateChain", chain);
    refused_for(chain(&[leaf.clone(), other.chain[1].clone()]), "one by the other");
    refused_for(chain(&[root.clone(), leaf.clone()]), "one by the other");
    refused_for(chain(&[leaf.clone(), CERTIFIED.renamed.clone()]), "one by the other");
    refused_for(chain(&[]), "no certificate");
    refused_for(chain(&vec![leaf.clone(); 9]), "as Apple keeps them");
    refused_for(chain(&[b"none".to_vec()]), "is none");
    refused_for(about("Other", std::slice::from_ref(leaf)), "as Apple keeps them");
    refused_for(about("AppleIDCertificateChain", &[leaf.clone(), root.clone()]), "no key is in it");
    let mut vouched = about("AppleIDCertificateChain", &[leaf.clone(), root.clone()]);
    for key in ["SigningPublicKey", "SigningPublicKeySignature"] {
        vouched.insert(key.to_owned(), Value::Data(vec![4; 65]));
    }
    refused_for(vouched, "not of the account");
}

#[test]
fn there_is_one_shortcut_in_it_and_nothing_else() {
    let file = entry(b'F', "Shortcut.wflow", b"x");
    let cases: [(Vec<u8>, &str); 9] = [
        (entry(b'D', "", b""), "no Shortcut.wflow"),
        (entry(b'F', "Shortcut.wflow", b""), "no Shortcut.wflow"),
        ([file.clone(), file.clone()].concat(), "another file"),
        ([file.clone(), entry(b'F', "More", b"x")].concat(), "another file"),
        ([file.clone(), entry(b'D', "More", b"")].concat(), "another file"),
        (entry(b'F', "More", b"x"), "another file"),
        ([file.clone(), entry(b'L', "Shortcut.wflow", b"")].concat(), "another file"),
        (b"pbze".to_vec(), "no Apple Archive"),
        ([file.clone(), b"AA01\x0A\0TYPx".to_vec()].concat(), "not known here"),
    ];
    for (archive, what) in cases {
        says(&refused(&signed_with(&archive, |_| {})), what);
    }
    let old = [b"YAA1".as_slice(), &file[4..]].concat();
    assert_eq!(signed::read(&signed_with(&old, |_| {})).expect("as it was called before").shortcut, b"x");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_bit_that_is_changed_anywhere_is_noticed(at in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let mut bytes = BUILT.1.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        prop_assert!(signed::read(&bytes).is_err(), "at {at}");
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..4096)) {
        let _ = signed::read(&bytes);
        let _ = signed::read(&[b"AEA1\0\0\0\0", bytes.as_slice()].concat());
    }

    // What is signed by anybody gets as far as the parsers within.
    #[test]
    fn nothing_that_is_signed_makes_it_panic(
        archive in vec(any::<u8>(), 0..512),
        head in prop::sample::select(vec![&b""[..], b"AA01", b"AA01\x20\0DATA", b"AA01\x20\0PATP"]),
        segment in 1_usize..2000,
        segments in 1_usize..9,
        claimed in prop::option::of(any::<u32>()),
    ) {
        let signed = signed_with(&[head, &archive].concat(), |signing| {
            (signing.segment, signing.segments, signing.claimed) = (segment, segments, claimed);
        });
        let _ = signed::read(&signed);
    }

    #[test]
    fn no_signer_makes_it_panic(mut chain in vec(vec(any::<u8>(), 0..300), 0..4), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut leaf = CERTIFIED.chain[0].clone();
        let at = at.index(leaf.len());
        leaf[at] = to;
        chain.insert(0, leaf);
        let about = binary(&about("SigningCertificateChain", &chain).into());
        let _ = signed::read(&signed_with(&archive(b"x"), |signing| signing.about = about));
    }
}
