//! What every request meets, whatever the function: seen from outside, through the layers.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt as _;
use truce_function::extract;
use truce_function::{Answer, Environment, Problem, Settings, SystemRandom, layers};
use truce_session::KeyRing;
use truce_store::MemoryStore;

fn environment() -> Environment {
    let key = "0123456789abcdef0123456789abcdef";
    let settings =
        Settings::new("https://truce.example".parse().expect("a URL"), format!("Ana={key}").parse().expect("a key"));
    let keys = KeyRing::generate(&mut |bytes| truce_function::Random::fill(&SystemRandom, bytes)).expect("a ring");
    Environment::builder(settings, keys, Arc::new(MemoryStore::default())).build()
}

/// A function that does everything wrong that a function can do.
fn app() -> Router {
    async fn echo(extract::Body(body): extract::Body<serde_json::Map<String, Value>>) -> Answer {
        Answer::new("echo").say(format!("{} fields", body.len()))
    }
    async fn panics() -> Answer {
        panic!("with what somebody said")
    }
    async fn internal() -> Problem {
        Problem::internal(&"the disk is on fire")
    }
    let router =
        Router::new().route("/echo", post(echo)).route("/panics", get(panics)).route("/internal", get(internal));
    layers::harden(router, &environment())
}

async fn send(request: Request<Body>) -> (StatusCode, http::HeaderMap, Value) {
    let response = app().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).expect("JSON"))
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

fn assert_is_a_problem(status: StatusCode, headers: &http::HeaderMap, body: &Value, code: &str) {
    assert_eq!(body["code"], code);
    assert_eq!(body["ok"], "no");
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    for key in ["say", "menu", "draft", "cursor", "type", "title", "detail", "instance"] {
        assert!(!body[key].is_null(), "{key} is missing");
    }
    let id = headers["x-request-id"].to_str().expect("ASCII");
    assert_eq!(body["instance"], format!("urn:truce:request:{id}"));
}

#[tokio::test]
async fn an_unknown_path_and_an_unknown_method_are_problems() {
    let (status, headers, body) = send(get_request("/nowhere")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_is_a_problem(status, &headers, &body, "no-such-path");
    let (status, headers, body) = send(get_request("/echo")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers[header::ALLOW], "POST");
    assert_is_a_problem(status, &headers, &body, "method-not-allowed");
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing_of_what_was_being_done() {
    let (status, headers, body) = send(get_request("/panics")).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_is_a_problem(status, &headers, &body, "internal");
    assert!(!body.to_string().contains("somebody"), "{body}");
}

#[tokio::test]
async fn the_cause_of_an_internal_error_stays_inside() {
    let (_, _, body) = send(get_request("/internal")).await;
    assert!(!body.to_string().contains("fire"), "{body}");
}

/// Requirement 21: a body over the limit is refused, whether its length is announced or not.
#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let large = format!("{{\"text\":\"{}\"}}", "a".repeat(layers::BODY_LIMIT));
    let announced = Request::post("/echo")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, large.len())
        .body(Body::from(large.clone()))
        .expect("a request");
    let chunks = large.as_bytes().chunks(1000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    let chunked = Request::post("/echo")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(Chunks(chunks.into_iter())))
        .expect("a request");
    for request in [announced, chunked] {
        let (status, headers, body) = send(request).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_is_a_problem(status, &headers, &body, "body-too-large");
    }
}

#[tokio::test]
async fn a_body_at_the_limit_is_taken() {
    let frame = "{\"text\":\"\"}".len();
    let body = format!("{{\"text\":\"{}\"}}", "a".repeat(layers::BODY_LIMIT - frame));
    let request = Request::post("/echo")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .expect("a request");
    assert_eq!(send(request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_has_the_security_headers_a_request_id_and_a_trace() {
    let request = Request::post("/echo")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-request-id", "abc-1")
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .body(Body::from("{}"))
        .expect("a request");
    let (_, headers, _) = send(request).await;
    assert_eq!(headers["x-request-id"], "abc-1");
    assert!(headers["traceparent"].to_str().expect("ASCII").starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(headers[name], value);
    }
}

#[tokio::test]
async fn a_request_id_that_could_forge_a_log_line_is_replaced() {
    for id in ["", "a b", &"x".repeat(65), "<b>"] {
        let request = Request::get("/internal").header("x-request-id", id).body(Body::empty()).expect("a request");
        let (_, headers, _) = send(request).await;
        assert_eq!(headers["x-request-id"].len(), 32, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_ended_with_a_time_to_come_back() {
    async fn sleeps() -> Answer {
        tokio::time::sleep(layers::TIME_LIMIT * 2).await;
        Answer::new("late")
    }
    let app = layers::harden(Router::new().route("/sleeps", get(sleeps)), &environment());
    let response = app.oneshot(get_request("/sleeps")).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_given_up_before_its_host_would_end_it() {
    async fn sleeps() -> Answer {
        tokio::time::sleep(layers::TIME_LIMIT).await;
        Answer::new("late")
    }
    let app = layers::harden(Router::new().route("/sleeps", get(sleeps)), &environment());
    let mut request = get_request("/sleeps");
    request.extensions_mut().insert(truce_function::TimeLeft(std::time::Duration::from_secs(3)));
    let started = tokio::time::Instant::now();
    let response = app.oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(started.elapsed() < std::time::Duration::from_secs(3));
}

/// Chunks as a stream, ready at once.
struct Chunks(std::vec::IntoIter<Result<Vec<u8>, std::io::Error>>);

impl futures_core::Stream for Chunks {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}
