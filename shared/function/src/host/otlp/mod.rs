//! Spans leave the process: OpenTelemetry's protocol over HTTP, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says and nowhere unless it
//! is set.
//!
//! A request hands its spans over without waiting, and what there is no room for is lost. One task sends them, a batch at a time; a
//! batch that does not arrive is lost as well, and the log says so once a minute at most. So a collector that is away, slow or lying
//! costs people nothing, and this process no more memory than the queue and one batch.

mod send;
mod told;
mod wire;

use crate::environment::EnvironmentBuilder;
use crate::host::reqwest::ReqwestClient;
use crate::settings::SettingError;
use crate::traces::{Span, Tracer};
use send::{Message, Sender};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use told::Told;

/// How many spans wait to be sent: some hundred bytes each.
const QUEUE: usize = 2048;
/// After the last request, for what has not been sent yet.
pub const LAST: Duration = Duration::from_secs(2);

/// The traces of this process; nothing where it was not told where they go.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Exporter>>);

struct Exporter {
    tracer: Arc<Tracer>,
    queue: mpsc::Sender<Message>,
}

impl Traces {
    /// Those of the function `name`, from settings by name. Call it within a runtime, as it begins a task there.
    ///
    /// # Errors
    /// The first setting that does not hold.
    pub fn begin(name: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let Some(told) = Told::from_lookup(name, lookup)? else { return Ok(Self(None)) };
        let (queue, messages) = mpsc::channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let (spans, uncounted) = (queue.clone(), Arc::clone(&lost));
        let take = move |span: Span| {
            if spans.try_send(Message::Span(Box::new(span))).is_err() {
                uncounted.fetch_add(1, Ordering::Relaxed);
            }
        };
        let tracer = Tracer {
            sampler: told.sampler,
            database: told.database,
            tells_others: told.tells_model,
            take: Box::new(take),
        };
        tokio::spawn(Sender::new(ReqwestClient::made(), told, lost).run(messages));
        Ok(Self(Some(Arc::new(Exporter { tracer: Arc::new(tracer), queue }))))
    }

    /// The same environment, whose requests, store and calls are recorded.
    #[must_use]
    pub fn watch(&self, environment: EnvironmentBuilder) -> EnvironmentBuilder {
        match &self.0 {
            Some(exporter) => environment.traced(Arc::clone(&exporter.tracer)),
            None => environment,
        }
    }

    /// Sends what has been recorded so far, and waits for that, but no longer than `limit`. Whether it was in time.
    pub async fn flush(&self, limit: Duration) -> bool {
        let Some(exporter) = &self.0 else { return true };
        let (done, sent) = oneshot::channel();
        let flushed = async { exporter.queue.send(Message::Flush(done)).await.is_ok() && sent.await.is_ok() };
        tokio::time::timeout(limit, flushed).await.unwrap_or(false)
    }
}

/// At most one in a minute.
#[derive(Default)]
struct Seldom(Option<Instant>);

impl Seldom {
    const EVERY: Duration = Duration::from_mins(1);

    fn now(&mut self) -> bool {
        let is_time = self.0.is_none_or(|last| last.elapsed() >= Self::EVERY);
        if is_time {
            self.0 = Some(Instant::now());
        }
        is_time
    }
}
