//! `POST /redeem`: an invite becomes a session, or a session becomes a newer one.

use crate::session::SessionFields;
use axum::extract::{FromRequest, Request, State};
use http::header;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use truce_function::auth::{self, Attempts, Member, Via};
use truce_function::extract::{Body, present};
use truce_function::openapi::{Always, WithBody, WithSecret, WithSession};
use truce_function::{Answer, Environment, Problem, time};
use truce_session::{Invite, Opened, Sealed, Session};
use truce_store::Spent;
use utoipa::ToSchema;

/// An invite to redeem or to look at, or a session to renew; [`RedeemBody`] describes which fields go together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedeemRequest {
    #[serde(default, deserialize_with = "present")]
    invite: Option<String>,
    #[serde(default, deserialize_with = "present")]
    preview: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    keep: Option<Keep>,
    #[serde(default, deserialize_with = "present")]
    session: Option<String>,
}

/// An invite to redeem or to look at, or a session to renew.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // for the description only
enum RedeemBody {
    Invited(Invited),
    Renewal(Renewal),
}

/// An invite to redeem or to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // for the description only
struct Invited {
    /// The invite: its digits, the whole link, or its `v3.local.` form.
    invite: String,
    /// Only look: tells who is invited to what, and spends nothing.
    #[schema(nullable = false)]
    preview: Option<bool>,
    // Where the session goes; absent: into the answer. (A description here would be taken for a second schema.)
    #[schema(nullable = false, inline)]
    keep: Option<Keep>,
}

/// A session to renew.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // for the description only
struct Renewal {
    /// The session; absent: the bearer token or the cookie.
    #[schema(nullable = false)]
    session: Option<String>,
    // Where the new one goes; absent: where the old one came from.
    #[schema(nullable = false, inline)]
    keep: Option<Keep>,
}

/// Where a browser keeps a session.
#[derive(Deserialize, ToSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Keep {
    /// In a cookie that scripts cannot read.
    Cookie,
}

/// What redeeming, renewing and looking answer. Fields that do not apply are empty.
#[derive(Serialize, ToSchema)]
pub(crate) struct Redeemed {
    /// The session; empty when it went into the cookie, or when nothing was redeemed.
    session: String,
    /// Who issued the invite; empty for a renewal.
    invited_by: String,
    #[serde(flatten)]
    seat: SessionFields,
}

/// Redeems an invite, previews one, or renews a session
#[utoipa::path(post, path = "/redeem", tag = "redeem-token", request_body = RedeemBody,
    security((), ("session" = []), ("cookie" = [])),
    responses((status = 200, description = "The session, renewed or new; or, previewed, what the invite is for", body = Answer<Redeemed>), WithBody, WithSecret, WithSession, Always))]
pub(crate) async fn redeem(State(env): State<Environment>, request: Request) -> Result<Answer<Redeemed>, Problem> {
    let (mut parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let Body(request) = Body::<RedeemRequest>::from_request(whole, &env).await?;
    if request.keep.is_some() && !auth::is_same_origin(&parts.headers) {
        return Err(Problem::cross_origin());
    }
    match request {
        RedeemRequest { invite: Some(_), session: Some(_), .. } => {
            Err(Problem::bad_value("session", "does not go together with `invite`"))
        }
        RedeemRequest { invite: Some(invite), preview: Some(true), .. } => preview(&env, &parts, &invite).await,
        RedeemRequest { invite: Some(invite), keep, .. } => redeem_invite(&env, &parts, &invite, keep).await,
        RedeemRequest { preview: Some(_), .. } => Err(Problem::missing_field("invite")),
        RedeemRequest { session, keep, .. } => renew(&env, &mut parts, session, keep).await,
    }
}

async fn preview(env: &Environment, parts: &Parts, text: &str) -> Result<Answer<Redeemed>, Problem> {
    let invite = open(env, parts, text).await?;
    let say = format!("{} invites you to {}.", invited_by(env, &invite), invite.claims.seat.room());
    let fields = Redeemed {
        session: String::new(),
        invited_by: invited_by(env, &invite),
        seat: SessionFields::new(&invite.claims.seat, invite.expires_at, invite.expires_at),
    };
    Ok(Answer::with("invite-valid", fields).say(say))
}

async fn redeem_invite(
    env: &Environment,
    parts: &Parts,
    text: &str,
    keep: Option<Keep>,
) -> Result<Answer<Redeemed>, Problem> {
    let invite = open(env, parts, text).await?;
    let (id, now) = (invite.id.to_string(), env.now());
    match env.store().spend(&id, now, invite.spent_until()).await? {
        Spent::First => {}
        Spent::Again => return Err(Problem::invite_invalid()),
    }
    let session = Session::of(&invite, now);
    let seat = invite.claims.seat.clone();
    tracing::info!(target: "audit", event = "invite-redeemed", invite = id, room = seat.room(), team = seat.team());
    let say = format!("You're in, {}.", seat.member());
    hand_out(env, &session, now, keep, invited_by(env, &invite), "redeemed", &say)
}

async fn renew(
    env: &Environment,
    parts: &mut Parts,
    token: Option<String>,
    keep: Option<Keep>,
) -> Result<Answer<Redeemed>, Problem> {
    let (session, keep) = if let Some(token) = token {
        let attempts = Attempts::of(parts, env, "session");
        attempts.check()?;
        let session = auth::open_session(env, &token).await?;
        (session.ok_or_else(|| attempts.failed(Problem::session_invalid()))?, keep)
    } else {
        let member = <Member as axum::extract::FromRequestParts<_>>::from_request_parts(parts, env).await?;
        (member.session, if member.via == Via::Cookie { Some(Keep::Cookie) } else { keep })
    };
    let now = env.now();
    tracing::info!(target: "audit", event = "session-renewed", invite = %session.claims.id, room = session.claims.seat.room());
    hand_out(env, &session.claims, now, keep, String::new(), "renewed", "Your session goes on.")
}

/// Seals a session and puts it where it is wanted.
fn hand_out(
    env: &Environment,
    session: &Session,
    now: u64,
    keep: Option<Keep>,
    invited_by: String,
    code: &'static str,
    say: &str,
) -> Result<Answer<Redeemed>, Problem> {
    let ends_at = session.absolute_expiry;
    let seat = session.seat.clone();
    let sealed: Sealed<Session> = env
        .keys()
        .seal(session, env.settings().public_url.host(), now, &mut |bytes| env.random().fill(bytes))
        .map_err(|_| Problem::session_invalid())?;
    let expires_at = sealed.expires_at();
    let token = sealed.expose();
    let fields = |session: &str| Redeemed {
        session: session.to_owned(),
        invited_by,
        seat: SessionFields::new(&seat, expires_at, ends_at),
    };
    Ok(match keep {
        None => Answer::with(code, fields(token)).say(say),
        Some(Keep::Cookie) => Answer::with(code, fields(""))
            .say(say)
            .header(header::SET_COOKIE, auth::cookie(token, expires_at.saturating_sub(now))),
    })
}

/// The invite behind a text, if it holds and was neither used nor revoked. What is wrong with one that does not, nobody
/// is told: not by the answer, and not by how long it takes, so that the store is asked about a forged one as well.
async fn open(env: &Environment, parts: &Parts, text: &str) -> Result<Opened<Invite>, Problem> {
    let attempts = Attempts::of(parts, env, "invite");
    attempts.check()?;
    let token = text.rsplit_once('#').map_or(text, |(_, invite)| invite).trim();
    let now = env.now();
    let invite = env.keys().open::<Invite>(token, env.settings().public_url.host(), now).ok();
    let id = invite.as_ref().map_or_else(|| NOBODYS_ID.to_owned(), |invite| invite.id.to_string());
    let (revoked, spent) = tokio::join!(env.store().is_revoked(&id, now), env.store().is_spent(&id, now));
    let holds = !revoked? && !spent?;
    match invite {
        Some(invite) if holds => Ok(invite),
        Some(_) => Err(Problem::invite_invalid()),
        None => Err(attempts.failed(Problem::invite_invalid())),
    }
}

/// As long as an id, and none: ids are hexadecimal.
const NOBODYS_ID: &str = "--------------------------------";

fn invited_by(env: &Environment, invite: &Opened<Invite>) -> String {
    env.settings().organisers.name_of(&invite.claims.invited_by).unwrap_or("an organiser").to_owned()
}

impl SessionFields {
    fn new(seat: &truce_session::Seat, expires_at: u64, ends_at: u64) -> Self {
        Self {
            room: seat.room().to_owned(),
            team: seat.team().to_owned(),
            member: seat.member().to_owned(),
            expires_at: time::rfc3339(expires_at),
            ends_at: time::rfc3339(ends_at),
        }
    }

    pub(crate) fn of(session: &Opened<Session>) -> Self {
        Self::new(&session.claims.seat, session.expires_at, session.claims.absolute_expiry)
    }
}
