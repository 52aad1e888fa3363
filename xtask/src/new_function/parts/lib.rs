//! What {{name}} is for.
//!
//! As it was made, it greets a member of a room, and nobody else. A session is opened, its revocation looked up, what can go
//! wrong is answered as everywhere: all of that is the framework's, and the same on every host.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use truce_function::auth::Member;
use truce_function::openapi::{Always, Common, WithSession};
use truce_function::{Answer, Environment};
use utoipa::{OpenApi, ToSchema};

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(paths(greet), modifiers(&Common), tags((name = "{{name}}", description = "A greeting")))]
pub struct Api;

truce_function::host!("{{name}}", router);

/// `GET /{{name}}`.
pub fn router(env: Environment) -> Router {
    Router::new().route("/{{name}}", get(greet)).with_state(env)
}

/// What stands beside the six keys.
#[derive(Serialize, ToSchema)]
struct {{Name}} {
    room: String,
    member: String,
}

/// Greets a member
#[utoipa::path(get, path = "/{{name}}", tag = "{{name}}", security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "A greeting", body = Answer<{{Name}}>), WithSession, Always))]
async fn greet(member: Member) -> Answer<{{Name}}> {
    let seat = &member.session.claims.seat;
    let fields = {{Name}} { room: seat.room().to_owned(), member: seat.member().to_owned() };
    Answer::with("{{name}}", fields).say(format!("Good to see you, {}.", seat.member()))
}
