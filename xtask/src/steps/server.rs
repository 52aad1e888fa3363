//! The steps that talk to a server of their own, in languages of their own.

use super::{Context, MINUTE};
use crate::counts;
use crate::report::Outcome;
use crate::server::Server;
use crate::tools::{BROWSER, DEPLOY_CHECK, SCHEMATHESIS, Tool};
use std::path::Path;

pub(super) fn browser(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    with_server(context, "browser", |server| {
        let mut command = workspace.command(context.toolbox.path(Tool::Node).unwrap_or(Path::new("node")));
        command.arg(format!("{BROWSER}/run.mjs"));
        // By environment: a process list shows what is on a command line.
        command.env("TRUCE_URL", &server.url).env("TRUCE_ORGANISER_KEY", &server.key);
        command.env("TRUCE_SCREENSHOTS", workspace.target.join("screenshots"));
        // The status page is a monitor's, which is a process of its own.
        command.env("TRUCE_BUILT", workspace.target.join("debug"));
        command.env("CHROMIUM", context.toolbox.path(Tool::Chromium).unwrap_or(Path::new("chromium")));
        context.counted("browser", command, 10 * MINUTE, counts::last_line)
    })
}

pub(super) fn schemathesis(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    with_server(context, "schemathesis", |server| {
        let python = context.toolbox.path(Tool::Schemathesis).and_then(Path::parent).unwrap_or(Path::new(""));
        let mut command = workspace.command(python.join("python"));
        command.arg(format!("{SCHEMATHESIS}/run.py")).args(["--url", &server.url]);
        // Its signs are not in every encoding.
        command.env("TRUCE_ORGANISER_KEY", &server.key).env("PYTHONUTF8", "1");
        context.counted("schemathesis", command, 10 * MINUTE, counts::schemathesis)
    })
}

/// Somebody uses it, and a real Prometheus reads what was counted.
pub(super) fn prometheus(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    with_server(context, "prometheus", |server| {
        let python = context.toolbox.path(Tool::DeployCheck).and_then(Path::parent).unwrap_or(Path::new(""));
        let mut command = workspace.command(python.join("python"));
        command.arg(format!("{DEPLOY_CHECK}/prometheus.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("TRUCE_URL", &server.url).env("TRUCE_ORGANISER_KEY", &server.key);
        command.env("TRUCE_METRICS_URL", &server.metrics);
        command.env("TRUCE_MONITOR_NUMBERS", workspace.target.join("debug/examples/numbers"));
        command.env("PROMETHEUS", context.toolbox.path(Tool::Prometheus).unwrap_or(Path::new("prometheus")));
        context.counted("prometheus", command, 5 * MINUTE, counts::last_line)
    })
}

/// A server for as long as `body` takes, whatever comes of it.
fn with_server(context: &Context<'_>, name: &str, body: impl FnOnce(&Server) -> Outcome) -> Outcome {
    match Server::start(context.runner.workspace, &context.runner.workspace.truce(), name) {
        Ok(server) => body(&server),
        Err(problem) => Outcome::failed(problem),
    }
}
