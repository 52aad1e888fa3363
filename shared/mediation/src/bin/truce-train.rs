//! `truce-train`: `cargo xtask train` runs it. Fits the risk head and says how well it does on writers it has not seen.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to people

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use truce_mediation::training::{Figures, Writer, across_writers, on_others, read, weights};

const USAGE: &str = "usage: truce-train WEIGHTS [--check] PATH... [--on PATH...]

Fits on the sentences in each PATH (a file, or a folder of *.tsv) and writes WEIGHTS, or with --check compares them.
Without --check, prints how it does on each file when it has not seen it, and on the files after --on.";

const THRESHOLDS: [f32; 6] = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("truce-train: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Vec<String>) -> Result<(), String> {
    let check = arguments.iter().position(|argument| argument == "--check").map(|at| arguments.remove(at)).is_some();
    let others = arguments.iter().position(|argument| argument == "--on").map(|at| arguments.split_off(at));
    let (file, paths) = arguments.split_first().filter(|(_, paths)| !paths.is_empty()).ok_or(USAGE)?;
    let (file, writers) = (PathBuf::from(file), read_all(paths)?);
    if check {
        let written = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let same = written == weights(&writers);
        return if same { Ok(()) } else { Err(format!("{} is not what these sentences make", file.display())) };
    }
    println!("share at or above {THRESHOLDS:?}: risk / work / blame / civil");
    let all = across_writers(&writers, line);
    line("all, each unseen", &all);
    if let Some(others) = others {
        on_others(&writers, &read_all(&others[1..])?, line);
    }
    fs::write(&file, weights(&writers)).map_err(|error| format!("{}: {error}", file.display()))
}

fn read_all(paths: &[String]) -> Result<Vec<Writer>, String> {
    let read: Vec<Vec<Writer>> = paths.iter().map(|path| read(path.as_ref())).collect::<Result<_, _>>()?;
    Ok(read.into_iter().flatten().collect())
}

fn line(name: &str, figures: &Figures) {
    print!("{name:<16} category {:.2} ", figures.category());
    for threshold in THRESHOLDS {
        let share = |label| 100.0 * figures.share(label, threshold);
        let shares = [None, Some("work"), Some("blame"), Some("civil")].map(|label| format!("{:.1}", share(label)));
        print!(" | {}", shares.join(" / "));
    }
    println!();
}
