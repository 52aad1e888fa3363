//! The counts themselves, and how they are written.

use super::{Asked, Words, asks_to_wait};
use crate::Synthetic;
use crate::observed::{OPERATIONS, Observer};
use axum::extract::Request;
use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use truce_store::StoreError;

/// What people wait for, in seconds: up to a tenth nobody notices, a second is a pause, after ten a wrist has gone down; 30 are the
/// longest that there is.
const ANSWERS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// Of who waits for news: 25 s are the longest.
const POLLS: [f64; 6] = [1.0, 5.0, 10.0, 15.0, 20.0, 25.5];
/// Of a store that is near; 3 s are the longest that one is waited for.
const STORE: [f64; 10] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 3.0];
/// Of a model; 20 s are the longest that one is waited for.
const MODEL: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 20.0];
/// What somebody can be told to slow down with.
const THROTTLED: [&str; 4] = ["organiser", "session", "invite", "member"];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    path: String,
    method: &'static str,
    status: u32,
    synthetic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answers {
    path: String,
    method: &'static str,
    /// `2xx`
    class: &'static str,
    synthetic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    waits: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Poll {
    path: String,
    synthetic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Abandoned {
    synthetic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Engine {
    engine: &'static str,
    synthetic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
    synthetic: &'static str,
}

/// What is counted.
#[derive(Debug, Clone)]
pub struct Numbers(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    registry: Registry,
    requests: Family<Answer, Counter>,
    durations: Histograms<Answers>,
    polls: Histograms<Poll>,
    in_flight: Family<Waiting, Gauge>,
    abandoned: Family<Abandoned, Counter>,
    store: Histograms<Operation>,
    store_failures: Family<Operation, Counter>,
    model: Histogram,
    model_answers: Family<Outcome, Counter>,
    wordings: Family<Engine, Counter>,
    throttled: Family<Kind, Counter>,
}

/// A request that is being answered. One that is dropped unanswered was given up by whoever had sent it.
#[derive(Debug)]
pub struct Underway {
    numbers: Numbers,
    path: String,
    method: &'static str,
    synthetic: &'static str,
    waits: bool,
    is_answered: bool,
}

impl Numbers {
    /// Of a process of that name.
    pub(crate) fn of(name: &str) -> Self {
        let labels = [(Cow::from("function"), Cow::from(name.to_owned()))];
        let mut kept = Kept {
            registry: Registry::with_prefix_and_labels("truce", labels.into_iter()),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(ANSWERS)),
            polls: Family::new_with_constructor(|| Histogram::new(POLLS)),
            in_flight: Family::default(),
            abandoned: Family::default(),
            store: Family::new_with_constructor(|| Histogram::new(STORE)),
            store_failures: Family::default(),
            model: Histogram::new(MODEL),
            model_answers: Family::default(),
            wordings: Family::default(),
            throttled: Family::default(),
        };
        kept.register();
        kept.begin_at_nothing();
        Self(Arc::new(kept))
    }

    /// Everything, as `OpenMetrics` has it.
    pub fn text(&self) -> String {
        let mut written = String::new();
        text::encode(&mut written, &self.0.registry).expect("a String takes everything");
        written
    }

    pub(crate) fn begins(&self, path: &str, request: &Request) -> Underway {
        let waits = asks_to_wait(request.uri());
        self.0.in_flight.get_or_create(&Waiting { waits: yes_or_no(waits) }).inc();
        Underway {
            numbers: self.clone(),
            path: path.to_owned(),
            method: known(request.method()),
            synthetic: Synthetic::told(request.extensions()).name(),
            waits,
            is_answered: false,
        }
    }

    pub(crate) fn throttled(&self, kind: &'static str, synthetic: Synthetic) {
        self.0.throttled.get_or_create(&Kind { kind, synthetic: synthetic.name() }).inc();
    }

    /// The model was asked, and it took so long.
    pub fn asked(&self, outcome: Asked, took: Duration) {
        self.0.model_answers.get_or_create(&Outcome { outcome: outcome.name() }).inc();
        self.0.model.observe(took.as_secs_f64());
    }

    /// Somebody got words.
    pub fn worded(&self, words: Words, synthetic: Synthetic) {
        self.0.wordings.get_or_create(&Engine { engine: words.name(), synthetic: synthetic.name() }).inc();
    }
}

/// What the store takes.
impl Observer for Numbers {
    type Begun = (&'static str, Instant);

    fn begins(&self, operation: &'static str) -> Self::Begun {
        (operation, Instant::now())
    }

    fn ends(&self, (operation, begun): Self::Begun, failed: Option<&StoreError>) {
        self.0.store.get_or_create(&Operation { operation }).observe(begun.elapsed().as_secs_f64());
        // What is refused was asked wrongly: the store is well.
        if let Some(StoreError::Unavailable { .. }) = failed {
            self.0.store_failures.get_or_create(&Operation { operation }).inc();
        }
    }
}

impl Kept {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests that were answered", self.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "How long an answer took, polls left out",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register_with_unit(
            "poll_duration",
            "How long those waited who asked to wait for news",
            Unit::Seconds,
            self.polls.clone(),
        );
        registry.register("requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        registry.register(
            "requests_abandoned",
            "Requests whose sender had gone before there was an answer",
            self.abandoned.clone(),
        );
        registry.register_with_unit(
            "store_duration",
            "How long the store took, failures included",
            Unit::Seconds,
            self.store.clone(),
        );
        registry.register("store_failures", "How often the store could not answer", self.store_failures.clone());
        registry.register_with_unit("model_duration", "How long the model took", Unit::Seconds, self.model.clone());
        registry.register("model_answers", "What came of asking the model", self.model_answers.clone());
        registry.register("wordings", "Whose words people got", self.wordings.clone());
        registry.register("throttled", "How often somebody was told to slow down", self.throttled.clone());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What runs", build);
    }

    /// What can be counted is there from the beginning: a first failure is then a step up, and not a number from nowhere.
    fn begin_at_nothing(&self) {
        for waits in [true, false] {
            drop(self.in_flight.get_or_create(&Waiting { waits: yes_or_no(waits) }));
        }
        for &operation in OPERATIONS {
            drop(self.store_failures.get_or_create(&Operation { operation }));
        }
        for outcome in Asked::ALL {
            drop(self.model_answers.get_or_create(&Outcome { outcome: outcome.name() }));
        }
        for synthetic in Synthetic::ALL.map(Synthetic::name) {
            drop(self.abandoned.get_or_create(&Abandoned { synthetic }));
            for words in Words::ALL {
                drop(self.wordings.get_or_create(&Engine { engine: words.name(), synthetic }));
            }
            for kind in THROTTLED {
                drop(self.throttled.get_or_create(&Kind { kind, synthetic }));
            }
        }
    }
}

impl Underway {
    pub(crate) fn answered(mut self, status: StatusCode, took: Duration) {
        self.is_answered = true;
        let kept = &self.numbers.0;
        let (path, method, synthetic) = (self.path.clone(), self.method, self.synthetic);
        let answer = |status| Answer { path: path.clone(), method, status, synthetic };
        let counted = answer(u32::from(status.as_u16()));
        if kept.requests.get(&counted).is_none() {
            // Here too: the first answer of this kind may be followed by the first that is our fault.
            for ours in [500, 503] {
                drop(kept.requests.get_or_create(&answer(ours)));
            }
        }
        kept.requests.get_or_create(&counted).inc();
        if self.waits {
            kept.polls.get_or_create(&Poll { path, synthetic }).observe(took.as_secs_f64());
        } else {
            let class = class(status);
            kept.durations.get_or_create(&Answers { path, method, class, synthetic }).observe(took.as_secs_f64());
        }
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.numbers.0.in_flight.get_or_create(&Waiting { waits: yes_or_no(self.waits) }).dec();
        if !self.is_answered {
            self.numbers.0.abandoned.get_or_create(&Abandoned { synthetic: self.synthetic }).inc();
        }
    }
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// A method may be any word.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
