//! What must survive: numbers, dates, times, names, ids, quotes, code, links.

use super::token::Token;
use crate::lexicon::tag;

/// Whether this token is a fact that a reframing may neither drop nor invent.
pub(crate) fn is_fact(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if token.is(tag::FIXED | tag::NAME) {
        return true;
    }
    if token.is(tag::TIME) {
        return !token.word("asap")
            && !(token.one_of(&["may", "mar", "sat", "sun", "second", "march"]) && !token.is(tag::CAPITAL));
    }
    token.is(tag::NUM) && !token.one_of(&["half", "third", "fourth", "fifth", "sixth", "second"])
        || (token.one_of(&["third", "fourth", "fifth", "sixth"]))
}

/// The facts among these tokens, in lower case.
pub(crate) fn facts<'t>(tokens: &'t [Token<'_>]) -> impl Iterator<Item = &'t str> {
    (0..tokens.len()).filter(|at| is_fact(tokens, *at)).map(|at| tokens[at].lower.as_ref())
}
