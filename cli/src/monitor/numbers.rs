//! What the monitor counts, for Prometheus, beside its status page.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use truce_monitor::Numbers;

/// Where Prometheus looks unless it is told otherwise.
const PATH: &str = "/metrics";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves them as they are then.
pub(super) fn route(numbers: Numbers) -> Router {
    Router::new().route(PATH, get(async move || ([(CONTENT_TYPE, OPEN_METRICS)], numbers.text())))
}
