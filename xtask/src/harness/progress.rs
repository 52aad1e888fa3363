//! What is done, in order, and how long each of it took.

use crate::console::{Console, Tone, duration};
use std::cell::Cell;
use std::time::Instant;

/// What came of a step.
pub(super) enum Did {
    /// It was as it should be.
    Nothing,
    Something(String),
}

impl Did {
    pub(super) fn if_new(new: bool, what: &str) -> Self {
        if new { Self::Something(what.to_owned()) } else { Self::Nothing }
    }
}

/// Tells whoever waits.
pub(super) struct Progress {
    console: Console,
    changes: Cell<usize>,
}

impl Progress {
    pub(super) fn new(console: Console) -> Self {
        Self { console, changes: Cell::new(0) }
    }

    /// Does `work`, and says so in a line.
    pub(super) fn step(&self, what: &str, work: impl FnOnce() -> Result<Did, String>) -> Result<(), String> {
        let begun = Instant::now();
        self.console.status(what, begun.elapsed(), "");
        let did = work();
        let took = duration(begun.elapsed());
        let (tone, came) = match &did {
            Ok(Did::Nothing) => (Tone::Quiet, "as it was"),
            Ok(Did::Something(came)) => (Tone::Good, came.as_str()),
            Err(_) => (Tone::Bad, "FAILED"),
        };
        self.changes.set(self.changes.get() + usize::from(matches!(did, Ok(Did::Something(_)))));
        self.console.say(&format!("{took:>8}  {what:<28} {}", self.console.paint(tone, came)));
        did.map(drop)
    }

    /// How many steps changed something.
    pub(super) fn changes(&self) -> usize {
        self.changes.get()
    }
}
