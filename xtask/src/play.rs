//! `cargo xtask play`: what `podman kube play` takes, made by kustomize from deploy/kubernetes. That it can be played is shown by
//! [`crate::harness::play`].

use crate::console::Console;
use crate::harness;
use crate::report;
use crate::run::Runner;
use crate::setup::{self, Toolbox};
use crate::tools::Tool;
use crate::workspace::Workspace;
use clap::Args;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Write the pods of deploy/kubernetes as `podman kube play` takes them, to target/package/truce.yaml
///
/// It is what `kubectl kustomize podman-local/play` prints. docs/deploy/server.md tells what to do with it.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Play {
    /// For a machine that gives ordinary users no limits of memory
    #[arg(long)]
    unlimited: bool,
    /// Play it, show that it does what docs/deploy/server.md says, and remove it: the step `play` of `cargo xtask test`
    #[arg(long, conflicts_with = "unlimited")]
    prove: bool,
}

impl Play {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let runner = Runner { workspace, console: Console::new(false) };
        let tools: &[Tool] = if self.prove { &harness::play::TOOLS } else { &[Tool::DeployCheck] };
        let toolbox = setup::ensure(&runner, tools)?;
        if let Some((tool, why)) = tools.iter().find_map(|tool| Some((tool, toolbox.why_missing(*tool)?))) {
            return Err(format!("{} is missing: {why}", tool.name().0));
        }
        if self.prove {
            harness::packaged(workspace)?;
            let begun = Instant::now();
            let outcome = harness::play::prove(&runner, &toolbox);
            return Ok(report::print(runner.console, &[("play", outcome, begun.elapsed())], begun.elapsed()));
        }
        let folder = workspace.target.join("package");
        let path = folder.join("truce.yaml");
        let pods = pods(workspace, &toolbox, !self.unlimited)?;
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&path, pods))
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        println!("{}", workspace.shown(&path));
        Ok(true)
    }
}

/// All pods, with their limits or without.
pub(crate) fn pods(workspace: &Workspace, toolbox: &Toolbox, limits: bool) -> Result<String, String> {
    let folder = if limits { "podman-local/play" } else { "podman-local/play-unlimited" };
    // It comes with what checks deploy/.
    let bin = toolbox.path(Tool::DeployCheck).and_then(Path::parent).unwrap_or(Path::new(""));
    let output = workspace.command(bin.join("kubectl")).args(["kustomize", folder]).output();
    let output = output.map_err(|error| format!("kubectl cannot be started: {error}"))?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|_| "kubectl printed what is not text".to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{folder} does not fit deploy/kubernetes: {}",
        said.trim().lines().last().unwrap_or("kubectl is silent")
    ))
}
