//! Whether two deployments answer alike: each journey to another target beside the same journey to the first.

use super::{Finding, engine};
use truce_alarms::{Level, Watch};
use truce_contract::{Difference, JourneyReport, apart};

/// So many places are named; how many more there are is said.
const NAMED: usize = 3;

/// Compares a target with the `first`, by name. Only journeys that held on both are compared: what failed is told already.
pub(super) fn look(first: &str, there: &[JourneyReport], here: &[JourneyReport]) -> Finding {
    let about = format!("what it answers beside {first}");
    let pairs: Vec<_> = there
        .iter()
        .filter_map(|there| Some((there, here.iter().find(|here| here.name == there.name)?)))
        .filter(|(there, here)| there.passed() && here.passed())
        .collect();
    if pairs.is_empty() {
        return Finding::not_seen(Watch::Parity, about, "no journey held on both");
    }
    // What a model says, it says differently every time.
    let by_model = [there, here].iter().any(|of| engine::reframed(of).iter().any(|(_, engine)| *engine == "model"));
    let mut found: Vec<(&JourneyReport, Difference)> = Vec::new();
    for (there, here) in &pairs {
        let different = apart(there, here).into_iter().filter(|one| !(by_model && one.in_words));
        found.extend(different.map(|one| (*here, one)));
    }
    let mut finding = match &found[..] {
        [] => Finding::well(Watch::Parity, about, format!("the same, in {} journeys", pairs.len())),
        different => told(first, about, different),
    };
    finding.beside = Some(first.to_owned());
    finding
}

fn told(first: &str, about: String, different: &[(&JourneyReport, Difference)]) -> Finding {
    let (level, mend) = if different.iter().all(|(_, one)| one.in_words) {
        (Level::Warning, "See whether both have the same version and settings: what they say is not the same.")
    } else {
        (
            Level::Wrong,
            "See whether both have the same version, and what is in front of each: clients can tell them apart.",
        )
    };
    // What clients can tell apart first.
    let (broken, in_words): (Vec<_>, Vec<_>) = different.iter().partition(|(_, one)| !one.in_words);
    let places = broken.iter().chain(&in_words).map(|(report, one)| format!("{one} of {}", report.name));
    let found = format!("not as {first}: {}", super::named(&places.collect::<Vec<_>>(), NAMED));
    let request_id = broken.iter().chain(&in_words).next().map_or("none", |(_, one)| one.request_id.as_str());
    Finding::of(Watch::Parity, level, about, found, mend).by(request_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::tests::report;
    use serde_json::{Value, json};

    fn answering(body: Value) -> Vec<JourneyReport> {
        let mut report = report("joining", 1);
        report.steps[0].exchange.as_mut().expect("an exchange").body = body;
        vec![report]
    }

    #[test]
    fn another_shape_is_wrong_and_other_words_are_a_warning_unless_a_model_says_them() {
        let said = |say: &str, engine: &str| answering(json!({"code": "reframed", "say": say, "engine": engine}));
        let look = |there: &[JourneyReport], here: &[JourneyReport]| look("edge", there, here);
        let one = said("Hi.", "embedded");
        assert_eq!(look(&one, &one).level, Level::Well);
        let words = look(&one, &said("Hello.", "embedded"));
        assert_eq!(words.level, Level::Warning);
        assert_eq!(words.found, "not as edge: GET /health (exchange 1) /say of joining");
        assert!(!format!("{words:?}").contains("Hello"));
        assert_eq!(look(&one, &said("Hello.", "model")).level, Level::Well);
        let shape = look(&one, &answering(json!({"code": "reframed", "engine": "embedded"})));
        assert_eq!((shape.level, shape.beside.as_deref()), (Level::Wrong, Some("edge")));
    }

    #[test]
    fn what_failed_is_not_compared() {
        let there = answering(json!({"code": "a"}));
        let mut here = answering(json!({"code": "b"}));
        here[0].failure = Some(truce_contract::Failure::without_answer("s", "e", "g"));
        assert_eq!(look("edge", &there, &here).level, Level::NotSeen);
    }
}
