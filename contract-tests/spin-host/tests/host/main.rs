//! The host with a real component, as a process: what the manifest grants, what it does not, and how instances live.
#![allow(clippy::unwrap_used, clippy::print_stderr)] // a panic is the report; a skip is printed

mod harness;
mod instances;
mod outbound;
mod routing;
mod storage;
mod variables;

/// The host, or the end of a test that cannot run here: [`harness::probe`] has said why.
macro_rules! or_skip {
    ($plan:expr) => {
        match $plan {
            Some(plan) => plan,
            None => return,
        }
    };
}
use or_skip;
