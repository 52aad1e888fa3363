//! `allowed_outbound_hosts`, for HTTP and for Redis.

use crate::harness::Plan;
use crate::or_skip;
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Answers every connection with `there` and counts nothing: who is not connected to has nothing to accept.
async fn answering() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

async fn answer(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let _ = stream.read(&mut [0; 1024]).await.unwrap();
    stream.write_all(b"HTTP/1.1 203 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nthere").await.unwrap();
}

#[tokio::test]
async fn who_is_granted_is_reached() {
    let (address, listener) = answering().await;
    let grants = format!("allowed_outbound_hosts = ['http://{{{{ host }}}}:{}']", address.port());
    let plan = or_skip!(Plan::one("a", &grants)).lines("[variables]\nhost = { required = true }");
    let host = plan.argument("--variable=host=127.0.0.1").start();
    let url = format!("http://{address}/path?secret");
    let (said, ()) = tokio::join!(host.tell("/a/fetch", &url), answer(&listener));
    assert_eq!(said, (200, "203 there".to_owned()));
}

#[tokio::test]
async fn who_is_not_granted_is_not_even_connected_to() {
    let (address, listener) = answering().await;
    let (port, other) = (address.port(), address.port().wrapping_add(1));
    let plan = or_skip!(Plan::one("nothing", ""));
    let grants = format!("['https://127.0.0.1:{port}', 'http://127.0.0.1:{other}', 'http://localhost:{port}']");
    let plan = or_skip!(plan.component("less", &["/less/..."], &format!("allowed_outbound_hosts = {grants}")));
    let host = plan.start();
    for path in ["/nothing/fetch", "/less/fetch"] {
        let (status, words) = host.tell(path, &format!("http://{address}/path?secret")).await;
        assert!(status == 502 && words.contains("HttpRequestDenied"), "{words}");
    }
    assert!(tokio::time::timeout(Duration::from_millis(50), listener.accept()).await.is_err(), "it was connected to");
    let stderr = host.stderr();
    assert!(stderr.contains(&format!("component `less`: no call to http://{address}: ")), "{stderr}");
    assert!(!stderr.contains("secret"), "{stderr}");
}

#[tokio::test]
async fn a_grant_that_its_variable_leaves_empty_grants_nothing_and_says_so() {
    let (address, _listener) = answering().await;
    let grants = format!("allowed_outbound_hosts = ['http://{address}', '{{{{ redis }}}}']");
    let plan = or_skip!(Plan::one("a", &grants)).lines("[variables]\nredis = { default = '' }");
    let host = plan.start();
    assert!(host.stderr().contains("component `a`: it may call nobody"), "{}", host.stderr());
    assert!(host.tell("/a/fetch", &format!("http://{address}/")).await.1.contains("HttpRequestDenied"));
}

#[test]
fn a_grant_that_is_none_is_refused() {
    let why = or_skip!(Plan::one("a", "allowed_outbound_hosts = ['example.com']")).refused();
    assert!(why.contains("component.a.allowed_outbound_hosts: `example.com`: it has no scheme"), "{why}");
}

/// A real Redis, ended with its value.
struct Redis {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Redis {
    /// `None`, with a line that says how to get it, where there is none.
    async fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let port = answering().await.0.port();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            const HOW: &str = "redis-server is not on PATH: `cargo xtask setup` installs it (Debian: redis-server)";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{HOW}");
            eprintln!("skipped: {HOW}");
            return None;
        };
        let redis = Self { child, port, _folder: folder };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Some(redis)
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn redis_is_reached_where_it_is_granted_and_nowhere_else() {
    let redis = or_skip!(Redis::start().await);
    let address = format!("redis://127.0.0.1:{}", redis.port);
    let plan = or_skip!(Plan::one("granted", &format!("allowed_outbound_hosts = ['{address}']")));
    let host = or_skip!(plan.component("refused", &["/refused/..."], "")).start();
    // SET NX twice, INCR, GET, SADD, TIME, DEL.
    let said = r#"[RedisResult::Status("OK")] [RedisResult::Nil] 2 Some("2") 2 2 2"#;
    assert_eq!(host.tell("/granted/redis", &format!("{address}/0 key")).await, (200, said.to_owned()));
    let (status, words) = host.tell("/refused/redis", &format!("{address} key")).await;
    assert!(status == 502 && words.contains("InvalidAddress"), "{words}");
}

#[tokio::test]
async fn a_redis_that_is_slow_is_waited_for() {
    let redis = or_skip!(Redis::start().await);
    let host = or_skip!(Plan::one("a", "allowed_outbound_hosts = ['redis://127.0.0.1:*']")).start();
    let told = format!("redis://127.0.0.1:{} key", redis.port);
    redis.signal(Signal::STOP);
    // Longer than the client's own defaults, a second to connect and half of one for an answer.
    let later = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        redis.signal(Signal::CONT);
    };
    let (said, ()) = tokio::join!(host.tell("/a/redis", &told), later);
    assert_eq!(said.0, 200, "{}", said.1);
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_an_error_and_no_trap() {
    let (gone, listener) = answering().await;
    drop(listener);
    let host = or_skip!(Plan::one("a", "allowed_outbound_hosts = ['redis://127.0.0.1:*']")).start();
    let (status, words) = host.tell("/a/redis", &format!("redis://{gone} key")).await;
    assert!(status == 502 && words.contains("Other("), "{words}");
}
