//! What a socket can do to a server, and how often somebody may try.

use crate::server::{Plan, Server};
use crate::{Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truce_contract::{Invite, World};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("too_many_wrong_invites_are_slowed_down", too_many_wrong_invites_are_slowed_down),
        of_this_host("too_many_wrong_keys_are_slowed_down", too_many_wrong_keys_are_slowed_down),
        of_this_host("who_says_too_much_is_slowed_down_alone", who_says_too_much_is_slowed_down_alone),
        of_this_host("a_huge_body_is_refused_before_it_is_sent", a_huge_body_is_refused_before_it_is_sent),
        of_this_host("a_body_without_an_end_is_refused_at_the_limit", a_body_without_an_end_is_refused_at_the_limit),
        of_this_host("what_is_no_http_does_no_harm", what_is_no_http_does_no_harm),
        of_this_host("a_client_that_hangs_up_leaves_the_invite_spent", a_client_that_hangs_up_leaves_the_invite_spent),
        of_this_host(
            "a_client_that_hangs_up_at_once_leaves_no_doubt_about_the_invite",
            a_client_that_hangs_up_at_once_leaves_no_doubt_about_the_invite,
        ),
    ]
}

const LIMIT: usize = 5;

fn limited(data: &TempDir) -> Result<Server, String> {
    Plan::on(data.path()).setting("TRUCE_ATTEMPTS_PER_MINUTE", &LIMIT.to_string()).start()
}

async fn too_many_wrong_invites_are_slowed_down() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = limited(&data)?;
    let ana = World::at(server.target())?.room().join("backend", "Ana").await?;
    for _ in 0..LIMIT {
        ana.invite.redeem_as("not an invite").await?.expect_code("invite-invalid")?;
    }
    ana.invite.redeem_as("not an invite").await?.expect_code("slow-down")?;
    // Guessing invites must not lock out who has a session.
    ana.asks_who_they_are().await?.expect_code("session-valid")?;
    Ok(())
}

async fn too_many_wrong_keys_are_slowed_down() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = limited(&data)?;
    let world = World::at(server.target())?;
    let guess = truce_contract::Secret::new("a-guess-of-an-organiser-key-0123456789");
    let call = truce_contract::Call::post("/qr").json(&world.invite_body()).bearer(&guess);
    for _ in 0..LIMIT {
        world.does("somebody guesses", call.clone()).await?.expect_code("organiser-key-invalid")?;
    }
    world.does("somebody guesses once more", call).await?.expect_code("slow-down")?;
    Ok(())
}

async fn who_says_too_much_is_slowed_down_alone() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = limited(&data)?;
    let room = World::at(server.target())?.room();
    let (ana, bo) = (room.join("backend", "Ana").await?, room.join("design", "Bo").await?);
    for _ in 0..LIMIT {
        ana.says("they never deliver on time and nobody gives a damn").await?.expect_status(200)?;
    }
    ana.says("they never deliver on time and nobody gives a damn").await?.expect_code("slow-down")?;
    bo.says("they never deliver on time and nobody gives a damn").await?.expect_status(200)?;
    Ok(())
}

/// Sends `head` and then `body`, and reads until the server has said all it will.
async fn talk(server: &Server, head: &str, body: &[u8]) -> Result<String, Problem> {
    let mut stream = TcpStream::connect(&server.address).await?;
    stream.write_all(head.as_bytes()).await?;
    // The server may hang up while we are still sending: what it said counts.
    let _ = stream.write_all(body).await;
    let mut answer = vec![0; 64 * 1024];
    let mut read = 0;
    while let Ok(Ok(more @ 1..)) = tokio::time::timeout(Duration::from_secs(3), stream.read(&mut answer[read..])).await
    {
        read += more;
    }
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}

async fn a_huge_body_is_refused_before_it_is_sent() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    for length in ["65537", "104857600", "9000000000000000000"] {
        let head = format!(
            "POST /redeem HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            server.address
        );
        let answer = talk(&server, &head, b"{\"invite\":").await?;
        ensure(answer.starts_with("HTTP/1.1 413"), format!("413 to {length} bytes, got: {answer}"))?;
        ensure(answer.contains("body-too-large") && answer.contains("x-request-id"), "the answer every host gives")?;
    }
    Ok(())
}

async fn a_body_without_an_end_is_refused_at_the_limit() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let head = format!(
        "POST /redeem HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.address
    );
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    // 17 chunks of 4 KiB, and no last one: whoever waits for the end waits for ever.
    let answer = talk(&server, &head, chunk.repeat(17).as_bytes()).await?;
    ensure(answer.starts_with("HTTP/1.1 413"), format!("413 at the limit, got: {answer}"))?;
    ensure(answer.contains("body-too-large"), "the answer every host gives")
}

async fn what_is_no_http_does_no_harm() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let endless = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1024 * 1024));
    let many = format!("GET /health HTTP/1.1\r\nHost: x\r\n{}\r\n", "x-h: 1\r\n".repeat(10_000));
    for nonsense in ["\0\0\0\0\r\n\r\n", "HELO there\r\n\r\n", "GET\r\n\r\n", &endless, &many] {
        let answer = talk(&server, nonsense, b"").await?;
        ensure(
            !answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"),
            format!("a refusal, got: {answer}"),
        )?;
    }
    let world = World::at(server.target())?;
    world.does("somebody asks", truce_contract::Call::get("/health")).await?.expect_code("alive")?;
    ensure(!server.stderr().contains("panic"), "no panic")
}

async fn a_client_that_hangs_up_leaves_the_invite_spent() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let invite = World::at(server.target())?.room().invite("backend", "Ana").await?;
    let mut stream = TcpStream::connect(&server.address).await?;
    stream.write_all(redeeming(&server, &invite).as_bytes()).await?;
    // The answer is on its way, and nobody will ever read it.
    tokio::time::timeout(Duration::from_secs(5), stream.readable()).await??;
    drop(stream);
    invite.state().await?.expect_field("state", "used")?;
    invite.redeem().await?.expect_code("invite-invalid")?;
    Ok(())
}

/// Whether the server was faster is chance; that the invite is then either spent or good is not.
async fn a_client_that_hangs_up_at_once_leaves_no_doubt_about_the_invite() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let room = World::at(server.target())?.room();
    for _ in 0..20 {
        let invite = room.invite("backend", "Ana").await?;
        let mut stream = TcpStream::connect(&server.address).await?;
        stream.write_all(redeeming(&server, &invite).as_bytes()).await?;
        drop(stream);
        // Long enough for whatever is still going to happen.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let state = invite.state().await?.text("state")?;
        let code = if state == "used" { "invite-invalid" } else { "redeemed" };
        invite.redeem().await?.expect_code(code)?;
    }
    Ok(())
}

fn redeeming(server: &Server, invite: &Invite) -> String {
    let body = format!("{{\"invite\":\"{}\"}}", invite.digits.reveal());
    let (host, length) = (&server.address, body.len());
    format!(
        "POST /redeem HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
