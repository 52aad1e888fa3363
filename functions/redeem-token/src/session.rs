//! `GET /redeem` tells whose session a request carries; `DELETE /redeem` ends it.

use axum::extract::State;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use std::fmt::Write as _;
use truce_function::auth::{self, Member};
use truce_function::openapi::{Always, WithSession};
use truce_function::{Answer, Environment, Problem};
use utoipa::ToSchema;

/// Whose session it is, and until when.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionFields {
    pub(crate) room: String,
    pub(crate) team: String,
    pub(crate) member: String,
    /// When it ends unless it is renewed; RFC 3339.
    pub(crate) expires_at: String,
    /// When it ends in any case; RFC 3339.
    pub(crate) ends_at: String,
}

/// Tells whose session this is; never redeems
#[utoipa::path(get, path = "/redeem", tag = "redeem-token", security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "Whose session it is, also as headers for a router at the edge", body = Answer<SessionFields>, headers(
        ("x-truce-room" = String), ("x-truce-team" = String), ("x-truce-member" = String), ("x-truce-cell" = String)
    )), WithSession, Always))]
pub(crate) async fn verify(State(env): State<Environment>, member: Member) -> Answer<SessionFields> {
    let seat = &member.session.claims.seat;
    let say = format!("You're {} of {} in {}.", seat.member(), seat.team(), seat.room());
    let routing = [
        ("x-truce-room", seat.room()),
        ("x-truce-team", seat.team()),
        ("x-truce-member", seat.member()),
        ("x-truce-cell", env.settings().cell(seat.team())),
    ];
    let answer = Answer::with("session-valid", SessionFields::of(&member.session)).say(say);
    routing.into_iter().fold(answer, |answer, (name, value)| match HeaderValue::from_str(&percent_encode(value)) {
        Ok(value) => answer.header(HeaderName::from_static(name), value),
        Err(_) => answer,
    })
}

/// Leaves: revokes the session and its renewals
#[utoipa::path(delete, path = "/redeem", tag = "redeem-token", security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "Left", body = Answer), WithSession, Always))]
pub(crate) async fn leave(State(env): State<Environment>, member: Member) -> Result<Answer, Problem> {
    let session = &member.session.claims;
    let id = session.id.to_string();
    env.store().revoke(&id, env.now(), session.revoked_until()).await?;
    tracing::info!(target: "audit", event = "session-left", invite = id, room = session.seat.room(), team = session.seat.team());
    Ok(Answer::new("left").say("You've left. Take care.").header(header::SET_COOKIE, auth::cookie("", 0)))
}

/// A header holds ASCII, a name anything: what is not unreserved (RFC 3986, 2.3) goes as percent and hex.
fn percent_encode(name: &str) -> String {
    name.bytes().fold(String::with_capacity(name.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_travel_in_headers_as_ascii() {
        assert_eq!(super::percent_encode("q3-release"), "q3-release");
        assert_eq!(super::percent_encode("Zoë & co"), "Zo%C3%AB%20%26%20co");
    }
}
