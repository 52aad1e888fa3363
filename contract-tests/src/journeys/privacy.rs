//! What requests leave behind in answers: ids that find them, and nothing else.

use super::journeys;
use crate::{Call, Function, Outcome, World};
use serde_json::json;

journeys! {
    "privacy":
    a_clients_request_id_is_kept_when_it_is_one => "A client names its request; a name that fits is kept, in errors too, and one that does not is replaced.",
    a_trace_is_continued => "A client sends a W3C trace context; the answer continues that trace with a span of its own, and begins one when it is broken.",
    an_error_never_repeats_what_was_said => "A client mixes a telling phrase into broken requests, and no error repeats it.",
}

async fn a_clients_request_id_is_kept_when_it_is_one(world: World) -> Outcome {
    let longest = "a".repeat(64);
    for id in ["x", "Watch-7.run_42", longest.as_str()] {
        for call in [Call::get("/health"), Call::get("/nowhere").to(Function::Health), Call::get("/mediate")] {
            // That an error's instance names the same id is one of the laws.
            let reply = world.does("a client names its request", call.header("x-request-id", id)).await?;
            reply.expect_header("x-request-id", id)?;
        }
    }
    let too_long = "a".repeat(65);
    for bad in ["", "two words", "a/b", "a;b", "<b>", too_long.as_str()] {
        let reply =
            world.does("a client names its request badly", Call::get("/health").header("x-request-id", bad)).await?;
        reply.expect("a name of the server's", |reply| reply.request_id() != bad)?;
    }
    let (one, other) = (
        world.does("a client looks", Call::get("/health")).await?,
        world.does("and again", Call::get("/health")).await?,
    );
    let different = one.request_id() != other.request_id();
    other.expect("a new id for each request", |_| different)?;
    Ok(())
}

async fn a_trace_is_continued(world: World) -> Outcome {
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let given = format!("00-{trace}-{span}-01");
    let reply =
        world.does("a client brings its trace", Call::get("/health").header("traceparent", given.clone())).await?;
    reply.expect("the same trace with another span", |reply| {
        let parts: Vec<&str> = reply.header("traceparent").unwrap_or_default().split('-').collect();
        matches!(parts[..], [_, got_trace, got_span, _] if got_trace == trace && got_span != span)
    })?;
    let zeroes = format!("00-{}-{span}-01", "0".repeat(32));
    for broken in ["nonsense", "00-abc-def-01", &given.to_uppercase(), &zeroes, &format!("ff-{trace}-{span}-01")] {
        let reply =
            world.does("a client brings a broken trace", Call::get("/health").header("traceparent", broken)).await?;
        reply.expect("a trace of its own", |reply| reply.header("traceparent").is_some_and(|got| got != broken))?;
    }
    Ok(())
}

async fn an_error_never_repeats_what_was_said(world: World) -> Outcome {
    const PHRASE: &str = "the-quince-incident";
    let ana = world.room().join("backend", "Ana").await?;
    let broken = [
        Call::post("/mediate").raw("application/json", format!("{{\"text\": \"{PHRASE}\"")),
        Call::post("/mediate").json(&json!({"text": [PHRASE]})),
        Call::post("/mediate").json(&json!({"choice": PHRASE, "draft": PHRASE})),
        Call::post("/mediate").raw("text/plain", PHRASE),
        Call::post("/redeem").json(&json!({"invite": PHRASE})),
        Call::post("/redeem").json(&json!({"invite": "1", "keep": PHRASE})),
        Call::get(format!("/mediate?after={PHRASE}")),
        Call::get(format!("/mediate?wait={PHRASE}")),
        Call::get(format!("/mediate?view={PHRASE}")),
        Call::get(format!("/health?probe={PHRASE}")),
    ];
    for call in broken {
        let reply =
            ana.does("a client breaks something", call).await?.expect("an error", |reply| reply.status() >= 400)?;
        reply.expect("not what was sent", |reply| !reply.body_text().contains(PHRASE))?;
    }
    Ok(())
}
