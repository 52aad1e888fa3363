//! Civil or heated. Hostility at work is blame, sarcasm, impatience, mind-reading and absolutes far more than profanity;
//! a civil text must pass untouched, so every signal here needs a target: `this query is ugly` is about a query.

use std::sync::LazyLock;

use crate::lexicon::heat::{
    COOL_PHRASES, DAMNING, DEPENDED_ON, FALLEN_SHORT, HARSH, HOT_PHRASES, LITERAL, MILD, NEUTRAL, PEOPLE, SOUR,
    UNWELCOME, WORK,
};
use crate::lexicon::tag;
use crate::parse::frame::{Frame, Often, Subject, Tense};
use crate::parse::pattern::PatternSet;
use crate::parse::token::Token;

static HOT: LazyLock<PatternSet<()>> = LazyLock::new(|| PatternSet::compile(&[((), HOT_PHRASES)]));

/// Nothing heated about these, whatever their words.
static COOL: LazyLock<PatternSet<()>> = LazyLock::new(|| PatternSet::compile(&[((), COOL_PHRASES)]));

/// Heat of a text: nothing below one needs a mediator.
pub(crate) fn is_heated(tokens: &[Token<'_>], frames: &[Frame]) -> bool {
    let cool = COOL.matches(tokens);
    let hot = HOT.matches(tokens).into_iter().any(|(start, end, ())| {
        !cool.iter().any(|(from, to, ())| *from <= start && start < *to && end <= *to + 2 && !sarcastic(tokens))
    });
    hot || loud(tokens)
        || sour(tokens)
        || frames.iter().any(|frame| blames(tokens, frame))
        || insults(tokens, frames, &cool)
}

fn sarcastic(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|t| t.one_of(&["nothing", "breaking", "ignoring", "ruining", "deleting", "wasting"]))
}

/// Praise after a comma, at the end of something that did not happen: `a feature we don't have, brilliant`.
fn sour(tokens: &[Token<'_>]) -> bool {
    let [.., before, last] = tokens else { return false };
    if before.after == ',' && last.word("ever") {
        return true;
    }
    if last.after == '?' && before.after == ',' && last.one_of(&["seriously", "really"]) {
        return true;
    }
    let wrong = tokens.iter().any(|t| t.is(tag::NEG | tag::HARM | tag::BADADJ))
        || tokens.iter().any(|t| t.one_of(&["again", "another"]))
            && tokens.iter().any(|t| t.one_of(&["down", "broken", "outage", "late", "failed"]));
    let opens = tokens[0].after == ',' && tokens.iter().any(|t| t.one_of(&["again", "another"]));
    wrong && (before.after == ',' && last.one_of(SOUR) || opens && tokens[0].one_of(SOUR))
}

/// Shouting, in letters or in marks.
fn loud(tokens: &[Token<'_>]) -> bool {
    let shouted = tokens
        .iter()
        .filter(|t| {
            t.is(tag::SHOUT)
                && t.text.len() > 2
                && t.info.tags & !(tag::CAPITAL | tag::SHOUT | tag::NOUN | tag::TEAM | tag::NAME) != 0
        })
        .count();
    shouted >= 2 && shouted * 3 >= tokens.len()
}

/// A clause that tells the other side what they did wrong.
pub(crate) fn blames(tokens: &[Token<'_>], frame: &Frame) -> bool {
    if frame.question && !frame.negated && frame.often == Often::Unsaid {
        return false;
    }
    if frame.question && frame.often == Often::Always {
        return true;
    }
    // "they were not fixed" is said of things.
    if frame.linking && frame.verb.is_some_and(|v| v.base != "be") && !frame.nobody && frame.often == Often::Unsaid {
        return false;
    }
    let rest = &tokens[frame.rest.min(frame.clause.end)..frame.clause.end];
    let theirs = tokens[frame.subject_at.0..frame.subject_at.1].iter().any(|t| t.one_of(&["your", "their"]));
    let harm = frame.verb.is_some_and(|v| v.harm) && !(frame.negated);
    let good = frame.often != Often::Never && rest.iter().any(|t| t.is(tag::GOOD))
        || frame.verb.is_some_and(|v| matches!(v.base.as_str(), "worry" | "thank" | "hesitate" | "mind"));
    let helpless = matches!(frame.tense, Tense::Cannot | Tense::Would) && frame.negated && frame.question;
    let tentative = frame.clause.start > 0 && tokens[frame.clause.start - 1].one_of(&["if", "when", "unless", "until"])
        || tokens[frame.clause.start].one_of(&["if", "unless", "until", "in", "when"]);
    match frame.subject {
        // Told in the past, to the other side, and something went wrong in the telling.
        _ if theirs && frame.verb.is_some_and(|v| v.harm) && !good && !frame.question => true,
        Subject::Thing | Subject::Named if theirs && !good && !frame.question && !tentative && deed(tokens, frame) => {
            true
        }
        Subject::Thing if words_team(tokens, frame) && past_complaint(tokens, frame) => true,
        _ if matches!(frame.subject, Subject::Them | Subject::Named | Subject::Someone)
            && past_complaint(tokens, frame)
            && !good
            && !tentative
            && !frame.question =>
        {
            true
        }
        Subject::Them => {
            let dismissive = frame.tense == Tense::Present
                && tokens[frame.group.min(frame.rest)..frame.rest]
                    .iter()
                    .any(|t| t.one_of(&["just", "only", "simply"]))
                && !frame.linking;
            let judged = dismissive
                || frame.tense == Tense::Present && rest.iter().any(|t| t.one_of(&["late", "early"]))
                || frame.linking
                    && rest.iter().take(4).any(|t| {
                        t.is(tag::BADADJ | tag::JUDGE | tag::INSULT) || t.one_of(&["late", "asleep", "unprepared"])
                    })
                    && !frame.negated;
            let third = tokens[frame.subject_at.0].is(tag::THEY) && thing_before(tokens, frame.subject_at.0);
            !third
                && !good
                && !tentative
                && !frame.question
                && (frame.negated && !matches!(frame.tense, Tense::Would | Tense::Cannot)
                    || harm && !matches!(frame.tense, Tense::Would | Tense::Cannot)
                    || judged
                    || frame.often == Often::Always
                    || frame.tense == Tense::Keeps)
                || helpless && !good
        }
        _ if theirs && frame.negated && !good && !frame.question && !tentative => true,
        Subject::Someone => {
            (harm && !tentative
                || frame.often == Often::Never
                || frame.often == Often::Always
                || frame.tense == Tense::Keeps)
                && !good
        }
        Subject::Named => {
            (frame.often == Often::Never
                || frame.often == Often::Always
                || frame.tense == Tense::Keeps
                || (harm && words_team(tokens, frame)))
                && !good
                && !frame.question
                || frame.negated
                    && tokens[frame.subject_at.0].is(tag::TEAM)
                    && frame.tense == Tense::Present
                    && frame.often == Often::Unsaid
                    && !frame.linking
        }
        Subject::Thing => {
            theirs
                && (harm
                    || frame.negated
                    || frame.often != Often::Unsaid
                    || rest
                        .iter()
                        .take(5)
                        .any(|t| t.is(tag::BADADJ | tag::JUDGE) || FALLEN_SHORT.contains(&t.lower.as_ref())))
                || frame.question && frame.often == Often::Always
                || staff(tokens, frame) && frame.often == Often::Never && !good && !frame.question
                || frame.often == Often::Never
                    && !frame.question
                    && frame.verb.is_some_and(|v| DEPENDED_ON.contains(&v.base.as_str()))
        }
        Subject::I | Subject::We => {
            frame.often == Often::Never
                && !good
                && frame.verb.is_some_and(|v| matches!(v.base.as_str(), "get" | "hear" | "see" | "know" | "find"))
        }
        Subject::None => false,
    }
}

/// `the night shift`, `the data team`: people, though the grammar says thing.
fn words_team(tokens: &[Token<'_>], frame: &Frame) -> bool {
    let (from, to) = frame.subject_at;
    to > from
        && tokens[to - 1].is(tag::TEAMNOUN | tag::TEAM) | tokens[to - 1].one_of(&["shift", "staff", "crew"])
        && !tokens[from].one_of(&["our", "my"])
}

/// `the nurses on nights`, `architects`: people at work, though the grammar says thing.
fn staff(tokens: &[Token<'_>], frame: &Frame) -> bool {
    let (from, to) = frame.subject_at;
    to > from
        && !tokens[from].one_of(&["our", "my"])
        && tokens[from..to].iter().any(|t| {
            t.one_of(PEOPLE)
                || t.is(tag::TEAM | tag::TEAMNOUN)
                || t.one_of(&[
                    "nurses",
                    "architects",
                    "drivers",
                    "doctors",
                    "teachers",
                    "cleaners",
                    "kitchen",
                    "testers",
                    "cooks",
                    "pickers",
                    "managers",
                ])
        })
}

/// `your junior dev pushed credentials`: somebody of theirs did what is only told when it went wrong.
fn deed(tokens: &[Token<'_>], frame: &Frame) -> bool {
    let (from, to) = frame.subject_at;
    let somebody = tokens[from..to].last().is_some_and(|t| t.one_of(PEOPLE));
    let told = frame.verb.is_some_and(|v| UNWELCOME.contains(&v.base.as_str()));
    let praised = tokens.iter().any(|t| t.is(tag::GOOD) || t.one_of(&["thanks", "thank", "fix", "agreed", "sorry"]));
    somebody && told && matches!(frame.tense, Tense::Past | Tense::Perfect) && !frame.linking && !praised
}

/// `you left early and we had to finish it`, `you released it with a known crash`.
fn past_complaint(tokens: &[Token<'_>], frame: &Frame) -> bool {
    let rest = &tokens[frame.rest.min(frame.clause.end)..frame.clause.end];
    if !matches!(frame.tense, Tense::Past | Tense::Perfect)
        || frame.linking
        || tokens.iter().any(|t| t.is(tag::GOOD) || t.one_of(&["sorry", "please"]))
        || improved(tokens)
    {
        return false;
    }
    let unasked = frame.tense == Tense::Past
        && (rest.iter().any(|t| t.one_of(&["without", "instead"]))
            || tokens[frame.subject_at.0].is(tag::TEAM) && rest.iter().any(|t| t.word("before"))
            || frame.verb.is_some_and(|v| {
                v.harm
                    || matches!(
                        v.base.as_str(),
                        "throw"
                            | "change"
                            | "move"
                            | "close"
                            | "take"
                            | "touch"
                            | "revert"
                            | "rewrite"
                            | "overwrite"
                            | "merge"
                    )
            }) && rest.iter().take(3).any(|t| t.one_of(&["my", "our", "me", "us"])));
    if frame.subject != Subject::Them && frame.subject != Subject::Thing
        || frame.subject == Subject::Thing
        || tokens[frame.subject_at.0].is(tag::THEY) && thing_before(tokens, frame.subject_at.0)
    {
        return unasked;
    }
    let plainly = frame.verb.is_some_and(|v| !NEUTRAL.contains(&v.base.as_str()));
    plainly
        || unasked
        || tokens.iter().any(|t| {
            t.one_of(&[
                "still",
                "nothing",
                "late",
                "early",
                "again",
                "twice",
                "wrong",
                "broken",
                "crash",
                "alone",
                "had",
                "known",
                "instead",
                "behind",
                "unfinished",
                "incomplete",
                "outdated",
                "missing",
                "three",
                "but",
                "took",
            ]) || t.is(tag::NEG | tag::HARM)
        })
        || frame.verb.is_some_and(|v| v.base == "make") && rest.first().is_some_and(|t| t.is(tag::OBJPRON))
}

/// "you changed the colours, they look better now"; but "it was better before" is a complaint.
fn improved(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|t| t.one_of(&["better", "nicer", "clearer", "faster", "smoother", "easier", "cleaner"]))
        && !tokens.iter().any(|t| t.is(tag::NEG) || t.one_of(&["before", "than", "was", "were", "but", "should", "if"]))
}

/// "the clients say they have not paid": `they` are not the other team.
fn thing_before(tokens: &[Token<'_>], at: usize) -> bool {
    tokens[..at].iter().any(|t| {
        t.one_of(&[
            "customers",
            "customer",
            "clients",
            "client",
            "users",
            "user",
            "vendor",
            "patients",
            "patient",
            "tests",
            "supplier",
            "visitors",
            "candidates",
            "candidate",
            "suppliers",
            "builds",
            "logs",
            "tickets",
            "guests",
        ])
    })
}

fn insults(tokens: &[Token<'_>], frames: &[Frame], cool: &[(usize, usize, ())]) -> bool {
    (0..tokens.len()).any(|at| {
        let covered = cool.iter().any(|(from, to, ())| *from <= at && at < *to);
        !covered && (swears(&tokens[at]) || calls_names(tokens, at, frames) || judges(tokens, at, frames))
    })
}

fn swears(token: &Token<'_>) -> bool {
    if token.is(tag::PROFANE) {
        return !MILD.contains(&token.lower.as_ref()) || token.one_of(&["hell", "ass", "bs"]);
    }
    HARSH.contains(&token.lower.as_ref())
}

/// `you idiots`; but `the rats in the cellar` are rats unless somebody is said to be one.
fn calls_names(tokens: &[Token<'_>], at: usize, frames: &[Frame]) -> bool {
    let introduced =
        at == 0 || tokens[at - 1].is(tag::DET | tag::BADADJ | tag::PREP | tag::BE | tag::YOU | tag::INTENS);
    let literal = LITERAL.contains(&tokens[at].lower.as_ref());
    tokens[at].is(tag::INSULT)
        && introduced
        && (!literal || frames.iter().any(|f| f.subject == Subject::Them && f.linking))
}

/// A judgement said of the other side, or a harsh one of their work.
fn judges(tokens: &[Token<'_>], at: usize, frames: &[Frame]) -> bool {
    tokens[at].is(tag::JUDGE | tag::BADADJ)
        && frames.iter().filter(|f| f.linking && f.clause.start <= at && at < f.clause.end).any(|frame| {
            let subject = &tokens[frame.subject_at.0..frame.subject_at.1];
            let theirs = subject.iter().any(|t| t.one_of(&["your", "their"]));
            let work = subject.iter().any(|t| WORK.contains(&t.lower.as_ref()));
            let people = matches!(frame.subject, Subject::Them | Subject::Someone | Subject::Named);
            (theirs || people) && !frame.negated || work && DAMNING.contains(&tokens[at].lower.as_ref())
        })
}
