//! What was found, and how it is told: a line for each as soon as it is known.

use crate::failure::Failure;
use serde::Serialize;
use std::io::Write as _;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    Warn,
    Wrong,
    NotLookedAt,
}

impl State {
    fn shown(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Wrong => "WRONG",
            Self::NotLookedAt => "not looked at",
        }
    }
}

/// What came of one check.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    state: State,
    found: String,
    /// One sentence; empty where there is nothing to do.
    mend: String,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Ok, found: found.into(), mend: String::new() }
    }

    pub(super) fn warn(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Warn, found: found.into(), mend: mend.into() }
    }

    pub(super) fn wrong(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Wrong, found: found.into(), mend: mend.into() }
    }

    pub(super) fn not_looked_at(check: &'static str, why: impl Into<String>) -> Self {
        Self { check, state: State::NotLookedAt, found: why.into(), mend: String::new() }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.state == State::Ok
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.state == State::Wrong
    }
}

/// Tells what is found, and counts it.
pub(super) struct Report {
    json: bool,
    ok: u32,
    warnings: u32,
    wrong: u32,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, ok: 0, warnings: 0, wrong: 0 }
    }

    pub(super) fn tell(&mut self, mut finding: Finding) -> Result<(), Failure> {
        // Some of it somebody else's server has said: nothing of that moves a cursor.
        finding.found.retain(|letter| !letter.is_control());
        finding.mend.retain(|letter| !letter.is_control());
        match finding.state {
            State::Ok => self.ok += 1,
            State::Warn => self.warnings += 1,
            State::Wrong => self.wrong += 1,
            State::NotLookedAt => {}
        }
        let mut out = std::io::stdout().lock();
        if self.json {
            // Plain data: nothing in it can fail to be written as JSON.
            writeln!(out, "{}", serde_json::to_string(&finding).unwrap_or_default())?;
            return Ok(out.flush()?);
        }
        writeln!(out, "{:<13}  {:<12}  {}", finding.state.shown(), finding.check, finding.found)?;
        if !finding.mend.is_empty() {
            writeln!(out, "{:29}{}", "", finding.mend)?;
        }
        Ok(out.flush()?)
    }

    /// Counts, and whether anything is wrong. Beside JSON the counts are for whoever watches.
    pub(super) fn end(self) -> Result<(), Failure> {
        let warnings = if self.warnings == 1 { "warning" } else { "warnings" };
        let counts = format!("{} ok, {} {warnings}, {} wrong", self.ok, self.warnings, self.wrong);
        if self.json {
            writeln!(std::io::stderr(), "{counts}")?;
        } else {
            writeln!(std::io::stdout(), "{counts}")?;
        }
        if self.wrong == 0 {
            return Ok(());
        }
        Err(Failure::Wrong("Something is WRONG: mend the first of it, and look again.".to_owned()))
    }
}
