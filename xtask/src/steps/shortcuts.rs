//! The step about what goes onto a Watch.

use super::{Context, MINUTE};
use crate::counts;
use crate::report::Outcome;
use crate::tools::{SHORTCUTKIT, Tool};
use std::path::Path;

/// Built as people build them, in both ways of keeping a session, and looked up by somebody else's program.
pub(super) fn check(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let folders = ["store", "text"].map(|session| (session, workspace.target.join("shortcuts").join(session)));
    for (session, folder) in &folders {
        // What an earlier checkout has built is not looked at.
        let _ = std::fs::remove_dir_all(folder);
        let mut build = workspace.command(workspace.truce());
        build.args(["shortcuts", "build", "--url", "https://truce.example", "--session", session, "--out"]).arg(folder);
        let ran = context.runner.run_discreetly("shortcuts-build", build, MINUTE);
        if !ran.ended_well {
            return Outcome::failed(ran.output);
        }
    }
    let python = context.toolbox.path(Tool::Shortcutkit).unwrap_or(Path::new("python3"));
    let mut command = workspace.command(python);
    command.arg(format!("{SHORTCUTKIT}/check.py")).args(folders.map(|(_, folder)| folder));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    context.counted("shortcuts", command, 2 * MINUTE, counts::last_line)
}
