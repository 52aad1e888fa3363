//! Between two teams: said, heard, put differently, sent with a yes and not without.

use super::journeys;
use crate::{Member, Outcome, Reply, World};
use tokio::task::JoinSet;

/// What is bothering somebody, as people say it.
pub(super) const HARSH: &str = "they never deliver on time and nobody gives a damn";
/// With an insult, a ticket and a number.
const HARSHER: &str = "you idiots broke PAY-1234 again and it cost us 3 days";
/// A request that needs no mediator.
pub(super) const CIVIL: &str = "Could you send me the test plan for the release by Thursday, please?";

journeys! {
    "mediation":
    harsh_words_reach_the_other_team_reframed_and_only_after_a_yes => "Ana vents, hears it back as something Bo can listen to, and Bo gets exactly that once she taps Send it, never her own words.",
    civil_words_pass_unchanged => "Ana asks politely; the mediator changes nothing, and Bo gets her very words.",
    softer_is_gentler_until_it_cannot_be => "Ana taps Softer until the menu no longer offers it; each time she gets a new draft, and the last one still sends.",
    an_older_draft_still_sends => "Ana taps Softer, changes her mind and sends the first wording; that one arrives.",
    cancel_stores_nothing => "Ana vents, taps Cancel, and Bo never hears of it.",
    sending_twice_delivers_once => "Ana's Watch sends the same draft five times, once alone and then all at once, and Bo gets one message.",
    a_choice_is_compared_kindly => "Ana's Watch answers ' send IT ' in odd capitals and spaces, and it counts.",
    facts_survive_the_reframing => "Ana's complaint names a ticket and a number; both are in what Bo reads.",
}

async fn harsh_words_reach_the_other_team_reframed_and_only_after_a_yes(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?.expect("to be asked what to do with it", |reply| {
        let menu = reply.menu();
        menu == ["Send it", "Softer", "Cancel"] || menu == ["Send it", "Cancel"]
    })?;
    let message = offer.text("message")?;
    offer.clone().expect("other words than Ana's", |_| {
        !message.contains("gives a damn") && !message.eq_ignore_ascii_case(HARSH)
    })?;
    bo.polls().await?.expect_code("nothing-new")?;

    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    let arrived =
        bo.polls().await?.expect_code("message")?.expect_field("message", message)?.expect_field("kind", "message")?;
    let arrived =
        arrived.expect_field("from_team", "backend")?.expect_field("from_member", "Ana")?.expect_field("waiting", 0)?;
    arrived.expect("nothing of Ana's own words", |reply| !reply.body_text().contains("gives a damn"))?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn civil_words_pass_unchanged(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    for words in ["The build failed twice this morning.", CIVIL] {
        let offer = ana.says(words).await?.expect_code("civil")?.expect_field("message", words)?;
        ana.chooses("Send it", &offer).await?.expect_code("sent")?;
        bo.polls().await?.expect_code("message")?.expect_field("message", words)?;
    }
    Ok(())
}

/// What comes of the first of several complaints that can be put more gently still.
async fn something_that_can_be_softer(member: &Member) -> Outcome<Reply> {
    let mut last = member.says(HARSH).await?.expect_code("reframed")?;
    for text in ["you never review our pull requests", "nobody told us about the outage on Monday", HARSHER] {
        if offers_softer(&last) {
            break;
        }
        last = member.says(text).await?.expect_code("reframed")?;
    }
    last.expect("one of four complaints to be offered with Softer", offers_softer)
}

fn offers_softer(reply: &Reply) -> bool {
    reply.menu().iter().any(|entry| entry == "Softer")
}

async fn softer_is_gentler_until_it_cannot_be(world: World) -> Outcome {
    const PATIENCE: usize = 8;
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let mut offer = something_that_can_be_softer(&ana).await?;
    for round in 0.. {
        if !offers_softer(&offer) {
            break;
        }
        offer = offer.expect(&format!("an end of Softer within {PATIENCE} rounds"), |_| round < PATIENCE)?;
        let (draft, message) = (offer.text("draft")?, offer.text("message")?);
        offer = ana.chooses("Softer", &offer).await?.expect_code("reframed")?;
        let (next_draft, next_message) = (offer.text("draft")?, offer.text("message")?);
        let can_go_on = offers_softer(&offer);
        offer = offer.expect("a new draft", |_| next_draft != draft)?;
        offer =
            offer.expect("another message, as long as it can be softer", |_| next_message != message || !can_go_on)?;
    }
    let offer = offer.expect_menu(&["Send it", "Cancel"])?;
    ana.chooses("Softer", &offer).await?.expect_code("unknown-choice")?.expect_menu(&["Send it", "Cancel"])?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    bo.polls().await?.expect_code("message")?.expect_field("message", offer.text("message")?)?;
    Ok(())
}

async fn an_older_draft_still_sends(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let first = something_that_can_be_softer(&ana).await?;
    ana.chooses("Softer", &first).await?.expect_code("reframed")?;
    ana.chooses("Send it", &first).await?.expect_code("sent")?;
    bo.polls().await?.expect_code("message")?.expect_field("message", first.text("message")?)?;
    Ok(())
}

async fn cancel_stores_nothing(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    ana.chooses("Cancel", &offer).await?.expect_code("cancelled")?;
    bo.polls().await?.expect_code("nothing-new")?;
    ana.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn sending_twice_delivers_once(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    let mut taps = JoinSet::new();
    for _ in 0..4 {
        let (world, call) = (world.clone(), ana.choosing("Send it", &offer)?.bearer(&ana.session));
        taps.spawn(async move { world.does_in_a_crowd("Ana (backend) taps Send it again", call).await });
    }
    for tap in taps.join_all().await {
        tap?.expect_code("sent")?;
    }
    bo.polls().await?.expect_code("message")?.expect_field("waiting", 0)?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_choice_is_compared_kindly(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    for choice in ["send it", "  SEND IT ", "\tSend it\n"] {
        let offer = ana.says(HARSH).await?.expect_code("reframed")?;
        ana.chooses(choice, &offer).await?.expect_code("sent")?;
        bo.polls().await?.expect_code("message")?;
    }
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    ana.chooses("cancel", &offer).await?.expect_code("cancelled")?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn facts_survive_the_reframing(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.sends(HARSHER).await?.expect_code("reframed")?;
    let message = offer.text("message")?;
    let arrived = bo.polls().await?.expect_code("message")?.expect_field("message", message.as_str())?;
    arrived
        .expect("the ticket and the number", |_| message.contains("PAY-1234") && message.contains('3'))?
        .expect("no insult", |_| !message.to_lowercase().contains("idiot"))?;
    Ok(())
}
