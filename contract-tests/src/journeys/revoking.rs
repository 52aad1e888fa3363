//! The organiser takes an invite back, and whatever came of it.

use super::journeys;
use super::mediation::HARSH;
use crate::{Call, Outcome, World};

journeys! {
    "revoking":
    a_revoked_invite_cannot_be_redeemed => "The organiser revokes a code before anybody scans it; it is refused like any bad code.",
    revoking_ends_every_session_made_from_the_invite => "The organiser revokes Ana's invite after she joined; her session and its renewal are over, and Bo's is not (27).",
    revoking_again_changes_nothing => "The organiser revokes the same invite three times and gets the same answer.",
    only_an_organiser_looks_at_or_revokes_an_invite => "A stranger and a member try to look at and to revoke an invite; both are refused, and it stays unused.",
}

async fn a_revoked_invite_cannot_be_redeemed(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    invite.revoke().await?.expect_code("invite-revoked")?;
    invite.state().await?.expect_code("invite-state")?.expect_field("state", "revoked")?;
    invite.preview().await?.expect_code("invite-invalid")?;
    invite.redeem().await?.expect_code("invite-invalid")?;
    Ok(())
}

async fn revoking_ends_every_session_made_from_the_invite(world: World) -> Outcome {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let bo = room.join("design", "Bo").await?;
    let renewed = ana.renews().await?;
    ana.invite.revoke().await?.expect_code("invite-revoked")?;
    ana.invite.state().await?.expect_field("state", "revoked")?;
    for session in [&ana, &renewed] {
        session.asks_who_they_are().await?.expect_code("session-invalid")?;
        session.says(HARSH).await?.expect_code("session-invalid")?;
        session.asks_to_renew().await?.expect_code("session-invalid")?;
    }
    bo.asks_who_they_are().await?.expect_code("session-valid")?;
    Ok(())
}

async fn revoking_again_changes_nothing(world: World) -> Outcome {
    let invite = world.room().invite("backend", "Ana").await?;
    for _ in 0..3 {
        invite.revoke().await?.expect_code("invite-revoked")?;
    }
    invite.state().await?.expect_field("state", "revoked")?;
    Ok(())
}

async fn only_an_organiser_looks_at_or_revokes_an_invite(world: World) -> Outcome {
    let room = world.room();
    let bo = room.join("design", "Bo").await?;
    let invite = room.invite("backend", "Ana").await?;
    for call in [Call::get(invite.path()), Call::delete(invite.path())] {
        world.does("a stranger tries", call.clone()).await?.expect_code("organiser-key-invalid")?;
        bo.does("Bo tries with his session", call).await?.expect_code("organiser-key-invalid")?;
    }
    invite.state().await?.expect_field("state", "unused")?;
    Ok(())
}
