//! Reads a candidate as its receiver would. Whatever made it, what does not pass here is not shown and not sent.

mod grammar;

use crate::MAX_CHARS;
use crate::classify::heat;
use crate::lexicon::heat::{HARSH, SOUR};
use crate::lexicon::tag;
use crate::parse::token::{Token, tokenize};
use crate::parse::{facts, frame};
use crate::plan;

/// Whether a candidate may be offered to the sender.
pub(crate) fn passes(candidate: &str, source: &[Token<'_>], needed: &[String]) -> bool {
    if candidate.chars().count() > MAX_CHARS || !candidate.ends_with(['.', '?', '!']) {
        return false;
    }
    let tokens = tokenize(candidate);
    well_formed(&tokens)
        && grammar::plausible(&tokens)
        && keeps(&tokens, needed.iter().map(String::as_str))
        && invents_nothing(&tokens, source)
        && no_sting(&tokens)
}

/// Whether every one of these facts is there.
pub(crate) fn keeps<'f>(tokens: &[Token<'_>], mut needed: impl Iterator<Item = &'f str>) -> bool {
    needed.all(|fact| tokens.iter().any(|t| t.lower == fact))
}

/// Whether every number and every time was said.
pub(crate) fn invents_nothing(tokens: &[Token<'_>], source: &[Token<'_>]) -> bool {
    (0..tokens.len()).all(|at| {
        let number_or_time =
            tokens[at].is(tag::FIXED | tag::NUM) || tokens[at].is(tag::TIME) && facts::is_fact(tokens, at);
        !number_or_time || source.iter().any(|t| t.lower == tokens[at].lower)
    })
}

/// Signs of a sentence that came apart: a word that leads nowhere before a stop, or the same word twice.
fn well_formed(tokens: &[Token<'_>]) -> bool {
    (0..tokens.len()).all(|at| {
        let (token, next) = (&tokens[at], tokens.get(at + 1));
        let stops = token.after != ' ' && token.after != '?' || next.is_none() && token.after != '?';
        let leads = token.is(tag::CONJ | tag::DET | tag::POSS | tag::WH | tag::SUBORD)
            && !token.is(tag::IT | tag::NUM | tag::ADV | tag::NOUN)
            || token.is(tag::PREP)
                && !token.is(tag::ADV)
                && !token.one_of(&[
                    "for", "at", "with", "of", "on", "about", "to", "before", "since", "without", "after", "behind",
                ])
            || token.one_of(&["especially", "either", "'s", "the"]);
        let dangling = stops
            && leads
            && !token.is(tag::CAPITAL)
            && !token.one_of(&["though", "so", "all", "both", "some", "few", "any", "most", "that", "once", "half"]);
        let doubled = next.is_some_and(|n| {
            n.lower == token.lower && token.after == ' ' && !token.is(tag::FIXED) && !token.word("had")
        });
        let clash = token.is(tag::CONJ)
            && next.is_some_and(|n| n.one_of(&["and", "but", "or", "which", "either", "otherwise"]));
        !dangling && !doubled && !clash
    })
}

/// No insult, no absolute, no blame, nothing read from another's mind.
pub(crate) fn no_sting(tokens: &[Token<'_>]) -> bool {
    // Praise behind a comma is sarcasm, whoever put it there.
    if tokens.windows(2).any(|pair| pair[0].after == ',' && pair[1].after != ' ' && pair[1].one_of(SOUR)) {
        return false;
    }
    if tells_them(tokens) {
        return false;
    }
    let words = tokens.iter().enumerate().all(|(at, t)| {
        t.is(tag::FIXED)
            || !(t.is(tag::PROFANE | tag::NEVER)
                || HARSH.contains(&t.lower.as_ref())
                || t.is(tag::INSULT) && !t.is(tag::NOUN)
                || t.one_of(&[
                    "always",
                    "constantly",
                    "everybody",
                    "everyone",
                    "nobody",
                    "clearly",
                    "obviously",
                    "stupid",
                    "useless",
                    "pathetic",
                    "ridiculous",
                    "lazy",
                    "incompetent",
                    "garbage",
                    "junk",
                    "trash",
                    "rubbish",
                    "slop",
                    "joke",
                    "disgrace",
                    "whatever",
                    "idiotic",
                    "dumb",
                    "nonsense",
                    "forever",
                    "unacceptable",
                    "unbelievable",
                    "shame",
                    "ashamed",
                    "care",
                    "cares",
                ])
                || t.word("no") && tokens.get(at + 1).is_some_and(|n| n.word("one")))
    });
    words
        && !plan::read(tokens).iter().any(|f| {
            heat::blames(tokens, f)
                && matches!(f.subject, frame::Subject::Them)
                && !f.nobody
                && !tokens[f.subject_at.0].is(tag::EVERYONE)
        })
}

/// "Every Friday you dump 20 tickets on us": said to their face what they do, even where no single word stings.
fn tells_them(tokens: &[Token<'_>]) -> bool {
    tokens.windows(4).any(|near| {
        near[0].one_of(&["every", "each"])
            && near[2].word("you")
            && near[3].is(tag::V_BASE | tag::V_PAST)
            && near[1].is(tag::TIME)
    })
}
