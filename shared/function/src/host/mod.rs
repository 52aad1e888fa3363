//! What runs a function: a socket, AWS Lambda, Spin. A host translates, and nothing else; a function knows none of them.
//!
//! A function crate names its router once, and gets everything that each host needs of it:
//!
//! ```
//! use axum::Router;
//! use truce_function::Environment;
//!
//! pub fn router(env: Environment) -> Router {
//!     Router::new().with_state(env)
//! }
//!
//! truce_function::host!("hello", router);
//! ```
//!
//! Built for a machine with the feature `host` that is `serve`, which `main` calls: one binary that runs on AWS Lambda
//! where `AWS_LAMBDA_RUNTIME_API` is set, and serves a socket everywhere else. Built for WebAssembly with the feature `spin` it
//! is the component's handler. Without either it is nothing, so that whoever uses a function as a library builds no host.

#[cfg(feature = "host")]
mod binary;
pub mod boot;
#[cfg(feature = "host")]
mod check;
#[cfg(feature = "native")]
pub mod few;
#[cfg(any(feature = "native", feature = "lambda"))]
mod forwarded;
#[cfg(feature = "host")]
mod given;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(feature = "native")]
pub mod metrics;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "traces")]
pub mod otlp;
#[cfg(feature = "host")]
mod process;
#[cfg(feature = "native")]
mod reqwest;
#[cfg(all(feature = "spin", target_family = "wasm"))]
pub mod spin;
#[cfg(feature = "host")]
mod tls;

#[cfg(feature = "host")]
pub use binary::serve;
#[cfg(feature = "native")]
pub use reqwest::trusted;

/// How a machine calls others; a host that is none brings its own. Who is no function calls with it as well.
pub fn http_client() -> std::sync::Arc<dyn crate::HttpClient> {
    #[cfg(feature = "native")]
    return std::sync::Arc::new(reqwest::ReqwestClient::default());
    #[cfg(not(feature = "native"))]
    return std::sync::Arc::new(crate::http_client::NoHttpClient);
}

/// Hands a function's router to its host; the [module](mod@crate::host) tells more.
#[cfg(all(feature = "host", not(target_family = "wasm")))]
#[macro_export]
macro_rules! host {
    ($name:literal, $router:path) => {
        /// Runs this function until it is told to stop.
        pub fn serve() -> std::process::ExitCode {
            $crate::host::serve($name, $router)
        }
    };
}

/// Hands a function's router to its host; the [module](mod@crate::host) tells more.
#[cfg(all(feature = "spin", target_family = "wasm"))]
#[macro_export]
macro_rules! host {
    ($name:literal, $router:path) => {
        const _: () = {
            struct Component;
            $crate::host::spin::wasip3::http::service::export!(Component);

            impl $crate::host::spin::wasip3::exports::http::handler::Guest for Component {
                async fn handle(
                    request: $crate::host::spin::wasip3::http::types::Request,
                ) -> Result<
                    $crate::host::spin::wasip3::http::types::Response,
                    $crate::host::spin::wasip3::http::types::ErrorCode,
                > {
                    $crate::host::spin::handle($name, $router, request).await
                }
            }
        };
    };
}

/// Hands a function's router to its host; the [module](mod@crate::host) tells more.
#[cfg(not(any(all(feature = "host", not(target_family = "wasm")), all(feature = "spin", target_family = "wasm"))))]
#[macro_export]
macro_rules! host {
    ($name:literal, $router:path) => {};
}
