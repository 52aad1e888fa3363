//! Extractors that turn every way a request can be wrong into a problem that names it.
//!
//! axum's own rejections answer in plain text and quote the input; ours name the field, never its value.

use crate::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;

/// A JSON object, exactly as the contract has it.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(not_json());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| malformed("the body could not be read"))?;
        parse_object(&bytes).map(Self)
    }
}

/// Query parameters, exactly as the contract has them.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|rejection| {
            // The innermost cause is serde's; the messages around it repeat the query.
            let mut cause: &dyn std::error::Error = &rejection;
            while let Some(inner) = cause.source() {
                cause = inner;
            }
            let message = cause.to_string();
            // `parameter: what is wrong with it`, where the parameter is known.
            let (parameter, problem) = message.split_once(": ").unwrap_or(("a parameter", &message));
            classify(problem, Some(parameter))
        })
    }
}

/// A path parameter that a type of ours can parse; one that it cannot is a 400 that names it.
///
/// # Errors
/// 400 `bad-value`.
pub fn parse_parameter<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Problem>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| Problem::bad_value(name, error))
}

/// For an optional field that may be left out but not be `null`: the contract has one way to say nothing.
///
/// # Errors
/// When the value is not a `T`.
pub fn present<'de, T: serde::Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A whole number of seconds, also written as `60.0`, which JSON takes for the same number.
///
/// # Errors
/// When it is not a whole number of 0 or more.
pub fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    use serde::de::{Error as _, Unexpected};
    let number = <serde_json::Number as serde::Deserialize>::deserialize(from)?;
    let float = number.as_f64().unwrap_or(-1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // whole and not negative; beyond u64 it saturates
    let whole = (float >= 0.0 && float.fract() == 0.0).then_some(float as u64);
    number.as_u64().or(whole).map(Some).ok_or_else(|| D::Error::invalid_value(Unexpected::Other("number"), &"seconds"))
}

/// A query parameter that holds a whole number of 0 or more; beyond what fits it means the largest.
///
/// # Errors
/// When it is anything else.
pub fn seconds_in_query<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    use serde::de::{Error as _, Unexpected};
    let text = <String as serde::Deserialize>::deserialize(from)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(D::Error::invalid_value(Unexpected::Other("text"), &"seconds"));
    }
    Ok(Some(text.parse().unwrap_or(u64::MAX)))
}

/// A query parameter whose empty value means that it is not there: a Shortcut sends a variable it has not set as
/// empty.
///
/// # Errors
/// None of its own.
pub fn present_unless_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    Ok((!text.is_empty()).then_some(text))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn not_json() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-json",
        "The body is not JSON",
        "That request isn't one I can read.",
    )
    .detail("send a JSON object with `Content-Type: application/json`")
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body-too-large",
        "The body is too large",
        "That's too long for me. Try one thing at a time.",
    )
    .detail(format!("a body holds at most {} bytes", crate::layers::BODY_LIMIT))
}

pub(crate) fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed-json",
        "The body is not well-formed JSON",
        "That request isn't one I can read.",
    )
    .detail(detail)
}

fn wrong_type(detail: impl Into<String>) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "wrong-type",
        "A value has the wrong type",
        "Something in that request is not right.",
    )
    .detail(detail)
}

fn parse_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would take an array for a struct, field by field.
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(malformed("the body is empty; send a JSON object")),
        Some(b'{') => {}
        Some(_) if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() => {
            return Err(wrong_type("the body has to be a JSON object"));
        }
        Some(_) => {}
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        match inner.classify() {
            serde_json::error::Category::Data => classify(&inner.to_string(), Some(&error.path().to_string())),
            _ => malformed(format!("line {}, column {}", inner.line(), inner.column())),
        }
    })?;
    json.end().map_err(|_| malformed("something follows the JSON object"))?;
    Ok(value)
}

/// serde says what is wrong in words only, and quotes the value; its words up to the first quote are stable.
fn classify(message: &str, path: Option<&str>) -> Problem {
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    let field = path.filter(|path| *path != ".").unwrap_or("a value");
    if message.starts_with("unknown field") {
        Problem::unknown_field(quoted())
    } else if message.starts_with("missing field") {
        Problem::missing_field(quoted())
    } else if message.starts_with("invalid type") {
        wrong_type(format!("`{field}` has the wrong type"))
    } else if message.starts_with("duplicate field") {
        Problem::bad_value(quoted(), "is there twice")
    } else {
        Problem::bad_value(field, "is not one of the values the contract allows")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Issue {
        #[allow(dead_code)]
        room: String,
        #[allow(dead_code)]
        ttl_seconds: Option<u64>,
    }

    fn refusal(body: &str) -> (&'static str, String) {
        let problem = parse_object::<Issue>(body.as_bytes()).expect_err("refused");
        (problem.code(), problem.detail_text().to_owned())
    }

    #[test]
    fn each_way_to_be_wrong_has_its_own_code_and_names_the_field() {
        assert_eq!(refusal("").0, "malformed-json");
        assert_eq!(refusal("{").0, "malformed-json");
        assert_eq!(refusal(r#"{"room":"a"} x"#).0, "malformed-json");
        assert_eq!(refusal(r#"["a"]"#), ("wrong-type", "the body has to be a JSON object".into()));
        assert_eq!(refusal("null").0, "wrong-type");
        assert_eq!(refusal("{}"), ("missing-field", "`room` is missing".into()));
        assert_eq!(refusal(r#"{"room":7}"#), ("wrong-type", "`room` has the wrong type".into()));
        assert_eq!(refusal(r#"{"room":"a","ttl_seconds":-1}"#).0, "bad-value");
        assert_eq!(
            refusal(r#"{"room":"a","roof":1}"#),
            ("unknown-field", "`roof` is not a field of this request".into())
        );
        assert_eq!(refusal(r#"{"room":"a","room":"b"}"#), ("bad-value", "`room` is there twice".into()));
    }

    #[test]
    fn query_parameters_are_refused_by_name() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Listen {
            #[allow(dead_code)]
            wait: Option<u64>,
        }
        for (query, code, detail) in [
            ("foo=1", "unknown-field", "`foo` is not a field of this request"),
            ("wait=soon", "bad-value", "`wait` is not one of the values the contract allows"),
            ("wait=1&wait=2", "bad-value", "`wait` is there twice"),
        ] {
            let request = http::Request::get(format!("/mediate?{query}")).body(()).expect("a request");
            let (mut parts, ()) = request.into_parts();
            let parsed = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime")
                .block_on(Query::<Listen>::from_request_parts(&mut parts, &()));
            let problem = parsed.err().expect("refused");
            assert_eq!((problem.code(), problem.detail_text()), (code, detail));
        }
    }

    #[test]
    fn a_refusal_never_quotes_what_was_sent() {
        let (_, detail) = refusal(r#"{"room":"a","ttl_seconds":"what somebody said"}"#);
        assert!(!detail.contains("somebody"), "{detail}");
    }

    #[test]
    fn json_is_told_by_its_content_type() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().expect("a header"));
            assert_eq!(is_json(&headers), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_body_can_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = parse_object::<Issue>(&bytes);
        }
    }
}
