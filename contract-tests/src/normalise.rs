//! What two hosts must have in common: an exchange without what differs from run to run.
//!
//! Tokens, ids and moments become `<placeholders>`, so that a report can be compared, kept and shown. This is also
//! what keeps secrets out of reports.

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Headers that clients depend on.
const HEADERS: [&str; 15] = [
    "allow",
    "cache-control",
    "content-security-policy",
    "content-type",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "traceparent",
    "www-authenticate",
    "x-content-type-options",
    "x-request-id",
    "x-truce-cell",
    "x-truce-invite-id",
    "x-truce-expires-at",
    "x-truce-room",
];

/// Fields that hold something else on every run.
const VOLATILE: [&str; 8] = ["session", "invite", "url", "svg", "id", "draft", "cursor", "instance"];

/// A body without what differs from run to run; `rooms` are the names of this run's rooms.
pub(crate) fn body(value: &Value, rooms: &[String]) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(key, value)| (key.clone(), field(key, value, rooms))).collect::<Map<_, _>>(),
        ),
        Value::Array(values) => Value::Array(values.iter().map(|value| body(value, rooms)).collect()),
        Value::String(text) => Value::String(without_rooms(text, rooms)),
        other => other.clone(),
    }
}

/// What a page begins to say about a language model, in a line of its own, where a deployment has one.
const MODEL: &[u8] = b"<li>A language model at ";

/// A body that is no JSON: what it is called, and for a page, which is the same on every run, a fingerprint of it without the line that names
/// a deployment's language model.
pub(crate) fn other_body(content_type: Option<&str>, bytes: &[u8]) -> Value {
    let name = content_type.unwrap_or("no content type");
    if !name.starts_with("text/html") {
        return Value::String(format!("<{name}>"));
    }
    let mut hasher = DefaultHasher::new();
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| if line.starts_with(MODEL) { &[] } else { line });
    let bytes = lines.collect::<Vec<_>>().join(&b'\n');
    bytes.hash(&mut hasher);
    Value::String(format!("<{name}, {} bytes, {:016x}>", bytes.len(), hasher.finish()))
}

/// A field without what differs from run to run.
pub(crate) fn field(key: &str, value: &Value, rooms: &[String]) -> Value {
    let is_empty = value.as_str().is_some_and(str::is_empty);
    if is_empty {
        return value.clone();
    }
    match key {
        key if VOLATILE.contains(&key) => Value::String(format!("<{key}>")),
        "agreement" if value.is_string() => Value::String("<agreement>".into()),
        "at" => Value::String("<moment>".into()),
        key if key.ends_with("_at") => Value::String("<moment>".into()),
        "expires_in" | "waiting" => Value::String("<count>".into()),
        "dependencies" => Value::String("<dependencies>".into()),
        // How many there are, and which, is each deployment's own.
        "keys" => Value::String("<keys>".into()),
        _ => body(value, rooms),
    }
}

/// The headers that matter, without what differs from run to run.
pub(crate) fn headers(headers: &HeaderMap, rooms: &[String]) -> BTreeMap<String, String> {
    HEADERS
        .into_iter()
        .filter_map(|name| {
            let value = headers.get(name)?.to_str().unwrap_or("<not text>");
            let value = match name {
                "set-cookie" => cookie(value),
                "content-security-policy" => policy(value),
                "retry-after" => "<seconds>".into(),
                "traceparent" | "x-request-id" | "x-truce-invite-id" | "x-truce-expires-at" => format!("<{name}>"),
                _ => without_rooms(value, rooms),
            };
            Some((name.to_owned(), value))
        })
        .collect()
}

/// A path without the ids in it.
pub(crate) fn path(path: &str) -> String {
    let (before, query) = path.split_once('?').map_or((path, None), |(before, query)| (before, Some(query)));
    let before = match before.strip_prefix("/qr/") {
        Some(_) => "/qr/<id>",
        None => before,
    };
    let keys = query.map(|query| {
        let keep = |pair: &str| match pair.split_once('=') {
            Some((key @ ("wait" | "view" | "probe"), value)) => format!("{key}={value}"),
            Some((key, _)) => format!("{key}=<{key}>"),
            None => "<query>".to_owned(),
        };
        query.split('&').map(keep).collect::<Vec<_>>().join("&")
    });
    keys.map_or_else(|| before.to_owned(), |keys| format!("{before}?{keys}"))
}

/// A cookie without its value.
pub(crate) fn cookie(value: &str) -> String {
    let (pair, attributes) = value.split_once(';').map_or((value, ""), |(pair, rest)| (pair, rest));
    let name = pair.split('=').next().unwrap_or_default();
    let kept: Vec<&str> =
        attributes.split(';').map(str::trim).filter(|part| !part.to_lowercase().starts_with("expires=")).collect();
    format!("{name}=<cookie>; {}", kept.join("; "))
}

fn policy(value: &str) -> String {
    let part = |part: &str| if part.starts_with("'nonce-") { "'nonce-<nonce>'".to_owned() } else { part.to_owned() };
    value.split(' ').map(part).collect::<Vec<_>>().join(" ")
}

fn without_rooms(text: &str, rooms: &[String]) -> String {
    rooms.iter().fold(text.to_owned(), |text, room| text.replace(room, "<room>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_from_run_to_run_becomes_a_placeholder() {
        let body_ = json!({"session": "v3.local.x", "draft": "", "room": "r-1", "say": "You're in r-1.", "expires_at": "t", "ok": "yes"});
        let expected = json!({"session": "<session>", "draft": "", "room": "<room>", "say": "You're in <room>.", "expires_at": "<moment>", "ok": "yes"});
        assert_eq!(body(&body_, &["r-1".into()]), expected);
    }

    #[test]
    fn ids_and_cursors_leave_the_path() {
        assert_eq!(path("/qr/abc"), "/qr/<id>");
        assert_eq!(path("/mediate?after=c1&wait=3"), "/mediate?after=<after>&wait=3");
        assert_eq!(path("/redeem?invite=123"), "/redeem?invite=<invite>");
        assert_eq!(path("/j?123"), "/j?<query>");
        assert_eq!(path("/health"), "/health");
    }

    #[test]
    fn a_page_that_differs_in_a_letter_is_another_page() {
        let page = |bytes| other_body(Some("text/html; charset=utf-8"), bytes);
        assert_eq!(page(b"<p>a"), page(b"<p>a"));
        assert_ne!(page(b"<p>a"), page(b"<p>b"));
        assert_eq!(page(b"<p>a\n\n<p>b"), page(b"<p>a\n<li>A language model at <strong>x</strong> helps.</li>\n<p>b"));
        assert_ne!(page(b"<p>a\n\n<p>b"), page(b"<p>a\n<li>Another line.</li>\n<p>b"));
        assert_eq!(other_body(Some("image/png"), b"a"), other_body(Some("image/png"), b"b"), "symbols always differ");
    }

    #[test]
    fn a_cookie_keeps_its_attributes_and_loses_its_value() {
        assert_eq!(cookie("__Host-truce=v3.local.x; Secure; HttpOnly"), "__Host-truce=<cookie>; Secure; HttpOnly");
        assert_eq!(policy("script-src 'nonce-abc' 'self'"), "script-src 'nonce-<nonce>' 'self'");
    }
}
