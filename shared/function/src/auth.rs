//! Who may call: an organiser by key, a member by session.
//!
//! A session comes as a bearer token, or, in a browser, in a cookie that scripts cannot read. A browser sends the
//! cookie along whoever made the request, so with a cookie a change has to come from our own pages.

use crate::{Environment, Problem, Synthetic, throttle};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use truce_session::{Opened, OrganiserTag, Session, paseto};

/// The session cookie. `__Host-`: only over a secure origin, only for this host, for every path.
pub const COOKIE: &str = "__Host-truce";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Somebody who may issue and revoke invites.
pub struct Organiser {
    /// As the settings name them.
    pub name: String,
    /// How an invite names them.
    pub tag: OrganiserTag,
}

impl FromRequestParts<Environment> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Environment) -> Result<Self, Problem> {
        let attempts = Attempts::of(parts, env, "organiser");
        attempts.check()?;
        let organiser = bearer(&parts.headers).and_then(|key| env.settings().organisers.identify(key));
        match organiser {
            Some((name, tag)) => Ok(Self { name: name.to_owned(), tag: *tag }),
            None => Err(attempts.failed(Problem::organiser_key_invalid())),
        }
    }
}

/// No key is fine, and so is a session, which is no attempt at one; a key that does not hold is not.
impl OptionalFromRequestParts<Environment> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Environment) -> Result<Option<Self>, Problem> {
        if bearer(&parts.headers).is_none_or(|key| key.starts_with(paseto::HEADER)) {
            return Ok(None);
        }
        <Self as FromRequestParts<Environment>>::from_request_parts(parts, env).await.map(Some)
    }
}

/// Somebody with a session that holds.
pub struct Member {
    /// The session, opened.
    pub session: Opened<Session>,
    /// How it came.
    pub via: Via,
    /// Whether a test asks for them: for what is counted, and for nothing else.
    pub synthetic: Synthetic,
}

/// How a session came with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// `Authorization: Bearer`
    Bearer,
    /// The browser's cookie.
    Cookie,
}

impl FromRequestParts<Environment> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Environment) -> Result<Self, Problem> {
        let (token, via) = credential(&parts.headers).ok_or_else(Problem::session_missing)?;
        if via == Via::Cookie && !matches!(parts.method, Method::GET | Method::HEAD) && !is_same_origin(&parts.headers)
        {
            return Err(Problem::cross_origin());
        }
        let attempts = Attempts::of(parts, env, "session");
        attempts.check()?;
        let session = open_session(env, token).await?.ok_or_else(|| attempts.failed(Problem::session_invalid()))?;
        Ok(Self { session, via, synthetic: attempts.synthetic })
    }
}

/// No credential is fine; one that does not hold is not.
impl OptionalFromRequestParts<Environment> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Environment) -> Result<Option<Self>, Problem> {
        if credential(&parts.headers).is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<Environment>>::from_request_parts(parts, env).await.map(Some)
    }
}

/// The session behind a token, if it holds and was not revoked.
///
/// # Errors
/// 503 when the store cannot say whether it was revoked: closed rather than wrong.
pub async fn open_session(env: &Environment, token: &str) -> Result<Option<Opened<Session>>, Problem> {
    let now = env.now();
    let Ok(session) = env.keys().open::<Session>(token, env.settings().public_url.host(), now) else {
        return Ok(None);
    };
    let revoked = env.store().is_revoked(&session.claims.id.to_string(), now).await?;
    Ok((!revoked).then_some(session))
}

/// Where a request comes from, as far as its host can tell; the host puts it into the request's extensions.
#[derive(Debug, Clone)]
pub struct Source(pub String);

/// Failed attempts of one caller at one kind of credential.
pub struct Attempts<'a> {
    env: &'a Environment,
    kind: &'static str,
    source: String,
    synthetic: Synthetic,
}

impl<'a> Attempts<'a> {
    /// The attempts of whoever sent this request.
    pub fn of(parts: &Parts, env: &'a Environment, kind: &'static str) -> Self {
        let source = parts.extensions.get::<Source>().map_or_else(String::new, |source| throttle::caller(&source.0));
        Self { env, kind, source, synthetic: Synthetic::told(&parts.extensions) }
    }

    /// # Errors
    /// 429 when this caller has failed too often within a minute.
    pub fn check(&self) -> Result<(), Problem> {
        // A host that cannot tell callers apart must not lock out everybody for one.
        if self.source.is_empty() {
            return Ok(());
        }
        let checked = self.env.throttle().check(self.kind, &self.source, self.env.now());
        checked.map_err(|seconds| self.env.slow_down(self.kind, self.synthetic, seconds))
    }

    /// Counts a failed attempt, and passes its problem on.
    pub fn failed(&self, problem: Problem) -> Problem {
        if !self.source.is_empty() {
            // The attempt after the limit is refused by `check`; this one gets its own answer.
            let _ = self.env.throttle().count(self.kind, &self.source, self.env.now());
        }
        problem
    }
}

/// Counts what a member asks for, per session.
///
/// # Errors
/// 429 when it was too much within a minute.
pub fn count_for_member(env: &Environment, member: &Member) -> Result<(), Problem> {
    let id = member.session.claims.id.to_string();
    let counted = env.throttle().count("member", &id, env.now());
    counted.map_err(|seconds| env.slow_down("member", member.synthetic, seconds))
}

/// Whether a browser says that the request was made by a page of this very host.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    // Browsers too old for Sec-Fetch-Site send Origin with every POST and DELETE.
    match (text(&header::ORIGIN), text(&header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        _ => false,
    }
}

/// The `Set-Cookie` that keeps a session for `seconds`, or clears it with none.
pub fn cookie(session: &str, seconds: u64) -> HeaderValue {
    let text = format!("{COOKIE}={session}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    let mut value = HeaderValue::from_str(&text).expect("a token is base64url");
    value.set_sensitive(true);
    value
}

/// The bearer token, if one came.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn credential(headers: &HeaderMap) -> Option<(&str, Via)> {
    if headers.contains_key(header::AUTHORIZATION) {
        // Something was meant to be a credential: what is not a bearer token is an empty one, and does not hold.
        return Some((bearer(headers).unwrap_or_default(), Via::Bearer));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| (token, Via::Cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_bearer_token_goes_before_the_cookie() {
        let both = headers(&[("authorization", "bearer abc"), ("cookie", "a=b; __Host-truce=xyz")]);
        assert_eq!(credential(&both), Some(("abc", Via::Bearer)));
        assert_eq!(credential(&headers(&[("cookie", "a=b; __Host-truce=xyz")])), Some(("xyz", Via::Cookie)));
        assert_eq!(credential(&headers(&[("authorization", "Basic abc")])), Some(("", Via::Bearer)));
        assert_eq!(credential(&headers(&[("cookie", "truce=xyz")])), None);
    }

    /// Requirement 28: a cookie counts only with an origin of our own.
    #[test]
    fn only_a_page_of_this_host_is_of_the_same_origin() {
        assert!(is_same_origin(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_origin(&headers(&[("sec-fetch-site", "same-site"), ("origin", "https://a"), ("host", "a")])));
        assert!(is_same_origin(&headers(&[("origin", "https://truce.example"), ("host", "truce.example")])));
        assert!(!is_same_origin(&headers(&[("origin", "https://evil.example"), ("host", "truce.example")])));
        assert!(!is_same_origin(&headers(&[("origin", "null"), ("host", "truce.example")])));
        assert!(!is_same_origin(&headers(&[("host", "truce.example")])));
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let cookie = cookie("v3.local.x", 60);
        let text = cookie.to_str().expect("ASCII");
        for part in ["__Host-truce=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=60"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(cookie.is_sensitive());
    }
}
