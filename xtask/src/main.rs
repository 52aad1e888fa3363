//! `cargo xtask`: set-up, test, bench, package. What a person types and what CI runs is the same command.
//!
//! Each subcommand is a module. Below them: [`workspace`] knows where things are, [`run`] runs a program in sight of
//! whoever waits, [`setup`] brings what is missing, [`counts`] reads what test programs say about themselves.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to people

mod bench;
mod console;
mod copy;
mod counts;
mod first_run;
mod harness;
mod http;
mod machine;
mod new_function;
mod openapi;
mod package;
mod play;
mod report;
mod run;
mod server;
mod setup;
mod steps;
mod test;
mod tools;
mod train;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

/// Set up, test and measure Truce.
///
/// Start with `cargo xtask test`: it sets up what it needs, runs everything, and its last line reads
/// `N passed, N failed`. Nothing is installed with `sudo`: where that is needed, the command to type is printed.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask test                          everything, as CI runs it
  cargo xtask test --only fmt --only clippy before a commit
  cargo xtask test --list                   the steps, and what each is for
  cargo xtask bench tokens mediation        against the targets
  cargo xtask bench server                  load on the real server, on SQLite
  cargo xtask bench hosts                   what is shipped: sizes, starts on AWS Lambda, instances on Spin
  cargo xtask new-function team-mood        a fifth function, on every host at once
  cargo xtask package                       zips, programs and components to deploy
  cargo xtask harness up                    all of it in containers behind an edge, on this machine

In the environment:
  CI=true          a part that is missing fails the run; without it, it is skipped and named
  NO_COLOR=1       no colours on a terminal either
  XDG_CACHE_HOME   tools are kept in $XDG_CACHE_HOME/truce/tools (~/.cache/truce/tools)";

#[derive(Subcommand)]
enum Command {
    /// Install what the tests need and is not there yet
    Setup,
    /// Run every check and every test
    Test(test::Test),
    /// Measure: tokens, mediation, the store, the server under load, what is shipped
    Bench(bench::Bench),
    /// Measure how long a clean clone with an empty cargo cache takes to answer
    FirstRun(first_run::FirstRun),
    NewFunction(new_function::NewFunction),
    /// Write docs/openapi.json anew
    Openapi,
    Package(package::Package),
    Harness(harness::Harness),
    Play(play::Play),
    /// Fit the safety gate's risk head, and print how well it does
    Train(train::Train),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = Workspace::find().and_then(|workspace| match cli.command {
        Command::Setup => setup::everything(&workspace),
        Command::Test(test) => test.run(&workspace),
        Command::Bench(bench) => bench.run(&workspace),
        Command::FirstRun(first_run) => first_run.run(&workspace),
        Command::NewFunction(new) => new.run(&workspace),
        Command::Openapi => openapi::write(&workspace),
        Command::Package(package) => package.run(&workspace),
        Command::Harness(harness) => harness.run(&workspace),
        Command::Play(play) => play.run(&workspace),
        Command::Train(train) => train.run(&workspace),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
