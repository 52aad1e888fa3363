//! What a request asks of the store and of others, recorded on the way. The store never sees this, nor does who asks it.

use super::span::Open;
use super::{Attribute, child, method};
use crate::http_client::{CallError, CallLimits, HttpClient};
use async_trait::async_trait;
use axum::body::Bytes;
use http::{HeaderValue, Request, Response};
use std::future::Future;
use std::sync::Arc;
use truce_store::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError};

/// A store with a span for everything that is asked of it: what was done, never with what.
pub(super) struct TracedStore {
    pub(super) store: Arc<dyn Store>,
    pub(super) database: &'static str,
}

impl TracedStore {
    /// `name` is `store` and the operation.
    async fn traced<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let operation = name.rsplit(' ').next().unwrap_or(name);
        let open = child(name, vec![Attribute::Database(self.database), Attribute::Operation(operation)]);
        let outcome = work.await;
        if let Some(mut open) = open {
            match &outcome {
                Ok(_) => {}
                Err(StoreError::Rejected { .. }) => open.fail(Attribute::Failed("rejected")),
                Err(_) => open.fail(Attribute::Failed("unavailable")),
            }
            open.end();
        }
        outcome
    }
}

#[async_trait]
impl Store for TracedStore {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        self.traced("store spend", self.store.spend(id, now, keep_until)).await
    }
    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.traced("store is_spent", self.store.is_spent(id, now)).await
    }
    async fn revoke(&self, id: &str, now: u64, keep_until: u64) -> Result<(), StoreError> {
        self.traced("store revoke", self.store.revoke(id, now, keep_until)).await
    }
    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.traced("store is_revoked", self.store.is_revoked(id, now)).await
    }
    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        self.traced("store append", self.store.append(room, entry, now, keep_until)).await
    }
    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.traced("store read", self.store.read(room, after, limit, now)).await
    }
    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        self.traced("store entry", self.store.entry(room, id, now)).await
    }
    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        self.traced("store agreements", self.store.agreements(room, limit, now)).await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.traced("store ping", self.store.ping()).await
    }
    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        self.traced("store sweep", self.store.sweep(now)).await
    }
}

/// Calls with a span for each: to whom, and what came of it.
pub(super) struct TracedClient {
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) tells_others: bool,
}

#[async_trait]
impl HttpClient for TracedClient {
    async fn send(&self, mut request: Request<Bytes>, limits: CallLimits) -> Result<Response<Bytes>, CallError> {
        let method = method(request.method());
        let mut said = vec![Attribute::Method(method)];
        said.extend(request.uri().host().map(|host| Attribute::Host(host.trim_matches(['[', ']']).to_owned())));
        said.extend(port(request.uri()).map(Attribute::Port));
        let open = child(method, said);
        let header = open.as_ref().filter(|_| self.tells_others).and_then(Open::to_header);
        if let Some(header) = header.and_then(|header| HeaderValue::try_from(header).ok()) {
            request.headers_mut().insert("traceparent", header);
        }
        let outcome = self.http.send(request, limits).await;
        if let Some(mut open) = open {
            match &outcome {
                Ok(answer) => {
                    let status = answer.status();
                    open.say(Attribute::Status(status.as_u16()));
                    if status.is_client_error() || status.is_server_error() {
                        open.fail(Attribute::FailedWith(status.as_u16()));
                    }
                }
                Err(error) => open.fail(Attribute::Failed(kind(*error))),
            }
            open.end();
        }
        outcome
    }
}

fn port(uri: &http::Uri) -> Option<u16> {
    uri.port_u16().or_else(|| Some(if uri.scheme_str()? == "https" { 443 } else { 80 }))
}

fn kind(error: CallError) -> &'static str {
    match error {
        CallError::NotAllowed => "not_allowed",
        CallError::Unreachable => "unreachable",
        CallError::NotTrusted => "not_trusted",
        CallError::TimedOut => "timeout",
        CallError::TooLong => "too_long",
    }
}
