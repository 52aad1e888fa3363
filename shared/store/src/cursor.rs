//! A place in a room's log, as short text a client carries around without looking inside.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// Crockford's base 32: no letter in it is mistaken for a digit when somebody reads a cursor out of a log.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The largest number a cursor holds: what the signed 64-bit columns of every store hold.
const MAX: u64 = i64::MAX.unsigned_abs();

/// A place in a room's log: everything up to and including one entry.
///
/// As text it is `c` and base 32 digits, for instance `c1f`; there is exactly one text for each place, and only that
/// one parses. Clients must not make sense of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor(u64);

impl Cursor {
    /// Before the first entry of every log: what an absent `after` means.
    pub const START: Self = Self(0);

    /// The cursor of the entry with this number; for adapters, who number entries from 1. `None` above `i64::MAX`.
    pub const fn at(number: u64) -> Option<Self> {
        if number > MAX {
            return None;
        }
        Some(Self(number))
    }

    /// The number of the entry; for adapters.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 63 bits are at most 13 digits of 5.
        let digits = (64 - self.0.leading_zeros()).div_ceil(5).max(1);
        f.write_str("c")?;
        for place in (0..digits).rev() {
            let digit = DIGITS[usize::from((self.0 >> (5 * place)).to_le_bytes()[0] & 31)];
            f.write_char(char::from(digit))?;
        }
        Ok(())
    }
}

/// The text is not a cursor this service gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: send back the `cursor` of the last answer as it was, or leave it out")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let digits = text.strip_prefix('c').ok_or(NotACursor)?.as_bytes();
        let leading_zero = digits.len() > 1 && digits[0] == b'0';
        if digits.is_empty() || digits.len() > 13 || leading_zero {
            return Err(NotACursor);
        }
        let mut number = 0_u128;
        for byte in digits {
            let digit = DIGITS.iter().position(|d| d == byte).ok_or(NotACursor)?;
            number = number << 5 | digit as u128;
        }
        u64::try_from(number).ok().and_then(Self::at).ok_or(NotACursor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_is_short_text() {
        for (number, text) in [(0, "c0"), (1, "c1"), (31, "cz"), (32, "c10"), (MAX, "c7zzzzzzzzzzzz")] {
            assert_eq!(Cursor(number).to_string(), text);
            assert_eq!(text.parse(), Ok(Cursor(number)));
        }
        assert_eq!(Cursor::START.to_string(), "c0");
        assert_eq!(Cursor::at(MAX + 1), None);
    }

    #[test]
    fn only_the_one_text_of_a_place_parses() {
        for text in [
            "",
            "c",
            "0",
            "1f",
            "C1",
            "c00",
            "c01",
            "cZ",
            "ci",
            "cl",
            "co",
            "cu",
            "c-1",
            "c+1",
            "c 1",
            "c1 ",
            " c1",
            "c1\n",
            "cc",
            "c8000000000000",
            "czzzzzzzzzzzzz",
            "c10000000000000",
            "cé",
        ] {
            // "cc" is the one that looks wrong and is not: c is a digit, too.
            assert_eq!(text.parse::<Cursor>().is_ok(), text == "cc", "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_cursor_parses_as_itself(number in 0..=MAX) {
            prop_assert_eq!(Cursor(number).to_string().parse(), Ok(Cursor(number)));
        }

        #[test]
        fn what_parses_prints_the_same(text in "c[0-9a-z]{1,14}") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }
}
