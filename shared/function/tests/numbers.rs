//! What is counted: of requests that went through the layers, and as somebody reads it on its socket.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use truce_function::auth::{self, Member};
use truce_function::host::metrics;
use truce_function::testing::{Bench, Reply};
use truce_function::{Answer, Environment, Problem, Settings};

fn function(env: Environment) -> Router {
    async fn one() -> Answer {
        Answer::new("one")
    }
    async fn counted(State(env): State<Environment>, member: Member) -> Result<Answer, Problem> {
        auth::count_for_member(&env, &member)?;
        Ok(Answer::new("counted"))
    }
    async fn sleeps() {
        std::future::pending::<()>().await;
    }
    Router::new()
        .route("/one/{name}", get(one))
        .route("/counted", get(counted))
        .route("/sleeps", get(sleeps))
        .with_state(env)
}

/// The number after `series`, which is all of a line but its number.
fn number(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|number| number.parse().expect("a number"))
}

/// As the monitor asks.
const MONITOR: &str = "truce-monitor/0.1.0 quokka";
/// As a Watch does.
const WATCH: &str = "BackgroundShortcutRunner/1 quokka";

async fn asked_by(agent: &str, bench: &Bench, path: &str, bearer: &str) -> Reply {
    let request = Request::get(path).header(header::USER_AGENT, agent);
    let request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    bench.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_request_is_counted_by_what_its_function_wrote_and_never_by_what_was_asked_for() {
    let bench = Bench::new(function);
    let odd = Method::from_bytes(b"QUOKKA").expect("a method");
    for (method, path) in [
        (Method::GET, "/one/quokka"),
        (Method::GET, "/one/wombat?after=quokka"),
        (Method::GET, "/quokka"),
        (odd, "/one/quokka"),
    ] {
        bench.call(method, path, "quokka").await;
    }
    let text = bench.env.numbers().text();
    let requests =
        |labels: &str| number(&text, &format!("truce_requests_total{{function=\"truce\",{labels},synthetic=\"no\"}}"));
    assert_eq!(requests(r#"path="/one/{name}",method="GET",status="200""#), Some(2.0), "{text}");
    assert_eq!(requests(r#"path="unmatched",method="GET",status="404""#), Some(1.0), "{text}");
    assert_eq!(requests(r#"path="/one/{name}",method="other",status="405""#), Some(1.0), "{text}");
    // A first failure is a step up from this.
    assert_eq!(requests(r#"path="/one/{name}",method="GET",status="503""#), Some(0.0), "{text}");
    assert!(!text.to_lowercase().contains("quokka") && !text.contains("wombat"), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn who_waits_for_news_makes_no_answer_slow() {
    let bench = Bench::new(function);
    bench.call(Method::GET, "/one/a?wait=20", "").await;
    bench.call(Method::GET, "/one/a?wait=0", "").await;
    let text = bench.env.numbers().text();
    let answers = r#"truce_request_duration_seconds_count{function="truce",path="/one/{name}",method="GET",class="2xx",synthetic="no"}"#;
    assert_eq!(number(&text, answers), Some(1.0), "{text}");
    let polls = r#"truce_poll_duration_seconds_count{function="truce",path="/one/{name}",synthetic="no"}"#;
    assert_eq!(number(&text, polls), Some(1.0), "{text}");
}

#[tokio::test]
async fn what_a_test_asks_is_counted_apart_under_a_word_of_ours() {
    let bench = Bench::new(function);
    for (agent, path) in [
        (MONITOR, "/one/a"),
        (MONITOR, "/one/a"),
        (MONITOR, "/one/a?wait=20"),
        (WATCH, "/one/a"),
        (WATCH, "/one/a?wait=20"),
        (WATCH, "/nowhere"),
    ] {
        asked_by(agent, &bench, path, "").await;
    }
    let text = bench.env.numbers().text();
    for (name, labels, people, tests) in [
        ("requests_total", r#"path="/one/{name}",method="GET",status="200""#, Some(2.0), Some(3.0)),
        // A first failure of either is a step up.
        ("requests_total", r#"path="/one/{name}",method="GET",status="503""#, Some(0.0), Some(0.0)),
        ("requests_total", r#"path="unmatched",method="GET",status="404""#, Some(1.0), None),
        ("request_duration_seconds_count", r#"path="/one/{name}",method="GET",class="2xx""#, Some(1.0), Some(2.0)),
        ("poll_duration_seconds_count", r#"path="/one/{name}""#, Some(1.0), Some(1.0)),
    ] {
        let of = |word| number(&text, &format!(r#"truce_{name}{{function="truce",{labels},synthetic="{word}"}}"#));
        assert_eq!((of("no"), of("test")), (people, tests), "{name} {labels}: {text}");
    }
    assert!(!text.contains("quokka") && !text.contains("monitor"), "{text}");
}

#[tokio::test]
async fn what_the_store_takes_is_counted_and_what_it_refuses_to_do() {
    let bench = Bench::new(function);
    let failures = r#"truce_store_failures_total{function="truce",operation="ping"}"#;
    bench.call(Method::GET, "/health?probe=ready", "").await;
    assert_eq!(number(&bench.env.numbers().text(), failures), Some(0.0));
    bench.store.take_away(true);
    assert!(bench.env.store().ping().await.is_err());
    let text = bench.env.numbers().text();
    assert_eq!(number(&text, failures), Some(1.0), "{text}");
    let trips = r#"truce_store_duration_seconds_count{function="truce",operation="ping"}"#;
    assert_eq!(number(&text, trips), Some(2.0), "{text}");
    // What makes no sense is the caller's fault, and no store's.
    bench.store.take_away(false);
    assert!(bench.env.store().spend("id", 2, 1).await.is_err());
    let spent = r#"truce_store_failures_total{function="truce",operation="spend"}"#;
    assert_eq!(number(&bench.env.numbers().text(), spent), Some(0.0));
}

#[tokio::test]
async fn who_is_told_to_slow_down_is_counted_by_what_they_tried() {
    let bench = Bench::with(Settings { attempts_per_minute: 1, ..Bench::settings() }, function);
    let session = bench.session("q3", "backend", "Ana");
    // Whoever says that it is a test has as much as everybody else, and of the same.
    for (agent, status) in [
        (WATCH, StatusCode::OK),
        (WATCH, StatusCode::TOO_MANY_REQUESTS),
        (MONITOR, StatusCode::TOO_MANY_REQUESTS),
        (WATCH, StatusCode::TOO_MANY_REQUESTS),
    ] {
        assert_eq!(asked_by(agent, &bench, "/counted", &session).await.status, status);
    }
    let text = bench.env.numbers().text();
    let throttled = |kind: &str, synthetic: &str| {
        let labels = format!(r#"function="truce",kind="{kind}",synthetic="{synthetic}""#);
        number(&text, &format!("truce_throttled_total{{{labels}}}"))
    };
    assert_eq!((throttled("member", "no"), throttled("member", "test")), (Some(2.0), Some(1.0)), "{text}");
    assert_eq!((throttled("organiser", "no"), throttled("organiser", "test")), (Some(0.0), Some(0.0)), "{text}");
}

#[tokio::test]
async fn a_wrong_credential_too_often_is_counted_by_who_says_they_tried() {
    async fn organises(_: auth::Organiser) -> Answer {
        Answer::new("organises")
    }
    let settings = Settings { attempts_per_minute: 1, ..Bench::settings() };
    let bench = Bench::with(settings, |env| Router::new().route("/organises", get(organises)).with_state(env));
    for (agent, status) in [
        (MONITOR, StatusCode::UNAUTHORIZED),
        (MONITOR, StatusCode::TOO_MANY_REQUESTS),
        (WATCH, StatusCode::TOO_MANY_REQUESTS),
    ] {
        let mut request = Request::get("/organises").header(header::USER_AGENT, agent);
        request = request.header(header::AUTHORIZATION, "Bearer wrong").extension(auth::Source("192.0.2.1".to_owned()));
        assert_eq!(bench.send(request.body(Body::empty()).expect("a request")).await.status, status);
    }
    let text = bench.env.numbers().text();
    for synthetic in ["no", "test"] {
        let series = format!(r#"truce_throttled_total{{function="truce",kind="organiser",synthetic="{synthetic}"}}"#);
        assert_eq!(number(&text, &series), Some(1.0), "{text}");
    }
}

#[tokio::test]
async fn what_is_in_flight_is_counted_until_its_sender_gives_up() {
    let bench = Bench::new(function);
    let in_flight = || number(&bench.env.numbers().text(), r#"truce_requests_in_flight{function="truce",waits="no"}"#);
    assert_eq!(in_flight(), Some(0.0));
    let abandoned = |synthetic: &str| {
        let series = format!(r#"truce_requests_abandoned_total{{function="truce",synthetic="{synthetic}"}}"#);
        number(&bench.env.numbers().text(), &series)
    };
    assert_eq!((abandoned("no"), abandoned("test")), (Some(0.0), Some(0.0)));
    for (agent, people, tests) in [(WATCH, 1.0, 0.0), (MONITOR, 1.0, 1.0)] {
        {
            let asked = asked_by(agent, &bench, "/sleeps", "");
            tokio::pin!(asked);
            assert!(tokio::time::timeout(Duration::from_millis(50), &mut asked).await.is_err());
            assert_eq!(in_flight(), Some(1.0));
        }
        assert_eq!(in_flight(), Some(0.0));
        assert_eq!((abandoned("no"), abandoned("test")), (Some(people), Some(tests)));
    }
}

async fn ask(address: SocketAddr, head: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("{head} HTTP/1.1\r\nhost: truce.example\r\n\r\n").as_bytes()).await?;
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await?;
    // All of it where the connection ends; the others are kept.
    if answer.ends_with(b"200") {
        stream.read_to_end(&mut answer).await?;
    }
    Ok(String::from_utf8(answer).expect("text"))
}

async fn read(bench: &Bench) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(metrics::serve(listener, bench.env.clone()));
    address
}

#[tokio::test]
async fn a_socket_of_its_own_has_what_is_counted_and_nothing_else() {
    let bench = Bench::new(function);
    bench.post("/nowhere", "", &json!({"text": "quokka"})).await;
    let address = read(&bench).await;
    let answer = ask(address, "GET /metrics").await.expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{head}");
    assert!(body.contains("truce_requests_total{") && body.ends_with("# EOF\n"), "{body}");
    for (asked, status) in [("POST /metrics", "405"), ("GET /health", "404"), ("GET /one/a", "404"), ("GET /", "404")] {
        assert!(ask(address, asked).await.expect("answered").ends_with(status), "{asked}");
    }
    // Reading is not counted.
    assert_eq!(bench.env.numbers().text().matches("status=\"200\"").count(), 0);
}

#[tokio::test]
async fn who_only_connects_keeps_nobody_out_for_long() {
    let bench = Bench::new(function);
    let address = read(&bench).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(TcpStream::connect(address).await.expect("connected"));
    }
    let asked = tokio::spawn(ask(address, "GET /metrics"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!asked.is_finished());
    idle.pop();
    assert!(asked.await.expect("no panic").expect("answered").contains("# EOF"));
    // They need not even go by themselves.
    let begun = std::time::Instant::now();
    idle.push(TcpStream::connect(address).await.expect("connected"));
    assert!(ask(address, "GET /metrics").await.expect("answered").contains("# EOF"));
    assert!(begun.elapsed() < Duration::from_secs(15));
}
