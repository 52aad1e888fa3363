//! What is asked for: said outright, turned round from what was not done, or offered because it fits the topic.

use super::observe::Observation;
use super::phrase::{Voice, write};
use crate::Request;
use crate::lexicon::topics::{Offer, Topic};
use crate::lexicon::{self, DEMANDS, tag};
use crate::parse::frame::{Frame, Subject, Tense};
use crate::parse::token::Token;

/// A request with several ways to ask it, longest first.
pub(crate) struct Asked {
    pub(crate) say: Vec<String>,
    pub(crate) request: Request,
    /// The sender said it, or nearly so.
    pub(crate) explicit: bool,
    /// Which tokens it covers, when explicit.
    pub(crate) covers: (usize, usize),
}

/// A demand in this clause, as a request.
pub(crate) fn demand(tokens: &[Token<'_>], frame: &Frame) -> Option<Asked> {
    let (verb, negated) = demanded(tokens, frame)?;
    let mut end = frame.clause.end;
    while end > verb + 1
        && (tokens[end - 1].one_of(&[
            "now",
            "already",
            "immediately",
            "asap",
            "please",
            "ok",
            "okay",
            "right",
            "again",
            "finally",
            "today?",
        ]) && !(tokens[end - 1].word("again") && negated))
    {
        end -= 1;
    }
    if let Some(or) = (verb + 1..end).find(|at| {
        tokens[*at].word("or") && tokens.get(at + 1).is_some_and(|t| t.is(tag::ME | tag::WE) || t.word("else"))
    }) {
        end = or;
    }
    let words = &tokens[verb..end];
    let first = words.first()?;
    let base = first.info.verb().map_or(first.lower.as_ref(), |v| v.base.as_str());
    if words.len() < 2 || words.iter().any(|t| t.is(tag::INSULT | tag::JUDGE | tag::PROFANE)) || rude(base, words) {
        return None;
    }
    let rest = write(&words[1..], Voice::Request);
    if rest.is_empty() {
        return None;
    }
    let (what, say) = if negated {
        (format!("not to {base} {rest}"), vec![format!("Could we agree not to {base} {rest}?")])
    } else {
        let phrase = format!("{base} {rest}");
        let say = vec![format!("I'd be grateful if you could {phrase}."), format!("Could you {phrase}?")];
        (phrase, say)
    };
    let by_when = deadline(words);
    let what = by_when.as_ref().map_or_else(|| what.clone(), |when| strip_deadline(&what, when));
    Some(Asked {
        say,
        request: Request { what, by_when },
        explicit: true,
        covers: (frame.clause.start, frame.clause.end),
    })
}

fn rude(base: &str, words: &[Token<'_>]) -> bool {
    matches!(
        base,
        "grow"
            | "shut"
            | "wake"
            | "learn"
            | "be"
            | "care"
            | "know"
            | "think"
            | "try"
            | "quit"
            | "look"
            | "listen"
            | "hurry"
            | "mind"
            | "screw"
            | "hear"
            | "have"
            | "believe"
            | "feel"
            | "kill"
            | "see"
            | "like"
            | "love"
            | "guess"
            | "hate"
            | "mean"
            | "seem"
            | "act"
    ) && !(matches!(base, "listen" | "look" | "try" | "have")
        && words.get(1).is_some_and(|t| t.one_of(&["to", "at", "it", "into"])))
        || (base == "get" && words.get(1).is_some_and(|t| t.one_of(&["a", "over", "lost", "real", "out", "your"])))
        || (base == "go" && words.len() < 3)
        || (base == "do" && words.get(1).is_some_and(|t| t.one_of(&["your", "something", "better", "n't"])))
}

/// Where the demanded verb is, and whether the demand is not to.
fn demanded(tokens: &[Token<'_>], frame: &Frame) -> Option<(usize, bool)> {
    let (start, end) = (frame.clause.start, frame.clause.end);
    let find = |words: &[&str]| phrase_at(tokens, start, end, words);
    for (phrase, negated) in DEMANDS {
        let words: Vec<&str> = phrase.split(' ').collect();
        let negated = *negated;
        let Some(mut at) = find(&words) else { continue };
        let opens = matches!(words[0], "never" | "stop" | "quit" | "do" | "will" | "would" | "can" | "could" | "ca")
            && words.len() <= 3;
        if opens
            && !tokens[start..at - words.len()]
                .iter()
                .all(|t| t.is(tag::INTENS | tag::INTERJ | tag::CONJ | tag::EMOJI) || t.one_of(&["please", "just"]))
        {
            continue;
        }
        while at < end
            && tokens[at].one_of(&[
                "just", "please", "even", "ever", "finally", "all", "guys", "people", "at", "least", "try", "to",
                "also", "at", "once", "least", "maybe", "kindly", "fucking", "actually", "start", "stop", "not", "n't",
                "bother", "simply", "at", "just",
            ])
        {
            at += 1;
        }
        let stops = tokens[at.saturating_sub(1)].word("stop")
            || tokens[at.saturating_sub(1)].word("not")
            || tokens[at.saturating_sub(1)].word("n't") && !negated && *phrase != "if you do n't";
        if tokens.get(at).is_some_and(|t| at < end && t.is(tag::V_BASE | tag::V_ING) || t.info.tags & !tag::COMMON == 0)
        {
            return Some((at, negated || stops && !words.contains(&"n't")));
        }
    }
    let first = frame.group;
    let command = frame.subject == Subject::None
        && !frame.clause.shares_subject
        && frame.tense == Tense::Present
        && first < end
        && tokens[first].is(tag::V_BASE)
        && !tokens[first].is(tag::AUX & !tag::DO)
        && !tokens[first].is(tag::PREP)
        && (!tokens[first].is(tag::INTERJ) || tokens[first].info.verb().is_some())
        && tokens.get(first + 1).is_some_and(|t| {
            first + 1 < end
                && t.is(tag::DET
                    | tag::POSS
                    | tag::OBJPRON
                    | tag::IT
                    | tag::NOUN
                    | tag::PREP
                    | tag::FIXED
                    | tag::NAME
                    | tag::TEAM
                    | tag::WH
                    | tag::SOMEONE)
        });
    let polite_start = tokens[start..first.min(end)]
        .iter()
        .all(|t| t.is(tag::INTENS | tag::INTERJ | tag::CONJ | tag::ADV | tag::EMOJI | tag::POLITE));
    (command && polite_start).then_some((first, false))
}

/// Where the words just after this phrase are.
fn phrase_at(tokens: &[Token<'_>], start: usize, end: usize, words: &[&str]) -> Option<usize> {
    (start..end.saturating_sub(words.len()).max(start))
        .find(|at| words.iter().enumerate().all(|(i, word)| tokens[at + i].word(word)))
        .map(|at| at + words.len())
}

/// "by Friday", "before 5pm", "tomorrow".
pub(crate) fn deadline(words: &[Token<'_>]) -> Option<String> {
    for (at, token) in words.iter().enumerate() {
        let after = words.get(at + 1)?;
        if token.one_of(&["by", "before", "until", "till", "on"])
            && (after.is(tag::TIME | tag::NUM | tag::FIXED)
                || after.one_of(&["end", "the", "close", "next", "this", "lunch"]))
        {
            let tail = words[at + 1..]
                .iter()
                .take_while(|t| {
                    t.is(tag::TIME | tag::NUM | tag::FIXED | tag::UNIT | tag::DET)
                        || t.one_of(&["end", "of", "close", "next", "at", "business", "lunch"])
                })
                .count();
            let time = words[at + 1..=at + tail]
                .iter()
                .any(|t| t.is(tag::TIME | tag::NUM | tag::UNIT | tag::FIXED) || t.one_of(&["end", "close", "lunch"]));
            if tail > 0 && time {
                return Some(write(&words[at + 1..=at + tail], Voice::Request));
            }
        }
        if after.one_of(&["today", "tomorrow", "tonight", "eod", "eow"]) {
            return Some(after.text.to_owned());
        }
    }
    None
}

fn strip_deadline(what: &str, when: &str) -> String {
    for joint in [" by ", " before ", " until ", " till ", " on ", " "] {
        let ending = format!("{joint}{when}");
        if let Some(short) = what.strip_suffix(&ending) {
            return short.to_owned();
        }
    }
    what.to_owned()
}

/// What was not done, asked for.
pub(crate) fn wanted(seen: &Observation) -> Option<Asked> {
    let wanted = seen.wanted.as_ref()?;
    if wanted.object.split(' ').count() > 8 {
        return None;
    }
    let pronoun = if wanted.many { "them" } else { "it" };
    let verb = lexicon::verb(wanted.verb)?;
    let plain = verb.participle == wanted.participle;
    let (say, what) = if wanted.often || !plain {
        let what = format!("find a way to get {} {}", wanted.object, wanted.participle);
        (vec![format!("Could we find a way to get {pronoun} {}?", wanted.participle)], what)
    } else {
        (
            vec![
                format!("Could someone on your side {} {pronoun}?", verb.base),
                format!("Could you {} {pronoun}?", verb.base),
            ],
            format!("{} {}", verb.base, wanted.object),
        )
    };
    Some(Asked { say, request: Request { what, by_when: None }, explicit: false, covers: (0, 0) })
}

/// Offers that fit the topic: the one whose turn it is, then the shortest.
pub(crate) fn offered(topic: &Topic, seed: usize) -> Vec<Asked> {
    let offers: &[Offer] = topic.offers;
    let pick = offers.get(seed % offers.len());
    let shortest = offers.iter().min_by_key(|offer| offer.say.len());
    pick.into_iter()
        .chain(shortest)
        .map(|offer| Asked {
            say: vec![offer.say.to_owned()],
            request: Request { what: offer.what.to_owned(), by_when: None },
            explicit: false,
            covers: (0, 0),
        })
        .collect()
}
