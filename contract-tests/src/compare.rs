//! Whether two hosts answered alike.

use crate::{Exchange, JourneyReport, shape};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Where a client could tell two deployments apart. It has no value in it, only the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The exchange: its number, method and path.
    place: String,
    /// What of it: the status, a header, or a JSON pointer.
    what: String,
    /// Whether it is no more than what an answer says: settings, and a language model, make that different.
    pub in_words: bool,
    /// What finds the other's request in its log.
    pub request_id: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.what)
    }
}

/// What a deployment is set to: no difference between two of them.
const SETTINGS: [&str; 1] = ["x-truce-cell"];
/// Fields that programs decide by.
const DECIDED_BY: [&str; 3] = ["/ok", "/code", "/kind"];

/// Where the exchanges of the same journey differ between two deployments, which need not have the same settings. A page is compared
/// by its headers: what stands in it is set.
pub fn apart(one: &JourneyReport, other: &JourneyReport) -> Vec<Difference> {
    let (here, there): (Vec<_>, Vec<_>) = (one.exchanges().collect(), other.exchanges().collect());
    let mut found = Vec::new();
    for (number, (a, b)) in here.iter().zip(&there).enumerate() {
        let place = format!("{} {} (exchange {})", b.method, b.path, number + 1);
        let of = |what: String, in_words| Difference {
            place: place.clone(),
            what,
            in_words,
            request_id: b.request_id.clone(),
        };
        if (&a.method, &a.path) != (&b.method, &b.path) {
            found.push(of("is another request".to_owned(), false));
            return found;
        }
        if a.status != b.status {
            found.push(of(format!("status {}, and not {}", b.status, a.status), false));
            continue;
        }
        found.extend(headers(a, b).into_iter().map(|(name, in_words)| of(format!("header {name}"), in_words)));
        let mut bodies = Vec::new();
        values(String::new(), &by_anybody(&a.body), &by_anybody(&b.body), &mut bodies);
        found.extend(bodies.into_iter().map(|(pointer, in_words)| of(pointer, in_words)));
    }
    if here.len() != there.len() {
        let request_id = there.last().map_or_else(|| "none".to_owned(), |last| last.request_id.clone());
        let (place, what) = (format!("{} requests,", there.len()), format!("and not {},", here.len()));
        found.push(Difference { place, what, in_words: false, request_id });
    }
    found
}

/// Which headers differ, and whether only in what they say. A policy has the fingerprints of a page's own parts in it.
fn headers(a: &Exchange, b: &Exchange) -> Vec<(String, bool)> {
    let names: BTreeSet<&String> = a.headers.keys().chain(b.headers.keys()).collect();
    let differ = names
        .into_iter()
        .filter(|name| !SETTINGS.contains(&name.as_str()) && a.headers.get(*name) != b.headers.get(*name));
    differ
        .map(|name| {
            let both = a.headers.contains_key(name) && b.headers.contains_key(name);
            (name.clone(), both && name == "content-security-policy")
        })
        .collect()
}

/// Without the name of the organiser: each deployment has its own.
fn by_anybody(body: &Value) -> Value {
    let mut body = body.clone();
    let Some(name) = body["invited_by"].as_str().filter(|name| !name.is_empty()).map(ToOwned::to_owned) else {
        return body;
    };
    let said = body["say"].as_str().and_then(|say| say.strip_prefix(&name)).map(|rest| format!("<organiser>{rest}"));
    body["invited_by"] = Value::from("<organiser>");
    if let Some(said) = said {
        body["say"] = Value::from(said);
    }
    body
}

fn values(pointer: String, a: &Value, b: &Value, found: &mut Vec<(String, bool)>) {
    match (a, b) {
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))) {
                let within = format!("{pointer}/{}", shape::shown(key));
                match (one.get(key), other.get(key)) {
                    (Some(a), Some(b)) => values(within, a, b, found),
                    _ => found.push((within, false)),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (number, (a, b)) in one.iter().zip(other).enumerate() {
                values(format!("{pointer}/{number}"), a, b, found);
            }
        }
        (Value::Array(_), Value::Array(_)) => found.push((pointer, true)),
        (Value::String(a), Value::String(b)) if is_page(a) && is_page(b) => {}
        (a, b) if a != b => {
            let alike = std::mem::discriminant(a) == std::mem::discriminant(b);
            let in_words = alike && !DECIDED_BY.contains(&pointer.as_str());
            found.push((pointer, in_words));
        }
        _ => {}
    }
}

fn is_page(text: &str) -> bool {
    text.starts_with("<text/html")
}

/// Where the exchanges of the same journey differ between two hosts: empty when a client could not tell them apart.
pub fn differences(one: &JourneyReport, other: &JourneyReport) -> Vec<String> {
    let (here, there): (Vec<_>, Vec<_>) = (one.exchanges().collect(), other.exchanges().collect());
    let mut found = Vec::new();
    if here.len() != there.len() {
        found.push(format!(
            "{}: {} exchanges on {}, {} on {}",
            one.name,
            here.len(),
            one.target,
            there.len(),
            other.target
        ));
    }
    for (number, (a, b)) in here.iter().zip(&there).enumerate() {
        let place = format!("{} exchange {} ({} {})", one.name, number + 1, a.method, a.path);
        if (&a.method, &a.path) != (&b.method, &b.path) {
            found.push(format!("{place}: {} {} on {}", b.method, b.path, other.target));
            continue;
        }
        let mut differ = |what: &str, a: String, b: String| {
            if a != b {
                found.push(format!("{place}: {what} {a} on {}, {b} on {}", one.target, other.target));
            }
        };
        differ("status", a.status.to_string(), b.status.to_string());
        differ("headers", format!("{:?}", a.headers), format!("{:?}", b.headers));
        differ("body", a.body.to_string(), b.body.to_string());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exchange, Step};
    use serde_json::json;

    fn report(target: &str, status: u16, say: &str, took_ms: f64) -> JourneyReport {
        let exchange = Exchange {
            method: "GET".into(),
            path: "/health".into(),
            status,
            headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
            body: json!({"say": say}),
            request_id: target.into(),
            took_ms,
            drift: Vec::new(),
            dated: None,
        };
        let steps = vec![Step { what: "looks".into(), at_ms: took_ms, exchange: Some(exchange) }];
        JourneyReport {
            name: "j".into(),
            story: "s".into(),
            target: target.into(),
            took_ms,
            requests: 0,
            failure: None,
            steps,
        }
    }

    #[test]
    fn hosts_that_differ_in_time_and_request_id_only_are_alike() {
        assert!(differences(&report("a", 200, "Hi.", 1.0), &report("b", 200, "Hi.", 9.0)).is_empty());
    }

    #[test]
    fn another_status_or_body_or_number_of_exchanges_is_told() {
        let here = report("a", 200, "Hi.", 1.0);
        assert_eq!(differences(&here, &report("b", 503, "No.", 1.0)).len(), 2);
        let mut silent = report("b", 200, "Hi.", 1.0);
        silent.steps.clear();
        assert_eq!(differences(&here, &silent).len(), 1);
    }

    #[test]
    fn what_only_sounds_different_is_told_from_what_a_client_trips_over() {
        let told = |one: &JourneyReport, other: &JourneyReport| {
            apart(one, other).iter().map(|one| (one.to_string(), one.in_words)).collect::<Vec<_>>()
        };
        let here = report("a", 200, "Hi.", 1.0);
        assert_eq!(told(&here, &report("b", 200, "Hi.", 9.0)), []);
        assert_eq!(told(&here, &report("b", 200, "Ho.", 9.0)), [("GET /health (exchange 1) /say".to_owned(), true)]);
        let status = "GET /health (exchange 1) status 503, and not 200".to_owned();
        assert_eq!(told(&here, &report("b", 503, "No.", 1.0)), [(status, false)]);
        let with = |body: Value, header: &str| {
            let mut report = report("b", 200, "", 1.0);
            let exchange = report.steps[0].exchange.as_mut().expect("an exchange");
            exchange.body = body;
            exchange.headers.insert(header.to_owned(), "x".to_owned());
            report
        };
        let one = |what: &str, in_words| vec![(format!("GET /health (exchange 1) {what}"), in_words)];
        let whole = json!({"code": "a", "list": ["x"], "n": 1});
        let first = with(whole.clone(), "content-type");
        for (other, expected) in [
            (with(whole.clone(), "x-truce-cell"), one("header content-type", false)),
            (with(json!({"code": "b", "list": ["x"], "n": 1}), "content-type"), one("/code", false)),
            (with(json!({"code": "a", "list": ["y"], "n": 1}), "content-type"), one("/list/0", true)),
            (with(json!({"code": "a", "list": [], "n": 1}), "content-type"), one("/list", true)),
            (with(json!({"code": "a", "list": ["x"], "n": "1"}), "content-type"), one("/n", false)),
            (with(json!({"code": "a", "list": ["x"]}), "content-type"), one("/n", false)),
        ] {
            assert_eq!(told(&first, &other), expected);
        }
        let invites = |name: &str, say: &str| with(json!({"invited_by": name, "say": say}), "content-type");
        let (bo, cleo) = (invites("Bo", "Bo invites you."), invites("Cleo", "Cleo invites you."));
        assert_eq!(told(&bo, &cleo), [], "each has organisers of its own");
        assert_eq!(told(&bo, &invites("Cleo", "Come in.")), one("/say", true));
        let page = |text: &str| with(json!(text), "content-type");
        assert_eq!(told(&page("<text/html, 1>"), &page("<text/html, 2>")), []);
        let mut silent = first.clone();
        silent.steps.clear();
        assert_eq!(told(&first, &silent), [("0 requests, and not 1,".to_owned(), false)]);
    }
}
