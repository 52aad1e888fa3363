//! Where the subject ends and the verb group starts, and who the subject is.

use super::{Frame, Subject};
use crate::lexicon::tag;
use crate::parse::clause::{Clause, verb_position};
use crate::parse::token::Token;

pub(super) fn skippable(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if token.is(tag::EMOJI) {
        return true;
    }
    if token.is(tag::PERSON | tag::AUX) || token.is(tag::DET) && !token.word("that") {
        return false;
    }
    let opening = token.word("if")
        || token.is(tag::INTERJ | tag::CONJ | tag::INTENS)
        || token.one_of(&[
            "please",
            "once",
            "again",
            "honestly",
            "yet",
            "instead",
            "meanwhile",
            "today",
            "that",
            "still",
            "then",
            "now",
            "also",
        ]);
    let next = &tokens[at + 1];
    let verb_next =
        token.is(tag::V_BASE) && (next.is(tag::DET | tag::POSS | tag::OBJPRON | tag::PREP) && token.after == ' ');
    opening && !verb_next && !(token.is(tag::IT) && (next.is(tag::AUX) || next.is(tag::V_S | tag::V_PAST)))
}

/// `why did you …`, `can't you …`, `is the build …`: where the helper and the subject are.
pub(super) fn find_inverted(tokens: &[Token<'_>], start: usize, end: usize) -> Option<(usize, usize)> {
    let mut at = start;
    while at < end && tokens[at].one_of(&["why", "how", "when", "where", "what", "who"]) {
        at += 1;
    }
    while at < end && at > start && tokens[at].is(tag::INTENS) {
        at += 1;
    }
    if !tokens.get(at)?.is(tag::AUX)
        || at >= end
        || (at > start && tokens[start].one_of(&["who", "what"]) && !tokens.get(at + 1)?.is(tag::PERSON))
    {
        return None;
    }
    let mut subject = at + 1;
    while subject < end && tokens[subject].is(tag::NEG) && !tokens[subject].word("no") && !tokens[subject].is(tag::NOUN)
    {
        subject += 1;
    }
    let found =
        subject < end && tokens[subject].is(tag::PERSON | tag::IT | tag::DET | tag::POSS | tag::NAME | tag::TEAM);
    let do_needs_verb =
        !tokens[at].is(tag::DO | tag::HAVE) || tokens[subject.min(end - 1)].is(tag::PERSON | tag::IT) || at > start;
    (found && do_needs_verb).then_some((at, subject))
}

pub(super) fn subject_end(tokens: &[Token<'_>], at: usize, end: usize) -> usize {
    if tokens[at].is(tag::PERSON | tag::IT) && !tokens[at].is(tag::DET) {
        return (at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is(tag::TEAMNOUN)))).min(end);
    }
    let mut i = at + 1;
    while i < end {
        let token = &tokens[i];
        let noun_like = tokens[i - 1].is(tag::NOUN | tag::TEAMNOUN | tag::NAME | tag::TEAM | tag::FIXED);
        if token.is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::NEG | tag::V_ING | tag::BADADJ | tag::ADV | tag::AUX)
            || (noun_like && !token.is(tag::NOUN | tag::TEAMNOUN | tag::FIXED))
        {
            break;
        }
        i += 1;
    }
    i
}

/// `and changed it again`: the clause opens with its verb.
pub(super) fn shared_verb(tokens: &[Token<'_>], start: usize, clause: Clause) -> Option<usize> {
    let mut at = start;
    while at < clause.end
        && tokens[at].is(tag::ADV | tag::INTENS | tag::NEVER | tag::ALWAYS | tag::FREQ | tag::NEG)
        && !tokens[at].is(tag::VERB)
    {
        at += 1;
    }
    (clause.shares_subject && at < clause.end && tokens[at].is(tag::FINITE | tag::AUX)).then_some(start)
}

/// Where the verb group starts.
pub(super) fn find_verb(tokens: &[Token<'_>], start: usize, end: usize) -> Option<usize> {
    let mut second = None;
    let mut i = start;
    while i < end {
        let token = &tokens[i];
        // "whoever deployed it broke it": the second verb is the one.
        if i == start && token.word("whoever") {
            i = relative_end(tokens, i, end);
            continue;
        }
        // "design never gives us": a team, not a command.
        if i == start
            && token.is(tag::TEAM)
            && tokens.get(i + 1).is_some_and(|t| {
                i + 1 < end
                    && (t.is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::AUX)
                        || t.is(tag::V_S | tag::V_PAST) && !t.is(tag::NOUN))
            })
        {
            i += 1;
            continue;
        }
        if i > start
            && token.is(tag::WH | tag::SUBORD)
            && !token.word("that")
            && second.is_none()
            && tokens[start].is(tag::DET | tag::POSS)
        {
            // A relative clause inside the subject: its verb is not ours. Jump over it.
            i = relative_end(tokens, i, end);
            continue;
        }
        if token.is(tag::AUX) && !possessive(tokens, i) && !(token.word("do") && i > start && tokens[i - 1].word("to"))
        {
            return Some(group_start(tokens, start, i));
        }
        if token.is(tag::FINITE) && verb_position(tokens, start, i) && !(i > start && tokens[i - 1].word("to")) {
            if !token.is(tag::NOUN)
                || i == start
                || tokens[i - 1].is(tag::PERSON | tag::NEVER | tag::ALWAYS | tag::FREQ)
            {
                return Some(group_start(tokens, start, i));
            }
            second = second.or(Some(i));
        }
        i += 1;
    }
    second.map(|at| group_start(tokens, start, at))
}

pub(super) fn relative_end(tokens: &[Token<'_>], at: usize, end: usize) -> usize {
    let mut i = at + 1;
    let mut verbs = 0;
    while i < end {
        if tokens[i].is(tag::FINITE | tag::AUX) && verb_position(tokens, at, i) {
            verbs += 1;
            let chained = tokens[i - 1].is(tag::AUX);
            if verbs > 1 && !chained {
                return i;
            }
        }
        i += 1;
    }
    at + 1
}

pub(super) fn possessive(tokens: &[Token<'_>], at: usize) -> bool {
    if !tokens[at].word("'s") || at == 0 {
        return false;
    }
    let pronoun =
        tokens[at - 1].is(tag::PERSON | tag::IT | tag::WH) || tokens[at - 1].one_of(&["it", "let", "here", "there"]);
    !pronoun
        && tokens.get(at + 1).is_some_and(|t| {
            !t.is(tag::DET
                | tag::NEG
                | tag::V_ING
                | tag::V_PP
                | tag::BADADJ
                | tag::ADV
                | tag::FREQ
                | tag::NEVER
                | tag::ALWAYS
                | tag::PREP)
        })
}

pub(super) fn group_start(tokens: &[Token<'_>], start: usize, verb: usize) -> usize {
    let mut at = verb;
    while at > start
        && tokens[at - 1].is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::INTENS | tag::ADV)
        && !tokens[at - 1].is(tag::NOUN | tag::TIME | tag::PREP)
        && tokens[at - 1].after == ' '
    {
        at -= 1;
    }
    at
}

pub(super) fn read_subject(frame: &mut Frame, tokens: &[Token<'_>], start: usize, end: usize) {
    frame.subject_at = (start, end);
    let Some(first) = tokens.get(start).filter(|_| end > start) else { return };
    let words = &tokens[start..end];
    let has = |tags: u64| words.iter().any(|t| t.is(tags));
    let no_one = first.word("no") && words.get(1).is_some_and(|t| t.word("one"));
    let single = first.word("not") && words.get(1).is_some_and(|t| t.one_of(&["one", "a"]));
    let theirs = words.iter().any(|t| t.one_of(&["your", "their"]));
    frame.nobody = first.is(tag::NOBODY) || no_one || single || first.word("neither");
    let next_relative = words.get(1).is_some_and(|t| t.is(tag::WH | tag::SUBORD));
    frame.subject = if frame.nobody {
        frame.negated = true;
        Subject::Them
    } else if first.is(tag::ME) {
        Subject::I
    } else if first.is(tag::WE) || (has(tag::ME | tag::WE) && words.iter().any(|t| t.word("and"))) {
        Subject::We
    } else if first.is(tag::YOU | tag::THEY | tag::EVERYONE) && !next_relative
        || theirs
            && words.last().is_some_and(|t| {
                t.is(tag::TEAMNOUN | tag::INSULT)
                    || t.one_of(&["people", "team", "manager", "boss", "lead", "intern", "interns"])
            })
    {
        Subject::Them
    } else if first.is(tag::HESHE | tag::SOMEONE)
        || first.word("who")
        || has(tag::INSULT)
        || words.last().is_some_and(|t| t.one_of(&["person", "guy", "people", "shift", "staff"]))
    {
        Subject::Someone
    } else if has(tag::NAME) && !has(tag::DET | tag::POSS) && words.len() <= 4 {
        Subject::Named
    } else if words.iter().all(|t| t.is(tag::TEAM | tag::TEAMNOUN | tag::DET | tag::POSS))
        && has(tag::TEAM | tag::TEAMNOUN)
        && !has(tag::IT)
    {
        if first.word("our") || first.word("my") { Subject::We } else { Subject::Named }
    } else {
        Subject::Thing
    };
}
