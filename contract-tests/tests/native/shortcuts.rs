//! Shortcuts are built for a deployment that was asked, and for no other.

use crate::front::{self, Front};
use crate::server::{Plan, Server};
use crate::{Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use std::process::Output;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("shortcuts_are_built_for_what_is_truce_and_well", what_is_truce_and_well),
        of_this_host("shortcuts_are_not_built_where_nobody_vouches", where_nobody_vouches),
        of_this_host("shortcuts_are_not_built_where_nobody_answers", where_nobody_answers),
        of_this_host("shortcuts_are_not_built_for_somebody_else", for_somebody_else),
        of_this_host("shortcuts_are_not_built_where_health_is_not", where_health_is_not),
    ]
}

/// A server, and who stands in front of it.
async fn served() -> Result<(Front, Server, TempDir), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    Ok((Front::of(server.address.parse()?).await?, server, data))
}

/// One line that names whom it asked, what is wrong, and that nothing was done.
fn refused((output, files): &(Output, usize), address: &str, why: &str) -> Result<(), Problem> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure(output.status.code() == Some(1) && *files == 0, format!("nothing written, got {files} files and: {said}"))?;
    ensure(said.contains(&format!("truce: {address} {why}")), format!("`{address} {why}`, got: {said}"))?;
    ensure(said.trim().ends_with("Nothing was written."), format!("that nothing was written, got: {said}"))
}

async fn what_is_truce_and_well() -> Result<(), Problem> {
    let (front, _server, _data) = served().await?;
    let url = front.url.as_str();
    let own = ["--redeem-url", "https://r.example", "--mediate-url", "https://m.example", "--health-url", url];
    for told in [["--url", url, "--check"].as_slice(), &own] {
        let (output, files) = front.builds(told)?;
        ensure(output.status.success() && files == 5, String::from_utf8_lossy(&output.stderr))?;
    }
    Ok(())
}

async fn where_nobody_vouches() -> Result<(), Problem> {
    let (front, _server, _data) = served().await?;
    let built = front::builds(&["--url", &front.url, "--check"], None)?;
    refused(&built, &front.url, "has a certificate that is not trusted here")?;
    // Nobody is called who need not be.
    let (_, files) = front::builds(&["--url", &front.url], None)?;
    ensure(files == 5, "what is built without being asked for more")
}

/// Neither where nobody listens, nor where somebody listens and says nothing: that is told while it is waited for.
async fn where_nobody_answers() -> Result<(), Problem> {
    let silent = TcpListener::bind("127.0.0.1:0").await?;
    let address = silent.local_addr()?;
    let url = format!("https://{address}");
    let begun = Instant::now();
    let built = front::builds(&["--url", &url, "--check"], None)?;
    refused(&built, &url, "does not answer within 10 s: see that it runs")?;
    let said = String::from_utf8_lossy(&built.0.stderr);
    ensure(
        said.starts_with(&format!("{url} is asked whether it is well")),
        format!("what is waited for, got: {said}"),
    )?;
    ensure(begun.elapsed() < Duration::from_secs(15), "an end of it")?;
    drop(silent);
    refused(&front::builds(&["--url", &url, "--check"], None)?, &url, "does not answer: see that it runs")
}

async fn for_somebody_else() -> Result<(), Problem> {
    let other = TcpListener::bind("127.0.0.1:0").await?;
    let front = Front::of(other.local_addr()?).await?;
    let serving = tokio::spawn(async move {
        for body in ["hello", r#"{"status":"UP"}"#, r#"{"code":"ready"}"#] {
            let (mut stream, _) = other.accept().await?;
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await?;
            // Its question may still be on the way.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok::<_, std::io::Error>(())
    });
    for _ in 0..3 {
        refused(&front.builds(&["--url", &front.url, "--check"])?, &front.url, "is not Truce")?;
    }
    Ok(serving.await??)
}

async fn where_health_is_not() -> Result<(), Problem> {
    let (front, _server, _data) = served().await?;
    let elsewhere = format!("{}/elsewhere", front.url);
    let built = front.builds(&["--url", "https://truce.example", "--health-url", &elsewhere])?;
    refused(&built, &elsewhere, "is Truce, and its health is not there")?;
    let built = front.builds(&["--redeem-url", &front.url, "--mediate-url", &front.url, "--check"])?;
    let said = String::from_utf8_lossy(&built.0.stderr);
    ensure(said.contains("name it with --health-url") && built.1 == 0, format!("where to ask, got: {said}"))
}
