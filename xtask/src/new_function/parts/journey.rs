//! What people meet at {{name}}.

use super::journeys;
use crate::{Call, Outcome, World};

journeys! {
    "{{name}}":
    {{snake}}_greets_a_member => "Ana, who is in a room, asks {{name}}, and is greeted by her name; once she has left, she is not.",
    {{snake}}_turns_strangers_away => "Somebody without a session asks {{name}}, and is told what is missing.",
}

async fn {{snake}}_greets_a_member(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let reply = ana.does("Ana asks {{name}}", Call::get("/{{name}}")).await?.expect_code("{{name}}")?;
    reply.expect_field("member", "Ana")?.expect_field("room", room.name())?;
    ana.leaves().await?.expect_code("left")?;
    ana.does("Ana asks {{name}} again", Call::get("/{{name}}")).await?.expect_code("session-invalid")?;
    Ok(())
}

async fn {{snake}}_turns_strangers_away(world: World) -> Outcome {
    world.does("a stranger asks {{name}}", Call::get("/{{name}}")).await?.expect_code("session-missing")?;
    Ok(())
}
