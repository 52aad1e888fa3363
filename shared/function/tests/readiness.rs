//! Every function answers for its own process, whatever it does besides.

use axum::Router;
use axum::routing::get;
use http::{Method, StatusCode, header};
use std::time::{Duration, Instant};
use truce_function::testing::Bench;
use truce_function::{Answer, Environment};

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
