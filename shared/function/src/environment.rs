//! The ports a function is made from.

use crate::numbers::Numbers;
#[cfg(feature = "numbers")]
use crate::observed::Observed;
use crate::throttle::Throttle;
#[cfg(feature = "traces")]
use crate::traces::Tracer;
use crate::{Clock, HttpClient, Problem, Random, Settings, Synthetic, SystemClock, SystemRandom, host};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use truce_session::KeyRing;
use truce_store::Store;

/// Everything outside that a function may touch. Cheap to clone; holds nothing of a request.
#[derive(Clone)]
pub struct Environment(Arc<Ports>);

struct Ports {
    settings: Settings,
    keys: KeyRing,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    http: Arc<dyn HttpClient>,
    stopping: watch::Receiver<bool>,
    throttle: Throttle,
    numbers: Numbers,
    #[cfg(feature = "traces")]
    tracer: Option<Arc<Tracer>>,
}

impl Environment {
    /// The real clock and randomness, and the host's HTTP client; see [`EnvironmentBuilder`] for others.
    pub fn builder(settings: Settings, keys: KeyRing, store: Arc<dyn Store>) -> EnvironmentBuilder {
        EnvironmentBuilder {
            name: "truce".to_owned(),
            settings,
            keys,
            store,
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(SystemRandom),
            http: host::http_client(),
            stopping: watch::channel(false).1,
            #[cfg(feature = "traces")]
            tracer: None,
        }
    }

    /// What the deployment was told.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The keys that seal and open tokens.
    pub fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// What outlives a request.
    pub fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    /// The time.
    pub fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        self.0.clock.now()
    }

    /// Randomness fit for tokens.
    pub fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    /// Calls to others.
    pub fn http(&self) -> &dyn HttpClient {
        self.0.http.as_ref()
    }

    /// Whether the host is going down: whoever waits for news should stop waiting.
    pub fn is_stopping(&self) -> bool {
        // A dropped sender means the host never announces it.
        *self.0.stopping.borrow()
    }

    /// Waits, but no longer than until the host begins to go down.
    pub async fn pause(&self, duration: Duration) {
        crate::traces::waits();
        let mut stopping = self.0.stopping.clone();
        let told = async {
            if stopping.wait_for(|stopping| *stopping).await.is_err() {
                // The host never announces it.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.clock().sleep(duration) => {}
            () = told => {}
        }
    }

    /// What is counted.
    pub fn numbers(&self) -> &Numbers {
        &self.0.numbers
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    #[cfg(feature = "traces")]
    pub(crate) fn tracer(&self) -> Option<&Arc<Tracer>> {
        self.0.tracer.as_ref()
    }

    /// Counts that somebody has to wait for so many seconds, and tells them. `kind` is what they tried.
    pub(crate) fn slow_down(&self, kind: &'static str, synthetic: Synthetic, retry_after: u64) -> Problem {
        self.0.numbers.throttled(kind, synthetic);
        Problem::slow_down(retry_after)
    }
}

/// Puts an [`Environment`] together.
pub struct EnvironmentBuilder {
    name: String,
    settings: Settings,
    keys: KeyRing,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    http: Arc<dyn HttpClient>,
    stopping: watch::Receiver<bool>,
    #[cfg(feature = "traces")]
    tracer: Option<Arc<Tracer>>,
}

impl EnvironmentBuilder {
    /// What this process is called where it is counted; `truce` unless it is said.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Another clock, as tests need.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Other randomness, as tests need.
    #[must_use]
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Another way to call others.
    #[must_use]
    pub fn http(mut self, http: impl HttpClient) -> Self {
        self.http = Arc::new(http);
        self
    }

    /// Turns true when the host begins to go down.
    #[must_use]
    pub fn stopping(mut self, stopping: watch::Receiver<bool>) -> Self {
        self.stopping = stopping;
        self
    }

    /// Records what is asked of the store, and of others as they are now.
    #[cfg(feature = "traces")]
    pub(crate) fn traced(mut self, tracer: Arc<Tracer>) -> Self {
        self.http = tracer.watch(self.http);
        self.tracer = Some(tracer);
        self
    }

    /// The environment.
    pub fn build(self) -> Environment {
        let throttle = Throttle::new(self.settings.attempts_per_minute);
        let numbers = Numbers::of(&self.name);
        #[cfg(feature = "traces")]
        let observer = (numbers.clone(), self.tracer.clone());
        #[cfg(all(feature = "numbers", not(feature = "traces")))]
        let observer = numbers.clone();
        #[cfg(feature = "numbers")]
        let store = Arc::new(Observed { store: self.store, observer });
        #[cfg(not(feature = "numbers"))]
        let store = self.store;
        Environment(Arc::new(Ports {
            settings: self.settings,
            keys: self.keys,
            store,
            clock: self.clock,
            random: self.random,
            http: self.http,
            stopping: self.stopping,
            throttle,
            numbers,
            #[cfg(feature = "traces")]
            tracer: self.tracer,
        }))
    }
}
