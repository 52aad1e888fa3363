//! Spans: how long a request took, and what it asked of the store and of others meanwhile.
//!
//! There are three kinds, and all that they can say is an [`Attribute`]: nothing that people say, no token, no id of a room or a
//! person, no path and no query can get into one. That is why spans are not taken from the log, where any crate may write anything.
//! A span hangs from the request of the task it is made in; what is done for no request, as cleaning away is, has none.

mod ports;
mod sampler;
mod span;
#[cfg(test)]
mod tests;

pub(crate) use sampler::Sampler;
pub(crate) use span::{Attribute, Kind, Span, Value};

use crate::host::native::FromEdge;
use crate::trace_context::TraceContext;
use crate::{Environment, HttpClient, Random as _, Synthetic, SystemRandom, readiness};
use axum::extract::{MatchedPath, Request};
use http::{Method, StatusCode};
use ports::TracedClient;
use span::{Open, SpanId, TraceId, bytes};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The most spans below a request: who waits 25 seconds for news asks the store two hundred times, and the first few tell it all.
const CHILDREN: u32 = 32;

tokio::task_local! {
    /// The request that this task answers, if it is recorded.
    static CURRENT: Arc<Current>;
}

/// What decides about spans, and where they go when they have ended.
pub(crate) struct Tracer {
    pub(crate) sampler: Sampler,
    /// What kind of store it is, as OpenTelemetry names it.
    pub(crate) database: &'static str,
    /// Whether those who are called learn which trace it is.
    pub(crate) tells_others: bool,
    /// Takes a span, at once and without fail: what it has no room for is lost.
    pub(crate) take: Box<dyn Fn(Span) + Send + Sync>,
}

impl Tracer {
    /// The same, recorded.
    pub(crate) fn watch(&self, http: Arc<dyn HttpClient>) -> Arc<dyn HttpClient> {
        Arc::new(TracedClient { http, tells_others: self.tells_others })
    }
}

/// A request that is recorded.
struct Current {
    tracer: Arc<Tracer>,
    trace_id: TraceId,
    span_id: SpanId,
    children: AtomicU32,
    waits: AtomicBool,
}

/// The span of a request, if it is recorded.
pub(crate) struct Server(Option<(Open, Arc<Current>)>);

impl Server {
    /// Begins the span that `trace` names, and has `trace` say whether it is recorded.
    pub(crate) fn begin(env: &Environment, request: &Request, trace: &mut TraceContext, id: &str) -> Self {
        let Some(tracer) = env.tracer() else { return Self(None) };
        let (trace_id, span_id) = (bytes(&trace.trace_id), bytes(&trace.span_id));
        // Anybody may say which trace it is. That it is to be recorded costs us: the edge is believed, and nobody else. What
        // somebody else chose decides nothing either.
        let is_edge = request.extensions().get::<FromEdge>().is_some();
        let by_chance = if is_edge { trace_id[8..].try_into().unwrap_or(span_id) } else { span_id };
        let caller = trace.caller_samples().filter(|_| is_edge);
        let sampled = !is_probe(request) && tracer.sampler.samples(caller, u64::from_be_bytes(by_chance));
        trace.sample(sampled);
        if !sampled {
            return Self(None);
        }
        let span = Span {
            parent_id: trace.parent_id.as_deref().map(bytes),
            attributes: vec![Attribute::Method(method(request.method())), Attribute::RequestId(id.to_owned())],
            ..Span::begun(Kind::Server, method(request.method()), trace_id, span_id)
        };
        let mut open = Open::new(Arc::clone(tracer), span);
        if let Some(route) = route(request) {
            open.name(format!("{} {route}", method(request.method())));
            open.say(Attribute::Route(route));
        }
        if Synthetic::told(request.extensions()) == Synthetic::Test {
            open.say(Attribute::Test);
        }
        let current = Current {
            tracer: Arc::clone(tracer),
            trace_id,
            span_id,
            children: AtomicU32::new(0),
            waits: AtomicBool::new(false),
        };
        Self(Some((open, Arc::new(current))))
    }

    /// `work`, whose spans hang from this one.
    pub(crate) async fn around<F: Future>(&self, work: F) -> F::Output {
        match &self.0 {
            Some((_, current)) => CURRENT.scope(Arc::clone(current), work).await,
            None => work.await,
        }
    }

    /// Ends it. Dropped instead, it says that nobody waited for the answer.
    pub(crate) fn end(self, status: StatusCode) {
        let Some((mut open, current)) = self.0 else { return };
        open.say(Attribute::Status(status.as_u16()));
        if current.waits.load(Ordering::Relaxed) {
            open.say(Attribute::Waited);
        }
        let left_out = current.children.load(Ordering::Relaxed).saturating_sub(CHILDREN);
        if left_out > 0 {
            open.say(Attribute::LeftOut(left_out));
        }
        if status.is_server_error() {
            open.fail(Attribute::FailedWith(status.as_u16()));
        }
        open.end();
    }
}

/// The request of this task waits for news.
pub(crate) fn waits() {
    // Without one there is nothing to say.
    let _ = CURRENT.try_with(|current| current.waits.store(true, Ordering::Relaxed));
}

/// A span below the request of this task, if that is recorded and has room for it.
fn child(name: &'static str, attributes: Vec<Attribute>) -> Option<Open> {
    CURRENT
        .try_with(|current| {
            if current.children.fetch_add(1, Ordering::Relaxed) >= CHILDREN {
                return None;
            }
            let mut span_id = [0; 8];
            SystemRandom.fill(&mut span_id);
            let begun = Span::begun(Kind::Client, name, current.trace_id, span_id);
            let span = Span { parent_id: Some(current.span_id), attributes, ..begun };
            Some(Open::new(Arc::clone(&current.tracer), span))
        })
        .ok()
        .flatten()
}

/// What whoever runs this process keeps asking is no news.
fn is_probe(request: &Request) -> bool {
    let asked = request.uri().query().is_some_and(|query| query.starts_with("probe="));
    asked && request.uri().path() == readiness::PATH
}

/// The pattern, never the path.
fn route(request: &Request) -> Option<Arc<str>> {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    matched.or_else(|| (request.uri().path() == readiness::PATH).then_some(readiness::PATH)).map(Arc::from)
}

/// A method is the client's to write: those that OpenTelemetry knows, and one name for all others.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => "_OTHER",
    }
}
