//! Hears what bothers somebody, puts it so that the other side can listen, and delivers it when, and only when, its
//! sender says so.
//!
//! The function keeps nothing between requests. What waits for an answer travels with the client as a sealed draft;
//! only approved text is stored, in the room's log.

mod agreements;
mod choose;
mod drafts;
mod inbox;
mod model;
mod speak;
mod voice;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use model::Model;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use truce_function::auth::{self, Member};
use truce_function::extract::{Body, Query, present, present_unless_empty, seconds_in_query};
use truce_function::openapi::{Always, Common, WithBody, WithParameters, WithSession, any_wait};
use truce_function::page::Page;
use truce_function::{Answer, Environment, LongestWait, Problem};
use truce_mediation::Mediator;
use utoipa::{IntoParams, OpenApi, ToSchema};

/// This function's part of the contract.
#[derive(OpenApi)]
#[openapi(paths(say, listen, talk), modifiers(&Common), tags((name = "mediate", description = "Speaking, answering, listening")))]
pub struct Api;

truce_function::host!("mediate", router);

/// `POST /mediate`, `GET /mediate`, `GET /talk`.
pub fn router(env: Environment) -> Router {
    let page = truce_function::page!("../pages/talk", "../pages/dictation").with_model(&env);
    let mediator = Mediator::new(env.settings().human.clone());
    let model = Model::new(env.settings().model.clone());
    Router::new()
        .route("/mediate", get(listen).post(say))
        .route("/talk", get(talk))
        .layer(Extension(page))
        .layer(Extension(mediator))
        .layer(Extension(model))
        .with_state(env)
}

/// Something said, or something chosen; [`SayBody`] describes which fields go together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SayRequest {
    #[serde(default, deserialize_with = "present")]
    text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    choice: Option<String>,
    #[serde(default, deserialize_with = "present")]
    draft: Option<String>,
}

/// Something said, or something chosen.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // for the description only
enum SayBody {
    Spoken(Spoken),
    Chosen(Chosen),
}

/// Something said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // for the description only
struct Spoken {
    /// What is bothering you, or an answer in your own words.
    text: String,
    /// The `draft` of the question or the message that this answers.
    #[schema(nullable = false)]
    draft: Option<String>,
}

/// Something chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // for the description only
struct Chosen {
    /// One of the `menu` of the answer that `draft` came with.
    choice: String,
    /// The `draft` of that answer.
    draft: String,
}

/// What speaking and choosing answer. Fields that do not apply are empty.
#[derive(Serialize, ToSchema, Default)]
struct Said {
    /// How it would be put to the other side, or was.
    message: String,
    /// What was understood, in one line.
    heard: String,
    feelings: Vec<&'static str>,
    needs: Vec<&'static str>,
    /// What is asked for.
    request: String,
    /// By when, in the words it was asked.
    by_when: String,
    /// What kind of matter it is.
    category: String,
    /// Where the words are from: `embedded`, or `model`.
    engine: String,
    /// The agreement that came of it, in a sentence.
    agreement: String,
    /// What was agreed.
    what: String,
    /// Who agreed.
    who: String,
}

/// Speaks, or chooses one of the answers offered
#[utoipa::path(post, path = "/mediate", tag = "mediate", request_body = SayBody, security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "What came of it; `code` tells", body = Answer<Said>), WithBody, WithSession, Always))]
async fn say(
    State(env): State<Environment>,
    Extension(mediator): Extension<Mediator>,
    Extension(model): Extension<Model>,
    member: Member,
    Body(request): Body<SayRequest>,
) -> Result<Answer<Said>, Problem> {
    auth::count_for_member(&env, &member)?;
    match request {
        SayRequest { text: Some(_), choice: Some(_), .. } => {
            Err(Problem::bad_value("choice", "does not go together with `text`"))
        }
        SayRequest { text: Some(text), draft, .. } => {
            speak::speak(&env, (&mediator, &model), &member, &text, draft.as_deref()).await
        }
        SayRequest { choice: Some(choice), draft: Some(draft), .. } => {
            choose::choose(&env, (&mediator, &model), &member, &choice, &draft).await
        }
        SayRequest { choice: Some(_), draft: None, .. } => Err(Problem::missing_field("draft")),
        SayRequest { text: None, choice: None, .. } => Err(Problem::missing_field("text")),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListenQuery {
    /// The `cursor` of the last answer; absent: from the beginning.
    #[param(nullable = false, pattern = "^(c[0-9a-z]{1,13})?$")]
    #[serde(default, deserialize_with = "present_unless_empty")]
    after: Option<String>,
    /// How long to wait for news, in seconds; what is over the host's limit is cut to it.
    #[param(schema_with = any_wait)]
    #[serde(default, deserialize_with = "seconds_in_query")]
    wait: Option<u64>,
    /// `agreements` lists them.
    #[param(nullable = false, inline)]
    #[serde(default, deserialize_with = "present")]
    view: Option<View>,
}

#[derive(Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum View {
    Inbox,
    Agreements,
}

/// What listening answers: one of the two.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // for the description only
enum Heard {
    Inbox(Answer<inbox::News>),
    Agreements(Answer<agreements::Agreements>),
}

/// Listens for news, or lists the agreements
#[utoipa::path(get, path = "/mediate", tag = "mediate", params(ListenQuery), security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "The oldest message after the cursor, or nothing new; or the agreements", body = Heard), WithParameters, WithSession, Always))]
async fn listen(
    State(env): State<Environment>,
    member: Member,
    LongestWait(longest): LongestWait,
    Query(query): Query<ListenQuery>,
) -> Result<Response, Problem> {
    if query.view == Some(View::Agreements) {
        return agreements::list(&env, &member).await.map(IntoResponse::into_response);
    }
    let wait = longest.min(Duration::from_secs(query.wait.unwrap_or(0)));
    inbox::listen(&env, &member, query.after.as_deref(), wait).await.map(IntoResponse::into_response)
}

/// The Watch-like client for a browser
#[utoipa::path(get, path = "/talk", tag = "mediate",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
async fn talk(Extension(page): Extension<Page>) -> Page {
    page
}
