//! Where the real programs are. Tests never build them and never do without them: what they would check is not there.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use std::path::{Path, PathBuf};

/// `TRUCE_BIN`, else the `truce` that was built beside this test.
pub(crate) fn truce() -> Result<PathBuf, String> {
    match std::env::var_os("TRUCE_BIN") {
        Some(path) => there(PathBuf::from(path), "cargo build -p truce"),
        None => built("truce", "cargo build -p truce"),
    }
}

/// A program of this workspace, beside `TRUCE_BIN`, else built as this test was; `how` is what builds it.
pub(crate) fn built(name: &str, how: &str) -> Result<PathBuf, String> {
    let told = std::env::var_os("TRUCE_BIN").and_then(|truce| Some(Path::new(&truce).parent()?.to_owned()));
    there(told.map_or_else(profile, Ok)?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)), how)
}

/// The first `program` on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The checkout.
pub(crate) fn workspace() -> &'static Path {
    let crate_ = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_.parent().unwrap_or(crate_)
}

fn there(path: PathBuf, how: &str) -> Result<PathBuf, String> {
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!(
            "{} is not there: build it first (`{how}`), or let `cargo xtask test` do everything",
            path.display()
        ))
    }
}

/// Tests are in `target/<profile>/deps`, binaries one above.
fn profile() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| format!("where this test is cannot be told: {error}"))?;
    let profile = this.parent().and_then(Path::parent).ok_or("this test is in no target folder")?;
    Ok(profile.to_owned())
}
