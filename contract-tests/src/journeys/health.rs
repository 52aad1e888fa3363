//! Whether it is alive, whether it is ready, and how a session stands.

use super::journeys;
use super::mediation::CIVIL;
use crate::{Call, Outcome, World};
use serde_json::Value;

journeys! {
    "health":
    it_is_alive => "A load balancer asks a hundred times whether the service is alive, and it is.",
    it_is_ready_with_each_dependency => "An operator asks whether the service is ready, and sees each dependency with its state and round trip.",
    a_session_sees_how_it_stands => "Ana asks how things stand: who she is, until when, and how many messages wait for her.",
    a_session_that_does_not_hold_is_told_so => "Somebody asks with a session that is none, and is refused like everywhere else.",
}

async fn it_is_alive(world: World) -> Outcome {
    world.does("a load balancer asks", Call::get("/health")).await?.expect_code("alive")?;
    for _ in 1..100 {
        world.does_in_a_crowd("a load balancer asks again", Call::get("/health")).await?.expect_code("alive")?;
    }
    Ok(())
}

async fn it_is_ready_with_each_dependency(world: World) -> Outcome {
    let reply = world.does("an operator asks", Call::get("/health?probe=ready")).await?.expect_code("ready")?;
    let dependencies = reply.list("dependencies")?;
    let store = dependencies.iter().find(|dependency| dependency["name"] == "store").cloned().unwrap_or(Value::Null);
    reply
        .expect("the store among the dependencies, up", |_| store["state"] == "up")?
        .expect("its round trip in milliseconds", |_| store["round_trip_ms"].as_f64().is_some_and(|took| took >= 0.0))?
        .expect("name, state and round trip of each", |_| {
            dependencies
                .iter()
                .all(|one| one["name"].is_string() && one["state"].is_string() && one["round_trip_ms"].is_number())
        })?;
    Ok(())
}

async fn a_session_sees_how_it_stands(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let state = bo.asks_how_things_stand().await?.expect_code("session-valid")?.expect_field("waiting", 0)?;
    state.expect_field("room", room.name())?.expect_field("team", "design")?.expect_field("member", "Bo")?;
    ana.sends(CIVIL).await?;
    ana.sends(CIVIL).await?;
    bo.asks_how_things_stand().await?.expect_field("waiting", 2)?;
    bo.polls().await?.expect_code("message")?;
    bo.asks_how_things_stand().await?.expect_field("waiting", 1)?;
    ana.asks_how_things_stand().await?.expect_field("waiting", 0)?;
    Ok(())
}

async fn a_session_that_does_not_hold_is_told_so(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    ana.with_session("v3.local.nonsense").asks_how_things_stand().await?.expect_code("session-invalid")?;
    Ok(())
}
