//! Every function there is, as this command needs them. `cargo xtask new-function` adds to the lists.

use axum::Router;
use truce_function::Environment;
use utoipa::OpenApi;

/// By the names of their folders.
pub(crate) const NAMES: &[&str] = &[
    // One a line.
    "issue-qr",
    "redeem-token",
    "mediate",
    "health",
];

/// All in one router: what a host in front of them would do by path.
pub(crate) fn router(env: &Environment) -> Router {
    truce_issue_qr::router(env.clone())
        .merge(truce_redeem_token::router(env.clone()))
        .merge(truce_mediate::router(env.clone()))
        .merge(truce_health::router(env.clone()))
}

/// Each one's part of the contract.
pub(crate) fn apis() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        truce_issue_qr::Api::openapi(),
        truce_redeem_token::Api::openapi(),
        truce_mediate::Api::openapi(),
        truce_health::Api::openapi(),
    ]
}
