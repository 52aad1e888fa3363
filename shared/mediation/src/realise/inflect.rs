//! Verb groups for a new subject: what `they never answer` becomes when the subject is `my emails`.

use crate::lexicon::{Verb, tag};
use crate::parse::frame::{Often, Tense};
use crate::parse::token::Token;

/// Grammatical number of a subject, as English needs it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    I,
    One,
    Many,
}

impl Number {
    fn of(self, i: &'static str, one: &'static str, many: &'static str) -> &'static str {
        match self {
            Self::I => i,
            Self::One => one,
            Self::Many => many,
        }
    }
}

/// What a verb group has to say besides the verb.
#[derive(Clone, Copy)]
pub(crate) struct Sense {
    pub(crate) tense: Tense,
    pub(crate) negated: bool,
    pub(crate) often: Often,
}

/// `was not reviewed`, `often do not get answered`, `keeps getting broken`.
pub(crate) fn passive(participle: &str, number: Number, sense: Sense) -> String {
    let not = if sense.negated { "not " } else { "" };
    let is = number.of("am", "is", "are");
    let was = number.of("was", "was", "were");
    let has = number.of("have", "has", "have");
    let often = if sense.often == Often::Unsaid { "" } else { "often " };
    match sense.tense {
        Tense::Past | Tense::Cannot if sense.often == Often::Always => format!("{was} often {not}{participle}"),
        Tense::Past => format!("{was} {not}{participle}"),
        Tense::Perfect => format!("{has} {not}been {participle}"),
        Tense::Progressive => format!("{is} {often}{not}being {participle}"),
        Tense::PastProgressive => format!("{was} {not}being {participle}"),
        Tense::Keeps => format!("{} getting {participle}", number.of("keep", "keeps", "keep")),
        Tense::Will if sense.negated => format!("{is} not getting {participle}"),
        Tense::Will => format!("{is} going to be {participle}"),
        Tense::Would => format!("would {not}be {participle}"),
        Tense::Missed => format!("could have been {participle}"),
        Tense::Present | Tense::Cannot => {
            let does = number.of("do", "does", "do");
            if sense.negated {
                format!("{often}{does} not get {participle}")
            } else {
                format!("{often}{} {participle}", number.of("get", "gets", "get"))
            }
        }
    }
}

/// The same for a verb that stays active: `deliveries often do not come`.
pub(crate) fn active(verb: &Verb, number: Number, sense: Sense) -> String {
    let often = if sense.often == Often::Unsaid { "" } else { "often " };
    let is = number.of("am", "is", "are");
    let has = number.of("have", "has", "have");
    let does = number.of("do", "does", "do");
    let plain = if number == Number::One { &verb.s } else { &verb.base };
    match (sense.tense, sense.negated) {
        (Tense::Past | Tense::PastProgressive, true) => format!("did not {}", verb.base),
        (Tense::Past | Tense::PastProgressive, false) => verb.past.clone(),
        (Tense::Perfect, negated) => format!("{has} {}{}", if negated { "not " } else { "" }, verb.participle),
        (Tense::Progressive, negated) => format!("{is} {}{}", if negated { "not " } else { "" }, verb.ing),
        (Tense::Keeps, _) => format!("{} {}", number.of("keep", "keeps", "keep"), verb.ing),
        (Tense::Would | Tense::Missed, negated) => format!("would {}{}", if negated { "not " } else { "" }, verb.base),
        (_, true) => format!("{often}{does} not {}", verb.base),
        (_, false) => format!("{often}{plain}"),
    }
}

/// Words that end in `s` and are one thing.
const SINGULAR_S: &[&str] = &[
    "access",
    "process",
    "status",
    "analysis",
    "news",
    "css",
    "dns",
    "aws",
    "address",
    "class",
    "business",
    "progress",
    "express",
    "bus",
    "series",
    "sales",
    "ops",
    "devops",
    "https",
    "js",
    "kubernetes",
    "basis",
    "this",
    "virus",
    "jenkins",
];

/// Whether a noun phrase takes `are`.
pub(crate) fn number(words: &[Token<'_>]) -> Number {
    let Some(first) = words.first() else { return Number::One };
    if first.one_of(&["i", "me"]) && words.len() == 1 {
        return Number::I;
    }
    if first.one_of(&[
        "we", "us", "they", "them", "you", "these", "those", "several", "few", "many", "both", "most", "two", "our",
        "all",
    ]) && words.len() == 1
    {
        return Number::Many;
    }
    if words.iter().any(|t| t.word("and")) || first.one_of(&["these", "those", "several", "few", "many", "both"]) {
        return Number::Many;
    }
    let partial = first.one_of(&["half", "most", "some", "all", "lots", "plenty"])
        || words.iter().take(3).any(|t| t.one_of(&["lot", "bunch", "couple", "dozen"]));
    let stop = if partial {
        None
    } else {
        words.iter().skip(1).position(|t| t.is(tag::PREP | tag::WH | tag::SUBORD | tag::PERSON) && !t.word("one"))
    };
    let head = stop.map_or(words.last(), |at| words.get(at)).unwrap_or(first);
    let plural = head.lower.ends_with('s')
        && !head.lower.ends_with("ss")
        && !head.lower.ends_with("us")
        && !head.is(tag::NAME)
        && !(head.is(tag::SHOUT) && !head.is(tag::NOUN))
        && !SINGULAR_S.contains(&head.lower.as_ref());
    if plural || head.one_of(&["people", "criteria", "children", "folks", "guys"]) { Number::Many } else { Number::One }
}
