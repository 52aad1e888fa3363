//! What a run found out, for people and for programs.

use crate::{Drift, Failure};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

/// A journey, as it went.
#[derive(Debug, Clone, Serialize)]
pub struct JourneyReport {
    /// The journey.
    pub name: String,
    /// What it checks, in a sentence.
    pub story: String,
    /// The deployment it went to.
    pub target: String,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// How many requests were sent, those that leave no record too.
    pub requests: u64,
    /// What did not hold, if anything.
    pub failure: Option<Failure>,
    /// What happened on the way, in the order it began.
    pub steps: Vec<Step>,
}

/// Something that happened in a journey.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// What, as a sentence.
    pub what: String,
    /// When it began, in milliseconds after the journey did.
    pub at_ms: f64,
    /// The request and its answer, if it was one.
    pub exchange: Option<Exchange>,
}

/// A request and its answer, without what is secret or differs from run to run (except `request_id` and `took_ms`).
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path, ids left out.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// The headers that clients depend on.
    pub headers: BTreeMap<String, String>,
    /// The answer's body.
    pub body: Value,
    /// What finds it in the server's log.
    pub request_id: String,
    /// How long the answer took, in milliseconds.
    pub took_ms: f64,
    /// Where the answer is not as the API is described.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
    /// What its sender's clock said.
    #[serde(skip)]
    pub dated: Option<Dated>,
}

/// An answer's date, beside our own clock.
#[derive(Debug, Clone)]
pub struct Dated {
    /// The header `Date`, as it came.
    pub theirs: String,
    /// Our clock, half way between question and answer.
    pub ours: SystemTime,
    /// How long both took.
    pub way: Duration,
}

impl JourneyReport {
    /// Whether everything held.
    pub fn passed(&self) -> bool {
        self.failure.is_none()
    }

    /// The exchanges, in order.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.steps.iter().filter_map(|step| step.exchange.as_ref())
    }
}

impl fmt::Display for JourneyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "passed" } else { "FAILED" };
        write!(f, "{verdict}  {:<64} {:>8.0} ms  {:>3} requests", self.name, self.took_ms, self.exchanges().count())?;
        if let Some(failure) = &self.failure {
            write!(f, "\n        story     {}", self.story)?;
            write!(f, "\n        step      {}", failure.step)?;
            write!(f, "\n        expected  {}", failure.expected)?;
            write!(f, "\n        got       {}", failure.got)?;
            write!(f, "\n        request   {}", failure.request_id)?;
        }
        Ok(())
    }
}

/// The last line of a run.
pub fn summary(reports: &[JourneyReport]) -> String {
    let passed = reports.iter().filter(|report| report.passed()).count();
    format!("{passed} passed, {} failed", reports.len() - passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failure: Option<Failure>) -> JourneyReport {
        JourneyReport {
            name: "a_journey".into(),
            story: "It goes.".into(),
            target: "t".into(),
            took_ms: 1.0,
            requests: 0,
            failure,
            steps: Vec::new(),
        }
    }

    #[test]
    fn the_summary_counts_both() {
        let failed = Failure::without_answer("s", "e", "g");
        assert_eq!(summary(&[report(None), report(Some(failed)), report(None)]), "2 passed, 1 failed");
    }

    #[test]
    fn a_failed_journey_tells_everything_needed_to_find_out_why() {
        let told = report(Some(Failure::without_answer("Ana says", "a yes", "a no"))).to_string();
        for part in ["FAILED", "a_journey", "It goes.", "Ana says", "a yes", "a no", "none"] {
            assert!(told.contains(part), "{part} is missing");
        }
    }
}
