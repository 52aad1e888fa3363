//! A language model's wording, where the deployment has a model. It is asked for other words for what would be sent anyway, and is not
//! needed: without it, or when it fails, people get the words of the embedded engine.

use axum::body::Bytes;
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use truce_function::numbers::{Asked as Outcome, Words};
use truce_function::settings::{ModelApi, ModelSettings};
use truce_function::{CallError, CallLimits, Environment, Synthetic};
use truce_mediation::provider::{LONGEST_ANSWER, Provider};
use truce_mediation::{Mediation, Mediator, Rejected};

/// Which version of its messages Anthropic is to speak; it asks to be told.
const ANTHROPIC_VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("anthropic-version"), HeaderValue::from_static("2023-06-01"));
/// After a failure nobody is made to wait for another one for so long.
const REST: Duration = Duration::from_secs(30);

/// The model of this deployment, if it has one.
#[derive(Clone)]
pub(crate) struct Model(Option<Arc<Asked>>);

struct Asked {
    settings: ModelSettings,
    /// Milliseconds of the monotonic clock. It is the provider's state, and no request's.
    rests_until: AtomicU64,
}

/// Why there are no words of the model's. Says nothing of what was said.
enum Silence {
    Unanswered(CallError),
    Refused(StatusCode),
    Unreadable,
    Rejected(Rejected),
}

impl Silence {
    /// As it is counted.
    fn outcome(&self) -> Outcome {
        match self {
            Self::Unanswered(_) => Outcome::Unanswered,
            Self::Refused(_) => Outcome::Refused,
            Self::Unreadable => Outcome::Unreadable,
            Self::Rejected(_) => Outcome::Rejected,
        }
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(why) => why.fmt(f),
            Self::Refused(status) => write!(f, "it answers {}", status.as_u16()),
            Self::Unreadable => f.write_str("its answer is none that was asked for"),
            Self::Rejected(why) => write!(f, "its wording is not taken: {why}"),
        }
    }
}

impl Model {
    pub(crate) fn new(settings: Option<ModelSettings>) -> Self {
        Self(settings.map(|settings| Arc::new(Asked { settings, rests_until: AtomicU64::new(0) })))
    }

    /// `mediation` in the model's words, if it has some that are fit; else as it is.
    pub(crate) async fn reworded(
        &self,
        env: &Environment,
        mediator: &Mediator,
        text: &str,
        mediation: Mediation,
        synthetic: Synthetic,
    ) -> Mediation {
        let Some(asked) = self.0.as_ref().filter(|_| mediation.may_be_reworded()) else {
            env.numbers().worded(Words::Embedded, synthetic);
            return mediation;
        };
        let reworded = if asked.rests(env) { None } else { asked.reworded(env, mediator, text, &mediation).await };
        let words = if reworded.is_some() { Words::Model } else { Words::Fallback };
        env.numbers().worded(words, synthetic);
        reworded.unwrap_or(mediation)
    }
}

impl Asked {
    fn rests(&self, env: &Environment) -> bool {
        millis(env.clock().monotonic()) < self.rests_until.load(Ordering::Relaxed)
    }

    /// What the model makes of it, if that is fit; why not goes to the log.
    async fn reworded(
        &self,
        env: &Environment,
        mediator: &Mediator,
        text: &str,
        mediation: &Mediation,
    ) -> Option<Mediation> {
        let begun = env.clock().monotonic();
        let wording = self.wording(env, text).await;
        let took = env.clock().monotonic().saturating_sub(begun);
        let reworded =
            wording.and_then(|wording| mediator.reworded(text, mediation, &wording).map_err(Silence::Rejected));
        env.numbers().asked(reworded.as_ref().map_or_else(Silence::outcome, |_| Outcome::Worded), took);
        reworded
            .inspect_err(|silence| {
                tracing::warn!(reason = %silence, "the embedded engine answers instead of the model");
            })
            .ok()
    }

    async fn wording(&self, env: &Environment, text: &str) -> Result<String, Silence> {
        let provider = match self.settings.api {
            ModelApi::ChatCompletions => Provider::ChatCompletions,
            ModelApi::Messages => Provider::Messages,
        };
        let limits = CallLimits { time: self.settings.patience, body: LONGEST_ANSWER };
        let answer = env.http().send(self.request(provider.question(&self.settings.name, text)), limits).await;
        let came = match answer {
            Ok(answer) if answer.status() == StatusCode::OK => {
                return provider.wording(answer.body()).ok_or(Silence::Unreadable);
            }
            Ok(answer) => Silence::Refused(answer.status()),
            Err(error) => Silence::Unanswered(error),
        };
        self.rests_until.store(millis(env.clock().monotonic() + REST), Ordering::Relaxed);
        Err(came)
    }

    fn request(&self, question: String) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(question));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = self.settings.url.clone();
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let key = match self.settings.api {
            ModelApi::ChatCompletions => header::AUTHORIZATION,
            ModelApi::Messages => {
                let (name, version) = ANTHROPIC_VERSION;
                headers.insert(name, version);
                HeaderName::from_static("x-api-key")
            }
        };
        if let Some(value) = self.settings.key.clone() {
            headers.insert(key, value);
        }
        request
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
