//! `cargo xtask first-run`: what somebody waits who clones Truce and types `cargo run`.

use crate::console::{Console, Tone, duration};
use crate::machine;
use crate::run::{Runner, SILENCE};
use crate::server::{self, Folder, Guard, Look};
use crate::workspace::Workspace;
use clap::Args;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// On two cores.
const TARGET: Duration = Duration::from_mins(4);
/// Then something is wrong, not slow.
const LIMIT: Duration = Duration::from_mins(30);

/// Measure how long a clean clone with an empty cargo cache takes to answer
///
/// Clones the last commit into a temporary folder, types `cargo run` there, and waits for GET /health.
#[derive(Args)]
pub(crate) struct FirstRun {
    /// Fail when it takes longer than the target
    #[arg(long)]
    strict: bool,
}

impl FirstRun {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let runner = Runner { workspace, console: Console::new(false) };
        let folder = Folder(workspace.target.join(format!("xtask/first-run-{}", std::process::id())));
        let mut clone = workspace.command("git");
        clone.args(["clone", "--quiet", "--no-hardlinks"]).arg(&workspace.root).arg(folder.0.join("truce"));
        let cloned = runner.run("first-run-clone", clone, LIMIT);
        if !cloned.ended_well {
            return Err(format!("the checkout cannot be cloned: see {}", cloned.log.display()));
        }
        let cargo_home = folder.0.join("cargo");
        fs::create_dir_all(&cargo_home).map_err(|error| format!("{}: {error}", cargo_home.display()))?;
        bring_cargo_configuration(&cargo_home);
        let machine = machine::describe(workspace);
        runner.console.say("Cloned. `cargo run` there, with an empty cargo cache, until GET /health answers");
        let begun = Instant::now();
        measure(&runner, &folder.0, &cargo_home, begun)?;
        let time = begun.elapsed();
        println!("A clean clone with an empty cargo cache answered after {:.0} s.", time.as_secs_f64());
        println!("Measured on {machine}.");
        let good = time <= TARGET;
        let verdict = format!("{:.2} × the target of {}", time.as_secs_f64() / TARGET.as_secs_f64(), duration(TARGET));
        println!("{}", runner.console.paint(if good { Tone::Good } else { Tone::Bad }, &verdict));
        Ok(good || !self.strict)
    }
}

/// `cargo run`, until the page answers; then it is told to stop.
fn measure(runner: &Runner<'_>, folder: &Path, cargo_home: &Path, begun: Instant) -> Result<(), String> {
    let log = runner.workspace.logs().join("first-run.log");
    let mut command = server::guarded(runner.workspace, Path::new("cargo"));
    command.arg("run").current_dir(folder.join("truce"));
    // Nothing of ours may help: no target folder, no flags, no wrapper.
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "RUSTFLAGS", "RUSTC_WRAPPER"] {
        command.env_remove(name);
    }
    command.env("CARGO_HOME", cargo_home).env("TRUCE_LISTEN", "127.0.0.1:0").env("TRUCE_DATA", folder.join("data"));
    let mut guard = Guard::launch(&mut command, &log)?;
    let mut told = Duration::ZERO;
    while begun.elapsed() < LIMIT {
        match guard.look(&log)? {
            Look::Answers(_) => {
                runner.console.clear();
                return Ok(());
            }
            Look::Waits(text) => {
                let line = text.lines().last().unwrap_or_default();
                runner.console.status("cargo run", begun.elapsed(), line);
                if !runner.console.live && begun.elapsed() > told + SILENCE {
                    told = begun.elapsed();
                    println!("  … {} s so far: {}", told.as_secs(), line.trim());
                }
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("it does not answer after {}: see {}", duration(LIMIT), log.display()))
}

/// Where crates come from is how the machine is set up, not what was cached; credentials stay where they are.
fn bring_cargo_configuration(cargo_home: &Path) {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    for name in ["config.toml", "config"] {
        if let Some(file) = home.as_ref().map(|home| home.join(name)).filter(|file| file.is_file()) {
            let _ = fs::copy(file, cargo_home.join(name));
        }
    }
}
