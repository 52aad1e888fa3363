//! The steps about what is deployed.

use super::{Context, MINUTE};
use crate::counts;
use crate::package::{Package, What};
use crate::report::Outcome;
use crate::tools::{DEPLOY_CHECK, DEPLOY_PACKAGE, Tool};
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;

/// Against the schemas of those who would take it, and against the code.
pub(super) fn check(context: &Context<'_>) -> Outcome {
    context.counted("deploy", checks(context, context.runner.workspace), 5 * MINUTE, counts::last_line)
}

/// The program that checks `deploy/` of this workspace.
pub(super) fn checks(context: &Context<'_>, workspace: &Workspace) -> Command {
    let bin = context.toolbox.path(Tool::DeployCheck).and_then(Path::parent).unwrap_or(Path::new(""));
    let mut command = workspace.command(bin.join("python"));
    command.arg(format!("{DEPLOY_CHECK}/check.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Made as for a deployment, unpacked by somebody else's program, started and asked.
pub(super) fn package(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let here = if cfg!(target_arch = "aarch64") { What::Arm64 } else { What::X86 };
    let small = match (Package { what: vec![here, What::Spin], again: false }).run(workspace) {
        Ok(small) => small,
        Err(problem) => return Outcome::failed(problem),
    };
    let python = context.toolbox.path(Tool::Python).unwrap_or(Path::new("python3"));
    let mut command = workspace.command(python);
    command.arg(format!("{DEPLOY_PACKAGE}/try.py")).arg(workspace.target.join("package"));
    let mut outcome = context.counted("package", command, 5 * MINUTE, counts::last_line);
    if !small {
        outcome.counts.failed += 1;
        outcome.notes.push("one is larger than the project has set itself".to_owned());
    }
    outcome
}
