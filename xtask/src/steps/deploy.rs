//! The steps about what is deployed.

use super::{Context, MINUTE};
use crate::counts;
use crate::report::Outcome;
use crate::tools::{DEPLOY_CHECK, Tool};
use std::path::Path;

/// Against the schemas of those who would take it, and against the code.
pub(super) fn check(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let bin = context.toolbox.path(Tool::DeployCheck).and_then(Path::parent).unwrap_or(Path::new(""));
    let mut command = workspace.command(bin.join("python"));
    command.arg(format!("{DEPLOY_CHECK}/check.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    context.counted("deploy", command, 5 * MINUTE, counts::last_line)
}
