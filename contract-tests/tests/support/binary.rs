//! Where the real `truce` is. Tests never build it and never do without it: what they would check is not there.

use std::path::PathBuf;

/// `TRUCE_BIN`, else the `truce` that was built beside this test.
pub(crate) fn truce() -> Result<PathBuf, String> {
    let path = match std::env::var_os("TRUCE_BIN") {
        Some(path) => PathBuf::from(path),
        None => beside_this_test()?,
    };
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!(
            "{} is not there: build it first (`cargo build -p truce`), or say where it is with TRUCE_BIN",
            path.display()
        ))
    }
}

/// Tests are in `target/<profile>/deps`, binaries one above.
fn beside_this_test() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| format!("where this test is cannot be told: {error}"))?;
    let profile = this.parent().and_then(|deps| deps.parent()).ok_or("this test is in no target folder")?;
    Ok(profile.join(format!("truce{}", std::env::consts::EXE_SUFFIX)))
}
