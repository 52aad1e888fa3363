//! Scanning a code is the whole sign-in.

use super::journeys;
use crate::call::{escape, unescape};
use crate::{Call, Outcome, World};
use serde_json::json;
use tokio::task::JoinSet;

journeys! {
    "sign-up":
    scanning_a_code_signs_a_member_in => "Ana scans the organiser's code, is greeted by name, and her session says which room and team she is in.",
    looking_at_an_invite_spends_nothing => "Ana looks twice who invited her and to what, then redeems the invite all the same.",
    an_invite_works_as_digits_and_as_the_whole_link => "One member types the digits, another hands over the whole link, and both are in.",
    an_invite_tells_how_it_stands => "The organiser sees an invite turn from unused to used.",
    an_invite_works_exactly_once => "Ana redeems her invite; whoever tries the same code again is refused.",
    one_hundred_redeems_at_once_make_one_session => "A hundred phones redeem the same code in the same moment and exactly one gets a session (10, 11).",
    a_get_never_redeems => "A link preview fetches every address with the invite in it, and the invite is still unused (16).",
    a_browser_keeps_its_session_in_a_cookie => "Ana joins in a browser: the session goes into a __Host- cookie that scripts cannot read, and never into the page (28).",
    names_are_kept_as_written => "Zoë from the team “Größe & Co” is greeted by her name, and the headers for the edge carry it percent-encoded.",
    every_invite_and_session_is_new => "The same person is invited three times, and no invite, id or session is ever the same (24).",
}

async fn scanning_a_code_signs_a_member_in(world: World) -> Outcome {
    let room = world.room();
    let invite = room.invite("backend", "Ana").await?;
    let issued = invite
        .reply
        .clone()
        .expect_field("room", room.name())?
        .expect_field("team", "backend")?
        .expect_field("member", "Ana")?;
    let digits = invite.digits.reveal();
    issued.clone().expect("an invite of decimal digits", |_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let link_ends = format!("/j#{digits}");
    issued
        .expect("a link `…/j#<invite>`", |_| invite.link.reveal().ends_with(&link_ends))?
        .expect("the symbol as an SVG image", |reply| reply.text("svg").is_ok_and(|svg| svg.contains("<svg")))?
        .expect_header("x-truce-invite-id", &invite.id)?;

    let ana = invite.accept().await?;
    let joined = ana.reply.clone().expect_field("say", "You're in, Ana.")?;
    joined.expect_field("room", room.name())?.expect_field("team", "backend")?.expect_field("member", "Ana")?;

    let session = ana.asks_who_they_are().await?.expect_code("session-valid")?;
    let session =
        session.expect_field("room", room.name())?.expect_field("team", "backend")?.expect_field("member", "Ana")?;
    session
        .expect_header("x-truce-room", room.name())?
        .expect_header("x-truce-team", "backend")?
        .expect_header("x-truce-member", "Ana")?
        .expect("a cell in `x-truce-cell`", |reply| {
            reply.header("x-truce-cell").is_some_and(|cell| !cell.is_empty())
        })?;
    Ok(())
}

async fn looking_at_an_invite_spends_nothing(world: World) -> Outcome {
    let room = world.room();
    let invite = room.invite("backend", "Ana").await?;
    for _ in 0..2 {
        let seen = invite.preview().await?.expect_code("invite-valid")?;
        let seen =
            seen.expect_field("room", room.name())?.expect_field("team", "backend")?.expect_field("member", "Ana")?;
        seen.expect("no session", |reply| reply.value("session").is_none_or(|session| session == ""))?;
    }
    invite.state().await?.expect_field("state", "unused")?;
    invite.accept().await?;
    invite.preview().await?.expect_code("invite-invalid")?;
    Ok(())
}

async fn an_invite_works_as_digits_and_as_the_whole_link(world: World) -> Outcome {
    let room = world.room();
    let typed = room.invite("backend", "Ana").await?;
    typed.redeem_as(typed.digits.reveal()).await?.expect_code("redeemed")?;
    let scanned = room.invite("backend", "Bo").await?;
    scanned.redeem_as(scanned.link.reveal()).await?.expect_code("redeemed")?;
    Ok(())
}

async fn an_invite_tells_how_it_stands(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    invite
        .state()
        .await?
        .expect_code("invite-state")?
        .expect_field("state", "unused")?
        .expect_field("id", invite.id.as_str())?;
    invite.accept().await?;
    invite.state().await?.expect_code("invite-state")?.expect_field("state", "used")?;
    Ok(())
}

async fn an_invite_works_exactly_once(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    let ana = invite.accept().await?;
    invite.redeem().await?.expect_code("invite-invalid")?;
    invite.redeem_as(invite.link.reveal()).await?.expect_code("invite-invalid")?;
    ana.asks_who_they_are().await?.expect_code("session-valid")?;
    Ok(())
}

async fn one_hundred_redeems_at_once_make_one_session(world: World) -> Outcome {
    const CROWD: usize = 100;
    let invite = world.room().invite("backend", "Ana").await?;
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let invite = invite.clone();
        crowd.spawn(async move { invite.redeem_in_a_crowd().await });
    }
    let (mut redeemed, mut refused) = (0, 0);
    for answer in crowd.join_all().await {
        match answer?.expect_any_code(&["redeemed", "invite-invalid"])?.code() {
            "redeemed" => redeemed += 1,
            _ => refused += 1,
        }
    }
    world.remarks(&format!("{redeemed} of {CROWD} got a session, {refused} were refused"));
    invite
        .state()
        .await?
        .expect_field("state", "used")?
        .expect(&format!("1 of {CROWD} with a session; got {redeemed}"), |_| (redeemed, refused) == (1, CROWD - 1))?;
    Ok(())
}

async fn a_get_never_redeems(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    let digits = invite.digits.reveal();
    for path in [format!("/redeem?invite={digits}"), format!("/redeem?invite={}", escape(invite.link.reveal()))] {
        let answer = world.does("a link preview fetches the invite", Call::get(path)).await?;
        answer.expect("a refusal", |reply| reply.status() >= 400)?;
    }
    for path in [format!("/j?{digits}"), format!("/j?invite={digits}"), "/j".to_owned()] {
        // Whether the page comes or the query is refused is nobody's promise; that nothing is redeemed is.
        world.does("a link preview fetches the join page", Call::get(path)).await?;
    }
    invite.state().await?.expect_field("state", "unused")?;
    invite.accept().await?;
    Ok(())
}

async fn a_browser_keeps_its_session_in_a_cookie(world: World) -> Outcome {
    let room = world.room();
    let browser = room.invite("backend", "Ana").await?.accept_in_a_browser().await?;
    let joined = browser.reply.clone().expect_field("session", "")?.expect_field("member", "Ana")?;
    let cookie = browser.cookie.reveal();
    joined.expect("a session for the cookie alone, not for the page", |reply| !reply.body_text().contains(cookie))?;
    let attributes: Vec<String> = browser
        .reply
        .header("set-cookie")
        .unwrap_or_default()
        .split(';')
        .skip(1)
        .map(|attribute| attribute.trim().to_ascii_lowercase())
        .collect();
    for wanted in ["secure", "httponly", "samesite=strict", "path=/"] {
        browser
            .reply
            .clone()
            .expect(&format!("a cookie with `{wanted}`"), |_| attributes.iter().any(|a| a == wanted))?;
    }
    browser
        .reply
        .clone()
        .expect("a cookie without `Domain`", |_| !attributes.iter().any(|a| a.starts_with("domain")))?;

    let session = browser.does("asks whose session it is", Call::get("/redeem")).await?.expect_code("session-valid")?;
    session.expect_field("room", room.name())?;
    let said = Call::post("/mediate")
        .json(&json!({"text": "Could you send me the test plan for the release by Thursday, please?"}));
    browser.does_from_our_page("says something", said).await?.expect_status(200)?;
    let renewed = browser.does_from_our_page("renews the session", Call::post("/redeem").json(&json!({}))).await?;
    renewed.expect_code("renewed")?.expect_field("session", "")?.expect("a new cookie", |reply| {
        reply.header("set-cookie").is_some_and(|set| set.starts_with("__Host-truce="))
    })?;
    Ok(())
}

async fn names_are_kept_as_written(world: World) -> Outcome {
    let room = world.room();
    let longest = "ü".repeat(32);
    for (team, member) in [("Größe & Co", "Zoë"), ("中文队", "李雷 🦊"), (longest.as_str(), "O'Brien; x=1, \"y\"")]
    {
        let somebody = room.join(team, member).await?;
        let session = somebody.asks_who_they_are().await?.expect_field("team", team)?.expect_field("member", member)?;
        for (header, name) in [("x-truce-team", team), ("x-truce-member", member)] {
            let expected = format!("`{header}` to be {name}, percent-encoded");
            session.clone().expect(&expected, |reply| {
                reply.header(header).is_some_and(|value| value.is_ascii() && unescape(value).as_deref() == Some(name))
            })?;
        }
    }
    Ok(())
}

async fn every_invite_and_session_is_new(world: World) -> Outcome {
    let room = world.room();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let ana = room.join("backend", "Ana").await?;
        for secret in [ana.invite.id.clone(), ana.invite.digits.reveal().to_owned(), ana.session.reveal().to_owned()] {
            ana.reply
                .clone()
                .expect("ids, invites and sessions that nobody had before", |_| !seen.contains(&secret))?;
            seen.push(secret);
        }
    }
    Ok(())
}
