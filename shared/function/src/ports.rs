//! What a function may ask of the world outside, besides the store: the time, and randomness.

use async_trait::async_trait;
use std::time::{Duration, SystemTime};

/// The time.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> u64;
    /// Time that only moves forward, for measuring; from an arbitrary start.
    fn monotonic(&self) -> Duration;
    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// A source fit for keys and token ids.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the system has no randomness to give: going on without would be worse.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The operating system's randomness, asked anew each time: a machine restored from a snapshot does not repeat itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
