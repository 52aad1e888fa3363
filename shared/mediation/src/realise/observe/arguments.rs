//! Where the object of a verb begins and ends, and which participle says the verb from the other side.

use crate::lexicon::{PLAINER, Verb, WITH_PREPOSITION, tag};
use crate::parse::frame::Frame;
use crate::parse::token::Token;
use crate::realise::phrase::{Voice, write};

pub(super) fn subjective(words: &[Token<'_>]) -> String {
    if words.len() == 1 {
        match words[0].lower.as_ref() {
            "me" => return "I".to_owned(),
            "us" => return "we".to_owned(),
            "him" => return "he".to_owned(),
            "her" => return "she".to_owned(),
            "them" => return "they".to_owned(),
            "everyone" | "everybody" | "people" | "anyone" | "anybody" | "someone" | "somebody" => {
                return "people".to_owned();
            }
            "anything" | "something" | "everything" | "shit" | "stuff" => return "things".to_owned(),
            _ => {}
        }
    }
    write(words, Voice::Observation)
}

/// The object, what follows it, and the participle with its particle.
pub(super) fn arguments(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> ((usize, usize), usize, String) {
    let end = frame.clause.end;
    let mut at = frame.rest;
    while at < end && (tokens[at].is(tag::INTENS | tag::PROFANE) && !tokens[at].is(tag::DET)) {
        at += 1;
    }
    let mut participle = PLAINER
        .iter()
        .find(|(base, _)| *base == verb.base)
        .map_or_else(|| verb.participle.clone(), |(_, plain)| (*plain).to_owned());
    if let Some(token) = tokens.get(at).filter(|_| at < end) {
        let after = tokens.get(at + 1).filter(|_| at + 1 < end);
        if let Some((_, _, said)) =
            WITH_PREPOSITION.iter().find(|(base, prep, _)| *base == verb.base && token.word(prep))
        {
            if after.is_some_and(|t| !t.is(tag::TIME)) {
                (*said).clone_into(&mut participle);
                at += 1 + usize::from(after.is_some_and(|t| t.word("on")));
            }
        } else if token.one_of(&["down", "up", "out", "off", "over", "away", "back", "apart", "around"])
            && after.is_some_and(|t| t.is(tag::DET | tag::POSS | tag::NOUN | tag::FIXED | tag::NAME))
            && !after.is_some_and(|t| t.is(tag::TIME))
        {
            if PLAINER.iter().all(|(base, _)| *base != verb.base) {
                participle = format!("{participle} {}", token.lower);
            }
            at += 1;
        }
    }
    let object_end = noun_phrase(tokens, at, end);
    let mut tail = object_end;
    // "messed it up", "screwed the release up": the particle went with the verb that is no longer there.
    if tail < end && PLAINER.iter().any(|(base, _)| *base == verb.base) && tokens[tail].one_of(&["up", "over"]) {
        tail += 1;
    }
    ((at, object_end), tail, participle)
}

/// Whether a noun phrase starts here.
fn starts_phrase(tokens: &[Token<'_>], start: usize, end: usize) -> bool {
    let first = &tokens[start];
    let starts = first.is(tag::DET
        | tag::POSS
        | tag::NOUN
        | tag::NAME
        | tag::FIXED
        | tag::NUM
        | tag::OBJPRON
        | tag::TEAM
        | tag::BADADJ
        | tag::V_ING
        | tag::SOMEONE
        | tag::EVERYONE
        | tag::IT
        | tag::CAPITAL)
        || first.info.tags & !tag::COMMON == 0
        || first.one_of(&["anything", "something", "everything", "prod"]);
    let time_first = (first.is(tag::TIME) || time_phrase(tokens, start, end))
        && !tokens.get(start + 2).is_some_and(|t| start + 2 < end && t.word("of"));
    !(!starts
        || time_first
        || first.is(tag::ADV | tag::SUBORD | tag::WH) && !first.is(tag::DET | tag::NOUN)
        || first.is(tag::PREP)
        || first.word("to")
        || first.is(tag::NEG) && !first.word("no"))
}

/// Where the noun phrase that starts here ends; where it starts when there is none.
pub(crate) fn noun_phrase(tokens: &[Token<'_>], start: usize, end: usize) -> usize {
    let Some(first) = tokens.get(start).filter(|_| start < end) else { return start };
    if !starts_phrase(tokens, start, end) {
        return start;
    }
    if first.is(tag::OBJPRON) && !(first.word("her") && tokens.get(start + 1).is_some_and(|t| t.is(tag::NOUN)))
        || first.word("it")
    {
        return start + 1;
    }
    let mut at = start + 1;
    while at < end {
        let token = &tokens[at];
        if tokens[at - 1].after != ' ' && !list_goes_on(tokens, at, end) {
            break;
        }
        // "Lena three versions": one got them, the other was given.
        if tokens[at - 1].is(tag::NAME)
            && token.is(tag::DET | tag::POSS | tag::NUM)
            && !token.is(tag::FIXED)
            && !token.glued
        {
            break;
        }
        // "the customer an unfinished draft": the second thing is another phrase.
        if token.is(tag::DET | tag::POSS) && !token.is(tag::IT) && tokens[at - 1].is(tag::NOUN) {
            break;
        }
        let state = token.is(tag::V_PP)
            && !token.is(tag::NOUN | tag::DET)
            && tokens[at - 1].is(tag::NOUN)
            && !tokens.get(at + 1).is_some_and(|t| at + 1 < end && (t.is(tag::NOUN) || t.word("by")));
        let how =
            token.one_of(&["dirty", "empty", "open", "unlocked", "full", "unfinished", "messy", "dead", "unattended"])
                && tokens[at - 1].is(tag::NOUN)
                && !tokens.get(at + 1).is_some_and(|t| at + 1 < end && t.is(tag::NOUN));
        if state || how {
            break;
        }
        let told = start > 0
            && tokens[start - 1].info.verb().is_some_and(|v| {
                matches!(v.base.as_str(), "tell" | "promise" | "inform" | "assure" | "remind" | "warn")
            });
        if told && token.is(tag::PERSON) || token.is(tag::BADADJ) && tokens[at - 1].is(tag::NOUN) {
            break;
        }
        if token.is(tag::WH)
            || token.word("that") && at + 1 < end && tokens[at + 1].is(tag::PERSON | tag::AUX | tag::FINITE)
        {
            return relative(tokens, at + 1, end);
        }
        if token.is(tag::PERSON) && !token.is(tag::IT) && tokens[at - 1].is(tag::NOUN | tag::COMMON) {
            return relative(tokens, at + 1, end);
        }
        if token.word("and") || token.word("or") {
            if tokens.get(at + 1).is_some_and(|t| {
                at + 1 < end && (t.is(tag::NOUN | tag::DET | tag::POSS | tag::NAME | tag::FIXED)) && !t.is(tag::TIME)
            }) {
                at += 1;
                continue;
            }
            break;
        }
        let dated = token.word("from")
            && tokens.get(at + 1).is_some_and(|t| at + 1 < end && t.is(tag::TIME))
            && !tokens[at..end].iter().any(|t| t.word("to"));
        if dated && tokens[at - 1].is(tag::NOUN) {
            at += 2;
            continue;
        }
        if (token.word("of") || token.word("about") && !told) && at + 1 < end || owned_object(tokens, start, at, end) {
            at += 1;
            continue;
        }
        if token.is(tag::PREP | tag::SUBORD | tag::CONJ) || token.word("to") || time_phrase(tokens, at, end) {
            break;
        }
        let after_determiner = tokens[at - 1].is(tag::DET | tag::POSS | tag::PREP);
        if token.is(tag::TIME)
            && !tokens.get(at + 1).is_some_and(|t| at + 1 < end && t.is(tag::NOUN))
            && !after_determiner
        {
            break;
        }
        let plain_adverb = token.is(tag::ADV)
            && token.lower.ends_with("ly")
            && !token.one_of(&["daily", "weekly", "nightly", "early", "monthly", "only"]);
        if plain_adverb
            || token.word("anyway")
            || token.is(tag::ADV | tag::NEG | tag::AUX | tag::FREQ | tag::OBJPRON)
                && !after_determiner
                && !token.is(tag::NOUN)
        {
            break;
        }
        at += 1;
    }
    at
}

pub(super) fn list_goes_on(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
    tokens[at - 1].after == ','
        && tokens[at..end].iter().take(4).any(|t| t.word("and"))
        && tokens[at].is(tag::NOUN | tag::DET | tag::POSS)
}

/// `comments on my PR`, `questions about it`: the preposition belongs to the noun.
pub(super) fn owned_object(tokens: &[Token<'_>], start: usize, at: usize, end: usize) -> bool {
    let head = &tokens[at - 1];
    at > start
        && at + 1 < end
        && tokens[at].one_of(&["on", "for", "from", "in"])
        && !time_phrase(tokens, at + 1, end)
        && !tokens[at + 1].is(tag::TIME | tag::NUM)
        && (head.one_of(&[
            "comment",
            "comments",
            "review",
            "feedback",
            "question",
            "questions",
            "decision",
            "notes",
            "requests",
            "request",
            "reason",
            "documentation",
            "docs",
            "spec",
            "specs",
            "design",
            "ticket",
            "tickets",
            "bug",
            "bugs",
            "credit",
            "budget",
            "access",
        ]) && tokens[at + 1].is(tag::DET | tag::POSS | tag::FIXED))
}

pub(super) fn relative(tokens: &[Token<'_>], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end
        && !tokens[at].is(tag::TIME | tag::CONJ)
        && !time_phrase(tokens, at, end)
        && !tokens[at].one_of(&["without", "before", "after", "until", "because", "again"])
    {
        at += 1;
        if tokens[at - 1].after != ' ' {
            break;
        }
    }
    at
}

/// `three times`, `last week`, `this morning`, `at 5`.
pub(super) fn time_phrase(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
    let Some(next) = tokens.get(at + 1).filter(|_| at + 1 < end) else { return false };
    let token = &tokens[at];
    (token.is(tag::NUM) && next.is(tag::UNIT))
        || (token.one_of(&["last", "this", "next", "every", "each", "all", "a"])
            && next.is(tag::UNIT | tag::TIME)
            && !tokens.get(at + 2).is_some_and(|t| at + 2 < end && t.is(tag::NOUN)))
}
