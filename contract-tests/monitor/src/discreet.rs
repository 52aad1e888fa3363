//! What did not hold, without what anybody said: it is kept for ninety days, and goes to whoever alarms go to.
//!
//! A journey's people say sentences that everybody may read. But a deployment that is broken badly enough answers with what was said in another room, and then that
//! is what a failure is about. So whatever came in a field for words is left out of it, wherever it stands.

use serde_json::Value;
use std::collections::BTreeSet;
use truce_contract::{Failure, JourneyReport};

/// Fields that hold no words of people: codes, states, numbers, moments, and what an error says about itself.
const NOT_WORDS: [&str; 12] =
    ["ok", "code", "state", "kind", "category", "status", "type", "title", "detail", "instance", "at", "dependencies"];
/// What is shorter than this is left in the name of a step, which is the journey's own but for what somebody taps.
const IN_A_STEP: usize = 16;
/// What is shorter says nothing.
const SHORTEST: usize = 3;

/// The same report, with a failure that quotes nobody.
#[must_use]
pub fn discreet(mut report: JourneyReport) -> JourneyReport {
    let Some(failure) = report.failure.take() else { return report };
    let mut words = BTreeSet::new();
    report.exchanges().for_each(|exchange| find(&exchange.body, &mut words));
    // The longest first: a shorter one may be part of it.
    let mut words: Vec<&str> = words.into_iter().filter(|text| text.len() >= SHORTEST).collect();
    words.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let long: Vec<&str> = words.iter().copied().filter(|text| text.len() >= IN_A_STEP).collect();
    let Failure { step, expected, got, request_id } = failure;
    let (step, expected, got) = (without(step, &long), without(expected, &words), without(got, &words));
    report.failure = Some(Failure { step, expected, got, request_id });
    report
}

/// The texts in fields for words.
fn find<'a>(value: &'a Value, words: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            let for_words = |(key, _): &(&String, &Value)| !NOT_WORDS.contains(&key.as_str()) && !key.ends_with("_at");
            fields.iter().filter(for_words).for_each(|(_, value)| find(value, words));
        }
        Value::Array(values) => values.iter().for_each(|value| find(value, words)),
        // What begins so stands for what differs from run to run.
        Value::String(text) if !text.starts_with('<') => drop(words.insert(text)),
        _ => {}
    }
}

/// As they are, and as JSON and Rust write them.
fn without(text: String, words: &[&str]) -> String {
    words.iter().fold(text, |text, word| {
        let told = format!("<{} characters>", word.chars().count());
        let as_json = Value::from(*word).to_string();
        let forms = [as_json.trim_matches('"'), &word.escape_debug().to_string(), word].map(str::to_owned);
        forms.iter().fold(text, |text, form| text.replace(form, &told))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use truce_contract::{Exchange, Step};

    const CANARY: &str = "they \"canary\"\never deliver";

    fn report(failure: Failure) -> JourneyReport {
        let body = json!({
            "ok": "yes", "code": "message", "say": format!("design: {CANARY}"), "menu": ["canary it is", "No"], "message": CANARY,
            "agreements": [{"who": "Bo", "what": "canary by Friday", "state": "open"}], "cursor": "<cursor>",
        });
        let exchange = Exchange {
            method: "GET".into(),
            path: "/mediate".into(),
            status: 200,
            headers: std::collections::BTreeMap::new(),
            body,
            request_id: "r".into(),
            took_ms: 1.0,
            drift: Vec::new(),
            dated: None,
        };
        let steps = vec![Step { what: "Bo polls".into(), at_ms: 0.0, exchange: Some(exchange) }];
        let (name, story, target) = ("one".into(), "It goes.".into(), "edge".into());
        JourneyReport { name, story, target, took_ms: 1.0, requests: 1, failure: Some(failure), steps }
    }

    fn told(step: &str, expected: String, got: String) -> String {
        let failure = Failure { step: step.into(), expected, got, request_id: "5f1c".into() };
        let failure = discreet(report(failure)).failure.expect("it did not hold");
        assert!(!failure.to_string().contains("canary"), "{failure}");
        failure.to_string()
    }

    #[test]
    fn what_anybody_said_is_in_no_failure_however_it_is_written() {
        let (json, debug) =
            (json!({"code": "message", "message": CANARY, "say": format!("design: {CANARY}")}), format!("{CANARY:?}"));
        let told_ = told("Bo polls", format!("`message` to be {}", json!(CANARY)), format!("200 {json}"));
        assert!(
            told_.contains("Bo polls") && told_.contains("\"code\":\"message\"") && told_.contains("5f1c"),
            "{told_}"
        );
        told("Bo looks at the Watch", CANARY.to_owned(), format!("Seen {{ shows: [{debug}] }}"));
        told("Bo taps canary by Friday", "status 200".to_owned(), json!(["canary it is", "No"]).to_string());
    }

    #[test]
    fn what_nobody_said_is_told_as_it_is() {
        let failure = Failure::without_answer("Ana says", "200 `reframed`", "503 {\"code\":\"store-away\"}");
        assert_eq!(discreet(report(failure.clone())).failure, Some(failure));
        let held = JourneyReport { failure: None, ..report(Failure::without_answer("s", "e", "g")) };
        assert!(discreet(held).passed());
    }
}
