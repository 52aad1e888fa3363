//! The steps that compile and run tests in Rust.

use super::{Context, MINUTE};
use crate::counts;
use crate::report::Outcome;
use crate::tools::Tool;
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;

/// Built as the tests are, in one go, so that the server they talk to costs nothing extra.
pub(super) fn build(context: &Context<'_>) -> Outcome {
    let command = cargo(context.runner.workspace, &["build"], &["--lib", "--bins", "--tests", "--examples"]);
    context.check("build", command, 40 * MINUTE)
}

/// `cargo` with `before`, the whole workspace, each function's own binary, and `after`: always the same features, so that
/// no step builds anew what another has built.
pub(super) fn cargo(workspace: &Workspace, before: &[&str], after: &[&str]) -> Command {
    let mut command = workspace.cargo(before);
    command.arg("--workspace").args(features(workspace)).args(after);
    command
}

fn features(workspace: &Workspace) -> Vec<String> {
    let functions = workspace.functions();
    functions.iter().flat_map(|function| ["--features".to_owned(), format!("truce-{function}/host")]).collect()
}

/// What needs one server for all its tests runs in `contract` and in `hosts`.
const ELSEWHERE: &str = "not (binary_id(truce-contract::native) or binary_id(truce-contract::hosts))";

/// What runs the tests, and what only some of them need.
pub(super) const NEEDS: [Tool; 8] = {
    let [wasm, zbar, redis, alertmanager, node, dynalite, webhooks] = SOME_NEED;
    [Tool::Nextest, wasm, zbar, redis, alertmanager, node, dynalite, webhooks]
};
pub(super) const SOME_NEED: [Tool; 7] =
    [Tool::Wasm, Tool::Zbar, Tool::Redis, Tool::Alertmanager, Tool::Node, Tool::Dynalite, Tool::Webhooks];

/// What some tests cannot do without, and which they are.
const PARTS: [(Tool, &str); 6] = [
    (Tool::Wasm, "package(truce-spin-host) | (package(truce-store) & binary(spin))"),
    (Tool::Zbar, "test(/zbar/)"),
    (Tool::Redis, "package(truce-store) & binary(/^redis/)"),
    (Tool::Dynalite, "package(truce-store) & binary(/^dynamodb/)"),
    (Tool::Alertmanager, "(package(truce-notify) & binary(alertmanager)) | (package(truce) & binary(alerts))"),
    (
        Tool::Webhooks,
        "(package(truce-notify) & binary(/^(webhook|slack|alertmanager)$/)) | (package(truce) & binary(alerts))",
    ),
];

/// So many tests wait for a clock and for nothing else, by `.config/nextest.toml`: they have threads besides those of the cores.
const WAITING: usize = 5;

fn threads() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores + WAITING).to_string()
}

pub(super) fn unit(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let nextest = context.toolbox.path(Tool::Nextest).unwrap_or(Path::new("cargo-nextest"));
    let mut command = with_truce(context, workspace.command(nextest));
    command
        .args(["nextest", "run", "--workspace", "--no-fail-fast", "--test-threads", &threads()])
        .args(features(workspace));
    if let Some(node) = context.toolbox.path(Tool::Node) {
        command.env("TRUCE_NODE", node);
    }
    command.envs(context.toolbox.path(Tool::Webhooks).map(|python| ("TRUCE_WEBHOOKS_PYTHON", python)));
    let missing = PARTS.iter().filter_map(|(part, tests)| Some((part, tests, context.toolbox.why_missing(*part)?)));
    let missing: Vec<_> = missing.collect();
    let filter =
        missing.iter().fold(ELSEWHERE.to_owned(), |filter, (_, tests, _)| format!("{filter} and not ({tests})"));
    command.args(["--filterset", &filter]);
    let mut outcome = context.counted("unit", command, 20 * MINUTE, counts::nextest);
    // What nextest calls skipped is what the filter left out.
    outcome.counts.skipped = u32::try_from(missing.len()).unwrap_or(u32::MAX);
    for (part, _, why) in missing {
        outcome = outcome.note(format!("the tests with {} did not run: {why}", part.name().0));
    }
    outcome
}

pub(super) fn doctests(context: &Context<'_>) -> Outcome {
    let command = cargo(context.runner.workspace, &["test"], &["--doc", "--no-fail-fast"]);
    context.counted("doctests", command, 20 * MINUTE, counts::libtest)
}

/// By `cargo test`, in one process: its journeys share a server.
pub(super) fn contract(context: &Context<'_>) -> Outcome {
    // The ignored ones are those that wait for a minute.
    let command =
        cargo(context.runner.workspace, &["test"], &["--test", "native", "--no-fail-fast", "--", "--include-ignored"]);
    let command = with_truce(context, command);
    context.counted("contract", command, 20 * MINUTE, counts::libtest)
}

/// Tells tests where the built command is.
pub(super) fn with_truce(context: &Context<'_>, mut command: Command) -> Command {
    command.env("TRUCE_BIN", context.runner.workspace.truce());
    command
}
