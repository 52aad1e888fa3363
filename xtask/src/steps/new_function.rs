//! The step that adds a function to a copy of the checkout, and sees it work on every host.

use super::{Context, MINUTE, deploy, hosts, rust};
use crate::copy;
use crate::counts::{self, Counts};
use crate::new_function::NewFunction;
use crate::package;
use crate::report::Outcome;
use crate::tools::{DYNALITE, Tool};
use crate::workspace::Workspace;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Those of the hosts, and what looks at `deploy/`.
pub(super) const PARTS: [Tool; 8] = {
    let [wasm, node, redis, cargo_lambda, emulator, dynalite, ..] = hosts::PARTS;
    [wasm, node, redis, cargo_lambda, emulator, dynalite, Tool::DeployCheck, Tool::Rustfmt]
};

/// Of more than one word: those are written in three ways.
const NAME: &str = "team-mood";
const TEST: &str = "team_mood";
/// Its first row names the hosts.
const PARITY: &str = "docs/host-parity.md";
/// Its containers are what was packaged, and the fifth function is not. What an edge is told of a function it reads in spin.toml, as of every other
/// (`harness/routes.rs`).
const SPARED: &str = "edge";

pub(super) fn on_every_host(context: &Context<'_>) -> Outcome {
    match tried(context) {
        Ok(outcome) => outcome,
        Err(why) => Outcome::failed(why),
    }
}

fn tried(context: &Context<'_>) -> Result<Outcome, String> {
    let here = context.runner.workspace;
    let folder = copy::of_the_checkout(&context.runner, "new-function")?;
    let there = Workspace { root: folder.0.clone(), target: folder.0.join("target"), ci: here.ci };
    of_another_version(&there.root)?;
    borrowed(here, &there, DYNALITE)?;
    NewFunction { name: NAME.to_owned() }.write(&there)?;

    let built = beside(here, rust::cargo(&there, &["build"], &["--bins", "--test", "hosts", "--test", TEST]));
    let mut outcome = context.check("new-function-build", built, 40 * MINUTE);
    if !outcome.good() {
        return Ok(outcome);
    }
    let mut laid_out = there.cargo(&["fmt", "--all", "--", "--check"]);
    laid_out.env("CARGO_TERM_COLOR", "never");
    let own = beside(here, rust::cargo(&there, &["test"], &["--test", TEST, "--bin", "xtask"]));
    for one in [
        context.check("new-function-fmt", laid_out, 5 * MINUTE),
        context.counted("new-function-deploy", deploy::checks(context, &there), 5 * MINUTE, counts::last_line),
        context.counted("new-function-own", own, 20 * MINUTE, counts::libtest),
        described(&there),
        journeys(context, &there)?,
    ] {
        outcome = and(outcome, one);
    }
    Ok(outcome)
}

/// Its journeys, on every host that the others do theirs on.
fn journeys(context: &Context<'_>, there: &Workspace) -> Result<Outcome, String> {
    let here = context.runner.workspace;
    let manifest = package::one_more_component(&context.runner, &context.toolbox, &there.root, NAME)?;
    let theirs = format!("::{NAME}::");
    let mut command = beside(here, rust::cargo(there, &["test"], &["--test", "hosts", "--", &theirs]));
    command.env("TRUCE_BIN", there.truce()).env("TRUCE_SPIN_TOML", manifest);
    hosts::told_of_parts(&mut command, &context.toolbox);
    let mut outcome = context.counted("new-function-hosts", command, 20 * MINUTE, counts::libtest);
    let output = outcome.log.as_ref().and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
    let parity = fs::read_to_string(here.root.join(PARITY)).map_err(|error| format!("{PARITY}: {error}"))?;
    for host in not_asked(&parity, &output) {
        outcome.counts.failed += 1;
        outcome.notes.push(format!("its journeys were not done on {host}"));
    }
    Ok(outcome)
}

/// The hosts in the table's first row that a run of the suite did not name, though they are not spared.
fn not_asked<'a>(parity: &'a str, output: &str) -> Vec<&'a str> {
    let row = parity.lines().find_map(|line| line.strip_prefix("| journey |")).unwrap_or_default();
    let hosts: Vec<&str> = row.split('|').map(str::trim).filter(|host| !host.is_empty() && *host != SPARED).collect();
    if hosts.is_empty() {
        return vec!["any host: the table names none"];
    }
    hosts.into_iter().filter(|host| !output.contains(&format!("test {host}::{NAME}::"))).collect()
}

/// Whether the whole API's description has it.
fn described(there: &Workspace) -> Outcome {
    match crate::openapi::printed(there) {
        Ok(text) if text.contains(&format!("\"/{NAME}\"")) => Outcome::new(Counts::PASSED),
        Ok(_) => Outcome::failed(format!("`truce openapi` does not know /{NAME}")),
        Err(why) => Outcome::failed(why),
    }
}

/// What compiles in the copy takes the dependencies from this checkout's target folder; what comes out stays in the copy's.
fn beside(here: &Workspace, mut command: Command) -> Command {
    command.env("CARGO_BUILD_BUILD_DIR", &here.target).env_remove("CARGO_BUILD_TARGET_DIR");
    command.env("CARGO_TARGET_DIR", "target");
    command
}

/// Of one version, cargo would take the copy's crates for ours, and ours for the copy's.
fn of_another_version(root: &Path) -> Result<(), String> {
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, after) = text.split_once("\nversion = \"").ok_or("Cargo.toml has no version")?;
    let (version, after) = after.split_once('"').ok_or("Cargo.toml has no version")?;
    fs::write(&path, format!("{before}\nversion = \"{version}-copy\"{after}"))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// What npm has installed is not in git.
fn borrowed(here: &Workspace, there: &Workspace, folder: &str) -> Result<(), String> {
    let modules = |workspace: &Workspace| workspace.root.join(folder).join("node_modules");
    std::os::unix::fs::symlink(modules(here), modules(there)).map_err(|error| format!("{folder}: {error}"))
}

fn and(mut one: Outcome, other: Outcome) -> Outcome {
    one.counts = one.counts.add(other.counts);
    one.notes.extend(other.notes);
    one.log = other.log.or(one.log);
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_was_not_asked_is_named() {
        let parity = "text\n| journey | native | edge | spin |\n| --- | :-: | :-: | :-: |\n";
        let output = "test native::team-mood::greets ... ok\ntest spin::other::x ... ok\n";
        assert_eq!(not_asked(parity, output), ["spin"]);
        assert_eq!(not_asked("no table", output).len(), 1);
    }
}
