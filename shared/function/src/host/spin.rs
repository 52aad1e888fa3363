//! Spin: a WebAssembly component whose handler is called for each request.
//!
//! A component has one thread, and waits through its host: so the clock here is the host's, and what the host gives
//! that must stay on its thread is wrapped in [`SendWrapper`].
//!
//! An instance may work on several requests at once, and *no request may be woken by another*: the instance would end with
//! a trap, and everything it works on with it. (wit-bindgen has a feature for that, `inter-task-wakeup`; as of 0.57 its
//! way to do it is one that wasmtime traps as well.) So a request waits for its host and for nothing else: not for a lock
//! that another holds across an `await`, nor for a channel. `functions/clippy.toml` names what does not work.
//!
//! The function is put together once for each instance of the component, with the first request that reaches it, and not for
//! each request: Spin calls an instance many times, also while it still works on others, and a page that is assembled or a
//! caller who is counted must be there for the next call. An instance does not live long, so that changed variables are seen
//! soon. What is kept is what [`Environment`] holds on every host, and nothing of a request is in it. If it cannot be put
//! together, that is not kept: the next request tries again.

mod client;

use crate::auth::Source;
use crate::host::boot::{self, Refusal};
use crate::{Clock, Environment, Problem, SystemClock, layers, log};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use client::SpinClient;
use http::{HeaderValue, Request, StatusCode, header};
use send_wrapper::SendWrapper;
use spin_sdk::http::{FromRequest as _, IntoResponse as _};
use spin_sdk::variables;
use spin_sdk::wasip3::http::types;
use spin_sdk::wit_bindgen;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Once, OnceLock};
use std::time::Duration;
use tower::ServiceExt as _;

#[doc(hidden)]
pub use spin_sdk::wasip3;

/// Where Spin says who is at the other end of the connection; it replaces what a client writes there.
const CLIENT: &str = "spin-client-addr";
/// The function of this instance.
static FUNCTION: OnceLock<Function> = OnceLock::new();

#[derive(Clone)]
struct Function {
    env: Environment,
    router: Router,
}

/// Answers one request; [`host!`](crate::host!) writes the call.
///
/// # Errors
/// When the request is none that can be answered, or the answer cannot be handed over.
pub async fn handle(
    name: &str,
    function: fn(Environment) -> Router,
    request: types::Request,
) -> Result<types::Response, types::ErrorCode> {
    let request = translate(spin_sdk::http::Request::from_request(request)?);
    let answer = match of_this_instance(name, function).await {
        Ok(Function { env, router }) => {
            let Ok(answer) = router.oneshot(request).await;
            sweep_now_and_then(env);
            answer
        }
        Err(refusal) => refuse(&refusal),
    };
    answer.into_response()
}

async fn of_this_instance(name: &str, function: fn(Environment) -> Router) -> Result<Function, Refusal> {
    static LOG: Once = Once::new();
    if let Some(function) = FUNCTION.get() {
        return Ok(function.clone());
    }
    LOG.call_once(log::begin);
    let settings = settings().await?;
    let env = boot::environment(|name| settings.get(name).cloned()).await?;
    let env = env.clock(HostClock::default()).http(SpinClient).build();
    let router = layers::harden(function(env.clone()), &env);
    tracing::debug!(function = name, "a new instance");
    // Another request may have been faster: then both are the same.
    Ok(FUNCTION.get_or_init(|| Function { env, router }).clone())
}

/// Each setting from the variable of the same name in lower case; one that the manifest does not name is not set.
async fn settings() -> Result<HashMap<&'static str, String>, Refusal> {
    let mut settings = HashMap::new();
    for name in boot::SETTINGS {
        match variables::get(name.to_ascii_lowercase()).await {
            Ok(value) => {
                settings.insert(name, value);
            }
            Err(variables::Error::Undefined(_)) => {}
            // What the provider says is not repeated: it may hold what it could not deliver.
            Err(_) => return Err(Refusal::Host(format!("the variable for {name} cannot be read"))),
        }
    }
    Ok(settings)
}

/// The request as a socket would have brought it.
fn translate(request: spin_sdk::http::Request) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    // The interface keeps the host apart from the headers.
    if let Some(host) = parts.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        parts.headers.entry(header::HOST).or_insert(host);
    }
    let client = parts.headers.get(CLIENT).and_then(|client| client.to_str().ok()?.parse::<SocketAddr>().ok());
    if let Some(client) = client {
        parts.extensions.insert(Source(client.ip().to_string()));
    }
    Request::from_parts(parts, Body::new(body))
}

/// A component cannot refuse to start: it refuses what it is asked, and its log says why.
fn refuse(refusal: &Refusal) -> Response {
    tracing::error!(%refusal, "this function cannot start");
    let problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not-ready",
        "Not ready",
        "I'm not ready right now. Try again shortly.",
    );
    layers::refuse(&problem.detail("the settings of this deployment do not hold; its log names them").retry_after(30))
}

/// Nothing runs between requests, so one in 256 cleans away what has expired; after its answer, so that nobody waits.
fn sweep_now_and_then(env: Environment) {
    let mut chance = [0];
    env.random().fill(&mut chance);
    if chance != [0] {
        return;
    }
    wit_bindgen::spawn(async move {
        if let Err(error) = env.store().sweep(env.now()).await {
            tracing::warn!(%error, "what has expired could not be cleaned away");
        }
    });
}

/// The host's clock.
#[derive(Default)]
struct HostClock(SystemClock);

#[async_trait]
impl Clock for HostClock {
    fn now(&self) -> u64 {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    async fn sleep(&self, duration: Duration) {
        SendWrapper::new(spin_sdk::time::sleep(duration)).await;
    }
}
