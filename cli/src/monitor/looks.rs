//! What was looked at besides the journeys, as it is told.

use std::fmt::Write as _;
use truce_contract::{JourneyReport, Target};
use truce_monitor::alarms::{Alert, Kind, Level, Severity, Watch};
use truce_monitor::{Finding, Looked, THE_TARGET, Watches};

/// A round: the numbers of targets, and what came of their journeys.
pub(super) type Rounds = Vec<(usize, Vec<JourneyReport>)>;

/// Looks at each target of a round.
pub(super) async fn at(watches: &mut Watches, targets: &[Target], rounds: &Rounds, at: u64) -> Vec<Looked> {
    let round: Vec<_> = rounds.iter().map(|(number, reports)| (&targets[*number], reports.as_slice())).collect();
    watches.look(&round, at).await
}

/// A line for each, and below it what to do.
pub(super) fn in_words(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut told, finding| {
        let Finding { watch, target, about, level, found, mend, .. } = finding;
        let level = match level {
            Level::Well => "ok",
            Level::Warning => "warn",
            Level::Wrong => "WRONG",
            Level::NotSeen => "not seen",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(told, "{level:<8}  {watch:<11}  {target}: {about}: {found}");
        if !mend.is_empty() {
            let _ = writeln!(told, "{:23}{mend}", "");
        }
        told
    })
}

/// An object for each.
pub(super) fn as_json(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut told, finding| {
        let _ = writeln!(told, "{}", serde_json::json!({ "finding": finding }));
        told
    })
}

/// What is looked at, for a list.
pub(super) fn list() -> String {
    Watch::ALL.into_iter().fold("Looked at besides, in every round:\n".to_owned(), |mut told, watch| {
        // Writing to a String cannot fail.
        let _ = writeln!(told, "  {watch}\n      {}", story(watch));
        told
    })
}

const fn story(watch: Watch) -> &'static str {
    match watch {
        Watch::Certificate => "Until when the certificates of each https address hold.",
        Watch::Clock => "By how much the date of any answer is wrong.",
        Watch::Store => "How long the store takes.",
        Watch::Engine => "Whether the embedded engine answers where there is a language model.",
        Watch::Contract => "Whether every answer has the shape that docs/openapi.json of this version says.",
        Watch::Parity => "With more targets, whether each answers as the first one does.",
        Watch::LifeCycle => "Whether a session of a minute begins, is renewed and ends as it says.",
        Watch::Keys => "Whether what was sealed up to an hour ago is still opened.",
        Watch::Ring => "Whether all functions have the same keys, and whether one ends before what it has sealed.",
    }
}

/// What an alert is called. What was looked at may be a warning; a journey that fails or takes longer is an alarm, however soon somebody has to look.
pub(super) const fn called(alert: &Alert) -> &'static str {
    match alert.key.kind {
        Kind::Watched { severity: Severity::Warning, .. } => "WARNING",
        _ => "ALARM",
    }
}

/// What an alert of such a severity says of what it is about.
pub(super) const fn needs(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "needs a look",
        Severity::Wrong => "is wrong",
    }
}

/// What looks once more: at both, where one was compared with the other.
pub(super) fn again(targets: &[Target], finding: &Finding) -> String {
    let named = |name: &str| targets.iter().find(|target| target.name == name);
    let Some(target) = named(&finding.target) else { return "truce monitor --once --config FILE".to_owned() };
    let one = super::again(target, THE_TARGET);
    let Some(beside) = finding.beside.as_deref().and_then(named) else { return one };
    let other = super::again(beside, THE_TARGET);
    match (one.split_once(" --target "), other.contains(" --config ")) {
        (Some((_, one)), false) => format!("{other} --target {one}"),
        _ => "truce monitor --once --config FILE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> Vec<Target> {
        let target = |name: &str, url: &str| Target::at(name, url, "a key").expect("a target");
        vec![
            target("edge", "https://truce.example"),
            target("aws", "https://aws.example"),
            target("own", "https://own.example").vouched_for_by(Vec::new()),
        ]
    }

    fn finding(target: &str, beside: Option<&str>) -> Finding {
        Finding {
            watch: Watch::Parity,
            target: target.to_owned(),
            about: "what it answers".to_owned(),
            level: Level::Wrong,
            found: "not the same".to_owned(),
            mend: "See why.".to_owned(),
            request_id: None,
            beside: beside.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn what_looks_once_more_names_both_where_one_was_compared_with_the_other() {
        let again = |target, beside| again(&targets(), &finding(target, beside));
        assert_eq!(again("aws", None), "truce monitor --once --target aws=https://aws.example");
        let both = "truce monitor --once --target edge=https://truce.example --target aws=https://aws.example";
        assert_eq!(again("aws", Some("edge")), both);
        for (target, beside) in [("own", Some("edge")), ("aws", Some("own")), ("own", None)] {
            assert_eq!(again(target, beside), "truce monitor --once --config FILE");
        }
    }

    #[test]
    fn what_is_to_be_done_stands_below_what_was_found() {
        let told = in_words(&[finding("aws", None)]);
        let expected = "WRONG     parity       aws: what it answers: not the same\n                       See why.\n";
        assert_eq!(told, expected);
    }
}
