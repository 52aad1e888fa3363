//! What to do with a text, and what a message about it would have to say.

pub(crate) mod topic;

use crate::lexicon::tag;
use crate::lexicon::topics::{FEELINGS, Topic};
use crate::parse::clause::{self, Clause};
use crate::parse::facts;
use crate::parse::frame::{self, Frame, Subject};
use crate::parse::token::Token;
use crate::realise::ask::{self, Asked};
use crate::realise::observe::{self, Observation};
use crate::realise::phrase;

/// A text read: its clauses and who does what in them.
pub(crate) fn read(tokens: &[Token<'_>]) -> Vec<Frame> {
    let clauses: Vec<Clause> = clause::split(tokens);
    let mut frames: Vec<Frame> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let earlier = frames.last().copied();
        frames.push(frame::parse(tokens, clause, earlier.as_ref()));
    }
    frames
}

/// Everything a reframing is made of.
pub(crate) struct Brief {
    pub(crate) topic: &'static Topic,
    pub(crate) seen: Vec<Observation>,
    /// Said by the sender, if anything was.
    pub(crate) asked: Option<Asked>,
    /// A feeling the sender named.
    pub(crate) feeling: Option<&'static str>,
    /// What must be in the message, in lower case.
    pub(crate) facts: Vec<String>,
    /// Different texts are worded differently, the same text always the same.
    pub(crate) seed: usize,
}

/// Collects what there is to say.
pub(crate) fn brief(tokens: &[Token<'_>], frames: &[Frame]) -> Brief {
    let mut asked: Option<Asked> = None;
    let mut seen: Vec<Observation> = Vec::new();
    let mut last_thing = String::new();
    for frame in frames {
        let (from, to) = frame.subject_at;
        if frame.subject == Subject::Thing && tokens[from..to].iter().any(|t| t.is(tag::NOUN | tag::FIXED)) {
            last_thing = phrase::write(&tokens[from..to], phrase::Voice::Observation);
        }
        if asked.is_none()
            && let Some(demand) = ask::demand(tokens, frame)
        {
            asked = Some(demand);
            continue;
        }
        if ultimatum(tokens, frame) {
            continue;
        }
        if names_feeling(tokens, frame).is_some() && matches!(frame.subject, Subject::I | Subject::None) {
            if let Some(kept) = after_feeling(tokens, frame) {
                seen.push(kept);
            }
            continue;
        }
        if let Some(mut observation) = observe::observe(tokens, frame) {
            // "your PR is a mess, it has no tests": the first half goes, so `it` needs its name.
            if let Some(rest) =
                observation.text.strip_prefix("it ").filter(|_| !last_thing.is_empty() && seen.iter().all(|s| s.weak))
            {
                observation.text = format!("{last_thing} {rest}");
            }
            seen.push(observation);
        }
    }
    let strong = seen.iter().any(|s| !s.weak);
    let needed: Vec<String> = facts::facts(tokens).map(str::to_owned).collect();
    if strong {
        let listed = seen.iter().any(|s| s.text.starts_with("there "));
        seen.retain(|s| {
            !s.weak
                || listed && s.text.starts_with("I have concerns")
                || facts::facts(&tokens[s.clause.start..s.clause.end]).next().is_some()
        });
    }
    let topic = topic::topic(tokens);
    // In 64 bits wherever it runs: a component is a 32-bit machine, and has to choose the words that every other host does.
    let variety = tokens.iter().fold(7_u64, |sum, t| {
        sum.wrapping_mul(31).wrapping_add(t.lower.len() as u64 + u64::from(t.lower.as_bytes()[0]))
    });
    let feeling = frames
        .iter()
        .find_map(|frame| names_feeling(tokens, frame).filter(|_| matches!(frame.subject, Subject::I | Subject::None)));
    Brief { topic, seen, asked, feeling, facts: needed, seed: seed(variety) }
}

/// Small enough for any machine, and still an even choice among up to sixteen.
fn seed(variety: u64) -> usize {
    /// The least number that all from 1 to 16 divide.
    const CHOICES: u64 = 720_720;
    (variety % CHOICES) as usize
}

/// "I'm going to your manager": pressure, not something that happened.
fn ultimatum(tokens: &[Token<'_>], frame: &Frame) -> bool {
    let words = &tokens[frame.clause.start..frame.clause.end];
    let ahead = words
        .iter()
        .any(|t| t.one_of(&["going", "'ll", "will", "escalating", "escalate", "gonna", "quit", "quitting"]));
    matches!(frame.subject, Subject::I | Subject::We)
        && ahead
        && words.iter().any(|t| {
            t.one_of(&[
                "manager",
                "director",
                "boss",
                "hr",
                "vp",
                "ceo",
                "cto",
                "quit",
                "quitting",
                "escalating",
                "escalate",
                "leadership",
            ])
        })
}

/// The feeling a clause names: `I'm furious`, `sick of …`.
pub(crate) fn names_feeling(tokens: &[Token<'_>], frame: &Frame) -> Option<&'static str> {
    let clause = &tokens[frame.clause.start..frame.clause.end];
    let linked = frame.linking || frame.verb.is_some_and(|v| v.base == "feel") || frame.subject == Subject::None;
    let words = if frame.subject == Subject::None {
        &clause[..clause.len().min(3)]
    } else {
        &tokens[frame.rest.saturating_sub(1)..frame.clause.end.min(frame.rest + 3)]
    };
    words.iter().filter(|t| linked && t.is(tag::FEEL) || t.one_of(&["hate"]) && frame.subject == Subject::I).find_map(
        |t| {
            if t.word("hate") {
                return Some("frustrated");
            }
            let sick_of = !t.one_of(&["sick", "fed", "tired", "lost", "stuck", "mad"])
                || clause.iter().any(|t| t.one_of(&["of", "with", "at", "up"]));
            FEELINGS
                .iter()
                .find(|(word, _)| t.word(word) && sick_of)
                .map(|(word, feeling)| if matches!(*word, "tired") { "frustrated" } else { *feeling })
        },
    )
}

/// `sick of fixing your bugs`: the feeling goes one way, what was done the other.
fn after_feeling(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let end = frame.clause.end;
    let of = (frame.clause.start..end)
        .find(|at| tokens[*at].one_of(&["of", "with", "that", "by", "about", "because", "when"]))?;
    let next = tokens.get(of + 1).filter(|_| of + 1 < end)?;
    let clause = Clause { start: of + 1, ..frame.clause };
    if next.is(tag::V_ING) {
        let text = observe::continued(tokens, of + 1, end)?;
        return Some(Observation { text, attributed: false, weak: false, wanted: None, because: false, clause });
    }
    let inner = frame::parse(tokens, clause, None);
    if inner.verb.is_some() {
        return observe::observe(tokens, &inner);
    }
    None
}
