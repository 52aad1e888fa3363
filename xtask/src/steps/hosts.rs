//! The step that runs the journeys on every host.

use super::{Context, MINUTE, rust};
use crate::counts;
use crate::package::{Package, What};
use crate::report::Outcome;
use crate::setup::Toolbox;
use crate::tools::Tool;
use std::process::Command;

/// Each host can do without those of the others.
pub(super) const PARTS: [Tool; 11] = [
    Tool::Wasm,
    Tool::Node,
    Tool::Redis,
    Tool::CargoLambda,
    Tool::LambdaEmulator,
    Tool::Dynalite,
    Tool::HERE_STATIC,
    Tool::Zig,
    Tool::Podman,
    Tool::Traefik,
    Tool::HaProxy,
];
/// Without these there is no edge.
const EDGE: [Tool; 6] = [Tool::HERE_STATIC, Tool::Zig, Tool::Redis, Tool::Podman, Tool::Traefik, Tool::HaProxy];

const WRITE: &str = "TRUCE_WRITE_PARITY";

/// The functions' binaries as `build` made them; the components, and what is in containers, as they are shipped.
pub(super) fn every(context: &Context<'_>) -> Outcome {
    let workspace = context.runner.workspace;
    let toolbox = &context.toolbox;
    let mut command = rust::with_truce(context, rust::cargo(workspace, &["test"], &["--test", "hosts"]));
    told_of_parts(&mut command, toolbox);
    // Set by whoever runs this, it writes docs/host-parity.md instead of looking at it.
    command.envs(std::env::var_os(WRITE).map(|value| (WRITE, value)));
    let (mut what, mut too_large) = (Vec::new(), false);
    what.extend(toolbox.path(Tool::Wasm).is_some().then_some(What::Spin));
    what.extend(EDGE.iter().all(|tool| toolbox.why_missing(*tool).is_none()).then_some(What::HERE));
    // Of nothing it would be all.
    if !what.is_empty() {
        match (Package { what, again: false }).run(workspace) {
            Ok(small) => too_large = !small,
            Err(problem) => return Outcome::failed(problem),
        }
    }
    if toolbox.path(Tool::Wasm).is_some() {
        command.env("TRUCE_SPIN_TOML", workspace.target.join("package/spin/spin.toml"));
    }
    let mut outcome = context.counted("hosts", command, 20 * MINUTE, counts::libtest);
    let missing = PARTS.into_iter().filter_map(|tool| Some((tool, toolbox.why_missing(tool)?)));
    outcome.notes.extend(missing.map(|(tool, why)| format!("{} is missing: {why}", tool.name().0)));
    outcome.notes.extend(too_large.then(|| "what is shipped is larger than the project has set itself".to_owned()));
    outcome
}

/// Tells the suite where set-up has put what is not on PATH.
pub(super) fn told_of_parts(command: &mut Command, toolbox: &Toolbox) {
    for (name, tool) in [
        ("TRUCE_NODE", Tool::Node),
        ("TRUCE_CARGO_LAMBDA", Tool::CargoLambda),
        ("TRUCE_LAMBDA_RIE", Tool::LambdaEmulator),
        ("TRUCE_TRAEFIK", Tool::Traefik),
        ("TRUCE_HAPROXY", Tool::HaProxy),
    ] {
        command.envs(toolbox.path(tool).map(|path| (name, path)));
    }
}
