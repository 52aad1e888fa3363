//! The flat answer a Watch can read.
//!
//! Apple Shortcuts cannot see a status and stops at a missing key, so every answer carries the same six keys; what a
//! function adds stands beside them in the same object. Nothing nested may be needed to go on.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// What fits on a Watch and can be listened to in one breath, in characters.
pub const SAY_LIMIT: usize = 140;

/// Whether a request did what it asked, as text: a Shortcut's `If` cannot read a boolean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It did.
    Yes,
    /// It did not; `code` and `say` tell why.
    No,
}

/// The six keys that every JSON answer carries.
#[derive(Clone, Serialize, ToSchema)]
pub struct Core {
    /// Whether the request did what it asked.
    pub ok: Verdict,
    /// Stable, kebab-case: programs decide by it.
    pub code: String,
    /// What the Watch shows and speaks.
    #[schema(max_length = 140)]
    pub say: String,
    /// What can be answered.
    #[schema(max_items = 3)]
    pub menu: Vec<String>,
    /// Sealed; goes back with a choice. Empty when there is nothing to go back.
    pub draft: String,
    /// Where the inbox was read to. Empty when nothing was read.
    pub cursor: String,
}

/// For answers that add nothing to the six keys.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct NoFields {}

/// A successful answer: the six keys, and a function's own fields beside them.
#[derive(Clone, Serialize, ToSchema)]
pub struct Answer<T = NoFields> {
    /// The six keys.
    #[serde(flatten)]
    pub core: Core,
    /// The function's own.
    #[serde(flatten)]
    pub fields: T,
    #[serde(skip)]
    #[schema(ignore)]
    status: StatusCode,
    #[serde(skip)]
    #[schema(ignore)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// An answer with the six keys only.
    pub fn new(code: &'static str) -> Self {
        Self::with(code, NoFields {})
    }
}

impl<T> Answer<T> {
    /// An answer with fields of its own.
    pub fn with(code: &'static str, fields: T) -> Self {
        Self {
            core: Core {
                ok: Verdict::Yes,
                code: code.to_owned(),
                say: String::new(),
                menu: Vec::new(),
                draft: String::new(),
                cursor: String::new(),
            },
            fields,
            status: StatusCode::OK,
            headers: Vec::new(),
        }
    }

    /// What the Watch shows and speaks; cut to fit at a word.
    #[must_use]
    pub fn say(mut self, say: impl AsRef<str>) -> Self {
        self.core.say = fit(say.as_ref(), SAY_LIMIT);
        self
    }

    /// What can be answered; the first three count.
    #[must_use]
    pub fn menu<S: Into<String>>(mut self, menu: impl IntoIterator<Item = S>) -> Self {
        self.core.menu = menu.into_iter().take(3).map(Into::into).collect();
        self
    }

    /// The sealed draft that goes back with a choice.
    #[must_use]
    pub fn draft(mut self, draft: impl Into<String>) -> Self {
        self.core.draft = draft.into();
        self
    }

    /// Where the inbox was read to.
    #[must_use]
    pub fn cursor(mut self, cursor: impl std::fmt::Display) -> Self {
        self.core.cursor = cursor.to_string();
        self
    }

    /// A status other than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A header beside the body.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(mut self) -> Response {
        let headers = std::mem::take(&mut self.headers);
        let mut response = (self.status, axum::Json(self)).into_response();
        for (name, value) in headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// `text` in at most `limit` characters: whole words, and an ellipsis where something was left out.
///
/// ```
/// assert_eq!(truce_function::fit("one two three", 8), "one two…");
/// ```
pub fn fit(text: &str, limit: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let room: String = text.chars().take(limit.saturating_sub(1)).collect();
    let next_is_space = text.chars().nth(room.chars().count()).is_some_and(char::is_whitespace);
    let whole = if next_is_space {
        room.trim_end()
    } else {
        // One word longer than the screen has no better place to be cut than where the screen ends.
        room.rfind(char::is_whitespace).map_or(room.as_str(), |at| room[..at].trim_end())
    };
    format!("{}…", whole.trim_end_matches([',', ';', ':', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_six_keys_are_always_there_and_own_fields_stand_beside_them() {
        #[derive(Serialize)]
        struct Extra {
            session: String,
        }
        let answer = Answer::with("redeemed", Extra { session: "s".into() }).say("Hi.");
        let json = serde_json::to_value(&answer).expect("plain data");
        for key in ["ok", "code", "say", "menu", "draft", "cursor", "session"] {
            assert!(json.get(key).is_some(), "{key} is missing");
        }
        assert_eq!(json["ok"], "yes");
        assert_eq!(json.as_object().expect("flat").len(), 7);
    }

    proptest! {
        #[test]
        fn fitted_text_never_exceeds_the_limit(text in ".{0,400}", limit in 2usize..200) {
            prop_assert!(fit(&text, limit).chars().count() <= limit);
        }

        #[test]
        fn text_that_fits_is_left_alone(text in "[a-z ]{0,100}") {
            prop_assert_eq!(fit(&text, 140), text.trim());
        }
    }
}
