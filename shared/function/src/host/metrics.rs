//! Where Prometheus reads what is counted: a socket of its own, as the public one is for people.
//!
//! One answer at one path, and few at once: whoever can reach it can read it, and do nothing else with it.

use crate::Environment;
use crate::host::few::Few;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;
use std::time::Duration;
use tokio::net::TcpListener;

/// Names where it is read.
pub const SETTING: &str = "TRUCE_METRICS";
/// Where it is on that socket.
pub const PATH: &str = "/metrics";
/// As `OpenMetrics` 1.0 says.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How many may be connected at once. Who comes then waits.
const AT_ONCE: usize = 8;
/// How long a connection may last: Prometheus gives a scrape 10 seconds.
const LONGEST: Duration = Duration::from_secs(10);

/// Serves what `env` counts, for as long as it is polled.
pub async fn serve(listener: TcpListener, env: Environment) {
    let router = Router::new().route(PATH, get(numbers)).with_state(env);
    // It goes on for as long as the process does.
    if let Err(error) = axum::serve(Few::of(listener, AT_ONCE, LONGEST), router).await {
        tracing::warn!(%error, "what is counted cannot be read any more");
    }
}

async fn numbers(State(env): State<Environment>) -> impl IntoResponse {
    // One answer each: a connection that waits for the next question would keep others out.
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CONNECTION, "close")], env.numbers().text())
}
