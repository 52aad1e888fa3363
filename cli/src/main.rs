//! The `truce` command. Without a subcommand it serves: `cargo run` on a fresh clone is `truce dev`.
//!
//! Each subcommand is a module; this one only parses and, when something goes wrong, says so in one sentence.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to people
#![allow(clippy::doc_markdown, rustdoc::bare_urls)] // `--help` shows these comments as they are

mod certs;
mod data;
mod dev;
mod doctor;
mod failure;
mod functions;
mod keys;
mod mediate;
mod monitor;
mod openapi;
mod qr;
mod shortcuts;
mod welcome;
mod well;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// Strings are made on one thread and dropped on another all the time; glibc's allocator takes a lock for each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Truce: a mediator for teams who have stopped getting along, worn on the wrist.
///
/// Without a command it serves everything on this machine, as `truce dev` does, and prints what to do next.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    dev: dev::Dev,
}

// What has no comment here has one at its own definition: `--help` shows it whole.
#[derive(Subcommand)]
enum Command {
    /// Serve all four functions in this process, with what they keep in one folder
    Dev(dev::Dev),
    Qr(qr::Qr),
    Keys(keys::Keys),
    Certs(certs::Certs),
    Shortcuts(shortcuts::Shortcuts),
    Mediate(mediate::Mediate),
    Monitor(monitor::Monitor),
    Doctor(doctor::Doctor),
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command.unwrap_or(Command::Dev(cli.dev)) {
        Command::Dev(dev) => dev.run(),
        Command::Qr(qr) => qr.run(),
        Command::Keys(keys) => keys.run(),
        Command::Certs(certs) => certs.run(),
        Command::Shortcuts(shortcuts) => shortcuts.run(),
        Command::Mediate(mediate) => mediate.run(),
        Command::Monitor(monitor) => monitor.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Openapi => openapi::print(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has had enough of it, as `head` has.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("truce: {failure}");
            ExitCode::FAILURE
        }
    }
}
