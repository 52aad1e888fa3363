//! Calling others over HTTP: the port, and what may come of it. Which client makes the call is the host's affair.

use async_trait::async_trait;
use axum::body::Bytes;
use http::{Request, Response};
use std::time::Duration;

/// Calls others over HTTP. A redirect is an answer like any other: nobody is called who was not named.
#[async_trait]
pub trait HttpClient: Send + Sync + 'static {
    /// Sends a request with an absolute `http` or `https` address, and waits for the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`CallError`], when there is no answer within the limits.
    async fn send(&self, request: Request<Bytes>, limits: CallLimits) -> Result<Response<Bytes>, CallError>;
}

/// What a call may cost.
#[derive(Debug, Clone, Copy)]
pub struct CallLimits {
    /// From the first step to connect until the last byte.
    pub time: Duration,
    /// The longest body of an answer that is taken, in bytes.
    pub body: usize,
}

/// Why there is no answer. Says nothing of the address, which may hold a secret, or of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The host lets this function call nobody there. On Spin `allowed_outbound_hosts` says whom it may.
    #[error("this deployment may not call there")]
    NotAllowed,
    /// No connection, or one that broke.
    #[error("it cannot be reached")]
    Unreachable,
    /// Its certificate is not one that this machine trusts.
    #[error("its certificate is not trusted")]
    NotTrusted,
    /// Not within [`CallLimits::time`].
    #[error("it takes too long")]
    TimedOut,
    /// Longer than [`CallLimits::body`].
    #[error("its answer is too long")]
    TooLong,
}

/// The whole of an answer, up to `limit` bytes; `broken` says what a failure of its body is.
#[cfg(any(feature = "native", all(feature = "spin", target_family = "wasm")))]
pub(crate) async fn whole<B>(
    answer: Response<B>,
    limit: usize,
    broken: impl Fn(&(dyn std::error::Error + Send + Sync + 'static)) -> CallError,
) -> Result<Response<Bytes>, CallError>
where
    B: axum::body::HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    use http_body_util::{BodyExt as _, LengthLimitError, Limited};

    let (parts, body) = answer.into_parts();
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(CallError::TooLong),
        Err(error) => Err(broken(error.as_ref())),
    }
}

/// Of a host that calls nobody.
#[cfg_attr(feature = "native", allow(dead_code))]
pub(crate) struct NoHttpClient;

#[async_trait]
impl HttpClient for NoHttpClient {
    async fn send(&self, _: Request<Bytes>, _: CallLimits) -> Result<Response<Bytes>, CallError> {
        Err(CallError::NotAllowed)
    }
}
