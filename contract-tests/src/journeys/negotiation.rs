//! A code in the form that is asked for.

use super::journeys;
use crate::{Call, Outcome, Reply, World};

journeys! {
    "negotiation":
    a_code_comes_in_the_form_that_is_asked_for => "The organiser asks for a picture, a drawing, text for a terminal and JSON, and gets each, with the invite's id and end in the headers.",
    the_most_wanted_form_wins => "The organiser's client prefers some forms over others, and the one it wants most is sent.",
    a_form_that_is_not_there_is_refused => "The organiser asks for a PDF, and is told what there is instead of getting an invite.",
}

async fn ask(world: &World, accept: Option<&str>) -> Outcome<Reply> {
    let call = Call::post("/qr").json(&world.invite_body());
    let call = match accept {
        Some(accept) => call.header("accept", accept),
        None => call,
    };
    world.organiser_does(&format!("the organiser asks for {}", accept.unwrap_or("nothing in particular")), call).await
}

fn media_type(reply: &Reply) -> String {
    reply.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_form(reply: &Reply, kind: &str) -> bool {
    let bytes = reply.bytes();
    let looks_right = match kind {
        "image/svg+xml" => reply.body_text().contains("<svg"),
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "text/plain" => reply.body_text().lines().count() > 10,
        _ => reply.code() == "invite-issued",
    };
    media_type(reply) == kind && looks_right
}

async fn expect_form(world: &World, accept: Option<&str>, kind: &str) -> Outcome {
    let reply = ask(world, accept)
        .await?
        .expect_status(201)?
        .expect(&format!("{kind} that is one"), |reply| is_form(reply, kind))?;
    reply
        .expect("the invite's id in `x-truce-invite-id`", |reply| {
            reply.header("x-truce-invite-id").is_some_and(|id| !id.is_empty())
        })?
        .expect("a moment in `x-truce-expires-at`", |reply| {
            reply.header("x-truce-expires-at").is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok())
        })?;
    Ok(())
}

async fn a_code_comes_in_the_form_that_is_asked_for(world: World) -> Outcome {
    for kind in ["application/json", "image/svg+xml", "image/png", "text/plain"] {
        expect_form(&world, Some(kind), kind).await?;
    }
    expect_form(&world, Some("*/*"), "application/json").await?;
    expect_form(&world, None, "application/json").await?;
    Ok(())
}

async fn the_most_wanted_form_wins(world: World) -> Outcome {
    expect_form(&world, Some("image/png;q=0.5, image/svg+xml"), "image/svg+xml").await?;
    expect_form(&world, Some("image/svg+xml;q=0.1, image/png;q=0.9"), "image/png").await?;
    expect_form(&world, Some("application/pdf, text/plain;q=0.2"), "text/plain").await?;
    expect_form(&world, Some("IMAGE/PNG"), "image/png").await?;
    expect_form(&world, Some("application/pdf, */*;q=0.1"), "application/json").await?;
    Ok(())
}

async fn a_form_that_is_not_there_is_refused(world: World) -> Outcome {
    for accept in ["application/pdf", "text/html", "image/png;q=0"] {
        ask(&world, Some(accept)).await?.expect_code("not-acceptable")?;
    }
    Ok(())
}
