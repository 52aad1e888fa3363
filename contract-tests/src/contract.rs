//! The contract as a table: every documented code, its status, and the fields that come with it.
//!
//! From `docs/wire.md`. A code that is not here fails every journey that meets it, and so does one that arrives with
//! another status or without its fields.

use serde_json::{Map, Value};

/// The keys of every JSON answer.
pub const SIX_KEYS: [&str; 6] = ["ok", "code", "say", "menu", "draft", "cursor"];

/// The keys RFC 9457 adds to an error.
pub const PROBLEM_KEYS: [&str; 5] = ["type", "title", "status", "detail", "instance"];

/// What `say` may hold at most, in characters.
pub const SAY_LIMIT: usize = 140;

/// What `menu` may hold at most.
pub const MENU_LIMIT: usize = 3;

/// What a request body may hold at most, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text with something in it.
    Text,
    /// Text, possibly empty.
    MaybeText,
    /// A moment, RFC 3339.
    Moment,
    /// A whole number, 0 or more.
    Count,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Objects,
    /// Anything: the contract does not say what.
    Anything,
}

impl Kind {
    /// Whether `value` is of this kind.
    pub fn holds(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            Self::MaybeText => value.is_string(),
            Self::Moment => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            Self::Count => value.is_u64(),
            Self::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            Self::Anything => !value.is_null(),
            Self::Objects => value.as_array().is_some_and(|list| list.iter().all(Value::is_object)),
        }
    }
}

/// A documented answer.
#[derive(Debug)]
pub struct Answer {
    /// What `code` says.
    pub code: &'static str,
    /// The status it comes with.
    pub status: u16,
    /// What it carries beside the six keys.
    pub fields: &'static [(&'static str, Kind)],
}

const fn answer(code: &'static str, status: u16, fields: &'static [(&'static str, Kind)]) -> Answer {
    Answer { code, status, fields }
}

use Kind::{Anything, Count, MaybeText, Moment, Objects, Text, Texts};

const OFFER: &[(&str, Kind)] = &[
    ("message", Text),
    ("heard", MaybeText),
    ("feelings", Texts),
    ("needs", Texts),
    ("request", MaybeText),
    ("by_when", MaybeText),
    ("engine", Text),
];

const MEMBERSHIP: &[(&str, Kind)] =
    &[("room", Text), ("team", Text), ("member", Text), ("expires_at", Moment), ("ends_at", Moment)];

/// Every documented answer.
pub const ANSWERS: &[Answer] = &[
    // issue-qr
    answer(
        "invite-issued",
        201,
        &[
            ("id", Text),
            ("invite", Text),
            ("url", Text),
            ("expires_at", Moment),
            ("expires_in", Count),
            ("room", Text),
            ("team", Text),
            ("member", Text),
            ("svg", Text),
        ],
    ),
    answer("invite-state", 200, &[("state", Text), ("id", Text)]),
    answer("invite-revoked", 200, &[]),
    // redeem-token
    answer(
        "redeemed",
        200,
        &[
            ("session", MaybeText),
            ("room", Text),
            ("team", Text),
            ("member", Text),
            ("invited_by", Text),
            ("expires_at", Moment),
            ("ends_at", Moment),
        ],
    ),
    answer(
        "invite-valid",
        200,
        &[("room", Text), ("team", Text), ("member", Text), ("invited_by", Text), ("expires_at", Moment)],
    ),
    answer("renewed", 200, &[("session", MaybeText), ("expires_at", Moment), ("ends_at", Moment)]),
    answer("session-valid", 200, MEMBERSHIP),
    answer("left", 200, &[]),
    // mediate
    answer("reframed", 200, OFFER),
    answer("civil", 200, OFFER),
    answer("tell-me-more", 200, &[]),
    answer("safety-check", 200, &[("category", Text)]),
    answer("declined", 200, &[("category", Text)]),
    answer("escalated", 200, &[("category", Text)]),
    answer("sent", 200, &[]),
    answer("cancelled", 200, &[]),
    answer("replied", 200, &[]),
    answer("agreed", 200, &[("agreement", Anything), ("what", Text), ("who", Text), ("by_when", MaybeText)]),
    answer(
        "message",
        200,
        &[
            ("message", Text),
            ("from_team", Text),
            ("from_member", Text),
            ("sent_at", Moment),
            ("kind", Text),
            ("waiting", Count),
        ],
    ),
    answer("nothing-new", 200, &[]),
    answer("agreements", 200, &[("agreements", Objects)]),
    // health
    answer("alive", 200, &[]),
    answer("ready", 200, &[("dependencies", Objects)]),
    answer("not-ready", 503, &[("dependencies", Objects)]),
    // errors
    answer("malformed-json", 400, &[]),
    answer("wrong-type", 400, &[]),
    answer("missing-field", 400, &[]),
    answer("unknown-field", 400, &[]),
    answer("bad-value", 400, &[]),
    answer("unknown-choice", 400, &[]),
    answer("draft-invalid", 400, &[]),
    answer("organiser-key-invalid", 401, &[]),
    answer("session-missing", 401, &[]),
    answer("session-invalid", 401, &[]),
    answer("invite-invalid", 401, &[]),
    answer("cross-origin", 403, &[]),
    answer("no-such-path", 404, &[]),
    answer("method-not-allowed", 405, &[]),
    answer("not-acceptable", 406, &[]),
    answer("body-too-large", 413, &[]),
    answer("not-json", 415, &[]),
    answer("slow-down", 429, &[]),
    answer("internal", 500, &[]),
    answer("store-unavailable", 503, &[]),
    answer("timed-out", 503, &[]),
];

/// The documented answer with this code.
pub fn documented(code: &str) -> Option<&'static Answer> {
    ANSWERS.iter().find(|answer| answer.code == code)
}

/// What is wrong with the fields of an answer, if anything.
pub fn missing_field(answer: &Answer, body: &Map<String, Value>) -> Option<String> {
    answer.fields.iter().find_map(|(name, kind)| match body.get(*name) {
        None => Some(format!("`{}` without its field `{name}`", answer.code)),
        Some(value) if !kind.holds(value) => Some(format!("`{name}` that is no {kind:?}")),
        Some(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_code_is_kebab_case_and_there_once() {
        for answer in ANSWERS {
            assert!(answer.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", answer.code);
            assert_eq!(ANSWERS.iter().filter(|other| other.code == answer.code).count(), 1, "{}", answer.code);
        }
    }

    #[test]
    fn every_code_of_the_wire_document_is_in_the_table_and_the_other_way_round() {
        let wire = include_str!("../../docs/wire.md");
        for answer in ANSWERS {
            assert!(wire.contains(&format!("`{}`", answer.code)), "{} is not in docs/wire.md", answer.code);
        }
        let errors = wire.split("## Errors").nth(1).expect("wire.md lists the errors");
        for row in errors.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
            let codes = row.split('|').nth(2).expect("a table row");
            for code in codes.split('`').skip(1).step_by(2) {
                assert!(documented(code).is_some(), "{code} is not in the table");
            }
        }
    }

    #[test]
    fn a_kind_tells_what_fits_from_what_does_not() {
        for (kind, good, bad) in [
            (Text, json!("a"), json!(" ")),
            (MaybeText, json!(""), json!(null)),
            (Moment, json!("2026-03-01T12:00:00Z"), json!("tomorrow")),
            (Count, json!(0), json!(-1)),
            (Texts, json!(["a"]), json!([1])),
            (Objects, json!([{}]), json!({})),
            (Anything, json!(false), json!(null)),
        ] {
            assert!(kind.holds(&good) && !kind.holds(&bad), "{kind:?}");
        }
    }
}
