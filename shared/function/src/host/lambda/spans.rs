//! Spans where the process stops with every answer, until the next request or for ever: they are sent while somebody waits for the
//! answer. What is not sent by then goes on with the next request, if there is one.

use crate::host::otlp::Traces;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer waits for its spans: less than what is left to a request that has to be given up.
const WAIT: Duration = Duration::from_millis(100);
/// After a collector has taken longer than that, no answer waits for it for so long.
const REST: Duration = Duration::from_secs(30);

/// The spans of this process.
#[derive(Clone)]
pub(super) struct Spans {
    traces: Traces,
    rests_until: Arc<Mutex<Option<Instant>>>,
}

impl Spans {
    pub(super) fn of(traces: Traces) -> Self {
        Self { traces, rests_until: Arc::default() }
    }

    /// Ready when they are sent, or when that takes too long.
    pub(super) async fn sent(&self) {
        // What a panic has left in there tells no less.
        let rests_until = || self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        if rests_until().is_some_and(|until| Instant::now() < until) {
            return;
        }
        let in_time = self.traces.flush(WAIT).await;
        *rests_until() = (!in_time).then(|| Instant::now() + REST);
    }
}
