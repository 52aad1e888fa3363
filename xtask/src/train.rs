//! `cargo xtask train`: fits the risk head of the mediator's safety gate, and says how well it does.

use crate::workspace::Workspace;
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

const WEIGHTS: &str = "shared/mediation/src/classify/risk/weights.bin";
/// Written for this project, and the corpora of the tests that the rules were tuned on. What tests hold out is not here.
const SENTENCES: [&str; 4] = [
    "shared/mediation/training",
    "shared/mediation/tests/corpus/written.tsv",
    "shared/mediation/tests/corpus/second.tsv",
    "shared/mediation/tests/corpus/third.tsv",
];
const HELD_OUT: [&str; 3] = [
    "shared/mediation/tests/corpus/blind_a.tsv",
    "shared/mediation/tests/corpus/blind_b.tsv",
    "shared/mediation/tests/corpus/blind_c.tsv",
];

/// What to train on.
#[derive(Args)]
pub(crate) struct Train {
    /// More sentences: a folder of `label<TAB>text` files, or one file; may be repeated. Weights that were trained on
    /// more than what is checked in do not pass the tests
    #[arg(long, value_name = "DIR")]
    data: Vec<PathBuf>,
}

impl Train {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let mut command = trainer(workspace);
        command.args([WEIGHTS]).args(SENTENCES).args(self.data).arg("--on").args(HELD_OUT);
        let status = command.status().map_err(|error| format!("the trainer cannot be run: {error}"))?;
        Ok(status.success())
    }
}

/// Compares what is checked in with what training makes.
pub(crate) fn check(workspace: &Workspace) -> Command {
    let mut command = trainer(workspace);
    command.args([WEIGHTS, "--check"]).args(SENTENCES);
    command
}

fn trainer(workspace: &Workspace) -> Command {
    let package = ["--package", "truce-mediation", "--features", "training", "--bin", "truce-train"];
    let mut command = workspace.cargo(&["run", "--quiet", "--release"]);
    command.args(package).arg("--");
    command
}
