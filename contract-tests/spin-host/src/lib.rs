//! A host for Spin components, on wasmtime: it reads a `spin.toml` and honours it.
//!
//! **This is not Spin.** It is a stand-in for machines on which no Spin can be had, so that the contract suite can run
//! the components as `spin.toml` declares them: their routes, their variables, whom they may call and which databases
//! they may open. What the manifest does not grant is refused as Spin refuses it, and a key that this host does not
//! honour is refused by name. The engine, the machinery for instances and the router are the ones Spin uses; the rest is
//! written after Spin's documentation. The crate's README says what differs.
//!
//! What may be changed here: whatever brings it nearer to Spin. What may not: a kindness Spin does not have.

mod application;
mod failure;
mod grants;
mod interfaces;
mod manifest;
mod routes;
mod server;
mod settled;
mod state;
mod variables;
mod worker;

pub use application::Application;
pub use failure::Failure;
pub use manifest::{Build, Component, HttpTrigger, Manifest, Variable};
pub use routes::Routes;
pub use server::serve;
pub use variables::Variables;
pub use worker::Reuse;

use std::fmt::Arguments;
use std::io::Write as _;

/// One line on stderr for whoever runs the components. If nobody reads it, nothing is lost but the line.
fn note(what: Arguments<'_>) {
    let line = what.to_string().replace('\n', " ");
    let _ = writeln!(std::io::stderr(), "truce-spin-host: {line}");
}
