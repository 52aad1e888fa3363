//! Who is let in, and with what. The numbers in the stories are those of the service's security requirements.

use super::journeys;
use super::mediation::HARSH;
use crate::{Call, Outcome, Secret, World};
use serde_json::{Value, json};

journeys! {
    "security":
    any_changed_character_of_a_session_is_refused => "Somebody changes single characters of Ana's session, first to last, and none of the forgeries opens anything (1).",
    any_changed_digit_of_an_invite_is_refused => "Somebody changes single digits of an invite, first to last; all are refused, and the real one still works (1).",
    any_changed_character_of_a_draft_is_refused => "Somebody changes single characters of a draft; none can be sent, and the real one still can (1).",
    cut_and_padded_tokens_are_refused => "Sessions cut short, padded, doubled and eight kilobytes long are all refused in the same way (22).",
    a_token_serves_its_own_purpose_only => "A session is tried as invite and draft, an invite as session and draft, a draft as session and invite: all refused (5).",
    bad_used_revoked_and_unknown_invites_look_the_same => "Four invites that do not hold, for four different reasons, get one and the same answer (25).",
    issuing_needs_the_organisers_key => "Codes are asked for without a key, with a wrong one, with half of it and with a member's session; none is issued (14).",
    an_organisers_key_is_no_session => "The organiser's key opens no function that is for members.",
    without_a_session_nothing_of_a_members_is_reached => "A stranger tries everything a member may do, and is told that a session is missing.",
    a_draft_belongs_to_who_it_was_made_for => "Bo, Ana's team mate and Ana in another room each try to send Ana's draft; none can, and she still can (15).",
    a_cookie_from_another_site_changes_nothing => "A page elsewhere makes Ana's browser post with her cookie; it is refused, and nothing is said or left (28).",
    headers_of_the_edge_are_not_believed => "A client claims to be in another room and on another host by headers; the session and the link say otherwise (30).",
}

/// `text` with one character changed, at about twenty places from the first to the last.
fn forgeries(text: &str) -> Vec<String> {
    let length = text.chars().count();
    let stride = (length / 16).max(1);
    let places = (0..length).step_by(stride).chain(length.saturating_sub(4)..length);
    places
        .map(|place| {
            let swap = |(at, old): (usize, char)| match (at == place, old) {
                (false, _) => old,
                (true, '9') => '8',
                (true, digit @ '0'..='8') => char::from(digit as u8 + 1),
                (true, 'A') => 'B',
                (true, _) => 'A',
            };
            text.chars().enumerate().map(swap).collect()
        })
        .collect()
}

async fn any_changed_character_of_a_session_is_refused(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    for forged in forgeries(ana.session.reveal()) {
        ana.with_session(&forged).asks_who_they_are().await?.expect_code("session-invalid")?;
    }
    ana.asks_who_they_are().await?.expect_code("session-valid")?;
    Ok(())
}

async fn any_changed_digit_of_an_invite_is_refused(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    for forged in forgeries(invite.digits.reveal()) {
        invite.redeem_as(&forged).await?.expect_code("invite-invalid")?;
    }
    invite.accept().await?;
    Ok(())
}

async fn any_changed_character_of_a_draft_is_refused(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    for forged in forgeries(&offer.text("draft")?) {
        let choice = Call::post("/mediate").json(&json!({"choice": "Send it", "draft": forged}));
        ana.does("somebody sends a changed draft", choice).await?.expect_code("draft-invalid")?;
    }
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    Ok(())
}

async fn cut_and_padded_tokens_are_refused(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let session = ana.session.reveal().to_owned();
    let half = session[..session.len() / 2].to_owned();
    let long = "A".repeat(8 * 1024 - 200);
    for bad in [
        half,
        session[1..].to_owned(),
        format!("{session}A"),
        format!("{session}{session}"),
        format!("{session}."),
        long,
        "x".into(),
    ] {
        ana.with_session(&bad).asks_who_they_are().await?.expect_code("session-invalid")?;
    }
    let invite = room.invite("backend", "Bo").await?;
    let digits = invite.digits.reveal().to_owned();
    let cut = digits[..digits.len() - 1].to_owned();
    for bad in
        [cut, format!("0{digits}"), format!("{digits}0"), "9".repeat(digits.len()), "1".repeat(20_000), String::new()]
    {
        invite.redeem_as(&bad).await?.expect_code("invite-invalid")?;
    }
    invite.accept().await?;
    Ok(())
}

async fn a_token_serves_its_own_purpose_only(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let invite = room.invite("backend", "Bo").await?;
    let draft = ana.says(HARSH).await?.expect_code("reframed")?.text("draft")?;
    let session = ana.session.reveal();
    let digits = invite.digits.reveal();

    for not_an_invite in [session, draft.as_str()] {
        invite.redeem_as(not_an_invite).await?.expect_code("invite-invalid")?;
    }
    for not_a_session in [digits, draft.as_str(), invite.link.reveal()] {
        let somebody = ana.with_session(not_a_session);
        somebody.asks_who_they_are().await?.expect_code("session-invalid")?;
        somebody.says(HARSH).await?.expect_code("session-invalid")?;
        let by_body = Call::post("/redeem").json(&json!({"session": not_a_session}));
        world.does("somebody renews with it", by_body).await?.expect_code("session-invalid")?;
    }
    for not_a_draft in [session, digits] {
        let choice = Call::post("/mediate").json(&json!({"choice": "Send it", "draft": not_a_draft}));
        ana.does("Ana sends it as a draft", choice).await?.expect_code("draft-invalid")?;
    }
    invite.accept().await?;
    Ok(())
}

async fn bad_used_revoked_and_unknown_invites_look_the_same(world: World) -> Outcome {
    let room = world.room();
    let used = room.invite("backend", "Ana").await?;
    used.accept().await?;
    let revoked = room.invite("backend", "Bo").await?;
    revoked.revoke().await?.expect_code("invite-revoked")?;
    let length = used.digits.reveal().len();
    let unknown = "1234567890".repeat(length / 10 + 1)[..length].to_owned();
    let mut seen: Option<Value> = None;
    for invite in [used.digits.reveal(), revoked.digits.reveal(), &unknown, "not an invite"] {
        let reply = used.redeem_as(invite).await?.expect_code("invite-invalid")?;
        // The instance names this very request.
        let mut body = reply.json.clone().unwrap_or_default();
        body.remove("instance");
        let body = Value::Object(body);
        let first = seen.get_or_insert_with(|| body.clone());
        let same = *first == body;
        reply.expect("the same body for each of them", |_| same)?;
    }
    Ok(())
}

async fn issuing_needs_the_organisers_key(world: World) -> Outcome {
    let key = world.target().organiser_key.reveal().to_owned();
    let ana = world.room().join("backend", "Ana").await?;
    let body = world.invite_body();
    let ask = || Call::post("/qr").json(&body);
    world.does("somebody asks without a key", ask()).await?.expect_code("organiser-key-invalid")?;
    let half = key[..key.len() / 2].to_owned();
    for wrong in
        [half, format!("{key}x"), key.to_uppercase() + "-", "x".repeat(key.len()), ana.session.reveal().to_owned()]
    {
        let reply = world.does("somebody asks with a wrong key", ask().bearer(&Secret::new(wrong))).await?;
        reply.expect_code("organiser-key-invalid")?;
    }
    for scheme in ["Basic", "Token", ""] {
        let call = ask().header("authorization", format!("{scheme} {key}").trim().to_owned());
        world.does(&format!("somebody calls the key “{scheme}”"), call).await?.expect_code("organiser-key-invalid")?;
    }
    Ok(())
}

async fn an_organisers_key_is_no_session(world: World) -> Outcome {
    for call in members_calls() {
        let reply = world.organiser_does("the organiser tries what is for members", call).await?;
        reply.expect_code("session-invalid")?;
    }
    Ok(())
}

async fn without_a_session_nothing_of_a_members_is_reached(world: World) -> Outcome {
    for call in members_calls() {
        world.does("a stranger tries what is for members", call).await?.expect_code("session-missing")?;
    }
    Ok(())
}

fn members_calls() -> Vec<Call> {
    vec![
        Call::get("/redeem"),
        Call::delete("/redeem"),
        Call::post("/redeem").json(&json!({})),
        Call::post("/mediate").json(&json!({"text": HARSH})),
        Call::get("/mediate"),
        Call::get("/mediate?view=agreements"),
    ]
}

async fn a_draft_belongs_to_who_it_was_made_for(world: World) -> Outcome {
    let (room, elsewhere) = (world.room(), world.room());
    let ana = room.join("backend", "Ana").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;
    let al = room.join("backend", "Al").await?;
    let bo = room.join("design", "Bo").await?;
    let ana_elsewhere = elsewhere.join("backend", "Ana").await?;
    for other in [&al, &bo, &ana_elsewhere] {
        other.chooses("Send it", &offer).await?.expect_code("draft-invalid")?;
        other.answers("me too", &offer).await?.expect_code("draft-invalid")?;
    }
    bo.polls().await?.expect_code("nothing-new")?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;

    let arrived = bo.polls().await?.expect_code("message")?;
    let choice = arrived.menu().pop().unwrap_or_default();
    for other in [&ana, &ana_elsewhere] {
        other.chooses(&choice, &arrived).await?.expect_code("draft-invalid")?;
    }
    Ok(())
}

async fn a_cookie_from_another_site_changes_nothing(world: World) -> Outcome {
    let browser = world.room().invite("backend", "Ana").await?.accept_in_a_browser().await?;
    let elsewhere = "https://elsewhere.example";
    for call in [
        Call::post("/mediate").json(&json!({"text": HARSH})),
        Call::post("/redeem").json(&json!({})),
        Call::delete("/redeem"),
    ] {
        for (name, value) in [
            ("origin", elsewhere),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let reply = browser.does("is used by another site", call.clone().header(name, value)).await?;
            reply.expect_code("cross-origin")?;
        }
        browser.does("is used by nobody knows whom", call.clone()).await?.expect_code("cross-origin")?;
        let both =
            call.header("origin", browser.origin(crate::Function::RedeemToken)).header("sec-fetch-site", "cross-site");
        browser.does("is told two stories", both).await?.expect_code("cross-origin")?;
    }
    browser.does("asks whose session it is", Call::get("/redeem")).await?.expect_code("session-valid")?;
    Ok(())
}

async fn headers_of_the_edge_are_not_believed(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let claim = Call::get("/redeem")
        .header("x-truce-room", "somebody-elses")
        .header("x-truce-team", "design")
        .header("x-truce-member", "Bo")
        .header("x-truce-cell", "cell-of-mine");
    let reply = ana.does("Ana claims to be somebody else", claim).await?.expect_code("session-valid")?;
    let reply =
        reply.expect_field("room", room.name())?.expect_field("team", "backend")?.expect_field("member", "Ana")?;
    reply
        .expect_header("x-truce-room", room.name())?
        .expect("a cell of the deployment's choosing", |reply| reply.header("x-truce-cell") != Some("cell-of-mine"))?;
    let stranger = Call::get("/mediate").header("x-truce-room", room.name()).header("x-truce-team", "design");
    world.does("a stranger claims to be in the room", stranger).await?.expect_code("session-missing")?;

    let honest = room.invite("backend", "Ana").await?;
    let before_hash = |link: &str| link.split('#').next().unwrap_or_default().to_owned();
    let call = Call::post("/qr")
        .json(&world.invite_body())
        .header("x-forwarded-host", "elsewhere.example")
        .header("forwarded", "host=elsewhere.example");
    let reply = world.organiser_does("somebody forwards from elsewhere", call).await?.expect_code("invite-issued")?;
    let link = reply.text("url")?;
    reply.expect("a link to this deployment", |_| before_hash(&link) == before_hash(honest.link.reveal()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forgery_differs_in_one_place_and_the_ends_are_among_them() {
        let token = "v3.local.AZaz09-_".repeat(4);
        let all = forgeries(&token);
        for forged in &all {
            assert_eq!(forged.chars().zip(token.chars()).filter(|(a, b)| a != b).count(), 1, "{forged}");
        }
        assert!(all.iter().any(|forged| forged[..1] != token[..1]));
        assert!(all.iter().any(|forged| forged[token.len() - 1..] != token[token.len() - 1..]));
    }
}
