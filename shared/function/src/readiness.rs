//! Whether this process is alive, whether it is open, and whether it is ready: what whoever runs it keeps asking.
//!
//! Being alive costs nothing. Being open is being alive and not going down: for whoever sends it requests. Being ready asks
//! each dependency too, at most once a second however often it is asked: a probe must not be a way to overload what it
//! checks. A dependency that all have in common must close none of them: without it each still says what is wrong in words
//! that a Watch can read, which nobody in front of them can. Each process answers for itself, so every function has
//! `GET /health` with these, at the end of its router; the health function, which tells more, has its own.

mod keys;

pub use keys::{ToldKey, told as keys_told};

use crate::extract::{Query, present};
use crate::{Answer, Environment, Problem, ProblemBody};
use axum::extract::State;
use axum::routing::{MethodRouter, get};
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use utoipa::ToSchema;

/// Where the probes of a process are.
pub const PATH: &str = "/health";
/// How long an answer of the dependencies holds.
const READINESS_HOLDS: Duration = Duration::from_secs(1);
/// How soon those who wait for somebody else's look see whether it is done.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What is asked.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Probe {
    /// Whether the process answers at all.
    Live,
    /// Whether it takes requests: until it is going down.
    Open,
    /// Whether it can do its work: it is open, and what it needs is there.
    Ready,
}

/// Something this process needs, and whether it is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dependency {
    name: &'static str,
    /// `up` or `down`.
    #[schema(pattern = "^(up|down)$")]
    state: &'static str,
    round_trip_ms: f64,
}

/// How one that is not ready says so; for its description only.
#[derive(ToSchema)]
pub struct NotReadyBody {
    #[serde(flatten)]
    _problem: ProblemBody,
    /// What it needs, where that is why.
    #[serde(rename = "dependencies")]
    #[schema(nullable = false)]
    _dependencies: Option<Vec<Dependency>>,
}

/// The last look at the dependencies, shared by all who ask within a second. It is nobody's request.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<Option<(Duration, Dependency)>>>);

impl Readiness {
    /// Each dependency, all of them up.
    ///
    /// # Errors
    /// 503 `not-ready` when one is down, or when the host is going down.
    pub async fn look(&self, env: &Environment) -> Result<Vec<Dependency>, Problem> {
        open(env)?;
        let store = self.store(env).await;
        if store.state == "up" { Ok(vec![store]) } else { Err(not_ready("the store is down", vec![store])) }
    }

    /// Whoever finds the last look too old looks again; the others wait for that.
    async fn store(&self, env: &Environment) -> Dependency {
        let mut last = loop {
            match self.0.try_lock() {
                Ok(last) => break last,
                // Not `lock().await`: on Spin no request may be woken by another.
                Err(_) => env.clock().sleep(LOOK_AGAIN).await,
            }
        };
        let before = env.clock().monotonic();
        if let Some((_, store)) = last.as_ref().filter(|(at, _)| before.saturating_sub(*at) < READINESS_HOLDS) {
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

/// Whether this process takes requests.
///
/// # Errors
/// 503 `not-ready` when the host is going down.
pub fn open(env: &Environment) -> Result<(), Problem> {
    if env.is_stopping() { Err(not_ready("the server is going down", Vec::new())) } else { Ok(()) }
}

/// The answer of a process that is alive.
pub fn alive<T>(fields: T) -> Answer<T> {
    Answer::with("alive", fields).say("I'm here.")
}

/// The answer of a process that is ready.
pub fn ready<T>(fields: T) -> Answer<T> {
    Answer::with("ready", fields).say("Ready.")
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProbeQuery {
    #[serde(default, deserialize_with = "present")]
    probe: Option<Probe>,
}

#[derive(Default, Serialize)]
struct Probed {
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<Vec<Dependency>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<ToldKey>>,
}

/// The probes of a function that has no `GET /health` of its own.
pub(crate) fn probes() -> MethodRouter<Environment> {
    let readiness = Readiness::default();
    get(async move |State(env): State<Environment>, Query(query): Query<ProbeQuery>, mut parts: Parts| {
        match query.probe {
            Some(Probe::Ready) => {
                let keys = keys_told(&mut parts, &env).await?;
                Ok(ready(Probed { dependencies: Some(readiness.look(&env).await?), keys }))
            }
            Some(Probe::Open) => open(&env).map(|()| alive(Probed::default())),
            _ => Ok::<_, Problem>(alive(Probed::default())),
        }
    })
}
