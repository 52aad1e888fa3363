//! What follows the object: times and places stay, accusations go, inner clauses are turned round as well.

use super::{append, observe};
use crate::lexicon::tag;
use crate::parse::clause::Clause;
use crate::parse::frame;
use crate::parse::token::Token;
use crate::realise::phrase::{Voice, write};

/// What follows, with an inner `that you changed it` turned round as well.
pub(super) fn tail_text(tokens: &[Token<'_>], from: usize, end: usize) -> String {
    let mut text = String::new();
    let cut = inner_clause(tokens, from, end);
    append(&mut text, &tidy_tail(tokens, from, cut.unwrap_or(end)));
    if let Some(at) = cut
        && let Some(inner) = turned_inner(tokens, at, end)
    {
        append(&mut text, &inner);
    }
    text.trim().to_owned()
}

/// A subordinate clause about the other side inside this one.
pub(super) fn inner_clause(tokens: &[Token<'_>], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|i| {
        tokens[*i].is(tag::SUBORD | tag::WH)
            && tokens.get(i + 1).is_some_and(|t| {
                *i + 1 < end
                    && (t.is(tag::YOU | tag::THEY | tag::HESHE | tag::NOBODY) || t.one_of(&["your", "their", "no"]))
            })
            && tokens.get(i + 2).is_some_and(|_| i + 2 < end)
    })
}

pub(super) fn turned_inner(tokens: &[Token<'_>], at: usize, end: usize) -> Option<String> {
    let clause = Clause { start: at + 1, end, shares_subject: false, because: false, close: ' ' };
    let inner = observe(tokens, &frame::parse(tokens, clause, None))?;
    if inner.weak {
        return None;
    }
    let joint =
        if tokens[at].is(tag::WH) && !tokens[at].is(tag::SUBORD) { return None } else { tokens[at].lower.to_string() };
    Some(format!("{joint} {}", inner.text))
}

/// Tails that only said who did it, or how little they thought of it.
pub(super) fn tidy_tail(tokens: &[Token<'_>], from: usize, end: usize) -> String {
    let mut text = write(&tokens[from.min(end)..end], Voice::Observation);
    for (accusing, instead) in [
        ("took you", "took"),
        (" because of you", ""),
        ("because of you", ""),
        ("thanks to you", ""),
        ("without telling us", "without us being told"),
        ("without telling me", "without me being told"),
        ("without telling anyone", "without anyone being told"),
        ("without telling anybody", "without anyone being told"),
        ("without telling", "without a word to"),
        ("without asking us", "without us being asked"),
        ("without asking me", "without me being asked"),
        ("without asking anyone", "without anyone being asked"),
        ("without asking anybody", "without anyone being asked"),
        ("without asking", "without us being asked"),
        ("without checking with us", "without us being asked"),
        ("without checking with", "without a check with"),
        ("without checking", "without a check"),
        ("without testing it", "without a test"),
        ("without testing", "without a test of"),
        ("without reading it", "without it being read"),
        ("without reading", "without a look at"),
        ("without informing us", "without us being told"),
        ("without informing", "without a word to"),
        ("without warning us", "without a warning"),
        ("without consulting", "without a word to"),
        ("without waiting for", "before"),
        ("without talking to", "without a word to"),
        ("without saying anything", "without a word"),
        ("without saying", "without a word about"),
        ("without looking at", "without a look at"),
        ("without looking", "without a look"),
        ("without asking for", "without a request for"),
    ] {
        if let Some(at) = text.find(accusing) {
            let end = at + accusing.len();
            if text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric()) {
                text.replace_range(at..end, instead);
                break;
            }
        }
    }
    text.trim().to_owned()
}
