//! A yes to a request becomes an agreement: who, what, by when.

use super::journeys;
use super::mediation::CIVIL;
use crate::{Member, Outcome, Reply, Room, World};
use serde_json::Value;

journeys! {
    "agreements":
    a_room_begins_without_agreements => "Ana looks at the agreements of a new room and there are none.",
    a_yes_to_a_request_becomes_an_agreement_both_sides_see => "Ana asks for the test plan by Thursday, Bo says yes, Ana's Watch tells her, and both find it among the agreements.",
    accepting_twice_makes_one_agreement => "Bo taps yes twice and his team mate Cleo taps yes too; the room still has one agreement.",
    what_is_not_a_yes_is_no_agreement => "Bo answers with the last of the quick replies instead of a yes, and nothing is agreed.",
    the_newest_agreement_comes_first => "Two requests are accepted one after the other; the list starts with the later one.",
    agreements_stay_in_their_room => "Bo agrees to something in one room, and in another room nobody sees it.",
}

/// Quick replies begin with the yes: one yes, one counter-offer or no, one question.
async fn says_yes(member: &Member, to: &Reply) -> Outcome<Reply> {
    let yes = to.menu().into_iter().next().unwrap_or_default();
    member.chooses(&yes, to).await?.expect_code("agreed")
}

async fn two_sides(room: &Room) -> Outcome<(Member, Member)> {
    Ok((room.join("backend", "Ana").await?, room.join("design", "Bo").await?))
}

async fn a_room_begins_without_agreements(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    let reply = ana.asks("view=agreements").await?.expect_code("agreements")?;
    reply.expect_field("agreements", Value::Array(Vec::new()))?;
    Ok(())
}

async fn a_yes_to_a_request_becomes_an_agreement_both_sides_see(world: World) -> Outcome {
    let room = world.room();
    let (ana, bo) = two_sides(&room).await?;
    ana.sends(CIVIL).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    let agreed = says_yes(&bo, &arrived).await?;
    let what = agreed.text("what")?;
    agreed
        .expect("`by_when` to be Thursday", |reply| {
            reply.text("by_when").is_ok_and(|by_when| by_when.to_lowercase().contains("thursday"))
        })?
        .expect("`what` to be the test plan", |_| what.to_lowercase().contains("test plan"))?;

    ana.polls().await?.expect_code("message")?.expect_field("kind", "agreement")?.expect_field("from_member", "Bo")?;
    for member in [&ana, &bo] {
        let reply = member.asks("view=agreements").await?.expect_code("agreements")?;
        let agreements = reply.list("agreements")?;
        let reply = reply.expect("one agreement", |_| agreements.len() == 1)?;
        let reply = reply.expect("an agreement of what, who, by_when, with and at", |_| {
            ["what", "who", "by_when", "with", "at"]
                .iter()
                .all(|key| agreements[0].get(key).is_some_and(Value::is_string))
        })?;
        reply.expect("what Bo agreed to", |_| agreements[0]["what"] == what.as_str())?;
    }
    Ok(())
}

async fn accepting_twice_makes_one_agreement(world: World) -> Outcome {
    let room = world.room();
    let (ana, bo) = two_sides(&room).await?;
    let cleo = room.join("design", "Cleo").await?;
    ana.sends(CIVIL).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    says_yes(&bo, &arrived).await?;
    let yes = arrived.menu().into_iter().next().unwrap_or_default();
    bo.chooses(&yes, &arrived).await?.expect_any_code(&["agreed", "replied"])?;
    let for_cleo = cleo.polls().await?.expect_code("message")?;
    let yes = for_cleo.menu().into_iter().next().unwrap_or_default();
    cleo.chooses(&yes, &for_cleo).await?.expect_any_code(&["agreed", "replied"])?;

    let agreements = ana.agreements().await?;
    let told = ana.polls().await?.expect_code("message")?.expect_field("kind", "agreement")?;
    told.expect(&format!("one agreement; got {}", agreements.len()), |_| agreements.len() == 1)?;
    Ok(())
}

async fn what_is_not_a_yes_is_no_agreement(world: World) -> Outcome {
    let room = world.room();
    let (ana, bo) = two_sides(&room).await?;
    ana.sends(CIVIL).await?;
    let arrived =
        bo.polls().await?.expect_code("message")?.expect("a choice besides yes", |reply| reply.menu().len() > 1)?;
    bo.chooses(&arrived.menu().pop().unwrap_or_default(), &arrived).await?.expect_code("replied")?;
    let reply = bo.asks("view=agreements").await?;
    reply.expect_field("agreements", Value::Array(Vec::new()))?;
    Ok(())
}

async fn the_newest_agreement_comes_first(world: World) -> Outcome {
    let room = world.room();
    let (ana, bo) = two_sides(&room).await?;
    let mut agreed = Vec::new();
    for text in [CIVIL, "Could you review PAY-1234 by Friday, please?"] {
        ana.sends(text).await?;
        let arrived = bo.polls().await?.expect_code("message")?;
        agreed.push(says_yes(&bo, &arrived).await?.text("what")?);
    }
    let reply = bo.asks("view=agreements").await?.expect_code("agreements")?;
    let listed: Vec<Value> = reply.list("agreements")?.iter().map(|agreement| agreement["what"].clone()).collect();
    reply.expect("both, the later one first", |_| listed == [agreed[1].as_str(), agreed[0].as_str()])?;
    Ok(())
}

async fn agreements_stay_in_their_room(world: World) -> Outcome {
    let (room, elsewhere) = (world.room(), world.room());
    let (ana, bo) = two_sides(&room).await?;
    let stranger = elsewhere.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    let arrived = bo.polls().await?.expect_code("message")?;
    says_yes(&bo, &arrived).await?;
    stranger.asks("view=agreements").await?.expect_field("agreements", Value::Array(Vec::new()))?;
    Ok(())
}
