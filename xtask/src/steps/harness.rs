//! The step that runs the local harness, and changes it while people use it.

use super::Context;
use crate::harness;
use crate::report::Outcome;

/// With the programs that `package` made and the journeys that `build` did.
pub(super) fn prove(context: &Context<'_>) -> Outcome {
    match harness::packaged(context.runner.workspace) {
        Ok(()) => harness::prove(&context.runner, &context.toolbox),
        // `package` has said why.
        Err(why) => Outcome::skipped(why),
    }
}

/// The pods of deploy/kubernetes, with the same programs.
pub(super) fn play(context: &Context<'_>) -> Outcome {
    match harness::packaged(context.runner.workspace) {
        Ok(()) => harness::play::prove(&context.runner, &context.toolbox),
        // `package` has said why.
        Err(why) => Outcome::skipped(why),
    }
}

/// The units for a server, with the same programs.
pub(super) fn server(context: &Context<'_>) -> Outcome {
    match harness::packaged(context.runner.workspace) {
        Ok(()) => harness::started::prove(&context.runner, &context.toolbox),
        // `package` has said why.
        Err(why) => Outcome::skipped(why),
    }
}
