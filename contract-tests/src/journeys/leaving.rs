//! Whoever leaves is out, with everything that was theirs.

use super::journeys;
use super::mediation::{CIVIL, HARSH};
use crate::{Call, Outcome, World};
use serde_json::json;

journeys! {
    "leaving":
    leaving_ends_the_session_everywhere => "Ana leaves, and her session opens none of the functions any more (27).",
    leaving_ends_renewed_sessions_too => "Ana renewed her session on another device; when she leaves there, both sessions are over.",
    leaving_in_a_browser_clears_the_cookie => "Ana leaves in her browser: the cookie is cleared, and a copy of it is worth nothing.",
    others_stay_when_somebody_leaves => "Ana leaves; her team mate and the other team go on, and what she sent stays.",
}

async fn leaving_ends_the_session_everywhere(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    ana.leaves().await?.expect_code("left")?;
    ana.asks_who_they_are().await?.expect_code("session-invalid")?;
    ana.says(HARSH).await?.expect_code("session-invalid")?;
    ana.polls().await?.expect_code("session-invalid")?;
    ana.asks("view=agreements").await?.expect_code("session-invalid")?;
    ana.asks_how_things_stand().await?.expect_code("session-invalid")?;
    ana.asks_to_renew().await?.expect_code("session-invalid")?;
    let by_body = Call::post("/redeem").json(&json!({"session": ana.session.reveal()}));
    world.does("Ana renews with the session in the body", by_body).await?.expect_code("session-invalid")?;
    ana.leaves().await?.expect_code("session-invalid")?;
    Ok(())
}

async fn leaving_ends_renewed_sessions_too(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    let renewed = ana.renews().await?;
    let twice = renewed.renews().await?;
    renewed.leaves().await?.expect_code("left")?;
    for session in [&ana, &renewed, &twice] {
        session.asks_who_they_are().await?.expect_code("session-invalid")?;
    }
    Ok(())
}

async fn leaving_in_a_browser_clears_the_cookie(world: World) -> Outcome {
    let browser = world.room().invite("backend", "Ana").await?.accept_in_a_browser().await?;
    let left = browser.does_from_our_page("leaves", Call::delete("/redeem")).await?.expect_code("left")?;
    left.expect("a cookie that is cleared", |reply| {
        let set = reply.header("set-cookie").unwrap_or_default().to_ascii_lowercase();
        set.starts_with("__host-truce=;") && (set.contains("max-age=0") || set.contains("1970"))
    })?;
    browser.does("asks whose session it is", Call::get("/redeem")).await?.expect_code("session-invalid")?;
    Ok(())
}

async fn others_stay_when_somebody_leaves(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let al = room.join("backend", "Al").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    ana.leaves().await?.expect_code("left")?;
    al.asks_who_they_are().await?.expect_code("session-valid")?;
    bo.polls().await?.expect_code("message")?.expect_field("from_member", "Ana")?;
    Ok(())
}
