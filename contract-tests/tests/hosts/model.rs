//! The provider of a language model, for every host of this suite: a stand-in, as the real ones are behind a network and are paid. It has
//! nothing to say to most complaints, so that the journeys are those of the embedded engine; to one it has words that hold, to another
//! words that do not.

use crate::host::Host;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::sync::OnceLock;
use tokio::runtime::Runtime;
use truce_contract::{Target, World};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "a-key-of-the-contract-suite";
const HELD: &str = "they never deliver the release notes on time and nobody gives a damn";
const WORDS: &str =
    "The release notes haven't been on time, and it's been frustrating. Can we find a way to keep to agreed dates?";
const NOT_HELD: &str = "they never deliver the test reports on time and nobody gives a damn";
const INSULT: &str = "You never deliver the test reports. Could you wake up?";

/// What a deployment is told of it.
pub(crate) fn settings() -> [(&'static str, String); 3] {
    let url = format!("{}/v1/chat/completions", address());
    [("TRUCE_MODEL_URL", url), ("TRUCE_MODEL", "stand-in".to_owned()), ("TRUCE_MODEL_KEY", KEY.to_owned())]
}

/// Where it is; it begins with the first deployment, and ends with the process.
pub(crate) fn address() -> &'static str {
    static PROVIDER: OnceLock<(MockServer, String)> = OnceLock::new();
    let begin = || {
        let provider = Runtime::new().expect("threads").block_on(begin());
        let address = provider.uri();
        (provider, address)
    };
    &PROVIDER.get_or_init(begin).1
}

async fn begin() -> MockServer {
    let provider = MockServer::start().await;
    let asked = || {
        Mock::given(method("POST"))
            .and(path("/v1/chat/completions"))
            .and(header("authorization", format!("Bearer {KEY}")))
    };
    for (complaint, message) in [(HELD, WORDS), (NOT_HELD, INSULT)] {
        asked().and(body_string_contains(complaint)).respond_with(says(message)).mount(&provider).await;
    }
    asked().respond_with(says("")).mount(&provider).await;
    provider
}

fn says(message: &str) -> ResponseTemplate {
    let wording: Value = json!({ "message": message });
    let turn = json!({"role": "assistant", "content": wording.to_string()});
    ResponseTemplate::new(200).set_body_json(json!({"choices": [{"message": turn}]}))
}

/// Words that hold are offered and delivered; in place of words that do not there are the embedded engine's.
pub(crate) async fn helps(host: Host, target: Target) -> Result<(), Failed> {
    let world = World::at(target).map_err(|failure| failure.to_string())?;
    let met = async {
        let room = world.room();
        let ana = room.join("backend", "Ana").await?;
        let bo = room.join("design", "Bo").await?;
        let offered = ana.says(HELD).await?.expect_code("reframed")?.expect_field("engine", "model")?;
        let offered = offered.expect_field("message", WORDS)?;
        ana.chooses("Send it", &offered).await?.expect_code("sent")?;
        bo.polls().await?.expect_code("message")?.expect_field("message", WORDS)?;
        ana.says(NOT_HELD).await?.expect_code("reframed")?.expect_field("engine", "embedded")
    };
    let offered = met.await.map_err(|failure| format!("{}: {failure}", host.name()))?;
    let message = offered.text("message").map_err(|failure| failure.to_string())?;
    if message.contains("wake up") { Err("the insult is offered".into()) } else { Ok(()) }
}

/// A model that cannot be asked changes nothing but whose words they are.
pub(crate) async fn is_not_needed(target: Target) -> Result<(), Failed> {
    let world = World::at(target).map_err(|failure| failure.to_string())?;
    let met = async {
        let ana = world.room().join("backend", "Ana").await?;
        ana.says(HELD).await?.expect_code("reframed")?.expect_field("engine", "embedded")
    };
    met.await.map(drop).map_err(|failure| failure.to_string().into())
}
