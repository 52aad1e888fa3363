//! A function's own binary.

use crate::host::{boot, check, given, lambda, process};
use crate::{Environment, log};
use axum::Router;
use std::fmt::Display;
use std::process::ExitCode;

/// What the `main` of a function's binary does: runs it on AWS Lambda when that is who started it, on a socket otherwise,
/// with settings from the environment. [`host!`](crate::host!) writes the call. With `--check` it serves nothing: it asks the one
/// that does, in the same container, whether it is ready.
pub fn serve(name: &str, function: fn(Environment) -> Router) -> ExitCode {
    let lookup = |name: &str| given::setting(name, |name| std::env::var_os(name));
    if std::env::args_os().skip(1).eq(["--check"]) {
        return ended(name, check::ready(lookup));
    }
    log::begin();
    let on_lambda = std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some();
    // An instance on Lambda answers one request at a time: more threads would only be more to start.
    let mut runtime = if on_lambda {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let ran = match runtime.enable_all().build() {
        Ok(runtime) if on_lambda => runtime.block_on(lambda::run(name, function, lookup)),
        Ok(runtime) => runtime.block_on(process::run(name, function, lookup)),
        Err(error) => Err(boot::Refusal::Host(format!("the system gives no threads: {error}"))),
    };
    ended(name, ran)
}

fn ended(name: &str, how: Result<(), impl Display>) -> ExitCode {
    match how {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Not to the log: whoever starts a function reads it, however much or little is logged.
            #[allow(clippy::print_stderr)]
            {
                eprintln!("truce-{name}: {why}");
            }
            ExitCode::FAILURE
        }
    }
}
