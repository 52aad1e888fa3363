//! Another server's tokens are worth nothing, be it by its keys or by its name.

use crate::server::{Plan, Server};
use crate::{Problem, of_this_host};
use libtest_mimic::Trial;
use std::fs;
use tempfile::TempDir;
use truce_contract::{Member, Outcome, World};

const HARSH: &str = "they never deliver on time and nobody gives a damn";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("a_server_with_other_keys_is_a_stranger", a_server_with_other_keys_is_a_stranger),
        of_this_host("a_server_with_another_name_is_a_stranger", a_server_with_another_name_is_a_stranger),
        of_this_host("two_servers_with_one_key_and_one_name_are_one", two_servers_with_one_key_and_one_name_are_one),
    ]
}

async fn a_server_with_other_keys_is_a_stranger() -> Result<(), Problem> {
    let (here, there) = (TempDir::new()?, TempDir::new()?);
    let url = "https://truce.example";
    let one = Plan::on(here.path()).public_url(url).start()?;
    let other = Plan::on(there.path()).public_url(url).start()?;
    Ok(tokens_are_refused(&one, &other).await?)
}

async fn a_server_with_another_name_is_a_stranger() -> Result<(), Problem> {
    let (here, there) = (TempDir::new()?, TempDir::new()?);
    let one = Plan::on(here.path()).public_url("https://truce.example").start()?;
    fs::copy(here.path().join("keys"), there.path().join("keys"))?;
    let other = Plan::on(there.path()).public_url("https://staging.truce.example").start()?;
    Ok(tokens_are_refused(&one, &other).await?)
}

/// The other two tests could pass for a wrong reason: this one shows that key and name are what matters.
async fn two_servers_with_one_key_and_one_name_are_one() -> Result<(), Problem> {
    let (here, there) = (TempDir::new()?, TempDir::new()?);
    let url = "https://truce.example";
    let one = Plan::on(here.path()).public_url(url).start()?;
    fs::copy(here.path().join("keys"), there.path().join("keys"))?;
    let other = Plan::on(there.path()).public_url(url).start()?;
    let ana = World::at(one.target())?.room().join("backend", "Ana").await?;
    same_person_at(&other, &ana).await?.asks_who_they_are().await?.expect_code("session-valid")?;
    Ok(())
}

/// Somebody at `server` who holds the session that `of` has elsewhere.
async fn same_person_at(server: &Server, of: &Member) -> Outcome<Member> {
    let local = World::at(server.target())?.room().join(&of.team, &of.name).await?;
    Ok(local.with_session(of.session.reveal()))
}

async fn tokens_are_refused(one: &Server, other: &Server) -> Outcome {
    let room = World::at(one.target())?.room();
    let ana = room.join("backend", "Ana").await?;
    let invite = room.invite("design", "Bo").await?;
    let offer = ana.says(HARSH).await?.expect_code("reframed")?;

    let stranger = same_person_at(other, &ana).await?;
    stranger.asks_who_they_are().await?.expect_code("session-invalid")?;
    stranger.asks_to_renew().await?.expect_code("session-invalid")?;
    stranger.says(HARSH).await?.expect_code("session-invalid")?;
    let local = World::at(other.target())?.room().join("backend", "Ana").await?;
    local.chooses("Send it", &offer).await?.expect_code("draft-invalid")?;
    local.invite.redeem_as(invite.digits.reveal()).await?.expect_code("invite-invalid")?;
    invite.accept().await?;
    Ok(())
}
