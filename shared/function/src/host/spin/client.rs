//! Calls from a component: Spin makes them, to whom the manifest grants (`allowed_outbound_hosts`).

use crate::http_client::{CallError, CallLimits, HttpClient, whole};
use async_trait::async_trait;
use axum::body::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use send_wrapper::SendWrapper;
use spin_sdk::http::send;
use spin_sdk::time::sleep;
use spin_sdk::wasip3::http::types::ErrorCode;

/// Spin's.
pub(super) struct SpinClient;

#[async_trait]
impl HttpClient for SpinClient {
    async fn send(&self, request: Request<Bytes>, limits: CallLimits) -> Result<Response<Bytes>, CallError> {
        let call = async {
            let answer = send(request.map(Full::new)).await.map_err(|code| reason(&code))?;
            whole(answer, limits.body, |error| error.downcast_ref().map_or(CallError::Unreachable, reason)).await
        };
        // What the host gives stays on its one thread.
        SendWrapper::new(async {
            tokio::select! {
                answer = call => answer,
                () = sleep(limits.time) => Err(CallError::TimedOut),
            }
        })
        .await
    }
}

fn reason(code: &ErrorCode) -> CallError {
    match code {
        ErrorCode::HttpRequestDenied | ErrorCode::HttpRequestUriInvalid => CallError::NotAllowed,
        ErrorCode::TlsCertificateError => CallError::NotTrusted,
        ErrorCode::ConnectionTimeout | ErrorCode::HttpResponseTimeout => CallError::TimedOut,
        _ => CallError::Unreachable,
    }
}
