//! What runs a function: a socket, AWS Lambda, Spin. A host translates, and nothing else; a function knows none of them.
//!
//! A function crate names its router once, and gets everything that each host needs of it:
//!
//! ```ignore
//! truce_function::host!("mediate", router);
//! ```
//!
//! Built for a machine with the feature `host` that is `serve`, which `main` calls: one binary that runs on AWS Lambda
//! where `AWS_LAMBDA_RUNTIME_API` is set, and serves a socket everywhere else. Built for WebAssembly with the feature `spin` it
//! is the component's handler. Without either it is nothing, so that whoever uses a function as a library builds no host.

pub mod boot;
#[cfg(feature = "native")]
pub mod native;
