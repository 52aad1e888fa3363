//! A thin client: sends a call, holds the answer against the laws, and keeps a record.

use crate::call::Body;
use crate::laws;
use crate::report::{Exchange, Step};
use crate::{Call, Failure, Function, Outcome, Reply, Target, normalise, shape};
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Longer than any poll may wait, shorter than any patience.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// A connection that has been idle for longer is not used again: hosts close theirs, some after 30 seconds, and a journey that waits as long
/// would send into one that is just being closed.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) struct Client {
    pub(crate) target: Target,
    http: reqwest::Client,
    started: Instant,
    requests: AtomicU64,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    steps: Vec<Step>,
    rooms: Vec<String>,
    /// The ids of invites.
    issued: Vec<String>,
}

/// What every client in a program that has this crate begins with: reqwest comes without cryptography of its own.
pub fn http_client() -> reqwest::ClientBuilder {
    // Whoever was first has set the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// A client that believes whom it should: for plain HTTP, nobody has to be.
fn trusting(target: &Target) -> Outcome<reqwest::ClientBuilder> {
    let unread = |what: &str| {
        let what = what.to_owned();
        move |error: reqwest::Error| Failure::without_answer(what, "PEM", error.to_string())
    };
    let mut builder = http_client();
    for (host, address) in &target.hosts {
        builder = builder.resolve(host, *address);
    }
    if let Some(pem) = &target.identity {
        let identity = reqwest::Identity::from_pem(pem.reveal().as_bytes());
        builder = builder.identity(identity.map_err(unread("read what the target is shown"))?);
    }
    let needs_tls = Function::ALL.iter().any(|function| target.base(*function).starts_with("https:"));
    Ok(match &target.authority {
        Some(pem) => builder.tls_certs_only(
            reqwest::Certificate::from_pem_bundle(pem).map_err(unread("read who vouches for the target"))?,
        ),
        None if needs_tls => builder,
        None => builder.tls_certs_only([]),
    })
}

impl Client {
    pub(crate) fn new(target: Target) -> Outcome<Self> {
        // A client for each journey: none keeps a connection warm, or broken, for another.
        let http = trusting(&target)?
            .timeout(TIME_LIMIT)
            .connect_timeout(Duration::from_secs(10))
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(target.agent)
            .build()
            .map_err(|error| Failure::without_answer("make an HTTP client", "one", error.to_string()))?;
        Ok(Self { target, http, started: Instant::now(), requests: AtomicU64::new(0), record: Mutex::default() })
    }

    /// Sends a call and records what came of it.
    pub(crate) async fn send(&self, step: &str, call: Call) -> Outcome<Reply> {
        let begun = self.started.elapsed();
        let reply = self.send_patiently(step, &call).await?;
        self.note(step, begun, Some((&call, &reply)));
        laws::hold(&call, &reply)?;
        Ok(reply)
    }

    /// Sends a call that leaves no record: for crowds, whose order is nobody's promise.
    pub(crate) async fn send_unrecorded(&self, step: &str, call: Call) -> Outcome<Reply> {
        let reply = self.send_patiently(step, &call).await?;
        laws::hold(&call, &reply)?;
        Ok(reply)
    }

    /// Waits out `slow-down` as long as the target's patience lasts: a host that limits attempts is right to.
    async fn send_patiently(&self, step: &str, call: &Call) -> Outcome<Reply> {
        let give_up = Instant::now() + self.target.capabilities.patience;
        loop {
            let reply = self.send_once(step, call).await?;
            let pause = Duration::from_secs(laws::retry_after(&reply).unwrap_or(1).max(1));
            if reply.status() != 429 || Instant::now() + pause > give_up {
                return Ok(reply);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn send_once(&self, step: &str, call: &Call) -> Outcome<Reply> {
        let lost = |error: reqwest::Error| {
            // Its path may hold an invite or a cursor.
            Failure::without_answer(step, "an answer", causes(&error.without_url()))
        };
        let url = format!("{}{}", self.target.base(call.function), call.path);
        let mut request = self.http.request(call.method.clone(), url);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request = match &call.body {
            Body::None => request,
            Body::Bytes(bytes) => request.body(bytes.clone()),
            Body::Chunks(chunks) => {
                let chunks = chunks.clone().into_iter().map(Ok::<_, std::io::Error>);
                request.body(reqwest::Body::wrap_stream(futures_util::stream::iter(chunks)))
            }
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        let (begun, clock) = (Instant::now(), SystemTime::now());
        let response = request.send().await.map_err(lost)?;
        let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
        for (name, renamed) in self.target.capabilities.renamed {
            // Under its own name it does not come through such a gateway.
            headers.remove(*name);
            if let Some(value) = headers.remove(*renamed) {
                headers.insert(*name, value);
            }
        }
        let bytes = response.bytes().await.map_err(lost)?.to_vec();
        let json = serde_json::from_slice(&bytes).ok();
        let took = begun.elapsed();
        Ok(Reply { step: step.to_owned(), status, headers, bytes, json, took, at: clock + took / 2 })
    }

    /// Keeps what happened, without what is secret or differs from run to run.
    fn note(&self, step: &str, begun: Duration, exchange: Option<(&Call, &Reply)>) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let exchange = exchange.map(|(call, reply)| Exchange {
            method: call.method.to_string(),
            path: normalise::path(&call.path),
            status: reply.status,
            headers: normalise::headers(&reply.headers, &record.rooms),
            body: match &reply.json {
                Some(json) => normalise::body(&serde_json::Value::Object(json.clone()), &record.rooms),
                None => normalise::other_body(reply.header("content-type"), &reply.bytes),
            },
            request_id: reply.request_id().to_owned(),
            took_ms: millis(reply.took),
            drift: shape::drift(call.method.as_str(), &call.path, reply.status, reply.in_json()),
            dated: reply.dated(),
        });
        record.steps.push(Step { what: step.to_owned(), at_ms: millis(begun), exchange });
    }

    /// Keeps that something happened which is no exchange of its own.
    pub(crate) fn remark(&self, what: &str) {
        self.note(what, self.started.elapsed(), None);
    }

    /// Remembers a room's name, so that records do not show it.
    pub(crate) fn knows_room(&self, name: &str) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).rooms.push(name.to_owned());
    }

    /// Remembers an invite, so that it can be ended.
    pub(crate) fn keeps_issued(&self, id: &str) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).issued.push(id.to_owned());
    }

    pub(crate) fn issued(&self) -> Vec<String> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).issued.clone()
    }

    /// How many were sent, those without a record too.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What happened, in the order it began: when something ends is the host's, and differs from run to run.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = self.record.lock().unwrap_or_else(PoisonError::into_inner).steps.clone();
        steps.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
        steps
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

pub(crate) fn millis(duration: Duration) -> f64 {
    // Microseconds of any run fit an f64 exactly; three decimals are what a person reads.
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// An error with what caused it: `error sending request` alone helps nobody.
fn causes(error: &reqwest::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told.push_str(": ");
        told.push_str(&inner.to_string());
        cause = inner.source();
    }
    told
}
