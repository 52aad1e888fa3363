//! A copy of the checkout as it is now, whether committed or not.

use crate::run::Runner;
use crate::server::Folder;
use std::fs;
use std::time::Duration;

/// Git only looks at names.
const LIMIT: Duration = Duration::from_mins(1);

/// All that git tracks or would, in a folder of that name; gone when the answer is dropped.
pub(crate) fn of_the_checkout(runner: &Runner<'_>, name: &str) -> Result<Folder, String> {
    let workspace = runner.workspace;
    let folder = Folder(workspace.target.join(format!("xtask/{name}-{}", std::process::id())));
    let mut list = workspace.command("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let ran = runner.run_discreetly("files", list, LIMIT);
    if !ran.ended_well {
        return Err(format!("git does not say what belongs to the checkout: see {}", ran.log.display()));
    }
    for name in ran.output.lines() {
        let (from, to) = (workspace.root.join(name), folder.0.join(name));
        // What was deleted and not committed yet is still in the list.
        if !from.is_file() {
            continue;
        }
        let parent = to.parent().unwrap_or(&folder.0);
        fs::create_dir_all(parent).and_then(|()| fs::copy(&from, &to)).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(folder)
}
