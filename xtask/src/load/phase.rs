//! Many requests of one kind, and how long each took.

use crate::client::{Client, Failed};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A request, as it goes over the wire.
pub(crate) type Request = Vec<u8>;

/// When the next request is sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// When its connection is free.
    Closed,
    /// At fixed times. What is late is counted from when it should have been sent: a server that stalls delays those
    /// behind, as it would delay people.
    PerSecond(f64),
}

impl Pace {
    /// Waits until request `number` is due; says from when on it is to be measured.
    async fn wait(self, begun: Instant, number: usize) -> Instant {
        let Self::PerSecond(rate) = self else { return Instant::now() };
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let due = begun + Duration::from_secs_f64(number as f64 / rate);
        if due < Instant::now() {
            return due;
        }
        tokio::time::sleep_until(due.into()).await;
        // The timer ticks in milliseconds: that it wakes us late is not the server's doing.
        Instant::now()
    }
}

pub(crate) struct Phase {
    pub(crate) requests: Vec<Request>,
    pub(crate) pace: Pace,
}

/// What one connection brings home: number, time, body.
type Taken = Vec<(usize, Duration, Vec<u8>)>;

impl Phase {
    /// Numbers for the report, and the answers in the order of their requests.
    pub(crate) async fn run(self, clients: Vec<Client>) -> Result<(Value, Vec<Value>), Failed> {
        let phase = Arc::new(self);
        let next = Arc::new(AtomicUsize::new(0));
        let begun = Instant::now();
        let tasks: Vec<_> = clients
            .into_iter()
            .map(|client| tokio::spawn(Arc::clone(&phase).work(client, Arc::clone(&next), begun)))
            .collect();
        let mut taken = Vec::with_capacity(phase.requests.len());
        for task in tasks {
            taken.extend(task.await.map_err(|error| error.to_string())??);
        }
        let whole = begun.elapsed();
        taken.sort_unstable_by_key(|(number, ..)| *number);
        let answers = taken.iter().map(|(.., body)| serde_json::from_slice(body)).collect::<Result<_, _>>();
        let answers = answers.map_err(|error| format!("an answer is not JSON: {error}"))?;
        Ok((summary(taken.into_iter().map(|(_, time, _)| time).collect(), whole), answers))
    }

    async fn work(
        self: Arc<Self>,
        mut client: Client,
        next: Arc<AtomicUsize>,
        begun: Instant,
    ) -> Result<Taken, Failed> {
        let mut taken = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(number) else { return Ok(taken) };
            let since = self.pace.wait(begun, number).await;
            let answer = client.send(request).await?;
            taken.push((number, since.elapsed(), answer));
        }
    }
}

/// Milliseconds; the value below which that share of requests lies.
fn summary(mut times: Vec<Duration>, whole: Duration) -> Value {
    times.sort_unstable();
    let quantile = |percent: usize| {
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let per_second = times.len() as f64 / whole.as_secs_f64();
    json!({ "p50": quantile(50), "p99": quantile(99), "max": quantile(100), "per_second": per_second })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let summary = summary(times, Duration::from_secs(2));
        for (name, expected) in [("p50", 100.0), ("p99", 198.0), ("max", 200.0), ("per_second", 100.0)] {
            assert!((summary[name].as_f64().expect("a number") - expected).abs() < 1e-9, "{name}: {summary}");
        }
    }
}
