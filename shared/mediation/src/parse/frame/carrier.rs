//! Verbs that carry another one: `forgot to test`, `keeps changing`.

use super::{Frame, Often, Subject, Tense};
use crate::lexicon::{CARRYING, NEGATING, tag};
use crate::parse::token::Token;

/// `forgot to test`, `keeps changing`, `could not be bothered to write`: goes on to the verb that happened, or did not.
pub(super) fn unwrap_carrier(frame: &mut Frame, tokens: &[Token<'_>]) -> bool {
    let Some(verb) = frame.verb else { return false };
    let (at, end) = (frame.rest, frame.clause.end);
    let base = verb.base.as_str();
    if base == "have"
        && let Some(to) = (at..end.min(at + 5)).find(|i| tokens[*i].word("to"))
    {
        let virtue = tokens[at..to].iter().any(|t| {
            t.one_of(&["decency", "courtesy", "guts", "nerve", "audacity", "time", "grace", "gall", "sense", "balls"])
        });
        return virtue && move_to(frame, tokens, to + 1);
    }
    if base == "take"
        && tokens.get(at + 1).is_some_and(|t| t.one_of(&["time", "trouble", "effort", "liberty"]))
        && tokens.get(at + 2).is_some_and(|t| t.word("to"))
    {
        return move_to(frame, tokens, at + 3);
    }
    let mut next = at;
    while next < end && tokens[next].is(tag::ADV | tag::INTENS) {
        next += 1;
    }
    if frame.linking || base == "be" {
        if let Some(to) = (at..end.min(at + 5)).find(|i| tokens[*i].word("to")) {
            let unable = tokens[at..to].iter().any(|t| t.word("too"));
            let bothered = tokens[at.saturating_sub(1)..to].iter().any(|t| t.one_of(&["bothered", "arsed"]));
            let going = tokens[at.saturating_sub(1)..to].iter().any(|t| t.word("going"));
            if (unable || bothered || going) && tokens.get(to + 1).is_some_and(|t| t.is(tag::V_BASE)) {
                frame.negated |= unable || bothered;
                if going {
                    frame.tense = Tense::Will;
                }
                frame.linking = false;
                if frame.tense == Tense::Cannot {
                    frame.tense = Tense::Past;
                }
                return move_to(frame, tokens, to + 1);
            }
        }
        return false;
    }
    if base == "keep" && tokens.get(next).is_some_and(|t| t.is(tag::V_ING)) {
        frame.tense = Tense::Keeps;
        return move_to(frame, tokens, next);
    }
    if base == "stop" && tokens.get(next).is_some_and(|t| t.is(tag::V_ING)) && frame.subject != Subject::None {
        let moved = move_to(frame, tokens, next);
        frame.negated ^= moved;
        return moved;
    }
    if base == "go" && tokens.get(at).is_some_and(|t| t.one_of(&["and", "ahead"])) {
        let skip = if tokens[at].word("ahead") { 2 } else { 1 };
        return move_to(frame, tokens, at + skip);
    }
    let carries = CARRYING.contains(&base) || NEGATING.contains(&base);
    if !carries || next >= end {
        return false;
    }
    let inner = if tokens[next].word("to") {
        next + 1
    } else if tokens[next].is(tag::V_ING) {
        next
    } else {
        return false;
    };
    if matches!(frame.subject, Subject::I | Subject::We | Subject::Thing | Subject::None) {
        return false;
    }
    let moved = move_to(frame, tokens, inner);
    if moved && NEGATING.contains(&base) {
        frame.negated = !frame.negated || frame.often == Often::Always;
    }
    moved
}

pub(super) fn move_to(frame: &mut Frame, tokens: &[Token<'_>], mut at: usize) -> bool {
    while at < frame.clause.end && tokens[at].is(tag::ADV | tag::INTENS) && !tokens[at].is(tag::VERB) {
        at += 1;
    }
    let Some(verb) = tokens.get(at).filter(|t| at < frame.clause.end && t.is(tag::VERB)).and_then(|t| t.info.verb())
    else {
        return false;
    };
    frame.verb = Some(verb);
    frame.rest = at + 1;
    true
}
