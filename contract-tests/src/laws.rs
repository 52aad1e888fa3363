//! What holds for every answer, whatever was asked: checked on each exchange of each journey.
//!
//! A journey need not repeat these. An answer that breaks one ends the journey at that step.

use crate::contract::{self, MENU_LIMIT, PROBLEM_KEYS, SAY_LIMIT, SIX_KEYS};
use crate::{Call, Outcome, Reply};
use serde_json::{Map, Value};

/// Holds an answer against all laws.
pub(crate) fn hold(call: &Call, reply: &Reply) -> Outcome {
    let broken = headers(reply)
        .or_else(|| credentials_stay_private(call, reply))
        .or_else(|| if is_json(reply) { flat_answer(reply) } else { not_json(reply) });
    broken.map_or(Ok(()), |(expected, got)| Err(reply.failure(format!("as of every answer, {expected}"), got)))
}

/// What was expected, and what came instead.
type Broken = Option<(String, String)>;

#[expect(clippy::unnecessary_wraps, reason = "every law gives an Option; this is its Some")]
fn broken(expected: impl Into<String>, got: impl Into<String>) -> Broken {
    Some((expected.into(), got.into()))
}

fn is_json(reply: &Reply) -> bool {
    reply.header("content-type").is_some_and(|kind| kind.contains("json"))
}

fn headers(reply: &Reply) -> Broken {
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff")]
    {
        if reply.header(name) != Some(value) {
            return broken(format!("header `{name}: {value}`"), reply.header(name).unwrap_or("none"));
        }
    }
    if reply.header("content-security-policy").is_none_or(str::is_empty) {
        return broken("a content-security-policy", "none");
    }
    if !reply.header("x-request-id").is_some_and(is_request_id) {
        return broken("an x-request-id of 1 to 64 of [A-Za-z0-9._-]", reply.request_id());
    }
    if !reply.header("traceparent").is_some_and(is_traceparent) {
        return broken("a W3C traceparent", reply.header("traceparent").unwrap_or("none"));
    }
    headers_of_status(reply)
}

fn headers_of_status(reply: &Reply) -> Broken {
    match reply.status() {
        401 if !reply.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")) => {
            broken("`www-authenticate: Bearer` with a 401", reply.header("www-authenticate").unwrap_or("none"))
        }
        405 if reply.header("allow").is_none_or(str::is_empty) => broken("`allow` with a 405", "none"),
        429 | 503 if retry_after(reply).is_none() => broken("`retry-after` in seconds with a 429 or 503", "none"),
        200 if reply.code() == "nothing-new" && retry_after(reply).is_none() => {
            broken("`retry-after` with `nothing-new`", "none")
        }
        500 => broken("no 500", reply.summary()),
        _ => None,
    }
}

/// What `Retry-After` says, in seconds.
pub(crate) fn retry_after(reply: &Reply) -> Option<u64> {
    reply.header("retry-after")?.parse().ok()
}

pub(crate) fn is_request_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// W3C trace context, version 00: `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zeroes.
pub(crate) fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let some = |part: &str| part.bytes().any(|b| b != b'0');
    matches!(parts[..], ["00", trace, span, flags] if hex(trace, 32) && hex(span, 16) && hex(flags, 2) && some(trace) && some(span))
}

/// An error may tell what was wrong, never with which credential.
fn credentials_stay_private(call: &Call, reply: &Reply) -> Broken {
    let body = reply.body_text();
    let quoted = call.presented.iter().any(|secret| secret.reveal().len() >= 16 && body.contains(secret.reveal()));
    (quoted && reply.status() >= 400).then(|| ("an error that does not quote the credential".into(), "it does".into()))
}

fn not_json(reply: &Reply) -> Broken {
    (reply.status() >= 400).then(|| ("an error as application/problem+json".into(), reply.summary()))
}

fn flat_answer(reply: &Reply) -> Broken {
    let Some(body) = &reply.json else {
        return broken("one flat JSON object", reply.summary());
    };
    let success = reply.status() < 400;
    let media_type =
        reply.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
    let expected = if success { "application/json" } else { "application/problem+json" };
    if media_type != expected {
        return broken(format!("content type {expected} with status {}", reply.status()), media_type);
    }
    six_keys(body, success)
        .or_else(|| if success { None } else { problem(body, reply) })
        .or_else(|| documented(body, reply))
}

fn six_keys(body: &Map<String, Value>, success: bool) -> Broken {
    if let Some(key) = SIX_KEYS.into_iter().find(|key| !body.contains_key(*key)) {
        return broken(format!("the key `{key}`"), "none");
    }
    if let Some(key) = ["ok", "code", "say", "draft", "cursor"].into_iter().find(|key| !body[*key].is_string()) {
        return broken(format!("text in `{key}`"), body[key].to_string());
    }
    let ok = if success { "yes" } else { "no" };
    if body["ok"] != ok {
        return broken(format!("`ok` to be \"{ok}\""), body["ok"].to_string());
    }
    let say = body["say"].as_str().unwrap_or_default();
    if say.chars().count() > SAY_LIMIT || say.trim().is_empty() {
        return broken(format!("1 to {SAY_LIMIT} characters in `say`"), format!("{} of them", say.chars().count()));
    }
    menu(&body["menu"])
}

fn menu(menu: &Value) -> Broken {
    let fits = menu.as_array().is_some_and(|entries| {
        entries.len() <= MENU_LIMIT
            && entries.iter().all(|entry| entry.as_str().is_some_and(|text| !text.trim().is_empty()))
    });
    (!fits).then(|| (format!("at most {MENU_LIMIT} texts in `menu`"), menu.to_string()))
}

fn problem(body: &Map<String, Value>, reply: &Reply) -> Broken {
    if let Some(key) = PROBLEM_KEYS.into_iter().find(|key| !body.contains_key(*key)) {
        return broken(format!("the problem key `{key}`"), "none");
    }
    let expected = [
        ("type", Value::from(format!("urn:truce:problem:{}", reply.code()))),
        ("status", Value::from(reply.status())),
        ("instance", Value::from(format!("urn:truce:request:{}", reply.request_id()))),
    ];
    for (key, value) in expected {
        if body[key] != value {
            return broken(format!("`{key}` to be {value}"), body[key].to_string());
        }
    }
    let told = |key: &str| body[key].as_str().is_some_and(|text| !text.is_empty());
    (!told("title") || !told("detail")).then(|| ("a title and a detail".into(), reply.summary()))
}

fn documented(body: &Map<String, Value>, reply: &Reply) -> Broken {
    let Some(answer) = contract::documented(reply.code()) else {
        return broken("a documented code", reply.code());
    };
    if answer.status != reply.status() {
        return broken(format!("`{}` with status {}", answer.code, answer.status), reply.status().to_string());
    }
    if let Some(missing) = contract::missing_field(answer, body) {
        return broken("every documented field", missing);
    }
    let filled = |key: &str| body[key].as_str().is_some_and(|text| !text.is_empty());
    match answer.code {
        "reframed" | "civil" | "tell-me-more" | "safety-check" | "message" if !filled("draft") => {
            broken("a draft to go on with", "none")
        }
        "message" | "nothing-new" if !filled("cursor") => broken("a cursor to go on from", "none"),
        "escalated" if filled("draft") || body["menu"] != Value::Array(Vec::new()) => {
            broken("neither draft nor menu with `escalated`", reply.summary())
        }
        "message" if !["message", "reply", "agreement"].contains(&body["kind"].as_str().unwrap_or_default()) => {
            broken("`kind` to be message, reply or agreement", body["kind"].to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;
    use crate::expect::tests::reply;
    use serde_json::json;

    const TRACE: &str = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

    fn good_headers(kind: &str) -> Vec<(&'static str, &str)> {
        vec![
            ("content-type", kind),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'"),
            ("x-request-id", "r-1"),
            ("traceparent", TRACE),
            ("www-authenticate", "Bearer realm=\"truce\""),
        ]
    }

    fn sent() -> Value {
        json!({"ok": "yes", "code": "sent", "say": "Sent.", "menu": [], "draft": "", "cursor": ""})
    }

    fn refused() -> Value {
        json!({
            "ok": "no", "code": "session-invalid", "say": "Your session has ended.", "menu": [], "draft": "", "cursor": "",
            "type": "urn:truce:problem:session-invalid", "title": "t", "status": 401, "detail": "d", "instance": "urn:truce:request:r-1"
        })
    }

    fn check(status: u16, headers: &[(&'static str, &str)], body: &Value) -> Outcome {
        let secret = Secret::new("a-session-that-is-long-enough");
        hold(&Call::get("/mediate").bearer(&secret), &reply(status, headers, body))
    }

    #[test]
    fn an_answer_as_documented_passes() {
        assert_eq!(check(200, &good_headers("application/json"), &sent()), Ok(()));
        assert_eq!(check(401, &good_headers("application/problem+json"), &refused()), Ok(()));
    }

    #[test]
    fn an_answer_without_one_of_its_headers_is_caught() {
        for at in 0..good_headers("").len() {
            let mut headers = good_headers("application/problem+json");
            let (left_out, _) = headers.remove(at);
            assert!(check(401, &headers, &refused()).is_err(), "{left_out}");
        }
    }

    #[test]
    fn an_answer_without_one_of_its_keys_is_caught() {
        for key in SIX_KEYS.into_iter().chain(PROBLEM_KEYS) {
            let mut body = refused();
            body.as_object_mut().expect("an object").remove(key);
            assert!(check(401, &good_headers("application/problem+json"), &body).is_err(), "{key}");
        }
    }

    #[test]
    fn a_wrong_value_is_caught() {
        let long = "a".repeat(141);
        for (key, value) in [
            ("ok", json!("no")),
            ("ok", json!(true)),
            ("code", json!("something-else")),
            ("code", json!("redeemed")),
            ("say", json!(long)),
            ("say", json!("")),
            ("menu", json!(["a", "b", "c", "d"])),
            ("menu", json!("a")),
            ("draft", json!(null)),
            ("cursor", json!(7)),
        ] {
            let mut body = sent();
            body[key] = value.clone();
            assert!(check(200, &good_headers("application/json"), &body).is_err(), "{key} {value}");
        }
    }

    #[test]
    fn an_error_that_quotes_the_credential_is_caught() {
        let mut body = refused();
        body["detail"] = json!("no such session: a-session-that-is-long-enough");
        assert!(check(401, &good_headers("application/problem+json"), &body).is_err());
    }

    #[test]
    fn an_error_as_plain_text_is_caught() {
        assert!(check(404, &good_headers("text/plain"), &json!("not found")).is_err());
    }

    #[test]
    fn trace_contexts_are_told_apart() {
        assert!(is_traceparent(TRACE));
        for bad in ["", "00-0-0-01", &TRACE.to_uppercase(), &TRACE.replace("-0123456789abcdef-", "-0000000000000000-")]
        {
            assert!(!is_traceparent(bad), "{bad}");
        }
    }
}
