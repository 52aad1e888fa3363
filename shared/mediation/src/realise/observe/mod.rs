//! What happened, said without an accused: `you broke the build on Tuesday` becomes `the build was broken on Tuesday`.

mod arguments;
mod fragment;
mod sound;
mod tail;
mod turned;

use super::phrase::{Voice, write};
use crate::lexicon::tag;
use crate::parse::clause::Clause;
use crate::parse::frame::{Frame, Often, Subject, Tense};
use crate::parse::token::Token;

pub(crate) use fragment::continued;
use fragment::fragment;
use tail::{inner_clause, tail_text, tidy_tail, turned_inner};
use turned::turn_round;

/// Something that happened, in the receiver's terms.
#[derive(Clone)]
pub(crate) struct Observation {
    /// Starts in lower case (unless with a name), no full stop.
    pub(crate) text: String,
    /// A generalisation: to be said as how it looks from here.
    pub(crate) attributed: bool,
    /// A judgement's subject rather than an event: only used when there is nothing better.
    pub(crate) weak: bool,
    /// What was not done, and can be asked for: `review my PR`.
    pub(crate) wanted: Option<Wanted>,
    pub(crate) because: bool,
    pub(crate) clause: Clause,
}

impl Observation {
    /// Whether it says that something is not, or was not done.
    pub(crate) fn negates(&self) -> bool {
        !self.weak
            && self.text.split([' ', ',']).any(|word| {
                matches!(word, "not" | "no" | "nothing" | "without" | "none" | "cannot") || word.ends_with("n't")
            })
    }
}

/// A verb that was not done to an object.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) verb: &'static str,
    pub(crate) object: String,
    pub(crate) many: bool,
    pub(crate) often: bool,
    pub(crate) participle: String,
}

/// Turns one frame round. `None` when it tells of nothing that can be said this way.
pub(crate) fn observe(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let opening = &tokens[frame.clause.start];
    let hanging = opening.one_of(&[
        "when",
        "since",
        "while",
        "although",
        "unless",
        "until",
        "once",
        "as",
        "however",
        "whereas",
        "though",
        "which",
        "maybe",
        "either",
        "especially",
        "in",
        "made",
        "other",
    ]) || opening.one_of(&["what", "which", "how"]) && frame.clause.end > frame.clause.start + 2;
    // "every time we ask": half a sentence, unless the other half is there.
    let clause = &tokens[frame.clause.start..frame.clause.end];
    let verbs = clause
        .windows(2)
        .filter(|pair| {
            pair[1].is(tag::AUX)
                || pair[1].is(tag::FINITE) && (pair[0].is(tag::PERSON) || !pair[1].is(tag::NOUN | tag::PREP))
        })
        .count();
    let half = opening.one_of(&["every", "each"]) && clause.get(1).is_some_and(|t| t.word("time")) && verbs < 2;
    if hanging || half {
        return None;
    }
    let mut seen = match frame.subject {
        Subject::I | Subject::We | Subject::Thing => stay_active(tokens, frame),
        Subject::None => fragment(tokens, frame),
        _ => turn_round(tokens, frame),
    }?;
    seen.because = frame.clause.because;
    (!seen.text.is_empty()).then_some(seen)
}

fn plain(frame: &Frame, text: String) -> Observation {
    let attributed = matches!(frame.often, Often::Never | Often::Always)
        || (frame.subject == Subject::Them && frame.tense == Tense::Keeps);
    Observation { text, attributed, weak: false, wanted: None, because: false, clause: frame.clause }
}

fn append(text: &mut String, more: &str) {
    if !more.is_empty() {
        if !more.starts_with(',') {
            text.push(' ');
        }
        text.push_str(more);
    }
}

/// A clause about me, us or a thing stays as it is, with the sting out.
fn stay_active(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    frame.verb?;
    let (start, end) = (frame.subject_at.0, frame.clause.end);
    let words = &tokens[start..end];
    // A curse in the place of a noun: without it the sentence falls apart.
    if words.iter().any(|t| t.is(tag::INSULT) || t.is(tag::PROFANE) && !t.is(tag::BADADJ)) {
        return None;
    }
    if let Some(at) = judgement(tokens, frame) {
        return weak_judgement(tokens, frame, at);
    }
    if frame.group < frame.clause.start || start < frame.clause.start {
        return Some(shared_subject(tokens, frame));
    }
    if words.len() < 2 || (frame.rest >= end && words.len() < 3 && frame.subject != Subject::Thing) {
        return None;
    }
    if tokens[start].word("if") || frame.clause.start < start && tokens[frame.clause.start].word("if") {
        return None;
    }
    if frame.question && tokens[frame.clause.start].word("where") {
        let relative = (frame.subject_at.0 + 1..end).find(|at| tokens[*at].is(tag::YOU | tag::THEY));
        let mut text =
            format!("I am still waiting for {}", write(&tokens[start..relative.unwrap_or(end)], Voice::Observation));
        if let Some(at) = relative {
            append(&mut text, &write(&tokens[at + 1..end], Voice::Observation));
        }
        return Some(plain(frame, text));
    }
    let inner = inner_clause(tokens, start + 1, end);
    let body_end = inner.unwrap_or(end);
    let mut text =
        if frame.question { uninverted(tokens, frame, body_end) } else { tidy_tail(tokens, start, body_end) };
    if let Some(at) = inner {
        match turned_inner(tokens, at, end) {
            Some(turned) => append(&mut text, &turned),
            None if tokens[at..end].iter().any(|t| t.is(tag::FIXED | tag::NAME | tag::TIME | tag::NUM)) => return None,
            None if tokens[at].one_of(&["that", "what", "how", "who", "where", "why"]) => return None,
            None => {}
        }
    }
    let vague = frame.subject == Subject::Thing
        && tokens[start].is(tag::IT)
        && frame.linking
        && !(frame.negated && words.len() <= 3)
        && !words.iter().any(|t| t.is(tag::FIXED | tag::NUM | tag::TIME | tag::NAME | tag::NOUN));
    let mut seen = plain(frame, text);
    seen.weak = vague;
    Some(seen)
}

/// `why is the build always broken` as a statement.
fn uninverted(tokens: &[Token<'_>], frame: &Frame, end: usize) -> String {
    let (from, to) = frame.subject_at;
    if frame.group >= from {
        return tidy_tail(tokens, from, end);
    }
    let aux = &tokens[frame.group];
    let mut text = write(&tokens[from..to], Voice::Observation);
    let negated = frame.negated && tokens[frame.group + 1].one_of(&["n't", "not"]);
    if aux.is(tag::DO)
        && !negated
        && let Some(verb) = frame.verb
    {
        let past = aux.word("did");
        let form = if past {
            &verb.past
        } else if aux.word("does") {
            &verb.s
        } else {
            &verb.base
        };
        append(&mut text, form);
        append(&mut text, &tidy_tail(tokens, frame.rest, end));
        return text;
    }
    append(&mut text, &aux.lower);
    if negated {
        append(&mut text, "not");
    }
    append(&mut text, &tidy_tail(tokens, to, end));
    text
}

/// `I was paged and had to fix it`: the second half, with the subject of the first.
fn shared_subject(tokens: &[Token<'_>], frame: &Frame) -> Observation {
    let (from, to) = frame.subject_at;
    let mut text = write(&tokens[from..to], Voice::Observation);
    append(&mut text, &tail_text(tokens, frame.group.max(frame.clause.start), frame.clause.end));
    plain(frame, text)
}

/// Where the predicate judges, if it does.
fn judgement(tokens: &[Token<'_>], frame: &Frame) -> Option<usize> {
    let from = if frame.linking { frame.rest } else { return None };
    let mut at = from;
    while at < frame.clause.end && tokens[at].is(tag::ADV | tag::INTENS | tag::DET | tag::FREQ | tag::ALWAYS | tag::NEG)
        || tokens.get(at).is_some_and(|t| {
            at < frame.clause.end && t.one_of(&["so", "such", "too", "pretty", "more", "like", "kind", "sort", "of"])
        })
    {
        at += 1;
    }
    (at < frame.clause.end
        && tokens[at].is(tag::BADADJ | tag::JUDGE | tag::PROFANE)
        && !tokens[at].one_of(&["slow", "wrong", "impossible", "broken", "bad"])
        && !tokens[from..at].iter().any(|t| t.is(tag::NEG)))
    .then_some(at)
}

/// `the handoff was garbage`: nothing that happened, but something to talk about.
fn weak_judgement(tokens: &[Token<'_>], frame: &Frame, at: usize) -> Option<Observation> {
    let (from, to) = frame.subject_at;
    let words = tokens.get(from..to)?;
    let concrete = words.iter().any(|t| t.is(tag::NOUN | tag::FIXED | tag::NAME))
        && !(words.len() <= 2
            && words[0].one_of(&["your", "their"])
            && words.last().is_some_and(|t| {
                t.one_of(&["code", "work", "team", "attitude", "service", "stuff", "job", "process", "side", "people"])
            }));
    if !concrete || words.iter().any(|t| t.is(tag::IT | tag::JUDGE) && !t.is(tag::DET)) {
        return None;
    }
    let mut text = format!("I have concerns about {}", write(words, Voice::Observation));
    let rest: Vec<_> = tokens[at + 1..frame.clause.end]
        .iter()
        .skip_while(|t| !t.is(tag::PREP | tag::TIME | tag::SUBORD))
        .cloned()
        .collect();
    append(&mut text, &write(&rest, Voice::Observation));
    let mut seen = plain(frame, text);
    seen.weak = true;
    seen.attributed = false;
    Some(seen)
}
