//! Who did what to what, how often, and whether they did it at all: one clause, taken apart just far enough to be said
//! from the other end.

mod carrier;
mod group;
mod subject;

use super::clause::Clause;
use super::token::Token;
use crate::lexicon::{Verb, tag};

use carrier::unwrap_carrier;
use group::Group;
use subject::{find_inverted, find_verb, read_subject, shared_verb, skippable, subject_end};

/// Who a clause is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    I,
    We,
    /// The other side: you, they, your team.
    Them,
    /// One person without a name, or somebody.
    Someone,
    /// Somebody with a name, or a team by its name: who is a fact.
    Named,
    /// A thing, or `it`, `this`, `there`.
    Thing,
    /// None: a command or a fragment.
    None,
}

/// When, as far as wording needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tense {
    Present,
    Past,
    Perfect,
    Progressive,
    PastProgressive,
    Keeps,
    Will,
    Cannot,
    Would,
    /// `should have done`.
    Missed,
}

/// How often it is said to happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Often {
    Unsaid,
    Never,
    Always,
    Sometimes,
}

/// One clause taken apart. Positions are indices into the tokens it was parsed from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) clause: Clause,
    pub(crate) subject: Subject,
    pub(crate) subject_at: (usize, usize),
    pub(crate) tense: Tense,
    pub(crate) negated: bool,
    pub(crate) often: Often,
    pub(crate) verb: Option<&'static Verb>,
    /// The verb is a form of `be` that links, or the clause is already passive.
    pub(crate) linking: bool,
    /// Where the verb group starts; the main verb; what follows it.
    pub(crate) group: usize,
    pub(crate) rest: usize,
    pub(crate) question: bool,
    /// The subject said nobody did it.
    pub(crate) nobody: bool,
}

/// Takes a clause apart. A clause with no verb has none.
pub(crate) fn parse(tokens: &[Token<'_>], clause: Clause, earlier: Option<&Frame>) -> Frame {
    let mut start = clause.start;
    while start + 1 < clause.end && skippable(tokens, start) {
        start += 1;
    }
    let mut frame = Frame {
        clause,
        subject: Subject::None,
        subject_at: (start, start),
        tense: Tense::Present,
        negated: false,
        often: Often::Unsaid,
        verb: None,
        linking: false,
        group: start,
        rest: clause.end,
        question: clause.close == '?',
        nobody: false,
    };
    let inverted = find_inverted(tokens, start, clause.end);
    if let Some((aux, subject)) = inverted {
        frame.question = true;
        frame.group = aux;
        let end = subject_end(tokens, subject, clause.end);
        read_subject(&mut frame, tokens, subject, end);
        let mut group = Group::inverted(aux);
        group.note(&mut frame, tokens, aux);
        if tokens.get(aux + 1).is_some_and(|t| t.is(tag::NEG)) && aux + 1 < subject {
            frame.negated = true;
        }
        group.read(&mut frame, tokens, end);
        // "do you ever read it" says that it is not read.
        let rhetorical =
            !tokens[start].is(tag::WH) && frame.subject == Subject::Them && frame.verb.is_some() && !frame.linking;
        if rhetorical
            && tokens[end.min(clause.end)..frame.rest.max(end).min(clause.end)]
                .iter()
                .any(|t| t.one_of(&["ever", "even"]))
        {
            frame.negated = true;
        }
    } else if let Some(verb) = shared_verb(tokens, start, clause).or_else(|| find_verb(tokens, start, clause.end)) {
        frame.group = verb;
        read_subject(&mut frame, tokens, start, verb);
        if verb == start
            && clause.shares_subject
            && let Some(earlier) = earlier
        {
            frame.subject = earlier.subject;
            frame.subject_at = earlier.subject_at;
            frame.nobody = earlier.nobody;
        }
        Group::default().read(&mut frame, tokens, verb);
    }
    // "if you had read it": it was not read.
    if tokens[clause.start].word("if")
        && frame.subject == Subject::Them
        && frame.tense == Tense::Past
        && frame.verb.is_some()
        && tokens[frame.group].word("had")
    {
        frame.negated = !frame.negated;
    }
    for _ in 0..3 {
        if !unwrap_carrier(&mut frame, tokens) {
            break;
        }
    }
    frame
}
