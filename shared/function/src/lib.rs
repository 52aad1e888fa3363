//! Write a function once, run it on every host.
//!
//! A function is an [`axum::Router`] made from an [`Environment`] of ports; it knows neither its host nor what its
//! ports are made of. This crate holds what is the same for all of them, once: the flat [`Answer`], the [`Problem`],
//! the extractors that turn bad input into a clear problem, who may call ([`auth`]), and the layers every request
//! passes ([`layers::harden`]). Hosts only translate: [`mod@host`] has one for a socket, for AWS Lambda and for Spin.
//!
//! ```
//! use axum::{Router, extract::State, routing::get};
//! use truce_function::{Answer, Environment};
//!
//! async fn hello(State(env): State<Environment>) -> Answer {
//!     Answer::new("hello").say(format!("It is {} here.", env.clock().now()))
//! }
//!
//! pub fn router(env: Environment) -> Router {
//!     Router::new().route("/hello", get(hello)).with_state(env)
//! }
//! ```
//!
//! What may be changed here: anything that is true of every function on every host. What may not: a rule that only
//! one function or one host needs.

mod answer;
pub mod auth;
mod environment;
pub mod extract;
pub mod host;
mod http_client;
pub mod layers;
#[cfg(feature = "log")]
pub mod log;
pub mod numbers;
#[cfg(feature = "numbers")]
mod observed;
pub mod openapi;
pub mod page;
mod ports;
mod problem;
pub mod readiness;
pub mod settings;
mod synthetic;
#[cfg(feature = "testing")]
pub mod testing;
mod throttle;
pub mod time;
mod time_left;
mod trace_context;
#[cfg(feature = "traces")]
mod traces;
#[cfg(not(feature = "traces"))]
#[path = "traces/none.rs"]
mod traces;

pub use answer::{Answer, Core, NoFields, SAY_LIMIT, Verdict, fit};
pub use environment::{Environment, EnvironmentBuilder};
pub use http_client::{CallError, CallLimits, HttpClient};
pub use ports::{Clock, Random, SystemClock, SystemRandom};
pub use problem::{Problem, ProblemBody};
pub use settings::Settings;
pub use synthetic::Synthetic;
pub use time_left::{LongestWait, TimeLeft};
