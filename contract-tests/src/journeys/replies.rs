//! The other side answers: with a tap, or in words of their own.

use super::journeys;
use super::mediation::{CIVIL, HARSH};
use crate::{Outcome, World};

journeys! {
    "replies":
    a_quick_reply_goes_back_to_the_sender => "Bo taps one of the quick replies that fit Ana's message, and Ana's Watch shows it with his name.",
    a_reply_in_own_words_is_mediated_too => "Bo answers in anger; it is put differently like anything else, and arrives once he taps Send it.",
    a_choice_that_was_not_offered_is_refused_with_what_is => "Bo answers something that is not on the menu, is told what is, and can still tap that.",
    a_reply_tapped_twice_arrives_once => "Bo's Watch repeats the same quick reply, and Ana gets it once.",
    a_reply_can_be_answered => "Ana complains, Bo replies, Ana answers his reply, and Bo reads her answer.",
}

async fn a_quick_reply_goes_back_to_the_sender(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    let arrived =
        bo.polls().await?.expect_code("message")?.expect("quick replies", |reply| !reply.menu().is_empty())?;
    // The last is the furthest from a yes: what a yes becomes is told in `agreements`.
    let choice = arrived.menu().pop().unwrap_or_default();
    bo.chooses(&choice, &arrived).await?.expect_code("replied")?;
    let back = ana.polls().await?.expect_code("message")?.expect_field("kind", "reply")?;
    back.expect_field("from_team", "design")?.expect_field("from_member", "Bo")?;
    ana.polls().await?.expect_code("nothing-new")?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_reply_in_own_words_is_mediated_too(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(HARSH).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    let offer = bo.answers("you people never send us the specs on time, it is pathetic", &arrived).await?;
    let offer = offer.expect_any_code(&["reframed", "civil"])?;
    let message = offer.text("message")?;
    let offer = offer.expect("no insult", |_| !message.to_lowercase().contains("pathetic"))?;
    ana.polls().await?.expect_code("nothing-new")?;
    bo.chooses("Send it", &offer).await?.expect_code("sent")?;
    let back = ana.polls().await?.expect_code("message")?.expect_field("message", message)?;
    back.expect_field("from_member", "Bo")?.expect("a message or a reply", |reply| {
        reply.value("kind").is_some_and(|kind| kind == "reply" || kind == "message")
    })?;
    Ok(())
}

async fn a_choice_that_was_not_offered_is_refused_with_what_is(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    let refused = ana.chooses("Send it twice", &offer).await?.expect_code("unknown-choice")?;
    refused.expect_field("menu", offer.menu())?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;

    let arrived = bo.polls().await?.expect_code("message")?;
    let refused = bo.chooses("Over my dead body", &arrived).await?.expect_code("unknown-choice")?;
    refused.expect_field("menu", arrived.menu())?;
    ana.polls().await?.expect_code("nothing-new")?;
    if let Some(choice) = arrived.menu().pop() {
        bo.chooses(&choice, &arrived).await?.expect_any_code(&["replied", "agreed"])?;
        ana.polls().await?.expect_code("message")?;
    }
    Ok(())
}

async fn a_reply_tapped_twice_arrives_once(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    let choice = arrived.menu().pop().unwrap_or_default();
    for _ in 0..3 {
        bo.chooses(&choice, &arrived).await?.expect_code("replied")?;
    }
    ana.polls().await?.expect_code("message")?.expect_field("waiting", 0)?;
    ana.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_reply_can_be_answered(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    bo.chooses(&arrived.menu().pop().unwrap_or_default(), &arrived).await?.expect_code("replied")?;
    let reply = ana.polls().await?.expect_code("message")?.expect_field("kind", "reply")?;
    let offer = ana
        .answers("Thursday noon would be fine for me as well.", &reply)
        .await?
        .expect_any_code(&["civil", "reframed"])?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    bo.polls().await?.expect_code("message")?.expect_field("message", offer.text("message")?)?;
    Ok(())
}
