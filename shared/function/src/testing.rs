//! What tests of a function need: a clock that stands still, a store that can be taken away, and requests in one line.
//!
//! Behind the feature `testing`, for dev-dependencies.

use crate::{Clock, Environment, Settings, SystemClock, SystemRandom, layers};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;
use truce_session::{Invite, KeyRing, OrganiserTag, Seat};
use truce_store::{Appended, Cursor, Entry, MemoryStore, NewEntry, Spent, Store, StoreError};

/// The organiser's key of [`Bench::settings`].
pub const ORGANISER_KEY: &str = "0123456789abcdef0123456789abcdef";
/// When a [`Bench`] begins: 2026-09-21T14:13:20Z.
pub const BEGINNING: u64 = 1_790_000_000;

/// Wall time that moves only when told to; waiting is real.
#[derive(Clone)]
pub struct TestClock {
    now: Arc<AtomicU64>,
    real: SystemClock,
}

impl TestClock {
    /// Moves on by `seconds`.
    pub fn advance(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        self.real.monotonic()
    }

    async fn sleep(&self, duration: Duration) {
        self.real.sleep(duration).await;
    }
}

/// A store in memory that can be taken away, and that counts how often it is asked for a sign of life.
#[derive(Default)]
pub struct Removable {
    store: MemoryStore,
    gone: AtomicBool,
    pings: AtomicU64,
}

impl Removable {
    /// Takes it away, or brings it back.
    pub fn take_away(&self, gone: bool) {
        self.gone.store(gone, Ordering::SeqCst);
    }

    /// How often [`Store::ping`] was called.
    pub fn pings(&self) -> u64 {
        self.pings.load(Ordering::SeqCst)
    }

    fn there(&self) -> Result<&MemoryStore, StoreError> {
        if self.gone.load(Ordering::SeqCst) { Err(StoreError::passing("it was taken away")) } else { Ok(&self.store) }
    }
}

#[async_trait]
impl Store for Removable {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        self.there()?.spend(id, now, keep_until).await
    }
    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.there()?.is_spent(id, now).await
    }
    async fn revoke(&self, id: &str, now: u64, keep_until: u64) -> Result<(), StoreError> {
        self.there()?.revoke(id, now, keep_until).await
    }
    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.there()?.is_revoked(id, now).await
    }
    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        self.there()?.append(room, entry, now, keep_until).await
    }
    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.there()?.read(room, after, limit, now).await
    }
    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        self.there()?.entry(room, id, now).await
    }
    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.there()?.agreements(room, limit, now).await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.pings.fetch_add(1, Ordering::SeqCst);
        self.there()?.ping().await
    }
    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        self.there()?.sweep(now).await
    }
}

/// A function on a workbench: behind the real layers, with ports a test can turn.
pub struct Bench {
    /// What the function was made from.
    pub env: Environment,
    /// Its clock.
    pub clock: TestClock,
    /// Its store.
    pub store: Arc<Removable>,
    /// Announces that the host is going down.
    pub stopping: tokio::sync::watch::Sender<bool>,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty when it is no text.
    pub body: String,
    /// The body; null when it is not JSON.
    pub json: Value,
}

impl Reply {
    /// The stable code.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// A field of the answer as text.
    pub fn text(&self, field: &str) -> String {
        self.json[field].as_str().unwrap_or_default().to_owned()
    }
}

impl Bench {
    /// Settings with one organiser, Ana, and no limit on attempts.
    pub fn settings() -> Settings {
        let url = "https://truce.example".parse().expect("a URL");
        let organisers = format!("Ana={ORGANISER_KEY}").parse().expect("a key of full length");
        Settings { attempts_per_minute: 0, ..Settings::new(url, organisers) }
    }

    /// A bench with [`Bench::settings`].
    pub fn new(function: impl FnOnce(Environment) -> Router) -> Self {
        Self::with(Self::settings(), function)
    }

    /// A bench with other settings.
    pub fn with(settings: Settings, function: impl FnOnce(Environment) -> Router) -> Self {
        let keys = KeyRing::generate(&mut |bytes| crate::Random::fill(&SystemRandom, bytes)).expect("randomness");
        let clock = TestClock { now: Arc::new(AtomicU64::new(BEGINNING)), real: SystemClock::default() };
        let store = Arc::new(Removable::default());
        let (stopping, told) = tokio::sync::watch::channel(false);
        let env = Environment::builder(settings, keys, store.clone()).clock(clock.clone()).stopping(told).build();
        let router = layers::harden(function(env.clone()), &env);
        Self { env, clock, store, stopping, router }
    }

    /// Sends a request and waits for all of the answer.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let body = String::from_utf8(bytes.into()).unwrap_or_default();
        Reply { status: parts.status, headers: parts.headers, body, json }
    }

    /// A request without a body, with a bearer token unless it is empty.
    pub async fn call(&self, method: Method, path: &str, bearer: &str) -> Reply {
        self.send(request(method, path, bearer).body(Body::empty()).expect("a request")).await
    }

    /// A `POST` of JSON, with a bearer token unless it is empty.
    pub async fn post(&self, path: &str, bearer: &str, body: &Value) -> Reply {
        let request = request(Method::POST, path, bearer).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// An invite as digits, sealed for another host if `host` is not this bench's.
    pub fn invite_for(&self, host: &str, room: &str, team: &str, member: &str) -> String {
        let seat = Seat::new(room, team, member).expect("names");
        let invite = Invite::new(seat, OrganiserTag::of("Ana"));
        let random = &mut |bytes: &mut [u8]| self.env.random().fill(bytes);
        self.env.keys().seal(&invite, host, self.env.now(), random).expect("sealed").digits()
    }

    /// An invite as digits.
    pub fn invite(&self, room: &str, team: &str, member: &str) -> String {
        self.invite_for(self.env.settings().public_url.host(), room, team, member)
    }

    /// A session, as if an invite had been redeemed just now.
    pub fn session(&self, room: &str, team: &str, member: &str) -> String {
        let host = self.env.settings().public_url.host();
        let invite = self.env.keys().open::<Invite>(&self.invite(room, team, member), host, self.env.now());
        let session = truce_session::Session::of(&invite.expect("just sealed"), self.env.now());
        let random = &mut |bytes: &mut [u8]| self.env.random().fill(bytes);
        self.env.keys().seal(&session, host, self.env.now(), random).expect("sealed").expose().to_owned()
    }
}

fn request(method: Method, path: &str, bearer: &str) -> http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if bearer.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {bearer}")) }
}
