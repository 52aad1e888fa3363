//! Every function answers for its own process, whatever it does besides.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request, StatusCode, header};
use std::time::{Duration, Instant};
use truce_function::auth::Source;
use truce_function::testing::{Bench, ORGANISER_KEY};
use truce_function::{Answer, Environment, Settings};

fn function(env: Environment) -> Router {
    Router::new().route("/hello", get(async || Answer::new("hello"))).with_state(env)
}

#[tokio::test]
async fn a_function_that_says_nothing_about_it_answers_every_probe() {
    let bench = Bench::new(function);
    for path in ["/health", "/health?probe=live", "/health?probe=open"] {
        assert_eq!(bench.call(Method::GET, path, "").await.code(), "alive");
    }
    assert_eq!(bench.store.pings(), 0);
    let reply = bench.call(Method::GET, "/health?probe=ready", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, "ready"));
    assert_eq!(reply.json["dependencies"][0]["state"], "up");
    assert_eq!(bench.call(Method::GET, "/hello", "").await.code(), "hello");

    assert_eq!(bench.call(Method::GET, "/health?probe=reddy", "").await.status, StatusCode::BAD_REQUEST);
    let reply = bench.call(Method::POST, "/health", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
    assert_eq!(reply.headers[header::ALLOW], "GET,HEAD");
}

#[tokio::test]
async fn it_is_not_ready_without_its_store_nor_when_it_is_going_down() {
    let bench = Bench::new(function);
    bench.store.take_away(true);
    let reply = bench.call(Method::GET, "/health?probe=ready", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "not-ready"));
    assert!(reply.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(bench.call(Method::GET, "/health?probe=open", "").await.code(), "alive", "it can say what is wrong");

    let bench = Bench::new(function);
    bench.stopping.send(true).expect("somebody listens");
    for probe in ["ready", "open"] {
        assert_eq!(bench.call(Method::GET, &format!("/health?probe={probe}"), "").await.code(), "not-ready");
    }
    assert_eq!(bench.call(Method::GET, "/health", "").await.code(), "alive");
}

#[tokio::test]
async fn what_a_function_says_about_its_own_health_goes_first() {
    let own = |env| function(env).route("/health", get(async || Answer::new("my-own")));
    let bench = Bench::new(own);
    assert_eq!(bench.call(Method::GET, "/health?probe=ready", "").await.code(), "my-own");
    assert_eq!(bench.call(Method::GET, "/nowhere", "").await.code(), "no-such-path");
}

#[tokio::test]
async fn a_pause_ends_at_once_when_the_host_begins_to_go_down() {
    let bench = Bench::new(function);
    let started = Instant::now();
    bench.env.pause(Duration::from_millis(20)).await;
    assert!(started.elapsed() >= Duration::from_millis(20), "nobody is going down");

    let env = bench.env.clone();
    let pausing = tokio::spawn(async move { env.pause(Duration::from_mins(1)).await });
    tokio::task::yield_now().await;
    bench.stopping.send(true).expect("somebody listens");
    tokio::time::timeout(Duration::from_secs(5), pausing).await.expect("at once").expect("no panic");
}

#[tokio::test]
async fn an_organiser_is_told_which_keys_a_function_has_and_nobody_else_is() {
    let bench = Bench::new(function);
    let ring = bench.env.keys();
    let keys = serde_json::json!([{"id": ring.active_id().to_string(), "state": "active"}]);
    let reply = bench.call(Method::GET, "/health?probe=ready", ORGANISER_KEY).await;
    assert_eq!((reply.code(), &reply.json["keys"]), ("ready", &keys));
    assert!(!reply.body.contains(ORGANISER_KEY));

    let nobody = bench.call(Method::GET, "/health?probe=ready", "").await;
    let member = bench.call(Method::GET, "/health?probe=ready", &bench.session("q3", "backend", "Ana")).await;
    for reply in [nobody, member] {
        assert_eq!((reply.code(), reply.json.get("keys")), ("ready", None));
    }
    for path in ["/health", "/health?probe=live", "/health?probe=open"] {
        let reply = bench.call(Method::GET, path, ORGANISER_KEY).await;
        assert_eq!((reply.code(), reply.json.get("keys")), ("alive", None), "{path}");
    }
    let wrong = bench.call(Method::GET, "/health?probe=ready", &ORGANISER_KEY[1..]).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::UNAUTHORIZED, "organiser-key-invalid"));
    assert_eq!(wrong.json.get("keys"), None);
}

/// Otherwise the probes would be where keys are guessed.
#[tokio::test]
async fn a_key_is_tried_at_the_probes_no_more_often_than_elsewhere() {
    let bench = Bench::with(Settings { attempts_per_minute: 3, ..Bench::settings() }, function);
    let ask = async |bearer: &str, source: &str| {
        let mut request = Request::get("/health?probe=ready").body(Body::empty()).expect("a request");
        request.extensions_mut().insert(Source(source.to_owned()));
        if !bearer.is_empty() {
            let value = format!("Bearer {bearer}").parse().expect("a header");
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        bench.send(request).await.code().to_owned()
    };
    let session = bench.session("q3", "backend", "Ana");
    for _ in 0..5 {
        assert_eq!(ask(&session, "192.0.2.1").await, "ready", "a session is no attempt");
    }
    for _ in 0..3 {
        assert_eq!(ask("a guess", "192.0.2.1").await, "organiser-key-invalid");
    }
    assert_eq!(ask("a guess", "192.0.2.1").await, "slow-down");
    assert_eq!(ask(ORGANISER_KEY, "192.0.2.1").await, "slow-down", "the right one tells nothing then");
    assert_eq!(ask("", "192.0.2.1").await, "ready", "who asks without is asked for nothing");
    assert_eq!(ask(ORGANISER_KEY, "192.0.2.2").await, "ready", "somebody else is not affected");
}
