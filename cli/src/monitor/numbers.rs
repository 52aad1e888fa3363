//! What the monitor counts, for Prometheus, beside its status page.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use truce_function::host::metrics;
use truce_monitor::Numbers;

/// Serves them as they are then.
pub(super) fn route(numbers: Numbers) -> Router {
    Router::new()
        .route(metrics::PATH, get(async move || ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], numbers.text())))
}
