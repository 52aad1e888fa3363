//! How it stands, in a few sentences.

use super::build::Look;
use super::{At, JourneyStatus, State, TargetStatus};
use crate::words;
use std::cmp::Reverse;
use truce_monitor::{Incident, THE_TARGET};

/// So many are said; who wants more reads on.
const SENTENCES: usize = 4;

impl Look<'_> {
    /// What is worst comes first.
    pub(super) fn summary(&self, targets: &[TargetStatus]) -> Vec<String> {
        if targets.iter().all(|target| target.now.state == State::Well) {
            return vec!["All of it holds.".to_owned()];
        }
        if targets.iter().all(|target| target.now.state == State::Unknown) {
            return vec!["Nobody has looked yet.".to_owned()];
        }
        let mut targets: Vec<&TargetStatus> = targets.iter().collect();
        targets.sort_by_key(|target| Reverse(target.now.state));
        let mut all: Vec<String> = targets.into_iter().flat_map(|target| self.sentences(target)).collect();
        let more = all.len().saturating_sub(SENTENCES);
        all.truncate(SENTENCES);
        all.extend((more > 0).then(|| format!("And {more} more.")));
        all
    }

    /// Nothing where it is well.
    fn sentences(&self, target: &TargetStatus) -> Vec<String> {
        let name = &target.name;
        match target.now.state {
            State::Well => Vec::new(),
            State::Unknown => vec![format!("{name}: nobody has looked yet.")],
            State::Silent => vec![format!("{name}: the monitor has not looked{}.", self.since(target.now.since))],
            State::Failed | State::Warned | State::Slower | State::Wrong | State::Failing => self.troubles(target),
        }
    }

    fn troubles(&self, target: &TargetStatus) -> Vec<String> {
        let (name, open) =
            (&target.name, |state| self.open(&target.name).filter(move |one| State::of(&one.kind) == state));
        if let Some(whole) = open(State::Failing).find(|incident| incident.journey == THE_TARGET) {
            // What fails as a whole is not said of each once more.
            return vec![format!("{name}: most of it fails{}.", self.since(Some(At(whole.opened))))];
        }
        let failing = self.of_journeys(name, open(State::Failing), ["fails", "fail"]);
        let watched = open(State::Wrong).chain(open(State::Warned)).filter_map(|incident| {
            let kind = words::kind(&incident.kind);
            self.of_journeys(name, std::iter::once(incident), [&kind, &kind])
        });
        let slower = self.of_journeys(name, open(State::Slower), ["takes longer", "take longer"]);
        let failed = target.journeys.iter().filter(|journey| journey.now.state == State::Failed);
        let failed: Vec<&JourneyStatus> = failed.collect();
        let failed = match &failed[..] {
            [] => None,
            [one] => Some(format!("{name}: {} failed the last time.", words::about(&one.name))),
            many => Some(format!("{name}: {} journeys failed the last time.", many.len())),
        };
        failing.into_iter().chain(watched).chain(slower).chain(failed).collect()
    }

    /// One sentence of all of them.
    fn of_journeys<'a>(
        &self,
        name: &str,
        incidents: impl Iterator<Item = &'a Incident>,
        [one, many]: [&str; 2],
    ) -> Option<String> {
        let incidents: Vec<&Incident> = incidents.collect();
        let since = self.since(incidents.iter().map(|incident| At(incident.opened)).min());
        let mut journeys: Vec<&str> = incidents.iter().map(|incident| incident.journey.as_str()).collect();
        journeys.sort_unstable();
        journeys.dedup();
        match &journeys[..] {
            [] => None,
            [journey] => Some(format!("{name}: {} {one}{since}.", words::about(journey))),
            journeys => Some(format!("{name}: {} journeys {many}{since}.", journeys.len())),
        }
    }

    fn since(&self, at: Option<At>) -> String {
        at.map_or_else(String::new, |at| format!(" since {}", words::moment(at.0, self.now)))
    }
}
