//! How instances live and die, and how the host does.

use crate::harness::{Host, Plan, tell};
use crate::or_skip;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn counts(host: &Host, times: usize) -> Vec<String> {
    let mut counts = Vec::new();
    for _ in 0..times {
        counts.push(host.tell("/a/count", "").await.1);
    }
    counts
}

#[tokio::test]
async fn each_request_has_an_instance_of_its_own() {
    let host = or_skip!(Plan::one("a", "")).start();
    assert_eq!(counts(&host, 3).await, ["1", "1", "1"]);
}

#[tokio::test]
async fn an_instance_is_used_as_often_as_is_said_and_then_dropped() {
    let host = or_skip!(Plan::one("a", "")).argument("--reuse=3").start();
    assert_eq!(counts(&host, 7).await, ["1", "2", "3", "1", "2", "3", "1"]);
}

#[tokio::test]
async fn an_instance_nobody_needs_for_a_second_is_dropped() {
    let host = or_skip!(Plan::one("a", "")).argument("--reuse=3").start();
    assert_eq!(counts(&host, 1).await, ["1"]);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(counts(&host, 1).await, ["1"]);
}

#[tokio::test]
async fn an_instance_waits_as_long_as_is_said() {
    let host = or_skip!(Plan::one("a", "")).argument("--reuse=3").argument("--idle=60").start();
    assert_eq!(counts(&host, 1).await, ["1"]);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(counts(&host, 1).await, ["2"]);
}

/// What the instance has counted after two requests that were under way at the same time.
async fn counted_after_two_at_once(at_once: &str) -> Option<String> {
    let plan = Plan::one("a", "sqlite_databases = ['default']")?;
    let host = plan.argument("--reuse=9").argument(at_once).start();
    let slow = || tell(host.url("/a/slow"), "default 300".to_owned());
    let second = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        slow().await
    };
    assert_eq!(tokio::join!(slow(), second).0, (200, "ended".to_owned()));
    Some(host.tell("/a/count", "").await.1)
}

#[tokio::test]
async fn an_instance_answers_several_at_once_only_where_it_may() {
    assert_eq!(or_skip!(counted_after_two_at_once("--at-once=2").await), "3");
    assert_eq!(or_skip!(counted_after_two_at_once("--at-once=1").await), "2");
}

#[tokio::test]
async fn a_trap_is_one_500_and_one_line_and_the_host_goes_on() {
    for reuse in ["--reuse=1", "--reuse=9"] {
        let host = or_skip!(Plan::one("a", "")).argument(reuse).start();
        assert_eq!(counts(&host, 1).await, ["1"]);
        assert_eq!(host.tell("/a/trap", "").await, (500, String::new()));
        assert_eq!(counts(&host, 1).await, ["1"], "what trapped is not used again");
        let stderr = host.stderr();
        let lines: Vec<_> = stderr.lines().filter(|line| line.starts_with("truce-spin-host: ")).collect();
        assert!(lines.len() == 1 && lines[0].contains("component `a`") && lines[0].contains("trap"), "{stderr}");
        assert!(stderr.contains("as it was told"), "what the component printed: {stderr}");
    }
}

/// Sends the beginning of a request and goes away after `patience`.
async fn leave(host: &Host, request: &str, patience: Duration) {
    let mut stream = TcpStream::connect(host.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(patience).await;
}

fn slow(body: &str) -> String {
    format!("POST /a/slow HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Whether nobody has left this mark in the database before.
async fn fresh(host: &Host, mark: &str) -> bool {
    host.tell("/a/insert", &format!("default {mark}")).await.1 == "fresh"
}

#[tokio::test]
async fn where_the_client_has_gone_the_instance_goes() {
    for reuse in ["--reuse=1", "--reuse=9"] {
        let host = or_skip!(Plan::one("a", "sqlite_databases = ['default']")).argument(reuse).start();
        leave(&host, &slow("default 600"), Duration::from_millis(200)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!fresh(&host, "begun").await, "it began");
        assert!(fresh(&host, "ended").await, "and did not end");
        assert!(!host.stderr().contains("truce-spin-host: "), "nothing to tell: {}", host.stderr());
    }
}

#[tokio::test]
async fn whoever_shares_an_instance_with_one_who_has_gone_is_answered() {
    let plan = or_skip!(Plan::one("a", "sqlite_databases = ['default']"));
    let host = plan.argument("--reuse=9").start();
    let stays = tokio::spawn(tell(host.url("/a/slow"), "default 600".to_owned()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    leave(&host, &slow("default 5000"), Duration::from_millis(200)).await;
    assert_eq!(stays.await.unwrap(), (200, "ended".to_owned()));
    assert_eq!(counts(&host, 1).await, ["1"], "a new instance");
}

#[tokio::test]
async fn an_upload_that_breaks_off_hurts_nobody() {
    let host = or_skip!(Plan::one("a", "")).start();
    for start in ["content-length: 1000\r\n\r\nten bytes.", "transfer-encoding: chunked\r\n\r\n5\r\nfive.\r\n5\r\nfi"] {
        leave(&host, &format!("POST /a/echo HTTP/1.1\r\nhost: a\r\n{start}"), Duration::from_millis(100)).await;
    }
    assert_eq!(counts(&host, 1).await, ["1"]);
}

#[tokio::test]
async fn sigterm_lets_what_is_under_way_end_and_takes_nothing_new() {
    let plan = or_skip!(Plan::one("a", "sqlite_databases = ['default']"));
    // The instance would wait for more.
    let mut host = plan.argument("--reuse=9").start();
    let under_way = tokio::spawn(tell(host.url("/a/slow"), "default 400".to_owned()));
    tokio::time::sleep(Duration::from_millis(150)).await;
    host.terminate();
    assert_eq!(under_way.await.unwrap(), (200, "ended".to_owned()));
    assert!(TcpStream::connect(host.address()).await.is_err());
    assert!(host.wait().success());
    assert!(!host.stderr().contains("truce-spin-host: "), "{}", host.stderr());
}

#[tokio::test]
async fn what_is_no_http_is_answered_as_such() {
    let host = or_skip!(Plan::one("a", "")).start();
    for (request, status) in [("GET /a/count HTTP/1.1\r\n\r\n", "400"), ("nonsense\r\n\r\n", "400")] {
        let mut stream = TcpStream::connect(host.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
}
