//! A function whose spans go to a collector.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use http::{HeaderMap, Request, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt as _;
use truce_function::host::otlp::Traces;
use truce_function::testing::{Bench, Removable};
use truce_function::{Answer, CallLimits, Environment, Problem, extract, layers};

pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const CALLER: &str = "00f067aa0ba902b7";
/// A word nobody else uses.
pub(crate) const CANARY: &str = "QUOKKA-48213";
const SOON: Duration = Duration::from_secs(10);

/// A function that asks the store and calls somebody, and one that does everything wrong.
fn function(env: Environment) -> Router {
    async fn thing(State(env): State<Environment>, Path(id): Path<String>) -> Result<Answer, Problem> {
        env.store().is_revoked(&id, env.now()).await?;
        Ok(Answer::new("thing"))
    }
    async fn call(State(env): State<Environment>, extract::Body(body): extract::Body<serde_json::Value>) -> Answer {
        let at = body["at"].as_str().expect("an address");
        let question = Request::post(at).body(Bytes::from(body.to_string())).expect("a request");
        let limits = CallLimits { time: Duration::from_secs(5), body: 1024 };
        let code = env.http().send(question, limits).await.map_or("unanswered", |_| "answered");
        Answer::new(code)
    }
    async fn waits(State(env): State<Environment>) -> Answer {
        for _ in 0..25 {
            let (first, second) = tokio::join!(env.store().ping(), env.store().is_spent("an id", env.now()));
            env.pause(Duration::from_millis(1)).await;
            assert!(first.is_ok() && second.is_ok());
        }
        Answer::new("waited")
    }
    async fn never() -> Answer {
        std::future::pending().await
    }
    async fn panics() -> Answer {
        panic!("over {CANARY}")
    }
    Router::new()
        .route("/things/{id}", get(thing))
        .route("/call", post(call))
        .route("/waits", get(waits))
        .route("/never", get(never))
        .route("/panics", get(panics))
        .with_state(env)
}

/// A function whose spans go to a collector.
pub(crate) struct Traced {
    pub(crate) traces: Traces,
    router: Router,
    pub(crate) store: Arc<Removable>,
    _stopping: watch::Sender<bool>,
}

pub(crate) fn traced(endpoint: &str, settings: &[(&str, &str)]) -> Traced {
    let told = |name: &str| {
        let told = settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        told.or_else(|| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.to_owned()),
            "TRUCE_STORE" => Some("redis://redis:6379".to_owned()),
            _ => None,
        })
    };
    let traces = Traces::begin("test", told).expect("settings that hold");
    let bench = Bench::new(function);
    let (stopping, stopped) = watch::channel(false);
    let env = Environment::builder(Bench::settings(), bench.env.keys().clone(), bench.store.clone());
    let env = traces.watch(env).stopping(stopped).build();
    let router = layers::harden(function(env.clone()), &env);
    Traced { traces, router, store: bench.store, _stopping: stopping }
}

impl Traced {
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        let Ok(answer) = self.router.clone().oneshot(request).await;
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Body> {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn call(&self, address: &str) -> Response<Body> {
        let body = serde_json::json!({"at": address, "said": CANARY}).to_string();
        let request = Request::post("/call").header("content-type", "application/json");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    pub(crate) async fn sent(&self) {
        assert!(self.traces.flush(SOON).await, "sent in time");
    }
}

pub(crate) fn from_caller(path: &str) -> Request<Body> {
    let request = Request::get(path).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    request.header("x-request-id", "abc-1").body(Body::empty()).expect("a request")
}

pub(crate) fn traceparent(headers: &HeaderMap) -> Vec<String> {
    headers["traceparent"].to_str().expect("ASCII").split('-').map(str::to_owned).collect()
}
