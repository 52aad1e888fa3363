//! Bytes as decimal digits, for the numeric mode of a QR code.
//!
//! A QR code stores three digits in ten bits, so a byte costs 8.03 bits as digits and 10.67 bits as base64url: the
//! symbol gets smaller, and a phone reads it from further away. All bytes together are one big-endian number, written
//! with as many digits as the largest number of that many bytes needs. The count of digits therefore gives the count
//! of bytes, and every byte string has exactly one text. That must stay so: a second text for one token would be a way
//! around whatever compares texts.

/// log10(256), rounded up in its 15th decimal, times [`SCALE`]. A test compares what follows from it with exact
/// arithmetic for every length up to the longest token.
const DIGITS_PER_BYTE: u128 = 2_408_239_965_311_850;
const SCALE: u128 = 1_000_000_000_000_000;

/// How many digits `bytes` bytes take: those of `256^bytes - 1`.
fn digits_for(bytes: usize) -> usize {
    narrow((bytes as u128 * DIGITS_PER_BYTE).div_ceil(SCALE))
}

/// The count of bytes that takes `digits` digits, if there is one: two or three digits stand for each byte, so that
/// some counts belong to none.
fn bytes_for(digits: usize) -> Option<usize> {
    let bytes = narrow(digits as u128 * SCALE / DIGITS_PER_BYTE);
    (digits_for(bytes) == digits).then_some(bytes)
}

fn narrow(count: u128) -> usize {
    usize::try_from(count).expect("a count of bytes or digits that are in memory")
}

/// Writes `bytes` as decimal digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    // Nine digits at a time: 10^9 fits 32 bits, so that each step is one 64-bit division.
    const STEP: u64 = 1_000_000_000;
    let mut limbs: Vec<u32> =
        bytes.rchunks(4).rev().map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte))).collect();
    let mut digits = vec![b'0'; digits_for(bytes.len())];
    let mut first = 0;
    for chunk in digits.rchunks_mut(9) {
        let mut remainder = 0;
        for limb in &mut limbs[first..] {
            let value = remainder << 32 | u64::from(*limb);
            *limb = u32::try_from(value / STEP).expect("the remainder is below the divisor");
            remainder = value % STEP;
        }
        while limbs.get(first) == Some(&0) {
            first += 1;
        }
        for digit in chunk.iter_mut().rev() {
            *digit = b'0' + u8::try_from(remainder % 10).expect("below ten");
            remainder /= 10;
        }
    }
    digits.into_iter().map(char::from).collect()
}

/// Reads what [`encode`] wrote; `None` for anything it would not have written.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let len = bytes_for(text.len())?;
    // Least significant limb first; eighteen digits at a time, because 10^18 fits 64 bits.
    let mut limbs = vec![0_u64; len.div_ceil(8)];
    for chunk in text.as_bytes().rchunks(18).rev() {
        let digits = chunk.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        multiply_add(&mut limbs, 10_u64.pow(u32::try_from(chunk.len()).ok()?), digits)?;
    }
    let bytes: Vec<u8> = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    let (above, bytes) = bytes.split_at(bytes.len() - len);
    above.iter().all(|byte| *byte == 0).then(|| bytes.to_vec())
}

/// `limbs = limbs * factor + term`; `None` when the result no longer fits.
#[expect(clippy::cast_possible_truncation, reason = "the low and the high half of 128 bits, taken apart")]
fn multiply_add(limbs: &mut [u64], factor: u64, term: u64) -> Option<()> {
    let mut carry = term;
    for limb in limbs {
        let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
        *limb = wide as u64;
        carry = (wide >> 64) as u64;
    }
    (carry == 0).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, digits_for, encode};

    /// The largest number of each length fills its digits, so the count is neither too small (decoding would fail) nor
    /// too large (the first digit would be 0).
    #[test]
    fn a_length_in_bytes_takes_exactly_the_digits_its_largest_number_needs() {
        for len in 1..=600 {
            let largest = vec![0xFF; len];
            let text = encode(&largest);
            assert_eq!(text.len(), digits_for(len));
            assert_ne!(&text[..1], "0", "{len} bytes");
            assert_eq!(decode(&text), Some(largest));
        }
        assert_eq!(encode(&[]), "");
        assert_eq!(decode(""), Some(vec![]));
    }

    #[test]
    fn digits_are_the_decimal_number() {
        assert_eq!(encode(&[0x01, 0x00]), "00256");
        assert_eq!(encode(&12_345_678_901_234_567_890_u64.to_be_bytes()), "12345678901234567890");
        assert_eq!(encode(&u128::MAX.to_be_bytes()), u128::MAX.to_string());
    }

    #[test]
    fn a_count_of_digits_that_no_length_has_is_refused() {
        let lengths: Vec<usize> = (0..=300).map(digits_for).collect();
        for digits in (0..digits_for(300)).filter(|digits| !lengths.contains(digits)) {
            assert_eq!(decode(&"0".repeat(digits)), None, "{digits} digits");
        }
    }

    #[test]
    fn the_first_number_that_does_not_fit_is_refused() {
        assert_eq!(decode("255"), Some(vec![255]));
        assert_eq!(decode("256"), None);
        assert_eq!(decode("65536"), None);
        assert_eq!(decode("18446744073709551615"), Some(vec![255; 8]));
        assert_eq!(decode("18446744073709551616"), None);
        assert_eq!(decode(&"9".repeat(digits_for(300))), None);
    }

    #[test]
    fn only_ascii_digits_are_digits() {
        for text in ["+55", "-55", " 55", "55 ", "5_5", "0x5", "٥٥٥", "abc"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back_from_their_digits(bytes in proptest::collection::vec(any::<u8>(), 0..=300)) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), digits_for(bytes.len()));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        /// There is one text for one token: what decodes is what would have been written.
        #[test]
        fn digits_come_back_from_their_bytes(text in "[0-9]{0,730}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
