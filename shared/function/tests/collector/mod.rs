//! A collector of the tests' own: it takes spans over HTTP as any other does, reads them with the types that OpenTelemetry publishes,
//! and keeps every byte.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
pub(crate) use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// How long spans may be on their way.
const PATIENCE: Duration = Duration::from_secs(20);

/// How it answers.
#[derive(Clone)]
pub(crate) struct Manner {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) after: Duration,
}

impl Default for Manner {
    fn default() -> Self {
        Self { status: StatusCode::OK, body: Vec::new(), after: Duration::ZERO }
    }
}

/// What one request brought.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) message: ExportTraceServiceRequest,
}

#[derive(Clone, Default)]
struct Kept {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    manner: Arc<Mutex<Manner>>,
}

/// A collector. It goes away with its value.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    kept: Kept,
    serves: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        Self::at("127.0.0.1:0".parse().expect("an address")).await
    }

    pub(crate) async fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let kept = Kept::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(kept.clone());
        let serves = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { address, kept, serves }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn answers(&self, manner: Manner) {
        *self.kept.manner.lock().expect("not poisoned") = manner;
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.kept.arrived.lock().expect("not poisoned").clone()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let arrived = self.arrived().into_iter();
        let scopes = arrived.flat_map(|arrived| arrived.message.resource_spans).flat_map(|spans| spans.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    /// Every span, as soon as `enough` of them are there.
    pub(crate) async fn spans_until(&self, enough: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let latest = Instant::now() + PATIENCE;
        loop {
            let spans = self.spans();
            if enough(&spans) {
                return spans;
            }
            assert!(Instant::now() < latest, "not enough spans: {:?}", names(&spans));
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where `secret` is in what has come, in headers or bodies, if it is anywhere.
    pub(crate) fn finds(&self, secret: &str) -> Option<String> {
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        self.arrived().into_iter().find_map(|arrived| {
            let header = arrived.headers.iter().find(|(_, value)| holds(value.as_bytes()));
            let body = || holds(&arrived.body).then(|| format!("a body: {:?}", arrived.message));
            header.map(|(name, _)| format!("the header {name}")).or_else(body)
        })
    }
}

async fn take(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> (StatusCode, Vec<u8>) {
    let Some(body) = unpacked(&headers, body) else { return (StatusCode::BAD_REQUEST, Vec::new()) };
    let Ok(message) = ExportTraceServiceRequest::decode(body.clone()) else {
        return (StatusCode::BAD_REQUEST, Vec::new());
    };
    let manner = kept.manner.lock().expect("not poisoned").clone();
    sleep(manner.after).await;
    if manner.status.is_success() {
        kept.arrived.lock().expect("not poisoned").push(Arrived { headers, body, message });
    }
    (manner.status, manner.body)
}

/// Our functions do not pack what they send; others do.
fn unpacked(headers: &HeaderMap, body: Bytes) -> Option<Bytes> {
    if headers.get("content-encoding").is_none_or(|how| how != "gzip") {
        return Some(body);
    }
    let mut whole = Vec::new();
    GzDecoder::new(&body[..]).read_to_end(&mut whole).ok()?;
    Some(whole.into())
}

pub(crate) fn names(spans: &[Span]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

/// The one span of that name.
pub(crate) fn the<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let mut named = spans.iter().filter(|span| span.name == name);
    match (named.next(), named.next()) {
        (Some(span), None) => span,
        (found, _) => {
            panic!("{} of {name} among {:?}", if found.is_some() { "more than one" } else { "none" }, names(spans))
        }
    }
}

/// What a span says under that name, as text.
pub(crate) fn said(span: &Span, key: &str) -> Option<String> {
    value(&span.attributes, key)
}

pub(crate) fn value(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|pair| pair.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(yes) => Some(yes.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
