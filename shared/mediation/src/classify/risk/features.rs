//! What the risk head looks at: words, pairs of words, pairs with others between them, pieces of words, and which rules
//! of the safety gate saw something. Each is hashed into a bucket; a text is the set of its buckets.
//!
//! Training and answering go through this one function. Change it and the weights have to be trained anew
//! (`cargo xtask train`); a test compares what is checked in with what training makes.

use crate::lexicon::tag;
use crate::parse::token::Token;

/// Buckets of the risk head, as a power of two.
pub(crate) const BITS: u32 = 16;

/// The features of one text, each group with a weight of its own.
pub(crate) struct Features {
    /// Bucket numbers below `1 << BITS`, sorted, each once.
    pub(crate) groups: [Vec<u16>; GROUPS],
    /// Buckets of whole words and pairs, for the category.
    pub(crate) length: f32,
}

pub(crate) const GROUPS: usize = 3;

/// How much a feature of each group counts: words and pairs, pairs over a gap, pieces of words. There are many more
/// pieces than words, and each says less.
pub(crate) const WEIGHTS: [f32; GROUPS] = [1.0, 0.5, 0.35];

/// The widest gap in a pair, in words.
const GAP: usize = 3;
/// The pieces of a word, in letters.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;
/// Letters of a word that are looked at.
const LETTERS: usize = 24;

/// The features of `tokens`, and of the rules that matched them.
pub(crate) fn features(tokens: &[Token<'_>], rules: &[&str]) -> Features {
    let words: Vec<u32> = tokens.iter().map(word).collect();
    let [mut whole, mut gapped, mut pieces] = [(); GROUPS].map(|()| Vec::new());
    for (at, word) in words.iter().enumerate() {
        whole.push(bucket(1, *word, 0));
        whole.push(bucket(2, at.checked_sub(1).map_or(START, |before| words[before]), *word));
        for other in words.iter().skip(at + 2).take(GAP) {
            gapped.push(bucket(3, *word, *other));
        }
    }
    for rule in rules {
        whole.push(bucket(4, hash(rule.as_bytes()), 0));
    }
    for token in tokens.iter().filter(|token| !token.is(tag::NAME | tag::NUM | tag::FIXED)) {
        cut(token.lower.as_ref(), &mut pieces);
    }
    let mut groups = [whole, gapped, pieces];
    let mut square = 0.0;
    for (group, weight) in groups.iter_mut().zip(WEIGHTS) {
        group.sort_unstable();
        group.dedup();
        #[allow(clippy::cast_precision_loss)] // a text has fewer than 2^24 features
        let many = group.len() as f32;
        square += weight * weight * many;
    }
    Features { groups, length: square.sqrt() }
}

/// What stands before the first word.
const START: u32 = 0;

/// Who and how much does not matter, that there is somebody or a number does.
fn word(token: &Token<'_>) -> u32 {
    if token.is(tag::NAME) {
        1
    } else if token.is(tag::NUM | tag::FIXED) {
        2
    } else {
        hash(token.lower.as_bytes())
    }
}

fn cut(word: &str, pieces: &mut Vec<u16>) {
    let mut letters = [b' '; LETTERS + 2];
    let taken = word.len().min(LETTERS);
    letters[1..=taken].copy_from_slice(&word.as_bytes()[..taken]);
    let letters = &letters[..taken + 2];
    for length in PIECES {
        for piece in letters.windows(length) {
            pieces.push(bucket(5, hash(piece), 0));
        }
    }
}

fn bucket(kind: u32, one: u32, other: u32) -> u16 {
    let mixed = (one ^ kind.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b) ^ other.rotate_left(13);
    let mixed = mixed.wrapping_mul(0xc2b2_ae35);
    #[allow(clippy::cast_possible_truncation)] // the upper half is what is kept
    let bucket = (mixed >> (32 - BITS)) as u16;
    bucket
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
