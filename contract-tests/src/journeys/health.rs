//! Whether it is alive, whether it is ready, and how a session stands.

use super::journeys;
use super::mediation::CIVIL;
use crate::{Call, Function, Outcome, Reply, Secret, World};
use serde_json::Value;

journeys! {
    "health":
    it_is_alive => "A load balancer asks a hundred times whether the service is alive, and it is.",
    it_is_ready_with_each_dependency => "An operator asks whether the service is ready, and sees each dependency with its state and round trip.",
    keys_are_told_to_an_organiser_alone => "The organiser asks each function which keys it has, and sees ids and states; Ana, a stranger and somebody with half of the key see none.",
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

async fn keys_are_told_to_an_organiser_alone(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    let half = world.target().organiser_key.reveal().chars().skip(1).collect::<String>();
    for function in Function::ALL {
        // Behind an edge it is the health function that answers, each time.
        let ready = || Call::get("/health?probe=ready").to(*function);
        let step = format!("the organiser asks {} for its keys", function.name());
        let told = world.organiser_does(&step, ready()).await?.expect_code("ready")?;
        let keys = told.list("keys")?;
        let of = |state: &str| keys.iter().filter(|key| key["state"] == state).count();
        told.expect("one key that is active", |_| of("active") == 1)?
            .expect("of each an id and a state that is known", |_| {
                let is_id = |key: &Value| key["id"].as_str().is_some_and(|id| id.len() == 4);
                keys.iter().all(is_id) && of("active") + of("accepted") + of("retiring") == keys.len()
            })?
            .expect("an end of those that have one, and nothing else of any", |_| {
                keys.iter().filter_map(Value::as_object).all(|key| {
                    let ends = key.get("until").is_some_and(Value::is_string);
                    ends == (key["state"] == "retiring") && key.len() == 2 + usize::from(ends)
                })
            })?;
        let none = |reply: Reply| reply.expect("no keys", |reply| reply.value("keys").is_none()).map(|_| ());
        none(ana.does("Ana asks whether it is ready", ready()).await?.expect_code("ready")?)?;
        none(world.does("a stranger asks whether it is ready", ready()).await?.expect_code("ready")?)?;
        let guess = ready().bearer(&Secret::new(half.clone()));
        let guessed = world.does("somebody asks with half of the key", guess).await?;
        none(guessed.expect_code("organiser-key-invalid")?)?;
    }
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
