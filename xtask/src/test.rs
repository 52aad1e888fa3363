//! `cargo xtask test`: all steps, whatever became of those before them, unless they need what those made.

use crate::console::{Console, Tone};
use crate::counts::Counts;
use crate::report::{self, Outcome};
use crate::run::Runner;
use crate::setup::{self, Toolbox};
use crate::steps::{self, Context, Step};
use crate::tools::Tool;
use crate::workspace::Workspace;
use clap::Args;
use std::time::{Duration, Instant};

/// What to run.
#[derive(Args)]
pub(crate) struct Test {
    /// Only this step, and those it needs; may be repeated
    #[arg(long, value_name = "STEP", value_parser = clap::builder::PossibleValuesParser::new(steps::ALL.iter().map(|step| step.name)))]
    only: Vec<String>,
    /// Only list the steps, and what each is for
    #[arg(long)]
    list: bool,
    /// Show every line of everything, on a terminal too
    #[arg(long, short)]
    verbose: bool,
}

type Done = (&'static str, Outcome, Duration);

impl Test {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        if self.list {
            for step in steps::ALL {
                println!("{:<14} {}", step.name, step.purpose);
            }
            return Ok(true);
        }
        let begun = Instant::now();
        let runner = Runner { workspace, console: Console::new(self.verbose) };
        let selected = selected(&self.only);
        let mut needed: Vec<Tool> = selected.iter().flat_map(|step| step.needs).copied().collect();
        needed.sort_unstable();
        needed.dedup();
        runner.console.status("set-up", begun.elapsed(), "");
        let toolbox = setup::ensure(&runner, &needed)?;
        let mut context = Context { runner, toolbox };
        let mut done: Vec<Done> = Vec::new();
        for step in &selected {
            done.push(run_one(&mut context, step, &done));
        }
        Ok(report::print(context.runner.console, &done, begun.elapsed()))
    }
}

/// The steps that were asked for and those they come after; all, when none was.
fn selected(only: &[String]) -> Vec<&'static Step> {
    let asked = |step: &Step| only.is_empty() || only.iter().any(|name| name == step.name);
    let needed = |step: &Step| steps::ALL.iter().any(|other| asked(other) && other.after.contains(&step.name));
    steps::ALL.iter().filter(|step| asked(step) || needed(step)).collect()
}

fn run_one(context: &mut Context<'_>, step: &'static Step, done: &[Done]) -> Done {
    let console = context.runner.console;
    console.say(&format!("\n{} {}", console.paint(Tone::Title, step.name), console.paint(Tone::Quiet, step.purpose)));
    let begun = Instant::now();
    let outcome = match (broken(step, done), missing(step, &context.toolbox)) {
        (Some(before), _) => Outcome::failed(format!("it needs `{before}`, which failed")),
        (None, Some(why)) if context.runner.workspace.ci => Outcome::failed(why),
        (None, Some(why)) => Outcome::skipped(why),
        (None, None) => (step.run)(context),
    };
    let outcome = if context.runner.workspace.ci { without_skips(outcome) } else { outcome };
    console.say(&outcome.line(console, step.name, begun.elapsed()));
    (step.name, outcome, begun.elapsed())
}

/// The step before this one that failed and without which it makes no sense.
fn broken(step: &Step, done: &[Done]) -> Option<&'static str> {
    done.iter().find(|(name, outcome, _)| step.after.contains(name) && !outcome.good()).map(|(name, ..)| *name)
}

/// The part without which the step cannot run.
fn missing(step: &Step, toolbox: &Toolbox) -> Option<String> {
    step.needs.iter().filter(|tool| !step.can_do_without.contains(tool)).find_map(|tool| {
        let why = toolbox.why_missing(*tool)?;
        Some(format!("{} is missing: {why}", tool.name().0))
    })
}

/// In CI what was not tested has not passed.
fn without_skips(mut outcome: Outcome) -> Outcome {
    let Counts { passed, failed, skipped } = outcome.counts;
    if skipped > 0 {
        outcome.counts = Counts { passed, failed: failed + skipped, skipped: 0 };
        outcome.notes.push(format!("{skipped} were skipped; with CI=true that is a failure"));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<String> = only.iter().map(ToString::to_string).collect();
        selected(&only).iter().map(|step| step.name).collect()
    }

    #[test]
    fn what_a_step_needs_runs_before_it() {
        assert_eq!(names(&["fmt"]), ["fmt"]);
        assert_eq!(names(&["browser"]), ["build", "browser"]);
        assert_eq!(names(&[]).len(), steps::ALL.len());
        for (at, step) in steps::ALL.iter().enumerate() {
            for before in step.after {
                assert!(
                    steps::ALL[..at].iter().any(|earlier| earlier.name == *before),
                    "{} before {}",
                    before,
                    step.name
                );
            }
        }
    }

    #[test]
    fn a_step_whose_ground_failed_does_not_run() {
        let step = steps::ALL.iter().find(|step| step.name == "browser").expect("a step");
        let done = |outcome| [("fmt", Outcome::failed("x"), Duration::ZERO), ("build", outcome, Duration::ZERO)];
        assert_eq!(broken(step, &done(Outcome::failed("x"))), Some("build"));
        assert_eq!(broken(step, &done(Outcome::new(Counts::PASSED))), None);
    }

    #[test]
    fn in_ci_a_skip_is_a_failure() {
        let outcome = without_skips(Outcome::new(Counts { passed: 3, failed: 0, skipped: 2 }));
        assert_eq!(outcome.counts, Counts { passed: 3, failed: 2, skipped: 0 });
        assert!(without_skips(Outcome::new(Counts::PASSED)).good());
    }
}
