//! Signatures of [Standard Webhooks](https://www.standardwebhooks.com): HMAC-SHA256 over id, moment and body.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// How many bytes a secret has, as the document says: 192 to 512 bits.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// What a receiver knows us by: one secret, or for as long as it is changed, two. Never shown.
#[derive(Clone)]
pub struct Secrets(Vec<Zeroizing<Vec<u8>>>);

/// A text that is no secret. It is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it has to hold `whsec_` and 24 to 64 random bytes in base64, in one line, or two such lines while the secret is changed"
)]
pub struct NotASecret;

impl Secrets {
    /// As they stand in a file: one a line, the newest first.
    ///
    /// # Errors
    /// [`NotASecret`].
    pub fn read(text: &str) -> Result<Self, NotASecret> {
        let secrets: Vec<_> = text.split_whitespace().map(secret).collect::<Result<_, _>>()?;
        if (1..=2).contains(&secrets.len()) { Ok(Self(secrets)) } else { Err(NotASecret) }
    }

    /// What goes into `webhook-signature`: one for each secret.
    pub(crate) fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let content = format!("{id}.{timestamp}.{body}");
        let sign = |secret: &Zeroizing<Vec<u8>>| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any key will do");
            mac.update(content.as_bytes());
            format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

fn secret(text: &str) -> Result<Zeroizing<Vec<u8>>, NotASecret> {
    let bytes = text.strip_prefix("whsec_").and_then(|text| BASE64_STANDARD.decode(text).ok()).map(Zeroizing::new);
    bytes.filter(|bytes| LENGTH.contains(&bytes.len())).ok_or(NotASecret)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the official libraries are tested with.
    #[test]
    fn a_signature_is_the_one_that_others_make() {
        let secrets = Secrets::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("a secret");
        let signed = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_is_changed_there_are_two_signatures() {
        let (new, old) =
            (format!("whsec_{}", BASE64_STANDARD.encode([7; 24])), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let both = Secrets::read(&format!("{new}\n{old}\n")).expect("two").sign("m", 1, "{}");
        let each = [&*new, old].map(|one| Secrets::read(one).expect("one").sign("m", 1, "{}"));
        assert_eq!(both, each.join(" "));
    }

    #[test]
    fn what_is_no_secret_is_refused_and_none_is_shown() {
        let of = |length: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; length]));
        for text in ["", "whsec_", "whsec_!", &of(23), &of(65), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(Secrets::read(text).err(), Some(NotASecret), "{text}");
        }
        assert_eq!(Secrets::read(&[of(24), of(24), of(24)].join("\n")).err(), Some(NotASecret));
        assert_eq!(format!("{:?}", Secrets::read(&of(64)).expect("a secret")), "<secret>");
    }
}
