//! What a request asks of the store and of others, recorded on the way.

use super::span::Open;
use super::{Attribute, Tracer, child, method};
use crate::http_client::{CallError, CallLimits, HttpClient};
use crate::observed::Observer;
use async_trait::async_trait;
use axum::body::Bytes;
use http::{HeaderValue, Request, Response};
use std::sync::Arc;
use truce_store::StoreError;

/// A span for everything that the store is asked, where requests are recorded.
impl Observer for Option<Arc<Tracer>> {
    type Begun = Option<Open>;

    fn begins(&self, operation: &'static str) -> Self::Begun {
        let database = self.as_ref()?.database;
        let mut open = child("store", vec![Attribute::Database(database), Attribute::Operation(operation)])?;
        open.name(format!("store {operation}"));
        Some(open)
    }

    fn ends(&self, begun: Self::Begun, failed: Option<&StoreError>) {
        let Some(mut open) = begun else { return };
        match failed {
            None => {}
            Some(StoreError::Rejected { .. }) => open.fail(Attribute::Failed("rejected")),
            Some(_) => open.fail(Attribute::Failed("unavailable")),
        }
        open.end();
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
