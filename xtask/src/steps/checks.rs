//! The steps that pass or fail as one.

use super::{Context, MINUTE};
use crate::counts::Counts;
use crate::openapi;
use crate::report::Outcome;
use crate::tools::Tool;
use crate::train;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn fmt(context: &Context<'_>) -> Outcome {
    let outcome = context.check("fmt", context.runner.workspace.cargo(&["fmt", "--all", "--check"]), 2 * MINUTE);
    if outcome.good() { outcome } else { outcome.note("`cargo fmt --all` mends it") }
}

pub(super) fn clippy(context: &Context<'_>) -> Outcome {
    let arguments = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    context.check("clippy", context.runner.workspace.cargo(&arguments), 30 * MINUTE)
}

pub(super) fn rustdoc(context: &Context<'_>) -> Outcome {
    let mut command = context.runner.workspace.cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    context.check("rustdoc", command, 20 * MINUTE)
}

/// Advisories are looked up where their database can be had, which is not on a machine without a network.
pub(super) fn deny(context: &Context<'_>) -> Outcome {
    let licences = context.check(
        "deny",
        cargo_deny(context, &["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]),
        5 * MINUTE,
    );
    let fetched = context.runner.run_discreetly("deny-fetch", cargo_deny(context, &["fetch", "db"]), MINUTE).ended_well;
    let kept = kept_advisories();
    if !fetched && kept.is_none() {
        return licences.note("advisories: not checked here (no database)");
    }
    let mut advisories =
        context.check("deny-advisories", cargo_deny(context, &["--offline", "check", "advisories"]), 5 * MINUTE);
    advisories.counts = advisories.counts.add(licences.counts);
    advisories.notes.splice(..0, licences.notes);
    if !licences.counts.eq(&Counts::PASSED) {
        advisories.log = licences.log;
    }
    if fetched { advisories } else { advisories.note("advisories: checked against an older database (no network)") }
}

fn cargo_deny(context: &Context<'_>, arguments: &[&str]) -> Command {
    let program = context.toolbox.path(Tool::Deny).unwrap_or(Path::new("cargo-deny"));
    let mut command = context.runner.workspace.command(program);
    command.args(["--color", "never", "--all-features"]).args(arguments).env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// A database that an earlier run has fetched, where cargo-deny keeps it.
fn kept_advisories() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
    let databases = std::fs::read_dir(home.join("advisory-dbs")).ok()?;
    databases.flatten().map(|entry| entry.path()).find(|path| path.join(".git").exists())
}

pub(super) fn weights(context: &Context<'_>) -> Outcome {
    let outcome = context.check("weights", train::check(context.runner.workspace), 10 * MINUTE);
    if outcome.good() { outcome } else { outcome.note("`cargo xtask train` makes them anew") }
}

pub(super) fn openapi(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    match (openapi::printed(workspace), std::fs::read_to_string(workspace.root.join(openapi::FILE))) {
        (Ok(now), Ok(written)) => match openapi::first_difference(&written, &now) {
            None => Outcome::new(Counts::PASSED),
            Some(difference) => {
                Outcome::failed(format!("{} is not current; `cargo xtask openapi` writes it anew", openapi::FILE))
                    .note(difference)
            }
        },
        (Err(problem), _) => Outcome::failed(problem),
        (_, Err(error)) => Outcome::failed(format!("{} cannot be read: {error}", openapi::FILE)),
    }
}
