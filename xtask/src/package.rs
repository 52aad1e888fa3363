//! `cargo xtask package`: what a deployment takes. For AWS Lambda a zip of each function, for a container the program that is
//! in it, for Spin the components.
//!
//! The same commit makes the same bytes, whoever makes them and wherever: the programs are static, the tools have fixed
//! versions, no path of this machine and no time is in what they make. `--again` shows it.

mod build;

use crate::console::{Console, Tone};
use crate::copy;
use crate::run::Runner;
use crate::setup::{self, Toolbox};
use crate::tools::Tool;
use crate::workspace::Workspace;
use build::{Build, Item};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What Lambda fetches before a function's first answer, and Spin before a component's, in bytes.
const ZIP: u64 = 5_000_000;
const COMPONENT: u64 = 1_500_000;
/// Compiling everything on a slow machine.
const LIMIT: Duration = Duration::from_hours(1);

/// Build what is deployed: zips for AWS Lambda, programs for containers, components for Spin
///
/// They are in target/package then, with their hashes in SHA256SUMS. The tools that make them are installed first.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Package {
    /// What to build; all, when none is named
    pub(crate) what: Vec<What>,
    /// Build all of it a second time, from a copy in another folder, and compare
    #[arg(long)]
    pub(crate) again: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Functions for arm64
    Arm64,
    /// Functions for `x86_64`
    #[value(name = "x86_64")]
    X86,
    /// Components
    Spin,
}

impl What {
    const ALL: [Self; 3] = [Self::Arm64, Self::X86, Self::Spin];
    /// Functions for this machine.
    pub(crate) const HERE: Self = if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86 };

    fn tools(self) -> &'static [Tool] {
        match self {
            Self::Arm64 => &[Tool::MuslArm, Tool::Zig],
            Self::X86 => &[Tool::MuslX86, Tool::Zig],
            Self::Spin => &[Tool::Wasm],
        }
    }

    /// Its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
            Self::Spin => "spin",
        }
    }
}

/// A file that was made.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    name: String,
    bytes: u64,
    sha256: String,
}

impl Package {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let runner = Runner { workspace, console: Console::new(false) };
        let wanted = if self.what.is_empty() { What::ALL.to_vec() } else { self.what.clone() };
        let tools: Vec<Tool> = wanted.iter().flat_map(|what| what.tools()).copied().collect();
        let toolbox = setup::ensure(&runner, &tools)?;
        let mut whole = true;
        let mut can = Vec::new();
        for what in wanted {
            match what.tools().iter().find_map(|tool| Some((tool.name().0, toolbox.why_missing(*tool)?))) {
                None => can.push(what),
                Some((tool, why)) => {
                    whole = false;
                    let line = format!("{} is left out, {tool} is missing: {why}", what.name());
                    println!("{}", runner.console.paint(Tone::Bad, &line));
                }
            }
        }
        let build = Build::here(&runner, &toolbox)?;
        let made = make(&build, &can)?;
        let small = print(runner.console, &made);
        println!("In {}.", workspace.shown(&build.out));
        Ok(whole && small && (!self.again || same_again(&build, &can, &made)?))
    }
}

/// Builds, packs, and says what came of it.
fn make(build: &Build<'_>, what: &[What]) -> Result<Vec<Made>, String> {
    for what in what {
        let folder = build.out.join(what.name());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut items: Vec<Item> = Vec::new();
    for what in what {
        items.extend(match what {
            What::Spin => build.components()?,
            _ => build.programs(*what)?,
        });
    }
    pack(build, &items)
}

fn pack(build: &Build<'_>, items: &[Item]) -> Result<Vec<Made>, String> {
    let mut command = build.runner.workspace.cargo(&["run", "--quiet", "--package", "xtask", "--features", "pack"]);
    command.args(["--bin", "truce-pack", "--"]).arg(&build.out);
    for item in items {
        command.arg(&item.from).arg(&item.to);
    }
    let ran = build.runner.run_discreetly("package-pack", command, LIMIT);
    if !ran.ended_well {
        return Err(format!("it cannot be packed: see {}", ran.log.display()));
    }
    let made: Option<Vec<Made>> = ran.output.lines().filter(|line| line.starts_with('{')).map(read).collect();
    made.filter(|made| made.len() == items.len()).ok_or_else(|| format!("see {}", ran.log.display()))
}

fn read(line: &str) -> Option<Made> {
    let line: Value = serde_json::from_str(line).ok()?;
    Some(Made {
        name: line["name"].as_str()?.to_owned(),
        bytes: line["bytes"].as_u64()?,
        sha256: line["sha256"].as_str()?.to_owned(),
    })
}

/// The most that a file may have, where the project has set itself a target.
fn target(name: &str) -> Option<u64> {
    match name.rsplit_once('.') {
        Some((_, "zip")) => Some(ZIP),
        Some((_, "wasm")) => Some(COMPONENT),
        _ => None,
    }
}

/// The component of a function that only the copy of the checkout in `folder` has, in a folder with those of the others and the
/// copy's spin.toml, which is given back. What the copy shares with the checkout is taken as [`Package`] has left it.
pub(crate) fn one_more_component(
    runner: &Runner<'_>,
    toolbox: &Toolbox,
    folder: &Path,
    function: &str,
) -> Result<PathBuf, String> {
    let here = Build::here(runner, toolbox)?;
    let there = here.of_a_copy(folder, function);
    let spin = there.out.join(What::Spin.name());
    fs::create_dir_all(&spin).map_err(|error| format!("{}: {error}", spin.display()))?;
    for item in here.shipped_components() {
        fs::copy(here.out.join(&item), there.out.join(&item)).map_err(|error| format!("{item}: {error}"))?;
    }
    pack(&there, &there.components()?)?;
    Ok(spin.join("spin.toml"))
}

/// A table; whether all targets in it are met.
fn print(console: Console, made: &[Made]) -> bool {
    let mut met = true;
    for Made { name, bytes, sha256 } in made {
        let (tone, verdict) = match target(name) {
            None => (Tone::Quiet, String::new()),
            Some(target) => {
                let good = *bytes <= target;
                met &= good;
                let missed = if good { "" } else { "MISSED: " };
                #[expect(clippy::cast_precision_loss, reason = "to show it")]
                let text = format!("{missed}{:.2} × the target of {}", *bytes as f64 / target as f64, shown(target));
                (if good { Tone::Good } else { Tone::Bad }, text)
            }
        };
        println!("{name:<28} {:>8}   {}  {sha256}", shown(*bytes), console.paint(tone, &format!("{verdict:<30}")));
    }
    met
}

fn shown(bytes: u64) -> String {
    format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000)
}

/// Builds from a copy of the checkout, in another folder and from nothing, and compares.
fn same_again(build: &Build<'_>, what: &[What], made: &[Made]) -> Result<bool, String> {
    let console = build.runner.console;
    console.say("\nOnce more, from a copy in another folder");
    let copy = copy::of_the_checkout(build.runner, "package-again")?;
    let again = make(&build.elsewhere(&copy.0), what)?;
    let other: Vec<&str> = made.iter().filter(|made| !again.contains(made)).map(|made| made.name.as_str()).collect();
    let (tone, line) = if other.is_empty() {
        (Tone::Good, format!("The same bytes again, in all {} files.", made.len()))
    } else {
        (Tone::Bad, format!("Other bytes than the first time: {}", other.join(", ")))
    };
    println!("{}", console.paint(tone, &line));
    Ok(other.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_told() {
        let made = |name: &str, bytes| Made { name: name.into(), bytes, sha256: String::new() };
        let console = Console::new(true);
        assert!(print(console, &[made("arm64/mediate.zip", ZIP), made("arm64/truce-mediate", 9 * ZIP)]));
        assert!(!print(console, &[made("spin/a.wasm", COMPONENT + 1), made("arm64/mediate.zip", 1)]));
    }

    #[test]
    fn sizes_have_two_decimals() {
        assert_eq!(shown(4_047_284), "4.04 MB");
        assert_eq!(shown(90_000), "0.09 MB");
    }
}
