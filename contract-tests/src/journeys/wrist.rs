//! The Shortcuts as they are built, run without a Watch: what somebody says, taps and scans, and what they read, hear and feel.

use super::journeys;
use super::mediation::{CIVIL, HARSH};
use crate::wrist::{Does, Seen, Wrist};
use crate::{Outcome, World};
use Does::{Confirms, GivesUp, LosesTheAnswer, LosesTheNetwork, Says, Scans, Taps, TapsTheFirst};
use serde_json::json;
use std::time::Duration;

/// Under which name a Watch keeps the session.
const SESSION: &str = "truce.session";

journeys! {
    "wrist":
    a_code_that_is_scanned_puts_a_session_on_the_wrist => "Ana's iPhone scans the code and greets her; the same code again changes nothing of what is kept.",
    the_join_page_starts_the_shortcut_with_the_invite => "Ana taps the button on the join page; nothing has to be scanned.",
    said_heard_back_and_sent_with_one_tap => "Ana says it, hears it put differently, and sends it with one tap; Bo's Watch says it aloud, and a tap of Bo's settles it; both find the agreement.",
    softer_and_then_not_at_all => "Ana asks for it softer, then cancels; Bo's Watch has nothing.",
    an_answer_in_ones_own_words => "Bo answers in his own words; they are put differently too, and Ana's Watch says them.",
    news_comes_while_the_watch_waits => "Bo's Watch waits; Ana sends after a second, and Bo hears it without asking again; the next time he hears the next one.",
    a_question_back_is_answered_by_speaking => "Ana is too vague; the Watch asks, she says more, and it is sent.",
    what_is_for_a_person_is_not_sent => "Ana threatens; her Watch names whom to turn to, and there is nothing to tap.",
    a_session_that_ended_says_so => "Ana left on another device; her Watch says so, and nothing is sent.",
    without_a_network_nothing_is_half_done => "The network is gone while Ana speaks; with it back she says it again, and Bo hears it once.",
    a_choice_that_gets_lost_was_not_made => "The network goes as Ana taps; Bo has nothing until she says and approves it again, and then once.",
    a_choice_whose_answer_gets_lost_was_made_once => "Ana's tap gets through and the answer does not; Bo has it once, and once more when she says and approves it again.",
    a_code_whose_answer_gets_lost_is_spent => "Ana's code gets through and the session does not; the code is refused from then on, and a new one lets her in.",
    who_lowers_the_wrist_has_sent_nothing => "Ana hears it back and lowers her wrist; Bo's Watch has nothing.",
    names_and_words_in_any_script => "Zoë of “Größe & Co 🦊” says something with a family in it, and it arrives as she approved it.",
    a_hundred_and_forty_characters_fit => "Ana says something of exactly 140 characters; what the Watch shows is never longer.",
    leaving_leaves_nothing_behind => "Ana leaves by her Watch: nothing is kept, and the next time it tells her to join.",
}

// A session holds for at least sixty seconds, and an empty inbox is asked three times, twenty seconds each.
journeys! {
    patient "wrist":
    a_session_that_expired_says_so => "Ana's session has run out; her Watch says so, nothing is sent, and with a new code she goes on.",
    an_empty_inbox_is_said => "Bo's Watch asks three times, and says that there is nothing new.",
}

async fn a_code_that_is_scanned_puts_a_session_on_the_wrist(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    let mut ana = Wrist::new(&world, "Ana");
    let code = || [Scans(invite.link.clone())];
    ana.runs("Truce Join", &code()).await?.expect("a greeting", |seen| seen.last() == "You're in, Ana.")?;
    let kept = ana.kept(SESSION).cloned();
    let again = ana.runs("Truce Join", &code()).await?;
    again
        .expect("to feel that it did not work", |seen| seen.felt == ["Failure"])?
        .expect("the session that was there", |_| kept.is_some() && ana.kept(SESSION) == kept.as_ref())?;
    Ok(())
}

async fn the_join_page_starts_the_shortcut_with_the_invite(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    let mut ana = Wrist::new(&world, "Ana");
    let seen = ana.runs_with("Truce Join", Some(&invite.link), &[]).await?;
    seen.expect("a greeting", |seen| seen.last() == "You're in, Ana.")?;
    Ok(())
}

async fn said_heard_back_and_sent_with_one_tap(world: World) -> Outcome {
    let (mut ana, mut bo) = two(&world).await?;
    let sent = ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?;
    let sent = sent.expect("to feel that it was sent", |seen| seen.felt == ["Success"])?;
    let put = sent.offered.first().map(|(said, _)| said.clone()).unwrap_or_default();
    sent.expect("other words than Ana's", |_| !put.is_empty() && !put.contains("gives a damn"))?;

    let heard = bo.runs("Truce Check", &[TapsTheFirst]).await?;
    heard
        .expect("to hear whose it is", |seen| seen.spoken.first().is_some_and(|said| said.contains("Ana")))?
        .expect("three answers and one's own", |seen| seen.offered.first().is_some_and(|(_, menu)| menu.len() <= 4))?
        .expect("to feel both, and nothing else", |seen| seen.felt == ["Success", "Success"])?;

    for wrist in [&mut ana, &mut bo] {
        let agreed = wrist.runs("Truce Agreements", &[]).await?;
        agreed.expect("an agreement", |seen| !seen.last().is_empty() && seen.stopped.is_none())?;
    }
    Ok(())
}

async fn softer_and_then_not_at_all(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = ana.runs("Truce", &[Says(HARSH), Taps("Softer"), Taps("Cancel")]).await?;
    seen.expect("to be asked twice", |seen| seen.offered.len() == 2 && seen.offered[0].0 != seen.offered[1].0)?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn an_answer_in_ones_own_words(world: World) -> Outcome {
    let (mut ana, mut bo) = two(&world).await?;
    ana.runs("Truce", &[Says(CIVIL), Taps("Send it")]).await?;
    let script =
        [Taps("In my own words"), Says("you never ask in time and we have to drop everything"), Taps("Send it")];
    let seen = bo.runs("Truce Check", &script).await?;
    seen.expect("to feel the message, and that the answer was sent", |seen| seen.felt == ["Success", "Success"])?;
    let heard = ana.runs("Truce Check", &[GivesUp]).await?;
    heard.expect("to hear Bo", |seen| seen.spoken.first().is_some_and(|said| said.contains("Bo")))?;
    Ok(())
}

async fn news_comes_while_the_watch_waits(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let mut bo = Wrist::joined(&world, &room.invite("design", "Bo").await?).await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    let sends = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ana.chooses("Send it", &offer).await?.expect_code("sent")
    };
    let (heard, sent) = tokio::join!(bo.runs("Truce Check", &[GivesUp]), sends);
    sent?;
    heard?.expect("to hear it", |seen| seen.spoken.len() == 1)?;
    ana.sends(CIVIL).await?;
    let next = bo.runs("Truce Check", &[GivesUp]).await?;
    next.expect("the next one, and not the same again", |seen| {
        seen.spoken.len() == 1 && seen.spoken[0].contains("test plan")
    })?;
    Ok(())
}

async fn a_question_back_is_answered_by_speaking(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let script = [
        Says("great job breaking prod again, really impressive"),
        Says("the deploy on Tuesday took the API down for 3 hours"),
        Taps("Send it"),
    ];
    let seen = ana.runs("Truce", &script).await?;
    seen.expect("to hear the question", |seen| seen.spoken.len() == 1)?
        .expect("to feel that it was sent", |seen| seen.felt == ["Success"])?;
    bo.polls().await?.expect_code("message")?;
    Ok(())
}

async fn what_is_for_a_person_is_not_sent(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = ana.runs("Truce", &[Says("I am going to kill him when he comes in tomorrow")]).await?;
    seen.expect("nothing to tap", |seen| seen.offered.is_empty())?
        .expect("to read whom to turn to", |seen| !seen.last().is_empty() && seen.felt == ["Failure"])?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_session_that_ended_says_so(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let mut wrist = Wrist::new(&world, "Ana");
    wrist.keeps(SESSION, &ana.session);
    ana.leaves().await?.expect_code("left")?;
    let seen = wrist.runs("Truce", &[Says(HARSH)]).await?;
    seen.expect("to read what to do", |seen| !seen.last().is_empty() && seen.felt == ["Failure"])?
        .expect("nothing to tap", |seen| seen.offered.is_empty())?;
    Ok(())
}

async fn without_a_network_nothing_is_half_done(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    ana.network(false);
    let seen = ana.runs("Truce", &[Says(HARSH)]).await?;
    seen.expect("that the run stops", |seen| seen.stopped.is_some() && seen.felt.is_empty())?;
    ana.network(true);
    ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?;
    bo.polls().await?.expect_code("message")?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_choice_that_gets_lost_was_not_made(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = ana.runs("Truce", &[Says(HARSH), LosesTheNetwork, Taps("Send it")]).await?;
    stops_without_a_word(seen)?;
    bo.polls().await?.expect_code("nothing-new")?;
    ana.network(true);
    let seen = ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?;
    seen.expect("to feel that it was sent", |seen| seen.felt == ["Success"])?;
    bo.polls().await?.expect_code("message")?.expect_field("waiting", 0)?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_choice_whose_answer_gets_lost_was_made_once(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = ana.runs("Truce", &[Says(HARSH), LosesTheAnswer, Taps("Send it")]).await?;
    let put = seen.offered.first().map(|(said, _)| said.clone()).unwrap_or_default();
    stops_without_a_word(seen)?;
    bo.polls().await?.expect_code("message")?.expect_field("message", put.as_str())?;
    bo.polls().await?.expect_code("nothing-new")?;
    ana.network(true);
    ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?;
    bo.polls().await?.expect_code("message")?.expect_field("message", put)?.expect_field("waiting", 0)?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn a_code_whose_answer_gets_lost_is_spent(world: World) -> Outcome {
    let room = world.room();
    let (lost, new) = (room.invite("backend", "Ana").await?, room.invite("backend", "Ana").await?);
    let mut ana = Wrist::new(&world, "Ana");
    stops_without_a_word(ana.runs("Truce Join", &[LosesTheAnswer, Scans(lost.link.clone())]).await?)?;
    ana.network(true);
    let again = ana.runs("Truce Join", &[Scans(lost.link)]).await?;
    again
        .expect("to read what to do", |seen| seen.last().contains("Ask for a new one") && seen.felt == ["Failure"])?
        .expect("nothing kept", |_| ana.kept(SESSION).is_none())?;
    ana.runs("Truce Join", &[Scans(new.link)]).await?.expect("a greeting", |seen| seen.last() == "You're in, Ana.")?;
    Ok(())
}

async fn who_lowers_the_wrist_has_sent_nothing(world: World) -> Outcome {
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = ana.runs("Truce", &[Says(HARSH), GivesUp]).await?;
    seen.expect("nothing more", |seen| seen.shown.is_empty() && seen.felt.is_empty() && seen.stopped.is_none())?;
    bo.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

async fn names_and_words_in_any_script(world: World) -> Outcome {
    const FAMILY: &str = "Could you please send the plan for the 👨‍👩‍👧‍👦 feature by Thursday?";
    let room = world.room();
    let mut zoe = Wrist::joined(&world, &room.invite("Größe & Co 🦊", "Zoë").await?).await?;
    let bo = room.join("design", "Bo").await?;
    let seen = zoe.runs("Truce", &[Says(FAMILY), Taps("Send it")]).await?;
    let put = seen.offered.first().map(|(said, _)| said.clone()).unwrap_or_default();
    seen.expect("her family in what she hears", |_| put.contains("👨‍👩‍👧‍👦"))?;
    let news = bo.polls().await?.expect_code("message")?.expect_field("from_member", "Zoë")?;
    news.expect("what she approved", |reply| reply.text("message").is_ok_and(|message| message == put))?;
    Ok(())
}

async fn a_hundred_and_forty_characters_fit(world: World) -> Outcome {
    const SAID: &str = "Could you please send me the test plan for the next release by Thursday, with the list of the services, their owners and all the open risks?";
    let room = world.room();
    let (mut ana, mut bo) = (
        Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?,
        Wrist::joined(&world, &room.invite("design", "Bo").await?).await?,
    );
    let sent = ana.runs("Truce", &[Says(SAID), Taps("Send it")]).await?;
    let heard = bo.runs("Truce Check", &[GivesUp]).await?;
    for seen in [sent, heard] {
        let fits = |text: &String| text.chars().count() <= 140;
        seen.expect("140 characters at most", |seen| {
            seen.shown.iter().chain(&seen.spoken).all(fits) && seen.offered.iter().all(|(said, _)| fits(said))
        })?;
    }
    Ok(())
}

async fn leaving_leaves_nothing_behind(world: World) -> Outcome {
    let mut ana = Wrist::joined(&world, &world.room().invite("backend", "Ana").await?).await?;
    ana.runs("Truce Leave", &[GivesUp]).await?.expect("nothing done", |seen| seen.felt.is_empty())?;
    ana.runs("Truce Leave", &[Confirms]).await?.expect("to feel it", |seen| seen.felt == ["Success"])?;
    let seen = ana.runs("Truce", &[]).await?;
    seen.expect("nothing kept", |_| ana.kept(SESSION).is_none())?
        .expect("to be told to join", |seen| seen.last().starts_with("Join first"))?;
    Ok(())
}

async fn a_session_that_expired_says_so(world: World) -> Outcome {
    let room = world.room();
    let for_a_minute = room.invite_for("backend", "Ana", json!({"session_seconds": 60})).await?;
    let mut ana = Wrist::joined(&world, &for_a_minute).await?;
    let bo = room.join("design", "Bo").await?;
    world.waits(61 + world.target().capabilities.clock_skew.as_secs()).await;
    let seen = ana.runs("Truce", &[Says(HARSH)]).await?;
    seen.expect("to read what to do", |seen| seen.last().contains("Scan a new code") && seen.felt == ["Failure"])?
        .expect("nothing to tap", |seen| seen.offered.is_empty())?;
    bo.polls().await?.expect_code("nothing-new")?;
    let new = room.invite("backend", "Ana").await?;
    ana.runs("Truce Join", &[Scans(new.link)]).await?.expect("a greeting", |seen| seen.last() == "You're in, Ana.")?;
    ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?;
    bo.polls().await?.expect_code("message")?;
    Ok(())
}

async fn an_empty_inbox_is_said(world: World) -> Outcome {
    let mut bo = Wrist::joined(&world, &world.room().invite("design", "Bo").await?).await?;
    let seen = bo.runs("Truce Check", &[]).await?;
    seen.expect("to read it", |seen| seen.last() == "Nothing new." && seen.stopped.is_none())?;
    Ok(())
}

/// As the app does where no answer comes: with an error of its own, and nothing of ours after it.
fn stops_without_a_word(seen: Seen) -> Outcome {
    seen.expect("that the run stops", |seen| {
        seen.stopped.as_ref().is_some_and(|why| why.contains("the network failed"))
    })?
    .expect("nothing felt or read", |seen| seen.felt.is_empty() && seen.shown.is_empty())?;
    Ok(())
}

/// Of two teams, each with a Watch.
async fn two(world: &World) -> Outcome<(Wrist, Wrist)> {
    let room = world.room();
    let ana = Wrist::joined(world, &room.invite("backend", "Ana").await?).await?;
    let bo = Wrist::joined(world, &room.invite("design", "Bo").await?).await?;
    Ok((ana, bo))
}
