//! Whether the service is alive, whether it is ready, and how a session is doing.
//!
//! The first two are any process's (`truce_function::readiness`); a session's state is this function's own.

use axum::extract::{OptionalFromRequestParts, State};
use axum::routing::get;
use axum::{Extension, Router};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use truce_function::auth::Member;
use truce_function::extract::{Query, parse_parameter, present, present_unless_empty};
use truce_function::openapi::{Always, Common, WhenNotReady, WithParameters, WithSession};
use truce_function::readiness::{self, Dependency, Probe, Readiness, ToldKey};
use truce_function::{Answer, Environment, Problem, time};
use truce_store::Cursor;
use utoipa::{IntoParams, OpenApi, ToSchema};

/// The most waiting messages that are counted.
const WAITING_MAX: u32 = 20;

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(paths(health), modifiers(&Common), tags((name = "health", description = "Alive, ready, and a session's state")))]
pub struct Api;

truce_function::host!("health", router);

/// `GET /health`.
pub fn router(env: Environment) -> Router {
    Router::new().route("/health", get(health)).layer(Extension(Readiness::default())).with_state(env)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HealthQuery {
    /// `open` asks whether it is going down, `ready` the dependencies too.
    #[param(nullable = false, inline)]
    #[serde(default, deserialize_with = "present")]
    probe: Option<Probe>,
    /// With a session: count what waits after this cursor.
    #[param(nullable = false, pattern = "^(c[0-9a-z]{1,13})?$")]
    #[serde(default, deserialize_with = "present_unless_empty")]
    after: Option<String>,
}

/// What a look answers: nothing more when alive, the dependencies when ready, to an organiser the keys too, a session's state with a session.
#[derive(Default, Serialize, ToSchema)]
struct Health {
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<Vec<Dependency>>,
    /// With an organiser's key and `probe=ready`: the keys of this function, the active one first.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<ToldKey>>,
    #[serde(flatten)]
    session: SessionState,
}

#[derive(Default, Serialize, ToSchema)]
struct SessionState {
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    /// When it ends unless it is renewed; RFC 3339.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// When it ends in any case; RFC 3339.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<String>,
    /// How many messages wait, at most 20.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<usize>,
}

/// Alive, ready, or a session's state
#[utoipa::path(get, path = "/health", tag = "health", params(HealthQuery),
    security((), ("session" = []), ("cookie" = []), ("organiser" = [])),
    responses((status = 200, description = "Alive; ready; or the session and what waits for it", body = Answer<Health>), WithParameters, WithSession, Always, WhenNotReady))]
async fn health(
    State(env): State<Environment>,
    Extension(readiness): Extension<Readiness>,
    Query(query): Query<HealthQuery>,
    mut parts: Parts,
) -> Result<Answer<Health>, Problem> {
    let is_ready = query.probe == Some(Probe::Ready);
    let keys = if is_ready { readiness::keys_told(&mut parts, &env).await? } else { None };
    // Whoever was known as an organiser has no session besides.
    let member = match keys {
        Some(_) => None,
        None => <Member as OptionalFromRequestParts<_>>::from_request_parts(&mut parts, &env).await?,
    };
    let after: Cursor = query.after.map_or(Ok(Cursor::START), |after| parse_parameter("after", &after))?;
    match (query.probe, member) {
        (Some(Probe::Ready), _) => {
            let dependencies = Some(readiness.look(&env).await?);
            Ok(readiness::ready(Health { dependencies, keys, ..Health::default() }))
        }
        (Some(Probe::Open), _) => readiness::open(&env).map(|()| readiness::alive(Health::default())),
        (_, None) => Ok(readiness::alive(Health::default())),
        (_, Some(member)) => session_state(&env, &member, after).await,
    }
}

async fn session_state(env: &Environment, member: &Member, after: Cursor) -> Result<Answer<Health>, Problem> {
    let session = &member.session;
    let seat = &session.claims.seat;
    let entries = env.store().read(seat.room(), after, truce_store::PAGE_MAX, env.now()).await?;
    let waiting = entries.iter().filter(|entry| entry.is_for(seat.team())).take(WAITING_MAX as usize).count();
    let say = match waiting {
        0 => format!("All quiet, {}.", seat.member()),
        1 => "One message waits for you.".to_owned(),
        several => format!("{several} messages wait for you."),
    };
    let state = SessionState {
        room: Some(seat.room().to_owned()),
        team: Some(seat.team().to_owned()),
        member: Some(seat.member().to_owned()),
        expires_at: Some(time::rfc3339(session.expires_at)),
        ends_at: Some(time::rfc3339(session.claims.absolute_expiry)),
        waiting: Some(waiting),
    };
    Ok(Answer::with("session-valid", Health { session: state, ..Health::default() }).say(say))
}
