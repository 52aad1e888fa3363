//! One span: when, below which other, and the little that it says.

use super::Tracer;
use crate::Synthetic;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(crate) type TraceId = [u8; 16];
pub(crate) type SpanId = [u8; 8];

/// Who asks whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// We are asked.
    Server,
    /// We ask.
    Client,
}

/// A span that has ended.
pub(crate) struct Span {
    pub(crate) kind: Kind,
    pub(crate) name: Cow<'static, str>,
    pub(crate) trace_id: TraceId,
    pub(crate) id: SpanId,
    pub(crate) parent_id: Option<SpanId>,
    pub(crate) began: SystemTime,
    pub(crate) took: Duration,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) failed: bool,
}

impl Span {
    /// One that begins now and says nothing yet.
    pub(super) fn begun(kind: Kind, name: &'static str, trace_id: TraceId, id: SpanId) -> Self {
        Self {
            kind,
            name: Cow::Borrowed(name),
            trace_id,
            id,
            parent_id: None,
            began: SystemTime::now(),
            took: Duration::ZERO,
            attributes: Vec::new(),
            failed: false,
        }
    }
}

/// All that a span can say. Whoever adds to this adds to what leaves a deployment.
pub(crate) enum Attribute {
    /// How we are asked, or ask.
    Method(&'static str),
    /// The pattern of the path, as the function wrote it.
    Route(Arc<str>),
    /// What was answered.
    Status(u16),
    /// As in the log, and in the answer.
    RequestId(String),
    /// A test asks.
    Test,
    /// It waited for news.
    Waited,
    /// So many spans below this one are not recorded.
    LeftOut(u32),
    /// Which kind of store.
    Database(&'static str),
    /// What is asked of it.
    Operation(&'static str),
    /// Who is called, from the settings.
    Host(String),
    /// Where.
    Port(u16),
    /// Why it came to nothing.
    Failed(&'static str),
    /// It was answered, with this.
    FailedWith(u16),
}

/// What an attribute is made of.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Yes,
}

impl Attribute {
    /// Under the names of OpenTelemetry's semantic conventions, and `truce.…` where there are none.
    pub(crate) fn named(&self) -> (&'static str, Value<'_>) {
        let text = |text| Value::Text(Cow::Borrowed(text));
        match self {
            Self::Method(method) => ("http.request.method", text(method)),
            Self::Route(route) => ("http.route", text(route)),
            Self::Status(status) => ("http.response.status_code", Value::Number((*status).into())),
            Self::RequestId(id) => ("truce.request_id", text(id)),
            Self::Test => ("user_agent.synthetic.type", text(Synthetic::Test.name())),
            Self::Waited => ("truce.waited", Value::Yes),
            Self::LeftOut(count) => ("truce.spans_left_out", Value::Number((*count).into())),
            Self::Database(kind) => ("db.system.name", text(kind)),
            Self::Operation(name) => ("db.operation.name", text(name)),
            Self::Host(host) => ("server.address", text(host)),
            Self::Port(port) => ("server.port", Value::Number((*port).into())),
            Self::Failed(why) => ("error.type", text(why)),
            Self::FailedWith(status) => ("error.type", Value::Text(Cow::Owned(status.to_string()))),
        }
    }
}

/// A span that has not ended. Dropped without an end it ends all the same: whoever asked went away.
pub(crate) struct Open {
    tracer: Arc<Tracer>,
    since: Instant,
    span: Option<Span>,
}

impl Open {
    pub(super) fn new(tracer: Arc<Tracer>, span: Span) -> Self {
        Self { tracer, since: Instant::now(), span: Some(span) }
    }

    pub(super) fn name(&mut self, name: String) {
        if let Some(span) = &mut self.span {
            span.name = Cow::Owned(name);
        }
    }

    pub(super) fn say(&mut self, attribute: Attribute) {
        if let Some(span) = &mut self.span {
            span.attributes.push(attribute);
        }
    }

    pub(super) fn fail(&mut self, why: Attribute) {
        self.say(why);
        if let Some(span) = &mut self.span {
            span.failed = true;
        }
    }

    /// Which trace and span it is, as a `traceparent`.
    pub(super) fn to_header(&self) -> Option<String> {
        let span = self.span.as_ref()?;
        Some(format!("00-{:032x}-{:016x}-01", u128::from_be_bytes(span.trace_id), u64::from_be_bytes(span.id)))
    }

    pub(super) fn end(mut self) {
        self.hand_over();
    }

    fn hand_over(&mut self) {
        if let Some(mut span) = self.span.take() {
            span.took = self.since.elapsed();
            (self.tracer.take)(span);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.say(Attribute::Failed("cancelled"));
        self.hand_over();
    }
}

/// The bytes that hex stands for; what is no hex stands for zeros.
pub(super) fn bytes<const BYTES: usize>(hex: &str) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (byte, at) in bytes.iter_mut().zip((0..hex.len()).step_by(2)) {
        *byte = hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    }
    bytes
}
