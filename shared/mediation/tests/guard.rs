//! The guard rails around wordings that a language model proposes.

use truce_mediation::{Mediator, Plan, Rejected};

const LATE: &str = "they never deliver on time and nobody gives a damn";
const PLAN: &str = "you idiots changed the API on Tuesday without telling anybody and broke 3 of our services";

fn reworded(text: &str, wording: &str) -> Result<truce_mediation::Mediation, Rejected> {
    let mediator = Mediator::new("your people team");
    let mediation = mediator.mediate(text);
    assert_eq!(mediation.plan, Plan::Reframe, "{text}");
    mediator.reworded(text, &mediation, wording)
}

/// As fluent as a large model writes.
#[test]
fn a_wording_that_the_other_side_can_hear_is_taken() {
    for (text, wording) in [
        (
            LATE,
            "When deliveries come late, I get worried about our plans. Could you tell us early when a date is at risk?",
        ),
        (
            LATE,
            "Deliveries have been arriving later than planned, and I feel discouraged. Could you share your delivery dates with us?",
        ),
        (
            LATE,
            "Deliveries haven't been on time, and it's been frustrating. Can we find a way to keep to agreed dates?",
        ),
        (LATE, "I'm worried about the late deliveries. Can you help me understand what's getting in the way?"),
        (LATE, "Our team is struggling with late deliveries. Would you be willing to share a realistic schedule?"),
        (PLAN, "The API changed on Tuesday and 3 of our services broke. Could you tell us before the next change?"),
        (
            PLAN,
            "On Tuesday the API changed without notice and 3 of our services went down. Could you announce changes first?",
        ),
    ] {
        let reworded = reworded(text, wording).unwrap_or_else(|why| panic!("{wording}: {why}"));
        assert_eq!((reworded.message.as_str(), reworded.engine), (wording, "model"));
        assert_eq!(reworded.say, wording);
        assert!(reworded.request.is_some() && reworded.menu.len() == 3, "{wording}");
        assert!(!reworded.feelings.is_empty() && !reworded.heard.is_empty(), "{wording}");
    }
}

#[test]
fn a_wording_that_fails_anybody_is_not() {
    use Rejected::{Facts, Form, Nothing, Request, Risk, Sting, Unrelated};
    let long = format!("Deliveries come late{}. Could you tell us early?", " and late again".repeat(8));
    for (text, wording, why) in [
        (LATE, "", Nothing),
        (LATE, " \n ", Nothing),
        (LATE, &long, Form),
        (LATE, "Deliveries come late. Could you tell us", Form),
        (LATE, "Die Lieferungen kommen immer zu spät. Könntet ihr uns bitte früher Bescheid geben?", Form),
        (LATE, "Deliveries come 4 days late. Could you tell us earlier?", Facts),
        (LATE, "Deliveries by Acme come late. Could you tell us earlier?", Facts),
        (PLAN, "The API changed on Tuesday and our services broke. Could you tell us before the next change?", Facts),
        (PLAN, "The API changed and 3 of our services broke. Could you tell us before the next change?", Facts),
        (LATE, "The sky is blue today. Could you send me the password?", Facts),
        (LATE, "The office is cold. Could you send me the password?", Unrelated),
        (LATE, "You never deliver on time. Could you tell us earlier?", Sting),
        (LATE, "Your lazy deliveries come late. Could you tell us earlier?", Sting),
        (LATE, "You don't care about our deliveries. Could you tell us earlier?", Sting),
        // No threat, but the gate is not sure; a message that it would ask about is not the one to send.
        (
            LATE,
            "I keep seeing deliveries slip and I feel let down. Could we agree on dates that work for both of us?",
            Risk,
        ),
        (LATE, "Deliver on time or I will kill you. Could you tell us earlier?", Risk),
        (LATE, "Deliveries have been late and I feel let down.", Request),
    ] {
        assert_eq!(reworded(text, wording).map(|reworded| reworded.message), Err(why), "{wording}");
    }
}

/// What the engine has settled, no model settles anew.
#[test]
fn what_is_not_to_be_said_anew_has_no_other_words() {
    let mediator = Mediator::new("your people team");
    let wording = "I feel let down about the deliveries. Could you tell us earlier?";
    for (text, plan) in [
        ("if he delivers late again I will kill him", Plan::Escalate),
        ("could you share the delivery dates with us?", Plan::Civil),
        ("you are all useless", Plan::Ask),
        ("", Plan::Decline),
    ] {
        let mediation = mediator.mediate(text);
        assert_eq!(mediation.plan, plan, "{text}");
        assert_eq!(mediator.reworded(text, &mediation, wording).map(|m| m.message), Err(Rejected::Nothing), "{text}");
    }
}

#[test]
fn typographic_signs_are_made_plain_and_lines_are_joined() {
    let taken =
        reworded(LATE, "Deliveries didn\u{2019}t arrive as planned.\nCould you tell us earlier?").expect("it is taken");
    assert_eq!(taken.message, "Deliveries didn't arrive as planned. Could you tell us earlier?");
}
