//! What the server writes about itself, to standard error: a line a request, and the audit trail. Nothing that people
//! say, and no token, is ever in it.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Begins to log, by `RUST_LOG` (`info` when it is not set), as JSON where `TRUCE_LOG=json`.
pub(crate) fn begin() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("TRUCE_LOG").is_ok_and(|form| form == "json") {
        builder.json().flatten_event(true).init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).compact().init();
    }
    std::panic::set_hook(Box::new(|panic| {
        // Where, not what: the message may hold whatever the code was working on.
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a panic");
    }));
}
