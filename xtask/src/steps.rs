//! The steps of `cargo xtask test`: what each is for, what it needs, and in which order they cost least.
//!
//! All that compiles names the whole workspace, so that cargo settles on one set of features and builds each crate
//! once: with `-p` it would build the dependencies again. A step that is added here runs in CI.

mod checks;
mod deploy;
mod harness;
mod hosts;
mod new_function;
mod rust;
mod server;
mod shortcuts;

use crate::counts::{self, Counts, Reader};
use crate::report::Outcome;
use crate::run::{Ran, Runner};
use crate::setup::Toolbox;
use crate::tools::Tool;
use std::process::Command;
use std::time::Duration;

/// What steps work with.
pub(crate) struct Context<'a> {
    pub(crate) runner: Runner<'a>,
    pub(crate) toolbox: Toolbox,
}

/// A unit of a run.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// One line.
    pub(crate) purpose: &'static str,
    /// Set-up brings these.
    pub(crate) needs: &'static [Tool],
    /// Those of `needs` without which a part of it still runs, outside CI.
    pub(crate) can_do_without: &'static [Tool],
    /// Without these having passed it makes no sense.
    pub(crate) after: &'static [&'static str],
    pub(crate) run: fn(&Context<'_>) -> Outcome,
}

const PLAIN: Step =
    Step { name: "", purpose: "", needs: &[], can_do_without: &[], after: &[], run: |_| Outcome::default() };

/// In this order.
pub(crate) const ALL: &[Step] = &[
    Step {
        name: "fmt",
        purpose: "the code is laid out as rustfmt would",
        needs: &[Tool::Rustfmt],
        run: checks::fmt,
        ..PLAIN
    },
    Step {
        name: "deny",
        purpose: "licences, sources and known advisories of all dependencies",
        needs: &[Tool::Deny],
        run: checks::deny,
        ..PLAIN
    },
    Step {
        name: "clippy",
        purpose: "no warning in any code, with any feature",
        needs: &[Tool::Clippy],
        run: checks::clippy,
        ..PLAIN
    },
    Step { name: "rustdoc", purpose: "the documentation builds without a warning", run: checks::rustdoc, ..PLAIN },
    Step {
        name: "deploy",
        purpose: "what deploy/ says fits the schemas of those who take it, and the code",
        needs: &[Tool::DeployCheck],
        run: deploy::check,
        ..PLAIN
    },
    Step { name: "build", purpose: "the command and all tests compile", run: rust::build, ..PLAIN },
    Step {
        name: "openapi",
        purpose: "docs/openapi.json says what the code does",
        after: &["build"],
        run: checks::openapi,
        ..PLAIN
    },
    Step {
        name: "weights",
        purpose: "the safety gate's weights are what its sentences make",
        run: checks::weights,
        ..PLAIN
    },
    Step {
        name: "unit",
        purpose: "the tests of each crate",
        needs: &rust::NEEDS,
        can_do_without: &rust::SOME_NEED,
        after: &["build"],
        run: rust::unit,
    },
    Step {
        name: "doctests",
        purpose: "the examples in the documentation",
        after: &["build"],
        run: rust::doctests,
        ..PLAIN
    },
    Step {
        name: "contract",
        purpose: "the journeys every host must pass, on the native server as a process of its own",
        after: &["build"],
        run: rust::contract,
        ..PLAIN
    },
    Step {
        name: "shortcuts",
        purpose: "what is built for a Watch is in a catalogue of Apple's that is not ours, and known again once signed",
        needs: &[Tool::Shortcutkit],
        after: &["build"],
        run: shortcuts::check,
        ..PLAIN
    },
    Step {
        name: "package",
        purpose: "zips and components are small enough, static, and run",
        needs: &[Tool::Wasm, Tool::HERE_STATIC, Tool::Python, Tool::Zig],
        run: deploy::package,
        ..PLAIN
    },
    Step {
        name: "hosts",
        purpose: "the same journeys on every host: containers, AWS Lambda in each form, Spin",
        needs: &hosts::PARTS,
        can_do_without: &hosts::PARTS,
        after: &["build"],
        run: hosts::every,
    },
    Step {
        name: "new-function",
        purpose: "a fifth function, made in a copy of the checkout, does its journey on every host",
        needs: &new_function::PARTS,
        after: &["build", "hosts"],
        run: new_function::on_every_host,
        ..PLAIN
    },
    Step {
        name: "harness",
        purpose: "containers behind a real edge: the journeys through it, scaled and rolled while people use it",
        needs: &crate::harness::PROVES,
        after: &["build", "package"],
        run: harness::prove,
        ..PLAIN
    },
    Step {
        name: "play",
        purpose: "what `podman kube play` takes is what deploy/kubernetes says, and it runs",
        needs: &crate::harness::play::TOOLS,
        after: &["build", "package"],
        run: harness::play,
        ..PLAIN
    },
    Step {
        name: "quadlet",
        purpose: "Podman's generator and systemd take the units for a server, and they are what the harness is",
        needs: &crate::harness::quadlet::TOOLS,
        run: |context| crate::harness::quadlet::check(&context.runner, &context.toolbox),
        ..PLAIN
    },
    Step {
        name: "server",
        purpose: "what the units for a server start, on this machine: somebody gets in through its edge",
        needs: &crate::harness::started::TOOLS,
        after: &["build", "package"],
        run: harness::server,
        ..PLAIN
    },
    Step {
        name: "schemathesis",
        purpose: "requests made up from docs/openapi.json, against the running server",
        needs: &[Tool::Schemathesis],
        after: &["build"],
        run: server::schemathesis,
        ..PLAIN
    },
    Step {
        name: "prometheus",
        purpose: "a real Prometheus reads what is counted, and its rules and the dashboard ask for what there is",
        needs: &[Tool::DeployCheck, Tool::Prometheus],
        after: &["build"],
        run: server::prometheus,
        ..PLAIN
    },
    Step {
        name: "browser",
        purpose: "the pages in Chromium, against the running server",
        needs: &[Tool::Node, Tool::Chromium, Tool::Playwright],
        after: &["build"],
        run: server::browser,
        ..PLAIN
    },
];

/// As many failures are named in the report; all are in the log.
const SHOWN: usize = 20;
const MINUTE: Duration = Duration::from_mins(1);

impl Context<'_> {
    /// A check: it passes or fails, as one.
    fn check(&self, name: &str, command: Command, limit: Duration) -> Outcome {
        let ran = self.runner.run(name, command, limit);
        let counts = if ran.ended_well { Counts::PASSED } else { Counts::FAILED };
        self.told(&ran, Outcome { log: Some(ran.log.clone()), ..Outcome::new(counts) })
    }

    /// Tests that count themselves.
    fn counted(&self, name: &str, command: Command, limit: Duration, reader: Reader) -> Outcome {
        let ran = self.runner.run(name, command, limit);
        let (counts, why) = counts::judge(ran.ended_well, reader(&ran.output));
        let mut outcome = Outcome { log: Some(ran.log.clone()), ..Outcome::new(counts) };
        outcome.notes.extend(why.filter(|_| ran.why.is_none()).map(str::to_owned));
        let failures = counts::failures(&ran.output);
        let rest = failures.len().saturating_sub(SHOWN);
        outcome.notes.extend(failures.into_iter().take(SHOWN));
        outcome.notes.extend((rest > 0).then(|| format!("and {rest} more")));
        self.told(&ran, outcome)
    }

    /// On a terminal a failure is shown now: until here only its last line was.
    fn told(&self, ran: &Ran, mut outcome: Outcome) -> Outcome {
        outcome.notes.extend(ran.why.clone());
        if !outcome.good() && self.runner.console.live {
            println!("{}", ran.output);
        }
        outcome
    }
}
