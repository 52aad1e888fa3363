//! `cargo xtask new-function NAME`: a fifth function, on every host at once.
//!
//! What it writes are the files in `new_function/parts`, and a few lines each into the files that list the functions. All of it is
//! worked out first and written then: where one place is not as it is expected to be, nothing is changed.

mod edit;
mod name;

use crate::openapi;
use crate::run::Runner;
use crate::workspace::Workspace;
use crate::{console::Console, console::Tone};
use clap::Args;
use edit::Change;
use name::Name;
use std::time::Duration;

/// Add a function: its crate, a test, a journey, and its place on every host
///
/// It answers `GET /NAME` for a member of a room, and passes `cargo xtask test` as it is; change it from there. Commit before:
/// `git restore . && git clean -fd functions contract-tests deploy podman-local` is the way back. docs/new-function.md walks through it.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct NewFunction {
    /// Lower-case words with hyphens between them: the name of its folder, its path and its component
    pub(crate) name: String,
}

/// Compiling the command, on a slow machine.
const LIMIT: Duration = Duration::from_mins(30);

impl NewFunction {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let changes = self.write(workspace)?;
        let runner = Runner { workspace, console: Console::new(false) };
        let (new, old): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.is_new);
        for (what, changes) in [("Written", new), ("Added to", old)] {
            let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
            println!("{}\n  {}", runner.console.paint(Tone::Title, what), paths.join("\n  "));
        }
        openapi::write(workspace)?;
        let name = &self.name;
        println!(
            "\nNext\n  cargo run, then      curl -i http://127.0.0.1:8787/{name}\n  \
             its own tests        cargo nextest run -p truce-{name}\n  \
             on every host        TRUCE_WRITE_PARITY=1 cargo xtask test --only hosts\n  \
             all that CI runs     cargo xtask test\n\
             What it does is in functions/{name}/src/lib.rs, what people meet in contract-tests/src/journeys; \
             docs/new-function.md goes on from here."
        );
        Ok(true)
    }

    /// The files, laid out as rustfmt would.
    pub(crate) fn write(&self, workspace: &Workspace) -> Result<Vec<Change>, String> {
        let name = Name::new(&self.name, workspace)?;
        let changes = edit::changes(&name, &workspace.root)?;
        edit::apply(&changes, &workspace.root)?;
        let runner = Runner { workspace, console: Console::new(false) };
        let mut fmt = workspace.cargo(&["fmt"]);
        let package = format!("truce-{}", name.kebab);
        fmt.args(["--package", &package, "--package", "truce-contract", "--package", "truce", "--package", "xtask"]);
        let ran = runner.run_discreetly("new-function-fmt", fmt, LIMIT);
        if ran.ended_well { Ok(changes) } else { Err(format!("rustfmt does not take it: see {}", ran.log.display())) }
    }
}
