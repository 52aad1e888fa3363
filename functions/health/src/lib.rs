//! Whether the service is alive, whether it is ready, and how a session is doing.
//!
//! Being alive costs nothing. Being ready asks each dependency, at most once a second however often it is asked:
//! a health check must not be a way to overload what it checks.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use truce_function::auth::Member;
use truce_function::extract::{Query, parse_parameter, present};
use truce_function::openapi::{Always, Common, WithParameters, WithSession};
use truce_function::{Answer, Environment, Problem, time};
use truce_store::Cursor;
use utoipa::{IntoParams, OpenApi, ToSchema};

/// How long an answer of the dependencies holds.
const READINESS_HOLDS: Duration = Duration::from_secs(1);
/// The most waiting messages that are counted.
const WAITING_MAX: u32 = 20;

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(paths(health), modifiers(&Common), tags((name = "health", description = "Alive, ready, and a session's state")))]
pub struct Api;

/// `GET /health`.
pub fn router(env: Environment) -> Router {
    Router::new().route("/health", get(health)).layer(Extension(Readiness::default())).with_state(env)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HealthQuery {
    /// `ready` asks the dependencies.
    #[param(nullable = false, inline)]
    #[serde(default, deserialize_with = "present")]
    probe: Option<Probe>,
    /// With a session: count what waits after this cursor.
    #[param(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    after: Option<String>,
}

#[derive(Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Probe {
    Live,
    Ready,
}

#[derive(Clone, Serialize, ToSchema)]
struct Dependencies {
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Serialize, ToSchema)]
struct Dependency {
    name: &'static str,
    /// `up` or `down`.
    #[schema(pattern = "^(up|down)$")]
    state: &'static str,
    round_trip_ms: f64,
}

#[derive(Serialize, ToSchema)]
struct SessionState {
    room: String,
    team: String,
    member: String,
    /// When it ends unless it is renewed; RFC 3339.
    expires_at: String,
    /// When it ends in any case; RFC 3339.
    ends_at: String,
    /// How many messages wait, at most 20.
    waiting: usize,
}

/// What any of the three looks answers.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // for the description only: the handler answers one of them
enum HealthAnswer {
    Alive(Answer),
    Ready(Answer<Dependencies>),
    Session(Answer<SessionState>),
}

/// Alive, ready, or a session's state
#[utoipa::path(get, path = "/health", tag = "health", params(HealthQuery), security((), ("session" = []), ("cookie" = [])),
    responses((status = 200, description = "Alive; ready; or the session and what waits for it", body = HealthAnswer), WithParameters, WithSession, Always))]
async fn health(
    State(env): State<Environment>,
    Extension(readiness): Extension<Readiness>,
    Query(query): Query<HealthQuery>,
    member: Option<Member>,
) -> Result<Response, Problem> {
    if query.probe == Some(Probe::Ready) {
        return readiness.look(&env).await;
    }
    match member {
        None => Ok(Answer::new("alive").say("I'm here.").into_response()),
        Some(member) => session_state(&env, &member, query.after).await,
    }
}

async fn session_state(env: &Environment, member: &Member, after: Option<String>) -> Result<Response, Problem> {
    let session = &member.session;
    let seat = &session.claims.seat;
    let after: Cursor = after.map_or(Ok(Cursor::START), |after| parse_parameter("after", &after))?;
    let entries = env.store().read(seat.room(), after, truce_store::PAGE_MAX, env.now()).await?;
    let waiting = entries.iter().filter(|entry| entry.is_for(seat.team())).take(WAITING_MAX as usize).count();
    let say = match waiting {
        0 => format!("All quiet, {}.", seat.member()),
        1 => "One message waits for you.".to_owned(),
        several => format!("{several} messages wait for you."),
    };
    let state = SessionState {
        room: seat.room().to_owned(),
        team: seat.team().to_owned(),
        member: seat.member().to_owned(),
        expires_at: time::rfc3339(session.expires_at),
        ends_at: time::rfc3339(session.claims.absolute_expiry),
        waiting,
    };
    Ok(Answer::with("session-valid", state).say(say).into_response())
}

/// The last look at the dependencies, shared by all who ask within a second. It is nobody's request.
#[derive(Clone, Default)]
struct Readiness(Arc<Mutex<Option<(Duration, Dependency)>>>);

impl Readiness {
    async fn look(&self, env: &Environment) -> Result<Response, Problem> {
        if env.is_stopping() {
            return Err(not_ready("the server is going down", Vec::new()));
        }
        let store = self.store(env).await;
        if store.state != "up" {
            return Err(not_ready("the store is down", vec![store]));
        }
        Ok(Answer::with("ready", Dependencies { dependencies: vec![store] }).say("Ready.").into_response())
    }

    /// Whoever finds the last look too old looks again; the others wait for that.
    async fn store(&self, env: &Environment) -> Dependency {
        let mut last = self.0.lock().await;
        let before = env.clock().monotonic();
        if let Some((at, store)) = last.as_ref().filter(|(at, _)| before.saturating_sub(*at) < READINESS_HOLDS) {
            let _ = at;
            return store.clone();
        }
        let state = match env.store().ping().await {
            Ok(()) => "up",
            Err(error) => {
                tracing::warn!(%error, "the store is down");
                "down"
            }
        };
        let after = env.clock().monotonic();
        let round_trip_ms = (after.saturating_sub(before).as_secs_f64() * 1e5).round() / 1e2;
        let store = Dependency { name: "store", state, round_trip_ms };
        *last = Some((after, store.clone()));
        store
    }
}

fn not_ready(why: &str, dependencies: Vec<Dependency>) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not-ready",
        "Not ready",
        "I'm not ready right now. Try again shortly.",
    )
    .detail(why)
    .field("dependencies", dependencies)
    .retry_after(2)
}
