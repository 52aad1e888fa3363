//! An organiser gets an encrypted, expiring, one-time invite as a QR code.
//!
//! Nothing is stored when an invite is issued: it is the sealed token itself. Only revoking one leaves a record.

mod negotiation;
pub mod symbol;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use negotiation::Form;
use serde::{Deserialize, Serialize};
use symbol::{Correction, Symbol, Theme};
use truce_function::auth::Organiser;
use truce_function::extract::{Body, parse_parameter, seconds};
use truce_function::openapi::{Always, Common, WithBody, WithParameters, WithSecret};
use truce_function::page::Page;
use truce_function::{Answer, Environment, Problem, time};
use truce_session::{Invite, Seat, TokenId, lifetime};
use utoipa::{OpenApi, ToSchema};

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(paths(issue, state, revoke, console), modifiers(&Common), tags((name = "issue-qr", description = "Invites as QR codes")))]
pub struct Api;

truce_function::host!("issue-qr", router);

/// `POST /qr`, `GET /qr`, `GET /qr/{id}`, `DELETE /qr/{id}`.
pub fn router(env: Environment) -> Router {
    let page = truce_function::page!("../pages/console");
    Router::new()
        .route("/qr", get(console).post(issue))
        .route("/qr/{id}", get(state).delete(revoke))
        .layer(Extension(page))
        .with_state(env)
}

/// Who is invited to what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueRequest {
    /// The room, shared by the teams that are to talk.
    #[schema(
        min_length = 1,
        max_length = 32,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uFEFF]*$",
        example = "q3-release"
    )]
    room: String,
    /// The member's team.
    #[schema(
        min_length = 1,
        max_length = 32,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uFEFF]*$",
        example = "backend"
    )]
    team: String,
    /// The member's name, as the others will read it.
    #[schema(
        min_length = 1,
        max_length = 32,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uFEFF]*$",
        example = "Ana"
    )]
    member: String,
    /// How long the invite holds, in seconds; 120 when absent.
    #[schema(minimum = 10, maximum = 600, nullable = false)]
    #[serde(default, deserialize_with = "seconds")]
    ttl_seconds: Option<u64>,
    /// How long the session made from it may last at most, in seconds; 30 days when absent.
    #[schema(minimum = 60, maximum = 2_592_000, nullable = false)]
    #[serde(default, deserialize_with = "seconds")]
    session_seconds: Option<u64>,
}

#[derive(Serialize, ToSchema)]
struct Issued {
    /// Names the invite, and every session made from it, for revoking.
    id: String,
    /// The invite as decimal digits.
    invite: String,
    /// The link in the code.
    url: String,
    /// RFC 3339.
    expires_at: String,
    /// Seconds from now.
    expires_in: u64,
    room: String,
    team: String,
    member: String,
    /// The code, drawn.
    svg: String,
}

/// Issues an invite
#[utoipa::path(post, path = "/qr", tag = "issue-qr", request_body = IssueRequest, security(("organiser" = [])),
    responses(
        (status = 201, description = "The invite, in the form that `Accept` asks for", headers(
            ("x-truce-invite-id" = String), ("x-truce-expires-at" = String)
        ), content(
            (Answer<Issued> = "application/json"), (String = "image/svg+xml"), (String = "image/png"), (String = "text/plain")
        )),
        (status = 406, description = "No form of a code that `Accept` takes", body = truce_function::ProblemBody, content_type = "application/problem+json"),
        WithBody, WithSecret, Always,
    ))]
async fn issue(
    State(env): State<Environment>,
    organiser: Organiser,
    headers: HeaderMap,
    Body(request): Body<IssueRequest>,
) -> Result<Response, Problem> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let form = negotiation::choose(accept).ok_or_else(not_acceptable)?;
    let invite = parse(&request, &organiser)?;
    let seat = invite.seat.clone();
    let now = env.now();
    let expires_at = now + invite.lifetime;
    let sealed = env
        .keys()
        .seal(&invite, env.settings().public_url.host(), now, &mut |bytes| env.random().fill(bytes))
        .map_err(|error| Problem::internal(&error))?;
    let id = sealed.id().to_string();
    let digits = sealed.digits();
    let url = env.settings().public_url.join_link(&digits);
    let symbol = Symbol::of(&url, Correction::Medium).map_err(|error| Problem::internal(&error))?;
    tracing::info!(target: "audit", event = "invite-issued", invite = id, organiser = organiser.name, room = seat.room(), team = seat.team());

    let issued = Issued {
        id: id.clone(),
        invite: digits,
        url,
        expires_at: time::rfc3339(expires_at),
        expires_in: expires_at - now,
        room: seat.room().to_owned(),
        team: seat.team().to_owned(),
        member: seat.member().to_owned(),
        svg: symbol.svg(),
    };
    let mut response = draw(form, &symbol, issued)?;
    *response.status_mut() = StatusCode::CREATED;
    for (name, value) in [("x-truce-invite-id", id), ("x-truce-expires-at", time::rfc3339(expires_at))] {
        let value = HeaderValue::from_str(&value).map_err(|error| Problem::internal(&error))?;
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(response)
}

fn parse(request: &IssueRequest, organiser: &Organiser) -> Result<Invite, Problem> {
    let seat = Seat::new(&request.room, &request.team, &request.member)
        .map_err(|error| Problem::bad_value(error.field.as_str(), error.problem))?;
    let within = |field, limits: lifetime::Limits, seconds: Option<u64>| match seconds {
        None => Ok(limits.default),
        Some(seconds) if (limits.min..=limits.max).contains(&seconds) => Ok(seconds),
        Some(_) => Err(Problem::bad_value(field, format!("is between {} and {} seconds", limits.min, limits.max))),
    };
    Ok(Invite {
        seat,
        invited_by: organiser.tag,
        lifetime: within("ttl_seconds", lifetime::INVITE, request.ttl_seconds)?,
        session_lifetime: within("session_seconds", lifetime::SESSION, request.session_seconds)?,
    })
}

fn draw(form: Form, symbol: &Symbol, issued: Issued) -> Result<Response, Problem> {
    let typed =
        |content_type: &'static str, body: Vec<u8>| ([(header::CONTENT_TYPE, content_type)], body).into_response();
    Ok(match form {
        Form::Json => {
            let say = format!("A code for {}. It works once, for {} seconds.", issued.member, issued.expires_in);
            Answer::with("invite-issued", issued).say(say).into_response()
        }
        Form::Svg => typed("image/svg+xml", symbol.svg().into_bytes()),
        Form::Png => typed("image/png", symbol.png().map_err(|error| Problem::internal(&error))?),
        Form::Text { light } => {
            let theme = if light { Theme::Light } else { Theme::Dark };
            typed("text/plain; charset=utf-8", symbol.text(theme).into_bytes())
        }
    })
}

fn not_acceptable() -> Problem {
    Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "not-acceptable",
        "No such form of a code",
        "I can't draw a code that way.",
    )
    .detail("`Accept` takes none of application/json, image/svg+xml, image/png, text/plain")
}

#[derive(Serialize, ToSchema)]
struct InviteState {
    id: String,
    /// `unused`, `used` or `revoked`.
    #[schema(pattern = "^(unused|used|revoked)$")]
    state: &'static str,
}

/// Tells whether an invite was used or revoked
#[utoipa::path(get, path = "/qr/{id}", tag = "issue-qr", security(("organiser" = [])),
    params(("id" = String, Path, description = "The invite's id", pattern = "^[0-9a-f]{32}$")),
    responses((status = 200, description = "Unused, used or revoked", body = Answer<InviteState>), WithParameters, WithSecret, Always))]
async fn state(
    State(env): State<Environment>,
    _: Organiser,
    Path(id): Path<String>,
) -> Result<Answer<InviteState>, Problem> {
    let id: TokenId = parse_parameter("id", &id)?;
    let (id, now) = (id.to_string(), env.now());
    let (state, say) = if env.store().is_revoked(&id, now).await? {
        ("revoked", "That code was taken back.")
    } else if env.store().is_spent(&id, now).await? {
        ("used", "That code was used.")
    } else {
        ("unused", "Nobody has used that code yet.")
    };
    Ok(Answer::with("invite-state", InviteState { id, state }).say(say))
}

#[derive(Serialize, ToSchema)]
struct Revoked {
    id: String,
}

/// Revokes an invite and every session made from it
#[utoipa::path(delete, path = "/qr/{id}", tag = "issue-qr", security(("organiser" = [])),
    params(("id" = String, Path, description = "The invite's id", pattern = "^[0-9a-f]{32}$")),
    responses((status = 200, description = "Revoked, or had been before", body = Answer<Revoked>), WithParameters, WithSecret, Always))]
async fn revoke(
    State(env): State<Environment>,
    organiser: Organiser,
    Path(id): Path<String>,
) -> Result<Answer<Revoked>, Problem> {
    let id = parse_parameter::<TokenId>("id", &id)?.to_string();
    let now = env.now();
    env.store().revoke(&id, now, now + lifetime::REVOCATION_MEMORY).await?;
    tracing::info!(target: "audit", event = "invite-revoked", invite = id, organiser = organiser.name);
    Ok(Answer::with("invite-revoked", Revoked { id }).say("Done. That code and what came of it no longer work."))
}

/// The organiser's console
#[utoipa::path(get, path = "/qr", tag = "issue-qr",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
async fn console(Extension(page): Extension<Page>) -> Page {
    page
}
