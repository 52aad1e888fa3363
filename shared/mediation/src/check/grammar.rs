//! Structural plausibility: whether a candidate still reads as English, judged from word classes alone.

use crate::lexicon::{lookup, tag};
use crate::parse::token::Token;

/// Nothing that only a sentence that came apart would have.
pub(crate) fn plausible(tokens: &[Token<'_>]) -> bool {
    (0..tokens.len()).all(|at| {
        !doubled_participle(tokens, at)
            && !described_subject(tokens, at)
            && !sent_by_thing(tokens, at)
            && !left_over(tokens, at)
            && !no_object(tokens, at)
            && !agreement(tokens, at)
    }) && !bare_denial(tokens)
}

fn next<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Option<&'t Token<'a>> {
    tokens.get(at).filter(|_| at == 0 || tokens[at - 1].after == ' ')
}

fn starts(tokens: &[Token<'_>], at: usize) -> bool {
    at == 0 || tokens[at - 1].after != ' ' || tokens[at - 1].one_of(&["and", "but", "because", "that"])
}

/// "getting kept", "was been", "gets got".
fn doubled_participle(tokens: &[Token<'_>], at: usize) -> bool {
    tokens[at].one_of(&["get", "gets", "got", "getting", "gotten"])
        && next(tokens, at + 1)
            .is_some_and(|t| t.one_of(&["kept", "been", "got", "gotten", "gone", "come", "had", "seemed", "become"]))
}

/// "better gets looked", "quickly was done".
fn described_subject(tokens: &[Token<'_>], at: usize) -> bool {
    let described =
        tokens[at].one_of(&["better", "worse", "faster", "slower", "late", "early", "badly", "alone", "well"]);
    starts(tokens, at)
        && described
        && next(tokens, at + 1).is_some_and(|t| {
            t.one_of(&["get", "gets", "got", "is", "are", "was", "were", "often", "keep", "keeps", "has", "have"])
        })
}

/// "sent by design mockups": the giver, and then what was given.
fn sent_by_thing(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0
        && tokens[at].word("by")
        && tokens[at - 1].one_of(&["sent", "given", "shown", "assigned", "handed", "offered", "told", "promised"])
        && next(tokens, at + 1).is_some_and(|t| t.is(tag::TEAM | tag::TEAMNOUN | tag::NAME))
        && next(tokens, at + 2)
            .is_some_and(|t| t.is(tag::NOUN | tag::DET) && !t.is(tag::TIME | tag::TEAMNOUN | tag::PREP))
}

/// "emails do not get answered calls": a bare noun after a passive that takes none.
fn left_over(tokens: &[Token<'_>], at: usize) -> bool {
    const TAKES_TWO: &[&str] = &[
        "sent", "given", "shown", "assigned", "handed", "offered", "told", "promised", "asked", "paid", "charged",
        "called", "left", "made",
    ];
    tokens[at].one_of(&["get", "gets", "got"])
        && next(tokens, at + 1).is_some_and(|t| t.is(tag::V_PP) && !t.one_of(TAKES_TWO))
        && next(tokens, at + 2).is_some_and(|t| {
            t.is(tag::NOUN)
                && !t.is(tag::TIME | tag::UNIT | tag::NUM | tag::ADV | tag::PREP | tag::VERB)
                && t.after != ' '
                || t.is(tag::NOUN)
                    && t.one_of(&["calls", "emails", "questions", "requests", "tickets", "tests"])
                    && t.after != ' '
        })
}

/// "and we assign to you", "not to cc'ing".
fn no_object(tokens: &[Token<'_>], at: usize) -> bool {
    let giving = tokens[at].word("and")
        && next(tokens, at + 1).is_some_and(|t| t.one_of(&["we", "i", "they"]))
        && next(tokens, at + 2)
            .is_some_and(|t| t.one_of(&["assign", "send", "give", "hand", "pass", "assigned", "gave", "handed"]))
        && next(tokens, at + 3).is_some_and(|t| t.word("to"));
    let infinitive = tokens[at].word("not")
        && next(tokens, at + 1).is_some_and(|t| t.word("to"))
        && next(tokens, at + 2).is_some_and(|t| t.lower.ends_with("ing") && !t.is(tag::V_BASE) && t.lower.len() > 5);
    giving || infinitive
}

/// "releases gets broken", "our whole was spent", "the own PRs".
fn agreement(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    let after = next(tokens, at + 1);
    let singular = token.lower.strip_suffix('s').is_some_and(|one| lookup(one).any(tag::NOUN));
    let alone = !tokens[at.saturating_sub(4)..at].iter().any(|t| t.is(tag::PREP));
    singular && alone && !token.is(tag::TIME) && after.is_some_and(|t| t.word("gets"))
        || token.one_of(&["whole", "entire"])
            && after.is_some_and(|t| t.is(tag::BE) || t.one_of(&["gets", "get", "got"]))
        || token.word("the") && after.is_some_and(|t| t.word("own"))
}

/// "It wasn't.", "We fix it." say nothing when nothing came before it.
fn bare_denial(tokens: &[Token<'_>]) -> bool {
    tokens.len() > 2
        && tokens[0].one_of(&["it", "that", "they"])
        && tokens[1].is(tag::BE | tag::DO | tag::HAVE)
        && tokens[2].is(tag::NEG)
        && matches!(tokens[2].after, '.' | '!')
        || tokens.len() > 2
            && tokens[0].one_of(&["we", "i"])
            && tokens[1].is(tag::V_BASE | tag::V_PAST)
            && tokens[2].one_of(&["it", "that", "them"])
            && tokens[2].after == '.'
}
