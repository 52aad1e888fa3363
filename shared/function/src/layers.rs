//! What every request passes, on every host, in this order: request id, trace and what is counted, security headers, the rendering of
//! problems, panic to 500, the time limit, the body limit; and at the end the probes of a process, and an answer for
//! unknown paths and methods.

use crate::extract::{malformed, too_large};
use crate::time_left::until_given_up;
use crate::trace_context::{TraceContext, hex};
use crate::traces::Server;
use crate::{Environment, Problem, Synthetic, readiness};
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

/// The largest body taken, in bytes: a minute of dictation is under 2 KiB.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How much of a body over the limit is still read, and thrown away, in bytes: whoever is answered while still sending
/// would see a broken connection and no answer.
const DRAINED: usize = 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(1);
/// The longest a request may take: the longest poll and some air.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id of the request being answered.
#[derive(Clone)]
struct RequestId(String);

/// Puts the layers around a function, or around several merged into one router.
pub fn harden(router: Router, env: &Environment) -> Router {
    harden_with(router, env, TIME_LIMIT)
}

fn harden_with(router: Router, env: &Environment, time_limit: Duration) -> Router {
    // Reached when the router has nothing at a path: its own `/health`, if it has one, goes before these probes.
    let others =
        Router::new().route(readiness::PATH, readiness::probes()).fallback(no_such_path).with_state(env.clone());
    router
        .fallback_service(others.method_not_allowed_fallback(method_not_allowed))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(env.clone(), limit_body))
        .layer(from_fn_with_state((env.clone(), time_limit), limit_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(render_problems))
        .layer(from_fn(secure_headers))
        .layer(from_fn_with_state(env.clone(), identify))
}

/// Gives the request an id and a place in a trace, and says in one line how it went: no query, no body, no token.
async fn identify(State(env): State<Environment>, mut request: Request, next: Next) -> Response {
    let (id, mut trace, span) = begin(&env, &request);
    let synthetic = Synthetic::of(request.headers());
    request.extensions_mut().insert(synthetic);
    let traced = Server::begin(&env, &request, &mut trace, &id);
    request.extensions_mut().insert(RequestId(id.clone()));

    let underway = env.numbers().begins(path(&request), &request);
    let started = env.clock().monotonic();
    let mut response = traced.around(next.run(request).instrument(span.clone())).await;
    traced.end(response.status());
    let elapsed = env.clock().monotonic().saturating_sub(started);
    underway.answered(response.status(), elapsed);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), ms = elapsed.as_secs_f64() * 1e3, "answered"));

    for (name, value) in [(REQUEST_ID, id), (TRACE_PARENT, trace.to_header())] {
        // Both are made of ASCII we chose or checked.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn begin(env: &Environment, request: &Request) -> (String, TraceContext, tracing::Span) {
    let text = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let id = text(&REQUEST_ID).filter(|id| is_request_id(id)).map_or_else(|| hex::<16>(env.random()), str::to_owned);
    let trace = TraceContext::from_header(text(&TRACE_PARENT), env.random());
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        path = path(request),
        request_id = id,
        trace_id = trace.trace_id,
        span_id = trace.span_id
    );
    (id, trace, span)
}

/// The path as its function wrote it: what stands in its place in a request may be anything.
fn path(request: &Request) -> &str {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str(),
        None if request.uri().path() == readiness::PATH => readiness::PATH,
        None => "unmatched",
    }
}

fn is_request_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Nothing is cached, framed, sniffed or told to other sites. A page brings its own content security policy.
async fn secure_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    secure(response.headers_mut());
    response
}

fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The answer of a host that has no function to ask.
#[cfg(all(feature = "spin", target_family = "wasm"))]
pub(crate) fn refuse(problem: &Problem) -> Response {
    let id = hex::<16>(&crate::SystemRandom);
    let mut response = problem.render(&id);
    secure(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Writes problems out, and makes one of every bare error a layer or a router answered with.
async fn render_problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return keep_allow(&response, problem.render(&id));
    }
    response
}

/// axum knows which methods a path has, and says so on the response our fallback made.
fn keep_allow(from: &Response, mut to: Response) -> Response {
    if let Some(allow) = from.headers().get(header::ALLOW) {
        to.headers_mut().insert(header::ALLOW, allow.clone());
    }
    to
}

/// Takes in the whole body, up to the limit, whether its length was announced or not.
async fn limit_body(State(env): State<Environment>, request: Request, next: Next) -> Response {
    let (parts, mut body) = request.into_parts();
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let too_much = announced.is_some_and(|length: usize| length > BODY_LIMIT);
    let mut whole = Vec::new();
    while !too_much && whole.len() <= BODY_LIMIT && !body.is_end_stream() {
        match body.frame().await {
            Some(Ok(frame)) => whole.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            Some(Err(_)) => return malformed("the body ended early").into_response(),
            None => break,
        }
    }
    if too_much || whole.len() > BODY_LIMIT {
        tokio::select! {
            () = drain(body) => {}
            () = env.clock().sleep(DRAIN_TIME) => {}
        }
        return too_large().into_response();
    }
    next.run(Request::from_parts(parts, Body::from(whole))).await
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, axum::body::Bytes::len);
        if drained > DRAINED {
            break;
        }
    }
}

async fn limit_time(State((env, limit)): State<(Environment, Duration)>, request: Request, next: Next) -> Response {
    let limit = until_given_up(limit, request.extensions());
    tokio::select! {
        response = next.run(request) => response,
        () = env.clock().sleep(limit) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "timed-out",
            "It took too long",
            "That took too long. Try again shortly.",
        )
        .detail(format!("no answer within {} s", limit.as_secs_f64().round()))
        .retry_after(2)
        .into_response(),
    }
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    // A panic's message may hold whatever the code was working on: where it happened is the panic hook's to tell.
    drop(cause);
    Problem::internal(&"a handler panicked").into_response()
}

async fn no_such_path() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-path",
        "There is nothing at this path",
        "There is nothing at that address.",
    )
    .detail("no function answers here; docs/wire.md lists the paths that there are")
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This path has no such method",
        "That address can't do that.",
    )
    .detail("the Allow header names the methods this path has")
}
