//! Who asks: no proxy, no redirect, nobody believed without a certificate, and no wait without an end.

use crate::failure::Failure;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Map, Value};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio_rustls::rustls::ClientConfig;
use truce_contract::Secret;
use truce_looks::believing;

/// For one answer. A function that has been asleep needs a second or two.
pub(super) const TIME: Duration = Duration::from_secs(10);
/// What is read of one: the largest page that is ours has a fifth of it.
const LONGEST: usize = 1 << 20;

/// Calls a deployment.
pub(super) struct Caller {
    http: reqwest::Client,
    pub(super) tls: Arc<ClientConfig>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    json: Map<String, Value>,
    pub(super) took: Duration,
    /// Our clock, half way between question and answer.
    pub(super) at: SystemTime,
}

impl Caller {
    /// Believes whom this machine believes, or only the authority in `ca`.
    pub(super) fn new(ca: Option<&Path>) -> Result<Self, Failure> {
        let believes = || believing(None).expect("whom this machine believes is no file in PEM");
        let config = ca.map_or_else(|| Ok(believes()), only)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config.clone())
            .user_agent(concat!("truce-doctor/", env!("CARGO_PKG_VERSION")))
            // What is looked at is the deployment, and not what is between here and there.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIME)
            .build()
            .map_err(|error| Failure::Wrong(format!("Nothing can be called from here: {error}.")))?;
        Ok(Self { http, tls: Arc::new(config) })
    }

    pub(super) async fn get(&self, url: &str) -> Result<Answer, String> {
        self.send(Method::GET, url, None, None).await
    }

    /// The answer, or why there is none.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        bearer: Option<&Secret>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let mut request = self.http.request(method, url);
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {}", bearer.reveal()));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let (begun, clock) = (Instant::now(), SystemTime::now());
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let took = begun.elapsed();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST {
                return Err("an answer without an end".to_owned());
            }
        }
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { status, headers, text, json, took, at: clock + took / 2 })
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.json.contains_key(key)
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.json.get(name)
    }

    /// What a field of JSON says, as text.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.json.get(name)?.as_str()
    }

    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.json.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The code, if it is one of ours by its form: nobody knows yet whose answer this is.
    pub(super) fn code(&self) -> &str {
        let is_code = |code: &&str| {
            (1..=32).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        self.field("code").filter(is_code).unwrap_or_default()
    }

    /// Whether it has what every JSON answer of ours has.
    pub(super) fn is_ours(&self) -> bool {
        truce_contract::contract::SIX_KEYS.iter().all(|key| self.has(key))
    }

    /// In a word or two.
    pub(super) fn came(&self) -> String {
        if self.is_ours() && !self.code().is_empty() {
            return format!("{} {}", self.status, self.code());
        }
        let kind = self.header("content-type").unwrap_or("of no type");
        format!("{}, {}, which is not of Truce", self.status, kind.chars().take(40).collect::<String>())
    }
}

fn only(path: &Path) -> Result<ClientConfig, Failure> {
    let pem = std::fs::read(path).map_err(|source| Failure::Read { path: path.to_owned(), source })?;
    believing(Some(&pem)).map_err(|_| Failure::Wrong(format!("{} holds no certificate in PEM.", path.display())))
}

/// What is at the bottom of it: `error sending request` helps nobody.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", TIME.as_secs());
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
