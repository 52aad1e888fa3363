//! What holds for any input whatever: no panic, short sentences, nothing invented, nothing that stings, nothing delivered
//! that must not be.

use proptest::prelude::*;
use truce_mediation::{MAX_CHARS, Mediation, Mediator, Plan, ReplyKind};

const WORDS: &[&str] = &[
    "they",
    "you",
    "never",
    "always",
    "nobody",
    "I",
    "we",
    "my",
    "your",
    "the",
    "build",
    "broke",
    "PR",
    "4312",
    "on",
    "Tuesday",
    "and",
    "because",
    "didn't",
    "review",
    "reviewed",
    "late",
    "idiots",
    "fucking",
    "stupid",
    "useless",
    "team",
    "Dave",
    "3am",
    "without",
    "telling",
    "us",
    "why",
    "can't",
    "stop",
    "pushing",
    "to",
    "main",
    "if",
    "not",
    "is",
    "was",
    "garbage",
    "every",
    "single",
    "day",
    "keep",
    "keeps",
    "forgot",
    "please",
    "send",
    "me",
    "report",
    "by",
    "Friday",
    "who",
    "what",
    "that",
    "it",
    "JIRA-88",
    "`x`",
    "https://a.example/1",
    "5",
    "days",
    "for",
    "sick",
    "of",
    "clowns",
    "lazy",
    "?",
    "!",
    ",",
    ".",
    "shit",
    "no",
    "one",
];

const STINGS: &[&str] = &[
    "idiot", "idiots", "fucking", "stupid", "useless", "clowns", "lazy", "shit", "garbage", "always", "never", "nobody",
];

fn mediator() -> Mediator {
    Mediator::new("your people team")
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn holds(text: &str, heard: &Mediation) -> Result<(), TestCaseError> {
    prop_assert!(heard.say.chars().count() <= MAX_CHARS);
    prop_assert!(!heard.say.trim().is_empty());
    match heard.plan {
        Plan::Civil => prop_assert_eq!(&heard.message, &heard.say),
        Plan::Reframe => {
            prop_assert_eq!(&heard.message, &heard.say);
            prop_assert!(heard.say.ends_with(['.', '?', '!']));
            prop_assert!(heard.request.is_some());
            prop_assert_eq!(heard.menu.iter().filter(|reply| reply.kind == ReplyKind::Accept).count(), 1);
            prop_assert_eq!(heard.menu.iter().filter(|reply| reply.kind == ReplyKind::Question).count(), 1);
            let said = words(text);
            for word in words(&heard.message) {
                prop_assert!(!STINGS.contains(&word.as_str()), "{word} stings");
                prop_assert!(!word.chars().any(|c| c.is_ascii_digit()) || said.contains(&word), "{word} is invented");
            }
        }
        Plan::Ask | Plan::Decline | Plan::Escalate => {
            prop_assert!(heard.message.is_empty() && heard.menu.is_empty());
            prop_assert!(heard.say.ends_with(['.', '?', '!']));
        }
    }
    for reply in &heard.menu {
        prop_assert!(reply.text.chars().count() <= 30, "a long reply");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_heard(text in any::<String>()) {
        let heard = mediator().mediate(&text);
        holds(&text, &heard)?;
        holds(&text, &mediator().answer(&text))?;
    }

    #[test]
    fn any_words_in_any_order_are_heard(picks in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        let text = picks.join(" ");
        let heard = mediator().mediate(&text);
        holds(&text, &heard)?;
    }

    #[test]
    fn softening_keeps_numbers_and_fits_and_comes_to_rest(picks in prop::collection::vec(prop::sample::select(WORDS), 3..20)) {
        let mediator = mediator();
        let mut message = mediator.mediate(&picks.join(" ")).message;
        let numbers = |text: &str| words(text).into_iter().filter(|w| w.chars().any(|c| c.is_ascii_digit())).collect::<Vec<_>>();
        let facts = numbers(&message);
        for _ in 0..12 {
            let softer = mediator.soften(&message);
            prop_assert!(softer.chars().count() <= MAX_CHARS);
            prop_assert_eq!(numbers(&softer), facts.clone());
            if softer == message { break; }
            message = softer;
        }
        prop_assert_eq!(mediator.soften(&message), message);
    }
}

#[test]
fn civil_text_passes_byte_for_byte() {
    let text = "  Thanks for the quick fix \u{1f64f} \u{2014} could you share the spec by Thursday?  ";
    let heard = mediator().mediate(text);
    assert_eq!((heard.plan, heard.message.as_str()), (Plan::Civil, text.trim()));
    let request = heard.request.expect("it asks for the spec");
    assert_eq!((request.what.as_str(), request.by_when.as_deref()), ("share the spec", Some("Thursday")));
}

#[test]
fn debug_output_holds_no_words() {
    let heard = mediator().mediate("you broke the build on Tuesday, send me the logs by Friday");
    let debug = format!("{heard:?} {:?} {:?} {:?}", heard.menu, heard.request, mediator());
    for word in ["build", "Tuesday", "logs", "Friday", "people team"] {
        assert!(!debug.contains(word));
    }
}

#[test]
fn ten_thousand_words_are_refused_and_a_threat_inside_is_still_found() {
    let long = "they broke the build again ".repeat(2_000);
    assert_eq!(mediator().mediate(&long).category, "too-long");
    assert_eq!(mediator().mediate(&format!("{long} I will kill you {long}")).category, "threat");
}

#[test]
fn a_short_answer_passes_as_it_is() {
    for text in [
        "yes",
        "ok by Friday",
        "no, sorry, Monday?",
        "Can't today, tomorrow?",
        "sure, will do",
        "not before 5pm",
        "which PR?",
    ] {
        let heard = mediator().answer(text);
        assert_eq!((heard.plan, heard.message.as_str()), (Plan::Civil, text), "{text}");
    }
    assert_ne!(mediator().answer("fuck off you idiot").plan, Plan::Civil);
    assert_eq!(mediator().answer("I will kill you").plan, Plan::Escalate);
}

#[test]
fn the_plan_is_lower_case_on_the_wire() {
    let json = serde_json::to_value(mediator().mediate("you never answer my emails")).expect("it is plain data");
    assert_eq!(json["plan"], "reframe");
    assert_eq!(json["engine"], "embedded");
}

#[test]
fn a_long_name_for_the_human_still_fits() {
    let mediator = Mediator::new("x".repeat(500));
    assert!(mediator.mediate("I want to kill myself").say.chars().count() <= MAX_CHARS);
}
