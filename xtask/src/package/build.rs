//! Compiling for those who are not this machine, so that nothing of this machine is in it.

use super::{LIMIT, What};
use crate::run::Runner;
use crate::setup::Toolbox;
use crate::tools::{self, Tool};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file, and where it goes: packed if that is a zip.
pub(super) struct Item {
    pub(super) from: PathBuf,
    /// Below the folder of what is made.
    pub(super) to: String,
}

/// From where to where.
pub(super) struct Build<'a> {
    pub(super) runner: &'a Runner<'a>,
    /// The checkout, or a copy of it.
    root: PathBuf,
    /// The folder that is called `/truce` in what is made: this, or one around it.
    renamed: PathBuf,
    /// Cargo's folder for this: what is shipped is built with flags of its own, and would push out what is not.
    target: PathBuf,
    /// What is made.
    pub(super) out: PathBuf,
    zig: Option<PathBuf>,
    functions: Vec<String>,
}

impl<'a> Build<'a> {
    pub(super) fn here(runner: &'a Runner<'a>, toolbox: &Toolbox) -> Result<Self, String> {
        let workspace = runner.workspace;
        Ok(Self {
            runner,
            root: workspace.root.clone(),
            renamed: workspace.root.clone(),
            target: workspace.target.join("shipped"),
            out: workspace.target.join("package"),
            zig: toolbox.path(Tool::Zig).map(Path::to_path_buf),
            functions: functions(&workspace.root.join("functions"))?,
        })
    }

    /// The same from the copy at `folder`, with nothing that was built before.
    pub(super) fn elsewhere(&self, folder: &Path) -> Self {
        Self {
            runner: self.runner,
            root: folder.to_owned(),
            renamed: folder.to_owned(),
            target: folder.join("target/shipped"),
            out: folder.join("target/package"),
            zig: self.zig.clone(),
            functions: self.functions.clone(),
        }
    }

    /// One function of the copy at `folder`, with what was built for this checkout: the flags have to be the same for that.
    pub(super) fn of_a_copy(&self, folder: &Path, function: &str) -> Self {
        Self {
            runner: self.runner,
            root: folder.to_owned(),
            renamed: self.renamed.clone(),
            target: self.target.clone(),
            out: folder.join("target/package"),
            zig: None,
            functions: vec![function.to_owned()],
        }
    }

    /// What [`Build::components`] makes, below the folder of what is made.
    pub(super) fn shipped_components(&self) -> Vec<String> {
        self.functions.iter().map(|function| format!("spin/{}", component(function))).collect()
    }

    /// Each function's program, as it is and in its zip.
    pub(super) fn programs(&self, what: What) -> Result<Vec<Item>, String> {
        let triple = if what == What::Arm64 { "aarch64-unknown-linux-musl" } else { "x86_64-unknown-linux-musl" };
        let zig = self.zig.as_deref().unwrap_or(Path::new("cargo-zigbuild"));
        let mut command = self.runner.workspace.command(zig);
        command.env("PATH", tools::path_from(zig)).arg("zigbuild");
        command.args(["--locked", "--profile", "function", "--bins", "--target", triple]);
        for function in &self.functions {
            command.args(["--package", &package(function), "--features", &format!("{}/host", package(function))]);
        }
        self.build(command, triple, what.name())?;
        let built = self.target.join(triple).join("function");
        let item = |function: &String, to: String| Item { from: built.join(package(function)), to };
        let folder = what.name();
        let zips = self.functions.iter().map(|name| item(name, format!("{folder}/{name}.zip")));
        let programs = self.functions.iter().map(|name| item(name, format!("{folder}/{}", package(name))));
        Ok(zips.chain(programs).collect())
    }

    /// Each function's component, beside a spin.toml that names it.
    pub(super) fn components(&self) -> Result<Vec<Item>, String> {
        const TRIPLE: &str = "wasm32-wasip2";
        let mut items = Vec::new();
        for function in &self.functions {
            let package = package(function);
            let mut command = self.runner.workspace.cargo(&["rustc", "--locked", "--package", &package]);
            command.args(["--lib", "--crate-type", "cdylib", "--profile", "component", "--target", TRIPLE]);
            command.args(["--no-default-features", "--features", "spin"]);
            self.build(command, TRIPLE, &format!("spin-{function}"))?;
            let file = component(function);
            items.push(Item {
                from: self.target.join(TRIPLE).join("component").join(&file),
                to: format!("spin/{file}"),
            });
        }
        let manifest =
            fs::read_to_string(self.root.join("spin.toml")).map_err(|error| format!("spin.toml: {error}"))?;
        let manifest = manifest.replace(&format!("target/{TRIPLE}/component/"), "");
        fs::write(self.out.join("spin/spin.toml"), manifest).map_err(|error| format!("spin.toml: {error}"))?;
        Ok(items)
    }

    fn build(&self, mut command: Command, triple: &str, what: &str) -> Result<(), String> {
        self.runner.console.say(&format!("Building {what}"));
        self.fetch(triple)?;
        let renamed = self.renamed();
        let flags = |name: &str| {
            let flag = |(from, to): &(PathBuf, &str)| format!("{name}={}={to}", from.display());
            renamed.iter().map(flag).collect::<Vec<_>>()
        };
        command.current_dir(&self.root).arg("--target-dir").arg(&self.target);
        // These go before whatever else says what flags there are.
        command.env("CARGO_ENCODED_RUSTFLAGS", flags("--remap-path-prefix").join("\x1f"));
        command.env(format!("CFLAGS_{}", triple.replace('-', "_")), flags("-ffile-prefix-map").join(" "));
        command.env("SOURCE_DATE_EPOCH", "315532800");
        let ran = self.runner.run(&format!("package-{what}"), command, LIMIT);
        if ran.ended_well { Ok(()) } else { Err(format!("it does not build: see {}", ran.log.display())) }
    }

    /// All crates, so that the folder they are in is there to be named.
    fn fetch(&self, triple: &str) -> Result<(), String> {
        let mut command = self.runner.workspace.cargo(&["fetch", "--locked", "--target", triple]);
        command.current_dir(&self.root);
        let ran = self.runner.run_discreetly("package-fetch", command, LIMIT);
        if ran.ended_well { Ok(()) } else { Err(format!("crates cannot be had: see {}", ran.log.display())) }
    }

    /// Folders of this machine, and what they are called in what is made. Registries each have a folder of their own; the same
    /// crate comes from any.
    fn renamed(&self) -> Vec<(PathBuf, &'static str)> {
        let registries = fs::read_dir(cargo_home().join("registry/src")).into_iter().flatten().flatten();
        let mut renamed: Vec<_> = registries.map(|folder| (folder.path(), "/crates")).collect();
        renamed.sort();
        renamed.insert(0, (self.renamed.clone(), "/truce"));
        renamed
    }
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_else(|| OsString::from("/"))).join(".cargo");
    env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Their folders: each is one function.
fn functions(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let with_manifest = entries.flatten().filter(|entry| entry.path().join("Cargo.toml").is_file());
    let mut functions: Vec<String> = with_manifest.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    functions.sort();
    if functions.is_empty() { Err(format!("there is no function in {}", folder.display())) } else { Ok(functions) }
}

/// The file that cargo makes.
fn component(function: &str) -> String {
    format!("{}.wasm", package(function).replace('-', "_"))
}

fn package(function: &str) -> String {
    format!("truce-{function}")
}
