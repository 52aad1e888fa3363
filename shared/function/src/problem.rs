//! What went wrong, told twice: outside for whoever called, inside for whoever looks after the service.
//!
//! The two never mix. What a caller reads (`code`, `say`, `detail`) is written by us and never quotes a cause; the
//! cause is written to the log with the request id, and never holds a token or what somebody said. Every problem has
//! a `say` that a person can act on.

use crate::answer::{Core, Verdict};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use utoipa::ToSchema;

/// A request that did not succeed. Rendered by [`crate::layers::harden`], which knows the request id.
#[derive(Clone)]
pub struct Problem(Box<Details>);

/// Behind a pointer: every fallible function returns a problem, and hardly ever one that exists.
#[derive(Clone)]
struct Details {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    say: String,
    menu: Vec<String>,
    draft: String,
    fields: serde_json::Map<String, serde_json::Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// How a problem looks on the wire: RFC 9457, and the six keys.
#[derive(Serialize, ToSchema)]
pub struct ProblemBody {
    /// The six keys.
    #[serde(flatten)]
    pub core: Core,
    /// `urn:truce:problem:<code>`
    pub r#type: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status, for those who cannot see it.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// This occurrence, for a developer: names the field that is wrong.
    pub detail: String,
    /// `urn:truce:request:<request id>`
    pub instance: String,
    /// What a program may want to know besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub fields: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem with a status, a stable code, a title for the kind and a `say` for the wrist.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str, say: impl Into<String>) -> Self {
        let say = say.into();
        Self(Box::new(Details {
            status,
            code,
            title,
            detail: say.clone(),
            say,
            menu: Vec::new(),
            draft: String::new(),
            fields: serde_json::Map::new(),
            headers: Vec::new(),
        }))
    }

    /// What exactly was wrong this time, for a developer.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// What could be answered instead.
    #[must_use]
    pub fn menu<S: Into<String>>(mut self, menu: impl IntoIterator<Item = S>) -> Self {
        self.0.menu = menu.into_iter().take(3).map(Into::into).collect();
        self
    }

    /// The draft to go on with.
    #[must_use]
    pub fn draft(mut self, draft: impl Into<String>) -> Self {
        self.0.draft = draft.into();
        self
    }

    /// What a program may want to know besides.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Serialize) -> Self {
        // What cannot be written as JSON is left out: a problem must not become another problem.
        if let Ok(value) = serde_json::to_value(value) {
            self.0.fields.insert(name.to_owned(), value);
        }
        self
    }

    /// When to try again, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// A header beside the body.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What exactly was wrong.
    #[cfg(test)]
    pub(crate) fn detail_text(&self) -> &str {
        &self.0.detail
    }

    pub(crate) fn body(&self, request_id: &str) -> ProblemBody {
        ProblemBody {
            core: Core {
                ok: Verdict::No,
                code: self.0.code.to_owned(),
                say: crate::fit(&self.0.say, crate::SAY_LIMIT),
                menu: self.0.menu.clone(),
                draft: self.0.draft.clone(),
                cursor: String::new(),
            },
            r#type: format!("urn:truce:problem:{}", self.0.code),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            instance: format!("urn:truce:request:{request_id}"),
            fields: self.0.fields.clone(),
        }
    }

    /// The whole response, once the request id is known.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let mut response = (self.0.status, axum::Json(self.body(request_id))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in &self.0.headers {
            headers.insert(name, value.clone());
        }
        response
    }
}

/// The problems that any function can have.
impl Problem {
    /// 400: a value the contract does not allow.
    pub fn bad_value(field: &str, why: impl fmt::Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-value",
            "A value is not allowed",
            "Something in that request is not right.",
        )
        .detail(format!("`{field}` {why}"))
    }

    /// 400: a field that has to be there is not.
    pub fn missing_field(field: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "missing-field",
            "A field is missing",
            "Something is missing from that request.",
        )
        .detail(format!("`{field}` is missing"))
    }

    /// 400: a field or query parameter the contract does not name.
    pub fn unknown_field(field: &str) -> Self {
        let shown: String = field.chars().filter(|c| !c.is_control()).take(64).collect();
        Self::new(
            StatusCode::BAD_REQUEST,
            "unknown-field",
            "A field is not in the contract",
            "That request has something in it I don't know.",
        )
        .detail(format!("`{shown}` is not a field of this request"))
    }

    /// 401: no session came with the request.
    pub fn session_missing() -> Self {
        Self::unauthorised("session-missing", "A session is needed", "You're not signed in here. Scan a code to join.")
            .detail("send `Authorization: Bearer <session>`; a session comes from POST /redeem")
    }

    /// 401: the session is expired, revoked, forged or from elsewhere. Which one is nobody's business.
    pub fn session_invalid() -> Self {
        Self::unauthorised(
            "session-invalid",
            "The session does not hold",
            "Your session has ended. Scan a new code to join again.",
        )
        .detail("the session is expired, revoked, or not one of this deployment's")
    }

    /// 401: not an organiser.
    pub fn organiser_key_invalid() -> Self {
        Self::unauthorised("organiser-key-invalid", "An organiser's key is needed", "That needs the organiser's key.")
            .detail("send `Authorization: Bearer <organiser key>`; the server's TRUCE_ORGANISER_KEYS names the keys it takes")
    }

    /// 401: bad, used, expired, revoked and unknown invites alike.
    pub fn invite_invalid() -> Self {
        Self::unauthorised(
            "invite-invalid",
            "The invite does not hold",
            "This code no longer works. Ask for a new one.",
        )
        .detail("an invite works once, for a short time, on the deployment that issued it")
    }

    /// 403: a cookie was used from another site.
    pub fn cross_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "cross-origin",
            "The request came from another site",
            "That came from another site, so I left it.",
        )
        .detail("a request with the session cookie needs an Origin of this deployment")
    }

    /// 429: too many attempts.
    pub fn slow_down(retry_after: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "slow-down",
            "Too many attempts",
            "That was a lot at once. Give it a moment.",
        )
        .detail(format!("try again in {retry_after} s"))
        .retry_after(retry_after)
    }

    /// 500: our fault. The cause goes to the log, never to the caller.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something broke on our side",
            "Something broke on our side. Nothing was sent.",
        )
        .detail("the request id finds it in the server's log")
    }

    /// 503: the store did not answer. Closed rather than wrong.
    fn store_unavailable(retry_after: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store-unavailable",
            "The store did not answer",
            "I can't reach my notes right now. Try again shortly.",
        )
        .detail("the same request can be repeated")
        .retry_after(retry_after.as_secs())
    }

    fn unauthorised(code: &'static str, title: &'static str, say: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, title, say)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"truce\""))
    }
}

impl From<truce_store::StoreError> for Problem {
    fn from(error: truce_store::StoreError) -> Self {
        let Some(retry_after) = error.retry_after() else {
            return Self::internal(&error);
        };
        tracing::error!(%error, "the store is unavailable");
        Self::store_unavailable(retry_after)
    }
}

/// Rendering waits for the layer that knows the request id; until then the problem travels as an extension.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the draft: it is sealed, but it is somebody's.
        f.debug_struct("Problem").field("status", &self.0.status).field("code", &self.0.code).finish_non_exhaustive()
    }
}
