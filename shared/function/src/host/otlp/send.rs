//! The task that sends.

use super::{Seldom, Told, wire};
use crate::host::reqwest::ReqwestClient;
use crate::http_client::{CallError, CallLimits, HttpClient};
use crate::traces::Span;
use axum::body::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// The most spans in one request.
const BATCH: usize = 512;
/// How long a span waits for others to go with.
const EVERY: Duration = Duration::from_secs(2);
/// What a collector may take, and say. It says nothing that matters here but how many spans it refused.
const LIMITS: CallLimits = CallLimits { time: Duration::from_secs(10), body: 64 * 1024 };

/// What the task is given.
pub(super) enum Message {
    Span(Box<Span>),
    /// Everything before this is sent, and then it is answered.
    Flush(oneshot::Sender<()>),
}

/// Why spans did not arrive. Says nothing of the address, and repeats nothing that the collector says.
enum Loss {
    Unanswered(CallError),
    Refused(StatusCode),
    Partly,
    NoRoom,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(why) => why.fmt(f),
            Self::Refused(status) => write!(f, "it answers {}", status.as_u16()),
            Self::Partly => f.write_str("it refused some of them"),
            Self::NoRoom => f.write_str("more came than could be sent"),
        }
    }
}

/// Sends spans, a batch at a time.
pub(super) struct Sender {
    http: ReqwestClient,
    told: Told,
    /// How many did not arrive since that was last told.
    lost: Arc<AtomicU64>,
    warned: Seldom,
    batch: Vec<Span>,
}

impl Sender {
    pub(super) fn new(http: ReqwestClient, told: Told, lost: Arc<AtomicU64>) -> Self {
        Self { http, told, lost, warned: Seldom::default(), batch: Vec::new() }
    }

    /// Until nobody is left who could hand over a span.
    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut due = None;
        loop {
            let message = match due {
                Some(due) => timeout_at(due, messages.recv()).await,
                None => Ok(messages.recv().await),
            };
            match message {
                Ok(Some(Message::Span(span))) => {
                    self.batch.push(*span);
                    if self.batch.len() < BATCH {
                        due.get_or_insert_with(|| Instant::now() + EVERY);
                        continue;
                    }
                    self.send().await;
                }
                Ok(Some(Message::Flush(done))) => {
                    self.send().await;
                    // Whoever waited may have given up.
                    let _ = done.send(());
                }
                Ok(None) => return self.send().await,
                Err(_) => self.send().await,
            }
            due = None;
        }
    }

    async fn send(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let (mut lost, mut why) = (0, Loss::NoRoom);
        if !batch.is_empty() {
            let answer = self.http.send(self.request(&batch), LIMITS).await;
            (lost, why) = match answer {
                Ok(answer) if answer.status().is_success() => (wire::refused(answer.body()), Loss::Partly),
                Ok(answer) => (batch.len() as u64, Loss::Refused(answer.status())),
                Err(error) => (batch.len() as u64, Loss::Unanswered(error)),
            };
        }
        if self.lost.fetch_add(lost, Ordering::Relaxed) + lost > 0 && self.warned.now() {
            let spans = self.lost.swap(0, Ordering::Relaxed);
            let why = if lost == 0 { Loss::NoRoom } else { why };
            tracing::warn!(spans, reason = %why, "spans did not get to the collector");
        }
    }

    fn request(&self, batch: &[Span]) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(wire::encode(&self.told.resource, batch)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.told.endpoint.clone();
        request.headers_mut().clone_from(&self.told.headers);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        request
    }
}
