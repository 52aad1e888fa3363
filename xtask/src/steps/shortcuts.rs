//! The step about what goes onto a Watch.

use super::{Context, MINUTE};
use crate::counts;
use crate::report::Outcome;
use crate::tools::{SHORTCUTKIT, Tool};
use std::path::Path;

/// Whom they are built for.
const URL: &str = "https://truce.example";

/// Built as people build them, in both ways of keeping a session, looked up by somebody else's program, and known again when
/// another of those has signed them.
pub(super) fn check(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let folders = ["store", "text"].map(|session| (session, workspace.target.join("shortcuts").join(session)));
    for (session, folder) in &folders {
        // What an earlier checkout has built is not looked at.
        let _ = std::fs::remove_dir_all(folder);
        let mut build = workspace.command(workspace.truce());
        build.args(["shortcuts", "build", "--url", URL, "--session", session, "--out"]).arg(folder);
        let ran = context.runner.run_discreetly("shortcuts-build", build, MINUTE);
        if !ran.ended_well {
            return Outcome::failed(ran.output);
        }
    }
    let python = context.toolbox.path(Tool::Shortcutkit).unwrap_or(Path::new("python3"));
    let run = |program: &str| {
        let mut command = workspace.command(python);
        command.arg(format!("{SHORTCUTKIT}/{program}")).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let folders = folders.map(|(_, folder)| folder);
    let mut check = run("check.py");
    check.args(&folders);
    let known = context.counted("shortcuts", check, 2 * MINUTE, counts::last_line);
    let mut verify = run("verify.py");
    verify.arg(workspace.truce()).arg(URL).args(&folders);
    let verified = context.counted("shortcuts-verify", verify, 3 * MINUTE, counts::last_line);
    both(known, verified)
}

/// Both in one, and where the one that has failed can be read.
fn both(one: Outcome, other: Outcome) -> Outcome {
    let log = if one.good() { other.log } else { one.log };
    Outcome { counts: one.counts.add(other.counts), notes: [one.notes, other.notes].concat(), log }
}
