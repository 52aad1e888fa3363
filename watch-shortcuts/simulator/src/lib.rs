//! Watches in a browser, for whoever works on Truce: they play the Shortcuts as they are built, action by action.
//!
//! The page has the people, what they keep, and the network; here are the files and the machine that runs them. Nothing is kept here between two
//! requests: the page sends all that was replied so far, and the run is gone through again up to there. It comes to the same every time, as a
//! [`Machine`] has no clock, no network and no store of its own.

mod play;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use play::{Played, Set};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use truce_function::extract::Body;
use truce_function::page::Page;
use truce_function::{Answer, Environment, Problem};
#[cfg(doc)]
use truce_shortcuts::machine::Machine;
use truce_shortcuts::machine::Reply;

/// `GET /watch`, `GET /watch/shortcuts`, `POST /watch/next`: for a developer's server, and no part of the wire contract.
pub fn router(env: &Environment) -> Router {
    let set = Set::built_for(&env.settings().public_url.to_string());
    Router::new()
        .route("/watch", get(page))
        .route("/watch/shortcuts", get(shortcuts))
        .route("/watch/next", post(next))
        .layer(Extension(truce_function::page!("../pages/watch")))
        .with_state(Arc::new(set))
}

async fn page(Extension(page): Extension<Page>) -> Page {
    page
}

/// What is on the Watch.
#[derive(Serialize)]
struct Shortcuts {
    shortcuts: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    name: &'static str,
    about: &'static str,
    on_watch: bool,
    /// Of its icon, as a style sheet has it.
    colour: String,
    /// In order, as the app says them.
    actions: Vec<String>,
}

async fn shortcuts(State(set): State<Arc<Set>>) -> Answer<Shortcuts> {
    Answer::with("shortcuts", Shortcuts { shortcuts: set.shown() }).say("These are on the Watch.")
}

/// A run, as far as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    shortcut: String,
    /// What it was started with.
    #[serde(default)]
    input: Option<String>,
    /// To all of its steps so far, in order.
    replies: Vec<Reply>,
}

/// What the run asks for now.
async fn next(State(set): State<Arc<Set>>, Body(run): Body<Run>) -> Result<Answer<Played>, Problem> {
    let unknown = || {
        let title = "There is no such Shortcut";
        Problem::new(StatusCode::NOT_FOUND, "no-such-shortcut", title, "That Shortcut isn't on this Watch.")
            .detail("`shortcut` is one of the names that GET /watch/shortcuts has")
    };
    let played = set.play(&run.shortcut, run.input, run.replies).ok_or_else(unknown)?;
    Ok(Answer::with("step", played))
}
