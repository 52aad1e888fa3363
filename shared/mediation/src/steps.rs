//! The order of things: first what must not be mediated, then what need not be, then what can be.

use crate::classify::language::{Language, language};
use crate::classify::{heat, noise, to_software};
use crate::lexicon::tag;
use crate::parse::frame::Frame;
use crate::parse::normalise::{is_clean, normalise};
use crate::parse::token::{Token, tokenize};
use crate::plan::{self, Brief};
use crate::realise::compose::{Failed, compose};
use crate::realise::phrase::{Voice, write};
use crate::realise::{ask, menu};
use crate::safety::{self, Verdict};
use crate::{MAX_CHARS, Mediation, Plan, Request};

/// The category of the question whether somebody is in danger.
pub(crate) const SAFETY_CHECK: &str = "safety-check";
const IS_ANYBODY_IN_DANGER: &str =
    "Is anybody being threatened, harmed or treated badly here? Then a person should help, not software.";

/// More words than anybody dictates to a Watch.
const MAX_WORDS: usize = 300;

/// What the sender has said about danger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing so far.
    Nothing,
    /// That nobody is in any: what only may be grave is not asked about again, what is grave stays so.
    NobodyInDanger,
}

pub(crate) fn mediate(text: &str, human: &str, told: Told) -> Mediation {
    let clean = normalise(text);
    let tokens = tokenize(&clean);
    if let Some(stopped) = gate(&tokens, &clean, human, told) {
        return stopped;
    }
    let frames = plan::read(&tokens);
    let heated = heat::is_heated(&tokens, &frames);
    if !heated && text.trim().chars().count() <= MAX_CHARS {
        return civil(text.trim(), &clean, &tokens);
    }
    let calm = noise::strip(&tokens);
    if calm.is_empty() {
        return question(&tokens, false);
    }
    let frames = plan::read(&calm);
    let brief = plan::brief(&calm, &frames);
    match compose(&brief, &tokens) {
        Ok(composed) => {
            let mut mediation = Mediation::deliverable(Plan::Reframe, brief.topic.name, composed.message);
            mediation.menu = menu::menu(brief.topic, &composed.request, composed.explicit);
            mediation.request = Some(composed.request);
            describe(&mut mediation, &brief);
            mediation
        }
        Err(Failed::NothingSeen) => question(&tokens, false),
        Err(Failed::TooMuch) => question(&tokens, clean.chars().count() > MAX_CHARS),
    }
}

pub(crate) fn answer(text: &str, human: &str) -> Mediation {
    let clean = normalise(text);
    let tokens = tokenize(&clean);
    let short = tokens.len() <= 12 && !tokens.is_empty() && text.trim().chars().count() <= MAX_CHARS;
    if short
        && safety::judge(&tokens, Language::English) == Verdict::Calm
        && to_software::addressed(&tokens).is_none()
        && language(&tokens, &clean) == Language::English
    {
        let frames = plan::read(&tokens);
        if !heat::is_heated(&tokens, &frames) {
            return civil(text.trim(), &clean, &tokens);
        }
    }
    mediate(text, human, Told::Nothing)
}

/// The human, for a text whose sender said that somebody is in danger.
pub(crate) fn turn_to_person(text: &str, human: &str) -> Mediation {
    let clean = normalise(text);
    let category = match safety::judge(&tokenize(&clean), Language::English) {
        Verdict::Grave(category) | Verdict::Unsure(category) => category,
        Verdict::Calm => "said-so",
    };
    Mediation::quiet(Plan::Escalate, category, escalation(category, human))
}

/// What is never mediated, gravest first.
fn gate(tokens: &[Token<'_>], clean: &str, human: &str, told: Told) -> Option<Mediation> {
    let language = language(tokens, clean);
    let verdict = safety::judge(tokens, language);
    if let Verdict::Grave(category) = verdict {
        return Some(Mediation::quiet(Plan::Escalate, category, escalation(category, human)));
    }
    if tokens.is_empty() || !clean.chars().any(char::is_alphanumeric) && !tokens.iter().any(|t| t.is(tag::EMOJI)) {
        return Some(Mediation::quiet(
            Plan::Decline,
            "empty",
            "I did not catch any words. Could you say it once more?",
        ));
    }
    let declined = |category, say: &str| Some(Mediation::quiet(Plan::Decline, category, say));
    if tokens.len() > MAX_WORDS {
        return declined(
            "too-long",
            "That is more than I can pass on at once. Could you say the most important part in a sentence?",
        );
    }
    match language {
        Language::Other => {
            return declined("not-english", "I can only mediate in English so far. Could you say it in English?");
        }
        Language::Unreadable => {
            return declined("unreadable", "I could not make out any words. Could you say it once more?");
        }
        Language::English => {}
    }
    if matches!(verdict, Verdict::Unsure(_)) && told == Told::Nothing {
        return Some(Mediation::quiet(Plan::Ask, SAFETY_CHECK, IS_ANYBODY_IN_DANGER));
    }
    match to_software::addressed(tokens) {
        Some("software") => declined(
            "software",
            "I am software, not a person. Tell me what happened, and I will help you put it to the other team.",
        ),
        Some(category) => {
            declined(category, "I only help put things to the other team. What would you like them to know?")
        }
        None => None,
    }
}

/// Kind, and with the human's name. A long name must not push the sentence over the edge of the Watch.
fn escalation(category: &str, human: &str) -> String {
    let human: String = if human.trim().is_empty() {
        "somebody you trust".to_owned()
    } else {
        human.trim().trim_end_matches(['.', '!', '?']).chars().filter(|c| !c.is_control()).take(50).collect()
    };
    let (long, short) = match category {
        "self-harm" => (
            "I'm glad you said it. Please talk to a person now: a crisis line, or",
            "Please talk to a person right now:",
        ),
        "threat" | "weapons" => {
            ("This needs a person, so I have not passed it on. Please talk to", "This needs a person. Please talk to")
        }
        "blackmail" => {
            ("I can't pass this on, and it needs a person. Please talk to", "This needs a person. Please talk to")
        }
        "stalking" | "harassment" => {
            ("This is not for software, and nothing was sent. Please turn to", "This needs a person. Please turn to")
        }
        "bullying" => (
            "That sounds hard, and you should not face it alone. Please turn to",
            "This needs a person. Please turn to",
        ),
        _ => (
            "This needs a person, not software. Nothing was sent. Please turn to",
            "This needs a person. Please turn to",
        ),
    };
    let say = format!("{long} {human}.");
    if say.chars().count() <= MAX_CHARS { say } else { format!("{short} {human}.") }
}

/// Passes unchanged. What it asks for is still worth an agreement.
fn civil(text: &str, clean: &str, tokens: &[Token<'_>]) -> Mediation {
    let topic = plan::topic::topic(tokens);
    let message = if is_clean(text) { text.to_owned() } else { clean.to_owned() };
    let mut mediation = Mediation::deliverable(Plan::Civil, topic.name, message);
    let frames = plan::read(tokens);
    if let Some(request) = asked(tokens, &frames) {
        mediation.menu = menu::menu(topic, &request, true);
        mediation.request = Some(request);
    }
    mediation.feelings = frames.iter().filter_map(|frame| plan::names_feeling(tokens, frame)).take(1).collect();
    "This can go as you said it.".clone_into(&mut mediation.heard);
    mediation
}

/// What these words ask for.
pub(crate) fn asked(tokens: &[Token<'_>], frames: &[Frame]) -> Option<Request> {
    let asked = frames.iter().find_map(|frame| ask::demand(tokens, frame)).map(|asked| asked.request);
    asked.or_else(|| frames.iter().find_map(|frame| joint_request(tokens, frame)))
}

/// "Can we push our sync to the afternoon?", "let's agree on a date".
fn joint_request(tokens: &[Token<'_>], frame: &Frame) -> Option<Request> {
    let clause = &tokens[frame.clause.start..frame.clause.end];
    let at = clause.windows(2).position(|pair| {
        pair[0].one_of(&["can", "could", "shall", "should"]) && pair[1].word("we") && frame.question
            || pair[0].word("let") && pair[1].word("'s")
    })? + 2;
    let words = clause.get(at..).filter(|words| words.first().is_some_and(|t| t.is(tag::V_BASE)) && words.len() > 1)?;
    let what = write(words, Voice::Request);
    let by_when = ask::deadline(words);
    Some(Request { what, by_when })
}

/// One short question, about what was hinted at.
fn question(tokens: &[Token<'_>], too_much: bool) -> Mediation {
    if too_much {
        return Mediation::quiet(
            Plan::Ask,
            "one-thing",
            "That is a lot at once. Which one thing should they hear first?",
        );
    }
    let say = if tokens.iter().any(|t| t.is(tag::TIME | tag::NUM | tag::FIXED)) {
        "What exactly happened there, in one plain sentence?"
    } else if tokens
        .iter()
        .any(|t| t.one_of(&["code", "work", "design", "spec", "documentation", "docs", "quality", "handoff"]))
    {
        "What did you find in it? One example is enough."
    } else if tokens.iter().any(|t| t.is(tag::YOU | tag::THEY | tag::HESHE | tag::TEAM | tag::TEAMNOUN)) {
        "What did they do or not do, the last time it bothered you?"
    } else {
        "What happened, and when? One example is enough."
    };
    let mut asked = Mediation::quiet(Plan::Ask, "what-happened", say);
    "Something bothers you; I could not tell what happened.".clone_into(&mut asked.heard);
    asked
}

/// What was understood, for the sender.
fn describe(mediation: &mut Mediation, brief: &Brief) {
    let feeling = brief.feeling.unwrap_or(brief.topic.feeling);
    mediation.feelings = vec![feeling];
    mediation.needs = vec![brief.topic.need];
    mediation.heard = format!("You sound {feeling}; {} matters to you.", brief.topic.need);
}
