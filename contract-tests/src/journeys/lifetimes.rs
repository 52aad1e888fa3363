//! How long things hold.

use super::journeys;
use crate::{Call, Outcome, World};
use serde_json::json;

journeys! {
    "lifetimes":
    an_expired_invite_is_refused => "Ana comes to the code eleven seconds after it was shown for ten, and it is refused like any bad code.",
    an_invite_holds_as_long_as_it_says => "An invite tells when it expires: two minutes from now, or as long as the organiser asked for (7).",
    lifetimes_have_limits => "The organiser asks for invites and sessions too short, too long, and not whole, and is told which (7).",
    renewing_gives_a_new_secret_and_keeps_the_end => "Ana renews: a new session, the same member, and no later an end than before (26).",
    a_session_tells_how_long_it_holds => "Ana joins for an hour; her session says so everywhere, and its idle limit is never after its end.",
}

// A session holds for at least sixty seconds.
journeys! {
    patient "lifetimes":
    a_session_ends_for_good => "Ana joins for a minute and renews on the way; after the minute both her sessions are over (26).",
}

async fn an_expired_invite_is_refused(world: World) -> Outcome {
    let room = world.room();
    let invite = room.invite_for("backend", "Ana", json!({"ttl_seconds": 10})).await?;
    invite.preview().await?.expect_code("invite-valid")?;
    let skew = world.target().capabilities.clock_skew.as_secs();
    // A host may allow for clocks that differ; after that there is no excuse.
    world.waits(11).await;
    if invite.preview().await?.expect_any_code(&["invite-invalid", "invite-valid"])?.code() == "invite-valid" {
        world.waits(skew).await;
    }
    invite.preview().await?.expect_code("invite-invalid")?;
    invite.redeem().await?.expect_code("invite-invalid")?;
    Ok(())
}

async fn an_invite_holds_as_long_as_it_says(world: World) -> Outcome {
    let room = world.room();
    let skew = world.target().capabilities.clock_skew.as_secs_f64();
    for (terms, seconds) in [(json!({}), 120_u32), (json!({"ttl_seconds": 10}), 10), (json!({"ttl_seconds": 600}), 600)]
    {
        let issued = room.invite_for("backend", "Ana", terms).await?.reply;
        let from_now = (issued.moment("expires_at")? - jiff::Timestamp::now()).as_secs_f64();
        issued
            .expect(&format!("`expires_in` to be {seconds}"), |reply| {
                reply.count("expires_in").is_ok_and(|count| count.abs_diff(u64::from(seconds)) <= 1)
            })?
            .expect(&format!("`expires_at` to be {seconds} s from now; got {from_now:.0} s"), |_| {
                (from_now - f64::from(seconds)).abs() <= skew
            })?
            .expect("the same moment in `x-truce-expires-at`", |reply| {
                reply.header("x-truce-expires-at").and_then(|header| header.parse().ok())
                    == reply.moment("expires_at").ok()
            })?;
    }
    Ok(())
}

async fn lifetimes_have_limits(world: World) -> Outcome {
    let wrong = [
        ("ttl_seconds", json!(9), "bad-value"),
        ("ttl_seconds", json!(601), "bad-value"),
        ("ttl_seconds", json!(0), "bad-value"),
        ("session_seconds", json!(59), "bad-value"),
        ("session_seconds", json!(2_592_001), "bad-value"),
        ("ttl_seconds", json!("120"), "wrong-type"),
        ("session_seconds", json!([60]), "wrong-type"),
    ];
    for (field, value, code) in wrong {
        let mut body = world.invite_body();
        body[field] = value;
        world.organiser_asks_for_an_invite(&body).await?.expect_code(code)?.expect_detail_naming(field)?;
    }
    for (field, value) in [("ttl_seconds", json!(-1)), ("ttl_seconds", json!(10.5)), ("session_seconds", json!(1e300))]
    {
        let mut body = world.invite_body();
        body[field] = value;
        let reply = world.organiser_asks_for_an_invite(&body).await?;
        reply.expect_any_code(&["bad-value", "wrong-type"])?.expect_detail_naming(field)?;
    }
    Ok(())
}

async fn renewing_gives_a_new_secret_and_keeps_the_end(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let renewed = ana.renews().await?;
    let reply = renewed.reply.clone();
    reply
        .clone()
        .expect("another session than before", |_| renewed.session != ana.session)?
        .expect("the same end", |_| reply.moment("ends_at").ok() == ana.reply.moment("ends_at").ok())?
        .expect("an idle limit that is no earlier", |_| {
            reply.moment("expires_at").ok() >= ana.reply.moment("expires_at").ok()
        })?;
    let session = renewed.asks_who_they_are().await?.expect_code("session-valid")?;
    session.expect_field("room", room.name())?.expect_field("team", "backend")?.expect_field("member", "Ana")?;

    let by_body = Call::post("/redeem").json(&json!({"session": ana.session.reveal()}));
    let again = world.does("Ana renews with the session in the body", by_body).await?.expect_code("renewed")?;
    let again_session = again.text("session")?;
    again.expect("yet another session", |_| {
        again_session != ana.session.reveal() && again_session != renewed.session.reveal()
    })?;
    Ok(())
}

async fn a_session_tells_how_long_it_holds(world: World) -> Outcome {
    let skew = world.target().capabilities.clock_skew.as_secs_f64();
    let invite = world.room().invite_for("backend", "Ana", json!({"session_seconds": 3600})).await?;
    let ana = invite.accept().await?;
    let session = ana.asks_who_they_are().await?.expect_code("session-valid")?;
    let health = ana.asks_how_things_stand().await?.expect_code("session-valid")?;
    for reply in [&ana.reply, &session, &health] {
        let (expires_at, ends_at) = (reply.moment("expires_at")?, reply.moment("ends_at")?);
        let from_now = (ends_at - jiff::Timestamp::now()).as_secs_f64();
        reply
            .clone()
            .expect(&format!("`ends_at` to be 3600 s from now; got {from_now:.0} s"), |_| {
                (from_now - 3600.0).abs() <= skew
            })?
            .expect("`expires_at` not to be after `ends_at`", |_| expires_at <= ends_at)?;
    }
    Ok(())
}

async fn a_session_ends_for_good(world: World) -> Outcome {
    let invite = world.room().invite_for("backend", "Ana", json!({"session_seconds": 60})).await?;
    let ana = invite.accept().await?;
    world.waits(30).await;
    let renewed = ana.renews().await?;
    world.waits(31 + world.target().capabilities.clock_skew.as_secs()).await;
    for session in [&ana, &renewed] {
        session.asks_who_they_are().await?.expect_code("session-invalid")?;
        session.asks_to_renew().await?.expect_code("session-invalid")?;
    }
    Ok(())
}
