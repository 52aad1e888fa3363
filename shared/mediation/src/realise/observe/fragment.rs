//! Words without a subject and a verb of their own.

use super::arguments::noun_phrase;
use super::tail::tail_text;
use super::turned::turn_round;
use super::{Observation, plain};
use crate::lexicon::tag;
use crate::parse::frame::{Frame, Subject, Tense};
use crate::parse::token::Token;
use crate::realise::inflect::{Number, number};

/// Words without a verb of their own: `3 weeks for a button`, `still no answer`, `paged at 3am again`.
pub(super) fn fragment(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let (start, end) = (frame.subject_at.0, frame.clause.end);
    let words = &tokens[start..end];
    let first = words.first()?;
    if words.iter().any(|t| t.is(tag::INSULT | tag::JUDGE | tag::PROFANE | tag::PERSON) && !t.is(tag::IT)) {
        return None;
    }
    let body = tail_text(tokens, start, end);
    let has_fact = (start..end).any(|i| crate::parse::facts::is_fact(tokens, i));
    let no = words.iter().take(3).position(|t| t.word("no"));
    // "great job deleting the database": what the praise was for is what happened.
    let gerund = words
        .iter()
        .take(6)
        .take_while(|t| {
            t.is(tag::GOOD | tag::INTERJ | tag::YOU | tag::TEAMNOUN)
                || t.one_of(&["for", "on", "job", "work", "once", "way", "you", "all"])
        })
        .count();
    if let Some(verb) = words.get(gerund).filter(|t| t.is(tag::V_ING)).and_then(|t| t.info.verb()).filter(|v| {
        !matches!(v.base.as_str(), "wait" | "chase" | "fix" | "ask" | "clean" | "redo" | "be" | "have" | "sit")
    }) {
        let done = Frame {
            subject: Subject::Them,
            tense: Tense::Past,
            verb: Some(verb),
            linking: false,
            rest: start + gerund + 1,
            ..*frame
        };
        return turn_round(tokens, &done);
    }
    // "too lazy to update the docs": what was not done.
    if first.word("too")
        && let Some(to) = words.iter().take(4).position(|t| t.word("to"))
        && let Some(verb) = words.get(to + 1).and_then(|t| t.info.verb())
    {
        let done = Frame {
            subject: Subject::Them,
            tense: Tense::Past,
            negated: true,
            verb: Some(verb),
            linking: false,
            rest: start + to + 2,
            ..*frame
        };
        return turn_round(tokens, &done);
    }
    let text = if words.len() < 2 {
        return None;
    } else if first.one_of(&[
        "left",
        "paged",
        "woken",
        "blocked",
        "stuck",
        "ignored",
        "excluded",
        "interrupted",
        "forced",
        "told",
        "kept",
        "called",
        "dragged",
        "shut",
        "cut",
    ]) {
        format!("I was {body}")
    } else if first.is(tag::V_ING) && first.one_of(&["waiting", "chasing", "fixing", "asking", "cleaning", "redoing"]) {
        format!("I have been {body}")
    } else if first.word("still") && words[1].is(tag::V_ING) {
        format!("I am {body}")
    } else if let Some(no) = no {
        let phrase = &words[no + 1..];
        let stop = noun_phrase(phrase, 0, phrase.len());
        if stop == 0 {
            return None;
        }
        let is = if number(&phrase[..stop]) == Number::Many { "are" } else { "is" };
        let still = if words[..no].iter().any(|t| t.word("still")) { "still " } else { "" };
        format!("there {is} {still}{}", tail_text(tokens, start + no, end))
    } else if first.is(tag::NUM) && words[1].is(tag::UNIT) && words.get(2).is_some_and(|t| t.one_of(&["for", "to"])) {
        format!("it took {body}")
    } else if first.word("another") && words[1].is(tag::NOUN) {
        format!("there was {body}")
    } else if has_fact && frame.verb.is_none() && words.len() >= 3 {
        format!("this is about {body}")
    } else {
        return None;
    };
    let mut seen = plain(frame, text);
    seen.weak = seen.text.starts_with("this is about");
    Some(seen)
}

/// `fixing your bugs` as something I have been doing.
pub(crate) fn continued(tokens: &[Token<'_>], at: usize, end: usize) -> Option<String> {
    let words = &tokens[at..end];
    if words.len() < 2 && !words[0].one_of(&["asking", "waiting", "guessing"])
        || words.iter().any(|t| t.is(tag::INSULT | tag::JUDGE))
        || words[0].one_of(&["being", "having"])
    {
        return None;
    }
    let body = tail_text(tokens, at, end);
    Some(format!("I have been {body}"))
}
