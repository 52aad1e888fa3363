//! Whether answers have the shape that is described: each exchange of each journey was held against `docs/openapi.json` of this version.

use super::Finding;
use truce_alarms::{Level, Watch};
use truce_contract::{Drift, Exchange, JourneyReport};

const ABOUT: &str = "the shape of answers";
/// So many places are named; how many more there are is said.
const NAMED: usize = 3;

pub(super) fn look(reports: &[JourneyReport]) -> Finding {
    let exchanges: Vec<&Exchange> = reports.iter().flat_map(JourneyReport::exchanges).collect();
    if exchanges.is_empty() {
        return Finding::not_seen(Watch::Contract, ABOUT, "no answer came");
    }
    let drifts = || exchanges.iter().flat_map(|one| one.drift.iter().map(move |drift| (*one, drift)));
    let broken: Vec<_> = drifts().filter(|(_, drift)| !drift.is_new).collect();
    let new: Vec<_> = drifts().filter(|(_, drift)| drift.is_new).collect();
    match (&broken[..], &new[..]) {
        ([], []) => Finding::well(Watch::Contract, ABOUT, format!("{} answers as described", exchanges.len())),
        ([], new) => told(Level::Warning, new, "The deployment is newer than this monitor: give it the same version."),
        (broken, _) => told(
            Level::Wrong,
            broken,
            "See which version runs there, and what is in between: a Watch stops at a key that is missing (docs/wire.md).",
        ),
    }
}

fn told(level: Level, drifts: &[(&Exchange, &Drift)], mend: &str) -> Finding {
    let mut places: Vec<String> = Vec::new();
    for (exchange, Drift { pointer, expected, found, .. }) in drifts {
        let path = exchange.path.split('?').next().unwrap_or_default();
        let place =
            format!("{} {path} {} {pointer}: expected {expected}, found {found}", exchange.method, exchange.status);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let request_id = drifts.first().map_or("none", |(exchange, _)| exchange.request_id.as_str());
    Finding::of(Watch::Contract, level, ABOUT, super::named(&places, NAMED), mend).by(request_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::tests::report;

    fn with(drifts: &[(&str, bool)]) -> Finding {
        let mut report = report("j", 2);
        let exchange = report.steps[1].exchange.as_mut().expect("an exchange");
        exchange.drift = drifts
            .iter()
            .map(|(pointer, is_new)| Drift {
                pointer: (*pointer).to_owned(),
                expected: "a field".into(),
                found: "none".into(),
                is_new: *is_new,
            })
            .collect();
        look(&[report])
    }

    #[test]
    fn what_is_missing_is_wrong_and_what_nobody_knows_a_warning() {
        assert_eq!(with(&[]).level, Level::Well);
        assert_eq!(with(&[("/mood", true)]).level, Level::Warning);
        let both = with(&[("/mood", true), ("/menu", false), ("/menu", false)]);
        assert_eq!(both.level, Level::Wrong);
        assert_eq!(both.found, "GET /health 200 /menu: expected a field, found none");
        assert_eq!(both.request_id.as_deref(), Some("r-1"));
        assert_eq!(look(&[]).level, Level::NotSeen);
    }

    #[test]
    fn so_many_are_named_and_the_rest_is_counted() {
        let many = with(&[("/a", false), ("/b", false), ("/c", false), ("/d", false), ("/e", false)]);
        assert!(
            many.found.contains("/c:") && !many.found.contains("/d:") && many.found.ends_with("and 2 more"),
            "{}",
            many.found
        );
    }
}
