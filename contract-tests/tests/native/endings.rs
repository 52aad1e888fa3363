//! How a server ends, and what is still there when the next one starts.

use crate::server::{Plan, Server};
use crate::{Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use truce_contract::World;

/// A request: it can be accepted.
const REQUEST: &str = "Could you send me the test plan for the release by Thursday, please?";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("a_restart_keeps_sessions_spent_invites_and_the_room", a_restart_keeps_everything),
        of_this_host("a_crash_loses_nothing_that_was_answered", a_crash_loses_nothing_that_was_answered),
        of_this_host("sigterm_finishes_what_is_in_flight", || what_is_in_flight_is_finished(Signal::TERM)),
        of_this_host("ctrl_c_finishes_what_is_in_flight", || what_is_in_flight_is_finished(Signal::INT)),
    ]
}

async fn a_restart_keeps_everything() -> Result<(), Problem> {
    what_is_kept(Server::stop).await
}

async fn a_crash_loses_nothing_that_was_answered() -> Result<(), Problem> {
    what_is_kept(Server::crash).await
}

async fn what_is_kept(end: fn(Server) -> Result<String, String>) -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let address = server.address.clone();
    let world = World::at(server.target())?;
    let room = world.room();
    let (ana, bo) = (room.join("backend", "Ana").await?, room.join("design", "Bo").await?);
    let (unused, revoked) = (room.invite("design", "Cleo").await?, room.invite("design", "Dee").await?);
    revoked.revoke().await?.expect_code("invite-revoked")?;
    let left = room.join("backend", "Al").await?;
    left.leaves().await?.expect_code("left")?;
    let first = ana.sends(REQUEST).await?.text("message")?;
    let arrived = bo.polls().await?.expect_code("message")?;
    let yes = arrived.menu().into_iter().next().unwrap_or_default();
    bo.chooses(&yes, &arrived).await?.expect_code("agreed")?;
    let offer = ana.says(REQUEST).await?.expect_any_code(&["civil", "reframed"])?;

    end(server)?;
    let _server = Plan::on(data.path()).listen(&address).start()?;

    for (member, code) in [(&ana, "session-valid"), (&bo, "session-valid"), (&left, "session-invalid")] {
        member.asks_who_they_are().await?.expect_code(code)?;
    }
    ana.invite.redeem().await?.expect_code("invite-invalid")?;
    ana.invite.state().await?.expect_field("state", "used")?;
    revoked.redeem().await?.expect_code("invite-invalid")?;
    ensure(ana.agreements().await?.len() == 1, "the agreement")?;
    ana.polls().await?.expect_code("message")?.expect_field("kind", "agreement")?;
    bo.polls().await?.expect_code("nothing-new")?;
    ana.chooses("Send it", &offer).await?.expect_code("sent")?;
    bo.polls().await?.expect_code("message")?.expect_field("message", offer.text("message")?)?;
    let cleo = unused.accept().await?;
    cleo.polls().await?.expect_code("message")?.expect_field("message", first)?.expect_field("waiting", 1)?;
    Ok(())
}

async fn what_is_in_flight_is_finished(signal: Signal) -> Result<(), Problem> {
    let data = TempDir::new()?;
    let mut server = Plan::on(data.path()).start()?;
    let bo = World::at(server.target())?.room().join("design", "Bo").await?;
    let waiting = tokio::spawn({
        let bo = bo.clone();
        async move { bo.polls_for(20).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure(!waiting.is_finished(), "a poll that waits")?;

    let told = Instant::now();
    server.signal(signal)?;
    waiting.await??.expect_code("nothing-new")?;
    let answered = told.elapsed();
    ensure(answered < Duration::from_secs(5), format!("an answer soon after the signal, not after {answered:?}"))?;
    let status = server.ended_within(Duration::from_secs(12))?;
    ensure(status.success(), format!("a good end, got {status}"))?;
    ensure(bo.polls().await.is_err(), "nobody to answer any more")
}
