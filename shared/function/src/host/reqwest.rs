//! Calls from a machine: reqwest, with the certificates that this machine trusts.

use crate::http_client::{CallError, CallLimits, HttpClient, whole};
use async_trait::async_trait;
use axum::body::Bytes;
use http::{Request, Response};
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// Who calls.
const NAME: &str = concat!("truce/", env!("CARGO_PKG_VERSION"));
/// A connection that nobody has used for so long is not used again. An instance on AWS Lambda is frozen between requests, and who is at
/// the other end does not wait for it.
const IDLE: Duration = Duration::from_secs(10);

/// Made by the first call: most functions call nobody, and reading a machine's certificates takes milliseconds.
#[derive(Default)]
pub(crate) struct ReqwestClient(OnceLock<reqwest::Client>);

#[async_trait]
impl HttpClient for ReqwestClient {
    async fn send(&self, request: Request<Bytes>, limits: CallLimits) -> Result<Response<Bytes>, CallError> {
        let request = reqwest::Request::try_from(request).map_err(|_| CallError::NotAllowed)?;
        let call = async {
            let answer = self.client().execute(request).await.map_err(|error| refused_or(&error))?;
            whole(answer.into(), limits.body, |error| reason(error)).await
        };
        tokio::time::timeout(limits.time, call).await.unwrap_or(Err(CallError::TimedOut))
    }
}

impl ReqwestClient {
    /// One that is made now, for who must not wait for that later.
    #[cfg(feature = "traces")]
    pub(super) fn made() -> Self {
        let made = Self::default();
        made.client();
        made
    }

    fn client(&self) -> &reqwest::Client {
        self.0.get_or_init(|| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls())
                .user_agent(NAME)
                .redirect(reqwest::redirect::Policy::none())
                .pool_idle_timeout(IDLE)
                .build()
                // It is the configuration above that could not hold, and a test makes it.
                .expect("a client of this configuration")
        })
    }
}

fn tls() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_root_certificates(trusted())
        .with_no_client_auth()
}

/// Whom this machine trusts (`SSL_CERT_FILE` says otherwise). One without certificates, as an image from nothing is, trusts whom
/// Mozilla trusts.
pub fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// An address that is none is not called; everything else went wrong on the way.
fn refused_or(error: &reqwest::Error) -> CallError {
    if error.is_builder() { CallError::NotAllowed } else { reason(error) }
}

/// A certificate, or whatever else keeps people apart.
fn reason(error: &(dyn StdError + 'static)) -> CallError {
    if is_of_a_certificate(error) { CallError::NotTrusted } else { CallError::Unreachable }
}

/// Whether that is at the bottom of it. What an `io::Error` holds is not its source.
fn is_of_a_certificate(error: &(dyn StdError + 'static)) -> bool {
    let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
        || held.is_some_and(|held| is_of_a_certificate(held))
        || error.source().is_some_and(is_of_a_certificate)
}
