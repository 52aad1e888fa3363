//! The messages of OTLP 1 that we send and read, field by field as `opentelemetry/proto/trace/v1/trace.proto` and its neighbours
//! number them. A test reads what this writes with the types that OpenTelemetry publishes.

use crate::traces::{Kind, Span, Value};
use prost::Message;
use std::time::{Duration, SystemTime};

/// Who measured.
const SCOPE: &str = "truce";
/// A span below another one knows whether that is in another process.
const KNOWS_WHERE_PARENT_IS: u32 = 0x100;
const PARENT_IS_REMOTE: u32 = 0x200;
const SAMPLED: u32 = 1;

#[derive(Clone, PartialEq, Message)]
struct Export {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, optional, tag = "1")]
    scope: Option<Scope>,
    #[prost(message, repeated, tag = "2")]
    spans: Vec<WireSpan>,
}

#[derive(Clone, PartialEq, Message)]
struct Scope {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    version: String,
}

#[derive(Clone, PartialEq, Message)]
struct WireSpan {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(fixed64, tag = "7")]
    start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
    #[prost(fixed32, tag = "16")]
    flags: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "3")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(oneof = "Any", tags = "1, 2, 3")]
    value: Option<Any>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Any {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(int64, tag = "3")]
    Number(i64),
}

#[derive(Clone, PartialEq, Message)]
struct Exported {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<Partial>,
}

#[derive(Clone, PartialEq, Message)]
struct Partial {
    #[prost(int64, tag = "1")]
    rejected_spans: i64,
}

/// A request for a collector, of the process that `resource` describes.
pub(super) fn encode(resource: &[(String, String)], spans: &[Span]) -> Vec<u8> {
    let attributes = resource.iter().map(|(key, value)| pair(key, Any::Text(value.clone()))).collect();
    let scope = Scope { name: SCOPE.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans: spans.iter().map(span).collect() }];
    let resource_spans = vec![ResourceSpans { resource: Some(Resource { attributes }), scope_spans }];
    Export { resource_spans }.encode_to_vec()
}

/// How many spans a collector says that it refused; 0 when it says nothing that can be read.
pub(super) fn refused(answer: &[u8]) -> u64 {
    let partial = Exported::decode(answer).ok().and_then(|exported| exported.partial_success);
    partial.and_then(|partial| u64::try_from(partial.rejected_spans).ok()).unwrap_or(0)
}

fn span(span: &Span) -> WireSpan {
    let (kind, parent) = match (span.kind, span.parent_id) {
        (Kind::Server, Some(_)) => (2, KNOWS_WHERE_PARENT_IS | PARENT_IS_REMOTE),
        (Kind::Server, None) => (2, 0),
        (Kind::Client, _) => (3, KNOWS_WHERE_PARENT_IS),
    };
    WireSpan {
        trace_id: span.trace_id.to_vec(),
        span_id: span.id.to_vec(),
        parent_span_id: span.parent_id.map(Vec::from).unwrap_or_default(),
        name: span.name.to_string(),
        kind,
        start_time_unix_nano: nanos(span.began, Duration::ZERO),
        end_time_unix_nano: nanos(span.began, span.took),
        attributes: span.attributes.iter().map(attribute).collect(),
        // An error, or nothing said: what is well is for whoever looks to say.
        status: span.failed.then_some(Status { code: 2 }),
        flags: SAMPLED | parent,
    }
}

fn attribute(attribute: &crate::traces::Attribute) -> KeyValue {
    let (key, value) = attribute.named();
    pair(
        key,
        match value {
            Value::Text(text) => Any::Text(text.into_owned()),
            Value::Number(number) => Any::Number(number),
            Value::Yes => Any::Bool(true),
        },
    )
}

fn pair(key: &str, value: Any) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) }
}

/// Since 1970.
fn nanos(began: SystemTime, later: Duration) -> u64 {
    let since = began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() + later;
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
