//! Where things are: the checkout, what was built, and the tools that outlive a clone.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout this `xtask` was started from.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever it was put.
    pub(crate) target: PathBuf,
    /// Whether a missing part is a failure.
    pub(crate) ci: bool,
}

impl Workspace {
    /// From what cargo tells a program it runs; so it works from any subfolder.
    pub(crate) fn find() -> Result<Self, String> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("start it with `cargo xtask`")?;
        let root = Path::new(&manifest).parent().ok_or("xtask/ has no folder around it")?.to_owned();
        let exe = env::current_exe().map_err(|error| format!("where this program is cannot be told: {error}"))?;
        // target/debug/xtask
        let target = exe.ancestors().nth(2).ok_or("this program is not in a target folder")?.to_owned();
        Ok(Self { root, target, ci: env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1") })
    }

    /// The `truce` that was built for tests.
    pub(crate) fn truce(&self) -> PathBuf {
        self.target.join("debug/truce")
    }

    /// The functions, by the names of their folders.
    pub(crate) fn functions(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join("functions")).into_iter().flatten().flatten();
        let with_manifest = entries.filter(|entry| entry.path().join("Cargo.toml").is_file());
        let mut functions: Vec<String> =
            with_manifest.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        functions.sort();
        functions
    }

    /// What steps leave for a person to read.
    pub(crate) fn logs(&self) -> PathBuf {
        self.target.join("xtask/logs")
    }

    /// Where tools are kept: outside the clone, so that a fresh one finds them again.
    pub(crate) fn tools(&self) -> PathBuf {
        let cache = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        cache("XDG_CACHE_HOME")
            .or_else(|| cache("HOME").map(|home| home.join(".cache")))
            .map_or_else(|| self.target.join("tools"), |cache| cache.join("truce/tools"))
    }

    /// `program` in the checkout, without what `cargo run` tells this program about itself: it would make build
    /// scripts that look at it run again.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        if self.ci {
            // For cargo, whoever starts it: what is built once is built whole.
            command.env("CARGO_INCREMENTAL", "0");
        }
        for (name, _) in env::vars_os() {
            let about_us = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("TRUCE_")
            });
            if about_us {
                command.env_remove(name);
            }
        }
        command
    }

    /// `cargo` with these arguments: the cargo that started this program.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments);
        command
    }

    /// `path` as a person in the checkout would type it.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
