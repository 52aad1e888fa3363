//! What arrives, for whom, in which order, and how long a Watch waits for it.

use super::journeys;
use super::mediation::{CIVIL, HARSH};
use crate::call::escape;
use crate::{Outcome, World};
use std::time::Duration;

journeys! {
    "inbox":
    nothing_new_answers_at_once => "Ana looks for news in a quiet room and is told at once, with a cursor to go on from and when to look again.",
    a_waiting_poll_answers_as_soon_as_there_is_news => "Bo waits up to ten seconds for news; Ana sends after one, and Bo's Watch shows it right away.",
    a_waiting_poll_without_news_ends_by_itself => "Bo waits three seconds in a quiet room and is told that there is nothing new, no sooner and not much later.",
    a_longer_wait_is_cut_to_what_the_host_can_do => "Bo asks to wait for an hour and gets his answer within the host's limit.",
    own_messages_do_not_come_back => "Ana sends something; neither she nor her team mate finds it in the inbox.",
    every_other_team_gets_a_message => "Three teams share a room; what Ana of one team sends reaches both others.",
    two_members_of_a_team_read_at_their_own_pace => "Bo and Cleo of one team each read the same messages, each from where they left off.",
    messages_arrive_in_order_with_how_many_wait => "Ana sends three messages; Bo reads them oldest first and sees the number waiting shrink.",
    no_more_than_twenty_are_counted => "Ana sends twenty-two messages; Bo is told that twenty wait, and reads all twenty-two.",
    reading_again_from_a_cursor_gives_the_same => "Bo reads from the beginning and from an old cursor again and gets the same messages: nothing is used up by reading.",
    who_joins_later_reads_from_the_beginning => "Dee joins after Ana has sent and still finds the message.",
    rooms_do_not_hear_each_other => "Two rooms have the same teams; what is said in one never appears in the other.",
    a_bad_query_is_refused_by_name => "Ana's client sends a wait that is no number, a cursor that is none, an unknown view and an unknown parameter, and is told which.",
}

async fn nothing_new_answers_at_once(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    for query in ["", "wait=0"] {
        let reply = ana.asks(query).await?.expect_code("nothing-new")?.expect_menu(&[])?.expect_field("draft", "")?;
        // Cursor and Retry-After are laws of `nothing-new`.
        reply.expect("an answer within 5 s", |reply| reply.took() < Duration::from_secs(5))?;
    }
    ana.polls().await?.expect_code("nothing-new")?;
    ana.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_waiting_poll_answers_as_soon_as_there_is_news(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    bo.polls().await?.expect_code("nothing-new")?;
    let sends = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ana.chooses("Send it", &offer).await?.expect_code("sent")
    };
    let (news, sent) = tokio::join!(bo.polls_for(10), sends);
    sent?;
    let news = news?.expect_code("message")?.expect_field("message", offer.text("message")?)?;
    news.expect("news when it comes: after 1 s, not after 10", |reply| {
        (Duration::from_millis(700)..Duration::from_secs(6)).contains(&reply.took())
    })?;
    Ok(())
}

async fn a_waiting_poll_without_news_ends_by_itself(world: World) -> Outcome {
    let longest = world.target().capabilities.longest_wait;
    let bo = world.room().join("design", "Bo").await?;
    let wait = Duration::from_secs(3).min(longest);
    let reply = bo.polls_for(3).await?.expect_code("nothing-new")?;
    reply.expect(&format!("to wait for {} s", wait.as_secs()), |reply| {
        reply.took() + Duration::from_millis(500) >= wait && reply.took() < wait + Duration::from_secs(5)
    })?;
    Ok(())
}

async fn a_longer_wait_is_cut_to_what_the_host_can_do(world: World) -> Outcome {
    let longest = world.target().capabilities.longest_wait;
    let bo = world.room().join("design", "Bo").await?;
    let reply = bo.polls_for(3600).await?.expect_code("nothing-new")?;
    reply.expect(&format!("an answer after {} s at the latest", longest.as_secs()), |reply| {
        reply.took() < longest + Duration::from_secs(5)
    })?;
    Ok(())
}

async fn own_messages_do_not_come_back(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let al = room.join("backend", "Al").await?;
    let bo = room.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    ana.polls().await?.expect_code("nothing-new")?;
    al.polls().await?.expect_code("nothing-new")?;
    bo.polls().await?.expect_code("message")?;
    Ok(())
}

async fn every_other_team_gets_a_message(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let dee = room.join("operations", "Dee").await?;
    ana.sends(CIVIL).await?;
    for member in [&bo, &dee] {
        member.polls().await?.expect_code("message")?.expect_field("from_team", "backend")?;
    }
    dee.sends("Could you tell us when the deployment is done, please?").await?;
    for member in [&ana, &bo] {
        member.polls().await?.expect_code("message")?.expect_field("from_team", "operations")?;
    }
    dee.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn two_members_of_a_team_read_at_their_own_pace(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let cleo = room.join("design", "Cleo").await?;
    let first = ana.sends(CIVIL).await?.text("message")?;
    bo.polls().await?.expect_code("message")?;
    let second = ana.sends(HARSH).await?.text("message")?;
    bo.polls().await?.expect_code("message")?;
    bo.polls().await?.expect_code("nothing-new")?;
    cleo.polls().await?.expect_code("message")?.expect_field("message", first)?.expect_field("waiting", 1)?;
    cleo.polls().await?.expect_code("message")?.expect_field("message", second)?.expect_field("waiting", 0)?;
    cleo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn messages_arrive_in_order_with_how_many_wait(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let mut sent = Vec::new();
    for day in ["Monday", "Tuesday", "Wednesday"] {
        sent.push(ana.sends(&format!("Could you send me the test plan by {day}, please?")).await?.text("message")?);
    }
    bo.asks_how_things_stand().await?.expect_code("session-valid")?.expect_field("waiting", 3)?;
    for (message, waiting) in sent.into_iter().zip([2, 1, 0]) {
        bo.polls().await?.expect_code("message")?.expect_field("message", message)?.expect_field("waiting", waiting)?;
    }
    bo.polls().await?.expect_code("nothing-new")?;
    bo.asks_how_things_stand().await?.expect_code("session-valid")?.expect_field("waiting", 0)?;
    Ok(())
}

async fn no_more_than_twenty_are_counted(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    for number in 1..=22 {
        ana.sends(&format!("Could you look at ticket PAY-{number} by Friday, please?")).await?;
    }
    bo.asks_how_things_stand().await?.expect_field("waiting", 20)?;
    for read in 1..=22_u32 {
        bo.polls().await?.expect_code("message")?.expect_field("waiting", (22 - read).min(20))?;
    }
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn reading_again_from_a_cursor_gives_the_same(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let earlier = ana.sends(CIVIL).await?.text("message")?;
    let later = ana.sends(HARSH).await?.text("message")?;
    let first = bo.asks("").await?.expect_code("message")?.expect_field("message", earlier.as_str())?;
    bo.asks("").await?.expect_field("message", earlier)?.expect_field("cursor", first.text("cursor")?)?;
    let after = format!("after={}", escape(&first.text("cursor")?));
    for _ in 0..2 {
        bo.asks(&after).await?.expect_code("message")?.expect_field("message", later.as_str())?;
    }
    Ok(())
}

async fn who_joins_later_reads_from_the_beginning(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let sent = ana.sends(CIVIL).await?.text("message")?;
    let dee = room.join("design", "Dee").await?;
    dee.polls().await?.expect_code("message")?.expect_field("message", sent)?;
    Ok(())
}

async fn rooms_do_not_hear_each_other(world: World) -> Outcome {
    let (room, elsewhere) = (world.room(), world.room());
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let stranger = elsewhere.join("design", "Bo").await?;
    ana.sends(CIVIL).await?;
    bo.polls().await?.expect_code("message")?;
    stranger.polls().await?.expect_code("nothing-new")?;
    let foreign = format!("after={}", escape(&bo.cursor()));
    stranger.asks(&foreign).await?.expect_any_code(&["nothing-new", "bad-value"])?;
    Ok(())
}

async fn a_bad_query_is_refused_by_name(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    for (query, field) in
        [("wait=soon", "wait"), ("wait=-1", "wait"), ("after=%00no-cursor", "after"), ("view=everything", "view")]
    {
        ana.asks(query).await?.expect_any_code(&["bad-value", "wrong-type"])?.expect_detail_naming(field)?;
    }
    ana.asks("limit=5").await?.expect_code("unknown-field")?.expect_detail_naming("limit")?;
    Ok(())
}
