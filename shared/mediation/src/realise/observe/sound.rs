//! Whether a verb and what follows it can be turned round at all. What cannot is asked about instead.

use crate::lexicon::{Verb, tag};
use crate::parse::token::Token;

/// Verbs that take no object, or that link: "they look better" has no passive.
const NO_PASSIVE: &[&str] = &[
    "look",
    "seem",
    "appear",
    "feel",
    "sound",
    "stay",
    "remain",
    "become",
    "smell",
    "come",
    "go",
    "arrive",
    "happen",
    "sleep",
    "sit",
    "stand",
    "laugh",
    "complain",
    "agree",
    "wait",
    "talk",
    "listen",
    "exist",
    "vanish",
    "behave",
    "react",
    "respond",
    "reply",
    "belong",
    "depend",
    "fall",
    "die",
    "cry",
    "smile",
    "sigh",
    "shrug",
    "live",
    "care",
    "matter",
    "admit",
    "occur",
    "tend",
    "disappear",
    "whine",
    "barge",
    "wander",
    "stroll",
];

/// Adjectives, comparatives and adverbs that no table marks and that stand where an object would.
const DESCRIBES: &[&str] = &[
    "better",
    "worse",
    "faster",
    "slower",
    "nicer",
    "easier",
    "harder",
    "busy",
    "fine",
    "good",
    "great",
    "bad",
    "late",
    "early",
    "alone",
    "quiet",
    "silent",
    "mad",
    "angry",
    "surprised",
    "right",
    "wrong",
    "home",
    "away",
    "well",
    "badly",
    "twice",
    "dirty",
    "happy",
    "proud",
    "calm",
    "cold",
    "nervous",
    "clever",
    "smart",
    "stuck",
    "more",
    "less",
];

/// `turned`: the participle, with its particle if it has one.
pub(super) fn turns(verb: &Verb, turned: &str, object: &[Token<'_>]) -> bool {
    let bare = turned == verb.participle;
    if bare && NO_PASSIVE.contains(&verb.base.as_str()) {
        return false;
    }
    let Some((first, last)) = object.first().zip(object.last()) else { return false };
    let single = object.len() == 1;
    let describes = DESCRIBES.contains(&first.lower.as_ref()) && !object.iter().any(|t| t.is(tag::NOUN));
    // "keeps brushing against me": the second verb is no object.
    let doubled =
        first.is(tag::V_ING) && !first.is(tag::NOUN) && matches!(verb.base.as_str(), "keep" | "stop" | "start");
    // "the room when I come in": a phrase may not swallow a clause.
    let swallowed = object.iter().any(|t| t.is(tag::SUBORD) && !t.is(tag::DET | tag::NOUN | tag::WH | tag::PREP))
        && object.iter().any(|t| t.one_of(&["i", "we", "he", "she", "they"]));
    let adverb = single && last.is(tag::ADV) && !last.is(tag::NOUN | tag::DET | tag::OBJPRON | tag::FIXED);
    !(describes || doubled || swallowed || adverb)
}

/// What can be left unanswered; everything else is overlooked.
pub(super) const ANSWERABLE: &[&str] = &[
    "email",
    "emails",
    "message",
    "messages",
    "comment",
    "comments",
    "request",
    "requests",
    "question",
    "questions",
    "ticket",
    "tickets",
    "call",
    "calls",
    "ping",
    "pings",
    "invitation",
    "mail",
    "mails",
    "feedback",
    "alert",
    "alerts",
    "report",
];
