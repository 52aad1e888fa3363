//! What a message is about, by the words in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lexicon::tag;
use crate::lexicon::topics::{TOPICS, Topic};
use crate::parse::token::Token;

static WORDS: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut words: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, topic) in TOPICS.iter().enumerate() {
        for word in topic.words.split_whitespace() {
            words.entry(word).or_default().push(index);
        }
    }
    words
});

/// The topic with the most words; earlier topics win a tie.
pub(crate) fn topic(tokens: &[Token<'_>]) -> &'static Topic {
    let mut scores = [0_u32; 16];
    for token in tokens {
        for index in WORDS.get(token.lower.as_ref()).into_iter().flatten() {
            // A verb says more about what happened than a noun does.
            scores[*index] += if token.is(tag::VERB) && !token.is(tag::NOUN) { 3 } else { 2 };
        }
    }
    let best = (0..TOPICS.len()).rev().max_by_key(|index| scores[*index]).filter(|index| scores[*index] > 0);
    &TOPICS[best.unwrap_or(TOPICS.len() - 1)]
}
