//! Turns an invite into a session exactly once, renews a session, tells an edge router whose session a request
//! carries, and lets people leave.
//!
//! The invite's id is spent before the session is sealed: whatever fails after that costs the invitee a new code, and
//! never gives two people the same seat.

mod pages;
mod redeem;
mod session;

use axum::routing::get;
use axum::{Extension, Router};
use truce_function::Environment;
use truce_function::openapi::Common;
use utoipa::OpenApi;

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(
    paths(redeem::redeem, session::verify, session::leave, pages::join, pages::install),
    modifiers(&Common),
    tags((name = "redeem-token", description = "Invites become sessions"))
)]
pub struct Api;

truce_function::host!("redeem-token", router);

/// `POST /redeem`, `GET /redeem`, `DELETE /redeem`, `GET /j`, `GET /install`.
pub fn router(env: Environment) -> Router {
    Router::new()
        .route("/redeem", get(session::verify).post(redeem::redeem).delete(session::leave))
        .route("/j", get(pages::join))
        .route("/install", get(pages::install))
        .layer(Extension(pages::Pages::new(&env)))
        .with_state(env)
}
