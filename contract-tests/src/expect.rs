//! What came back, and what is expected of it.
//!
//! An expectation that does not hold ends the journey with a [`Failure`] that names the step, what was expected, what
//! came instead and the request id: enough to find it in the server's log. Nothing in it is secret.

use crate::contract::documented;
use crate::{Dated, normalise};
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// How a journey, or a step of it, ends.
pub type Outcome<T = ()> = Result<T, Failure>;

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{step}: expected {expected}, got {got} (request {request_id})")]
pub struct Failure {
    /// What was being done.
    pub step: String,
    /// What had to come of it.
    pub expected: String,
    /// What came of it.
    pub got: String,
    /// Finds the request in the server's log; `none` when there was no answer.
    pub request_id: String,
}

impl Failure {
    /// A failure outside of any answer.
    pub fn without_answer(step: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { step: step.into(), expected: expected.into(), got: got.into(), request_id: "none".into() }
    }
}

/// An answer. It has passed the laws that hold for every answer before a journey sees it.
#[derive(Clone)]
pub struct Reply {
    pub(crate) step: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) json: Option<Map<String, Value>>,
    pub(crate) took: Duration,
    /// Our clock, half way between question and answer.
    pub(crate) at: SystemTime,
}

impl Reply {
    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How long the answer took, from the first byte sent to the last byte read.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// The body as it came.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The body as text.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What `code` says; empty when the answer is not JSON.
    pub fn code(&self) -> &str {
        self.value("code").and_then(Value::as_str).unwrap_or_default()
    }

    /// A field, when there is one.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.json.as_ref()?.get(field)
    }

    /// A header, when there is one that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What finds the request in the server's log.
    pub fn request_id(&self) -> &str {
        self.header("x-request-id").unwrap_or("none")
    }

    /// What `menu` offers.
    pub fn menu(&self) -> Vec<String> {
        let menu = self.value("menu").and_then(Value::as_array);
        menu.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// What its sender's clock said, where it said anything.
    pub fn dated(&self) -> Option<Dated> {
        // A REST API of AWS gives it on under another name.
        let theirs = self.header("date").or_else(|| self.header("x-amzn-remapped-date"))?.to_owned();
        Some(Dated { theirs, ours: self.at, way: self.took })
    }

    /// What came, if it is called JSON.
    pub(crate) fn in_json(&self) -> Option<&Map<String, Value>> {
        let is_json = self.header("content-type").is_some_and(|kind| kind.contains("json"));
        self.json.as_ref().filter(|_| is_json)
    }

    /// A failure of this answer.
    pub fn failure(&self, expected: impl Into<String>, got: impl Into<String>) -> Failure {
        Failure {
            step: self.step.clone(),
            expected: expected.into(),
            got: got.into(),
            request_id: self.request_id().to_owned(),
        }
    }

    /// What came, in short and without secrets.
    pub fn summary(&self) -> String {
        let body = self.json.as_ref().map_or_else(
            || self.header("content-type").unwrap_or("no content type").to_owned(),
            |json| {
                let told: Map<String, Value> = ["code", "say", "detail", "menu", "category", "message", "kind"]
                    .into_iter()
                    .filter_map(|key| Some((key.to_owned(), json.get(key)?.clone())))
                    .collect();
                normalise::body(&Value::Object(told), &[]).to_string()
            },
        );
        format!("{} {body}", self.status)
    }
}

/// Expectations: each gives the reply back, so that they chain.
impl Reply {
    /// Anything, in words.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn expect(self, what: &str, holds: impl FnOnce(&Self) -> bool) -> Outcome<Self> {
        if holds(&self) { Ok(self) } else { Err(self.failure(what, self.summary())) }
    }

    /// This code, with the status documented for it.
    ///
    /// # Errors
    /// When another code or status came.
    pub fn expect_code(self, code: &str) -> Outcome<Self> {
        self.expect_any_code(&[code])
    }

    /// One of these codes, with the status documented for it.
    ///
    /// # Errors
    /// When another code or status came.
    pub fn expect_any_code(self, codes: &[&str]) -> Outcome<Self> {
        // That a code comes with its own status only is one of the laws.
        let wanted: Vec<String> = codes
            .iter()
            .map(|code| format!("{} `{code}`", documented(code).map_or(0, |answer| answer.status)))
            .collect();
        self.expect(&wanted.join(" or "), |reply| codes.contains(&reply.code()))
    }

    /// This status.
    ///
    /// # Errors
    /// When another came.
    pub fn expect_status(self, status: u16) -> Outcome<Self> {
        self.expect(&format!("status {status}"), |reply| reply.status == status)
    }

    /// A field with this value.
    ///
    /// # Errors
    /// When it is missing or has another.
    pub fn expect_field(self, field: &str, value: impl Into<Value>) -> Outcome<Self> {
        let value = value.into();
        match self.value(field) {
            Some(there) if *there == value => Ok(self),
            there => {
                let told = |value: &Value| normalise::field(field, value, &[]).to_string();
                Err(self.failure(format!("`{field}` to be {}", told(&value)), there.map_or("none".into(), told)))
            }
        }
    }

    /// Exactly this menu.
    ///
    /// # Errors
    /// When another is offered.
    pub fn expect_menu(self, menu: &[&str]) -> Outcome<Self> {
        self.expect_field("menu", menu)
    }

    /// A header with this value.
    ///
    /// # Errors
    /// When it is missing or has another.
    pub fn expect_header(self, name: &str, value: &str) -> Outcome<Self> {
        match self.header(name) {
            Some(there) if there == value => Ok(self),
            there => {
                let told = |value: &str| if name == "set-cookie" { normalise::cookie(value) } else { value.to_owned() };
                Err(self.failure(format!("header `{name}: {}`", told(value)), there.map_or("none".into(), told)))
            }
        }
    }

    /// A `detail` that names the field at fault.
    ///
    /// # Errors
    /// When it does not.
    pub fn expect_detail_naming(self, field: &str) -> Outcome<Self> {
        self.expect(&format!("a `detail` that names `{field}`"), |reply| {
            reply.value("detail").and_then(Value::as_str).is_some_and(|detail| detail.contains(field))
        })
    }

    /// Text from a field.
    ///
    /// # Errors
    /// When there is none, or it is empty.
    pub fn text(&self, field: &str) -> Outcome<String> {
        match self.value(field).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.failure(format!("text in `{field}`"), self.summary())),
        }
    }

    /// A number from a field.
    ///
    /// # Errors
    /// When there is none.
    pub fn count(&self, field: &str) -> Outcome<u64> {
        self.value(field)
            .and_then(Value::as_u64)
            .ok_or_else(|| self.failure(format!("a number in `{field}`"), self.summary()))
    }

    /// A moment from a field.
    ///
    /// # Errors
    /// When there is none.
    pub fn moment(&self, field: &str) -> Outcome<jiff::Timestamp> {
        self.text(field)?.parse().map_err(|_| self.failure(format!("a moment in `{field}`"), self.summary()))
    }

    /// A list from a field.
    ///
    /// # Errors
    /// When there is none.
    pub fn list(&self, field: &str) -> Outcome<Vec<Value>> {
        let list = self.value(field).and_then(Value::as_array).cloned();
        list.ok_or_else(|| self.failure(format!("a list in `{field}`"), self.summary()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// An answer as a server could have given it.
    pub(crate) fn reply(status: u16, headers: &[(&'static str, &str)], body: &Value) -> Reply {
        Reply {
            step: "Ana tries".into(),
            status,
            headers: headers
                .iter()
                .map(|(name, value)| {
                    (reqwest::header::HeaderName::from_static(name), value.parse().expect("a header value"))
                })
                .collect(),
            bytes: body.to_string().into_bytes(),
            json: body.as_object().cloned(),
            took: Duration::from_millis(1),
            at: SystemTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_failure_names_step_expectation_what_came_and_request_id() {
        let reply = reply(200, &[("x-request-id", "r-1")], &json!({"code": "civil", "say": "Fine."}));
        let Err(failure) = reply.expect_code("reframed") else { panic!("another code came") };
        let told = failure.to_string();
        for part in ["Ana tries", "200 `reframed`", "\"civil\"", "r-1"] {
            assert!(told.contains(part), "{told} lacks {part}");
        }
    }

    #[test]
    fn a_failure_never_shows_a_secret() {
        let body = json!({"code": "redeemed", "session": "v3.local.SECRET", "draft": "v3.local.DRAFT"});
        let Err(failure) = reply(200, &[], &body).expect_code("renewed") else { panic!("another code came") };
        assert!(!failure.to_string().contains("v3.local"), "{failure}");
        let cookie = "__Host-truce=v3.local.COOKIE; Secure";
        let there = || reply(200, &[("set-cookie", cookie)], &body);
        let failures = [
            there().expect_field("session", "v3.local.OTHER").err(),
            there().expect_field("draft", "").err(),
            there().expect_header("set-cookie", "__Host-truce=v3.local.OTHER; Secure").err(),
            there().text("message").err(),
        ];
        for failure in failures {
            let told = failure.expect("another came").to_string();
            assert!(!told.contains("v3.local"), "{told}");
        }
    }

    #[test]
    fn expectations_that_do_not_hold_fail() {
        let got = || {
            reply(200, &[("allow", "GET")], &json!({"code": "a", "menu": ["x"], "detail": "`room` is wrong", "n": 1}))
        };
        assert!(got().expect_status(201).is_err());
        assert!(got().expect_field("code", "b").is_err());
        assert!(got().expect_field("absent", Value::Null).is_err());
        assert!(got().expect_menu(&["y"]).is_err());
        assert!(got().expect_header("allow", "POST").is_err());
        assert!(got().expect_detail_naming("team").is_err());
        assert!(got().text("n").is_err());
        assert!(got().count("code").is_err());
        assert!(got().moment("code").is_err());
        assert!(got().list("code").is_err());
    }
}
