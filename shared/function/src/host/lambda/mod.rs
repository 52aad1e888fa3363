//! AWS Lambda, behind a function URL, an API Gateway (HTTP API, REST API) or a load balancer.
//!
//! `lambda_http` turns each of their events into a request, and an answer into what the caller's kind of event wants
//! back: base64 for what is not text, cookies in a list of their own, many values for one header. What it would get
//! wrong for us is put right before (in `event`), and what only the event knows is told to the function after: where the
//! caller is, and how much of the invocation is left.

mod emf;
mod event;
mod spans;
#[cfg(test)]
mod tests;

use crate::auth::Source;
use crate::host::boot::{self, Refusal};
use crate::host::forwarded;
use crate::host::otlp::Traces;
use crate::{Environment, Synthetic, TimeLeft, layers, numbers};
use axum::Router;
use axum::body::{Body, Bytes};
use emf::Emf;
use http::{Extensions, HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, Collected, Full};
use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Adapter, Context, Service};
use serde::Serialize;
use spans::Spans;
use std::convert::Infallible;
use std::time::{Instant, SystemTime};
use tower::util::MapRequest;
use tower::{ServiceExt as _, service_fn};

/// One function on AWS Lambda, from settings by name until Lambda ends it.
///
/// # Errors
/// [`Refusal`], when a setting does not hold, or when Lambda cannot be asked for work.
pub async fn run(
    name: &str,
    function: impl FnOnce(Environment) -> Router,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(), Refusal> {
    let (emf, traces) = (Emf::wanted(name, &lookup)?, Traces::begin(name, &lookup)?);
    let env = traces.watch(boot::environment(lookup).await?).name(name).build();
    let router = layers::harden(function(env.clone()), &env);
    tracing::info!(function = name, "listening to AWS Lambda");
    let ended = lambda_runtime::run_concurrent(service(router, emf, Spans::of(traces))).await;
    ended.map_err(|error| Refusal::Host(format!("AWS Lambda cannot be asked for work: {error}")))
}

/// Events in, answers in the form that each event's sender wants out.
fn service(
    router: Router,
    emf: Option<Emf>,
    spans: Spans,
) -> impl Service<
    LambdaEvent<LambdaRequest>,
    Response: Serialize + Send + 'static,
    Error = Infallible,
    Future: Send + 'static,
> + Clone
+ Send
+ 'static {
    let answers = Adapter::from(service_fn(move |request| told(router.clone(), emf.clone(), spans.clone(), request)));
    MapRequest::new(answers, event::put_right)
}

/// An answer, a line about it, and its spans.
async fn told(
    router: Router,
    emf: Option<Emf>,
    spans: Spans,
    request: lambda_http::Request,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (waits, begun) = (numbers::asks_to_wait(request.uri()), Instant::now());
    let synthetic = Synthetic::of(request.headers());
    let answer = answer(router, request).await?;
    if let Some(emf) = emf {
        emf.tell(synthetic, answer.status(), (!waits).then(|| begun.elapsed()));
    }
    // With its answer this process stops until the next request, whatever it was doing.
    spans.sent().await;
    Ok(answer)
}

async fn answer(router: Router, request: lambda_http::Request) -> Result<Response<Full<Bytes>>, Infallible> {
    let (mut parts, body) = request.into_parts();
    if let Some(host) = parts.headers.remove(event::HOST_ASIDE) {
        parts.headers.insert(header::HOST, host);
    }
    let body = match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    };
    let told = std::mem::take(&mut parts.extensions);
    parts.extensions.extend(tell(&told, &parts.headers));
    let answer = router.oneshot(Request::from_parts(parts, body)).await?;
    let (parts, body) = answer.into_parts();
    // Answers are whole before they are sent: nothing of one can fail to come.
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    Ok(Response::from_parts(parts, Full::new(body)))
}

/// What the event says that its request does not.
fn tell(event: &Extensions, headers: &HeaderMap) -> Extensions {
    let mut told = Extensions::new();
    let source = match event.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
        // As the last one, unless it is told to leave that header as it came.
        Some(RequestContext::Alb(_)) => forwarded::caller(headers),
        _ => None,
    };
    if let Some(source) = source {
        told.insert(Source(source));
    }
    // `cargo lambda watch` sets every deadline to ten minutes after 1970: one that is over was never meant.
    let left = event.get::<Context>().and_then(|context| context.deadline().duration_since(SystemTime::now()).ok());
    if let Some(left) = left {
        told.insert(TimeLeft(left));
    }
    told
}
