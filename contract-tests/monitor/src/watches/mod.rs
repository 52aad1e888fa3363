//! What is looked at in every round besides the journeys.
//!
//! Some of it the journeys have shown: each exchange has the shape of its answer and its sender's clock with it. For the rest there are a few
//! requests more, [`COST`] a round. A look that sees nothing says so, and is never well. A new one is a module with a function that gives a
//! [`Finding`], whose mend names a setting, a command or a page.

mod certificate;
mod clock;
mod contract;
mod engine;
mod finding;
mod life_cycle;
mod parity;
mod ring;
mod store;

pub use finding::Finding;

use crate::THE_STORE;
use life_cycle::Sessions;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::time::Duration;
use store::Store;
use tokio::task::JoinSet;
use truce_alarms::Watch;
use truce_contract::{Failure, Function, JourneyReport, Outcome, Target, World};
use truce_looks::Limits;

/// How many requests they make at most in a round: readiness, the page for talking, a session from its beginning (4), the end of two (4), one that
/// is kept, with another in its place (4), and the keys of each function.
pub(crate) const COST: u64 = 14 + Function::ALL.len() as u64;
/// For each thing that is asked: what takes longer is not seen.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is looked at, and what is too much.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchSettings {
    /// A certificate with fewer days left is a warning; one that is short, with less than a third of its life.
    pub certificate_warning_days: u32,
    /// A certificate with fewer days left is wrong; one that is short, with less than a tenth of its life.
    pub certificate_wrong_days: u32,
    /// A clock that is more seconds from ours is a warning.
    pub clock_warning_seconds: u32,
    /// A clock that is more seconds from ours is wrong.
    pub clock_wrong_seconds: u32,
    /// A retiring key that ends before what it sealed is a warning with fewer days left.
    pub key_end_days: u32,
    /// A key that has opened for so many days and seals nothing is a warning.
    pub key_introduced_days: u32,
    /// What is not looked at.
    pub off: Vec<Watch>,
}

impl Default for WatchSettings {
    fn default() -> Self {
        let Limits { warning_days, wrong_days } = Limits::default();
        Self {
            certificate_warning_days: warning_days,
            certificate_wrong_days: wrong_days,
            // What clocks that are kept are never apart, and what the lifetimes of tokens allow for (docs/security.md).
            clock_warning_seconds: 2,
            clock_wrong_seconds: 30,
            key_end_days: 7,
            key_introduced_days: 7,
            off: Vec::new(),
        }
    }
}

impl WatchSettings {
    const fn certificates(&self) -> Limits {
        Limits { warning_days: self.certificate_warning_days, wrong_days: self.certificate_wrong_days }
    }
}

/// Looks, round after round.
pub struct Watches {
    settings: WatchSettings,
    /// By target.
    sessions: HashMap<String, Sessions>,
    /// The keys that were seen, by target.
    rings: BTreeMap<String, ring::Seen>,
    /// Whether there will be another round.
    go_on: bool,
}

/// What the looks at one target have come to.
pub struct Looked {
    /// One or more of each watch.
    pub findings: Vec<Finding>,
    /// How long the store took, as a journey: it is kept, and judged, as those are. Its requests are those of all looks.
    pub store: JourneyReport,
}

/// What was asked of one target.
struct Asked {
    findings: Vec<Finding>,
    has_model: Option<bool>,
    store: Outcome<Store>,
    rings: Option<ring::Told>,
    requests: u64,
}

impl Watches {
    /// With these settings; `go_on` says whether there will be more than one round.
    pub fn new(settings: WatchSettings, go_on: bool) -> Self {
        Self { settings, sessions: HashMap::new(), rings: BTreeMap::new(), go_on }
    }

    /// Goes on from what was [seen](Self::seen) before. What cannot be read was not.
    #[must_use]
    pub fn remembering(mut self, seen: Option<&str>) -> Self {
        self.rings = seen.and_then(|seen| serde_json::from_str(seen).ok()).unwrap_or_default();
        self
    }

    /// Which keys were seen, and as what, in JSON: by id.
    pub fn seen(&self) -> String {
        // Plain data: nothing in it can fail to be written as JSON.
        serde_json::to_string(&self.rings).unwrap_or_default()
    }

    /// Looks at each target after its journeys, all at the same time; in the order in which they are given. The others are compared with the
    /// first. The round began `at`, in seconds since 1970.
    pub async fn look(&mut self, round: &[(&Target, &[JourneyReport])], at: u64) -> Vec<Looked> {
        let mut asking = JoinSet::new();
        for (number, (target, reports)) in round.iter().enumerate() {
            let (target, settings, go_on) = ((*target).clone(), self.settings.clone(), self.go_on);
            let mut sessions = self.sessions.remove(&target.name).unwrap_or_default();
            let (held, reframed) = (reports.iter().any(JourneyReport::passed), needs_to_know(reports));
            asking.spawn(async move {
                let asked = asks(&target, &settings, &mut sessions, held, reframed, go_on).await;
                (number, target.name, sessions, asked)
            });
        }
        let mut all = asking.join_all().await;
        all.sort_by_key(|(number, ..)| *number);
        let mut looked = Vec::new();
        for (number, name, sessions, asked) in all {
            self.sessions.insert(name, sessions);
            looked.push(self.sums_up(round, number, asked, at));
        }
        looked
    }

    /// Ends what was kept over rounds.
    pub async fn end(&mut self) {
        for sessions in self.sessions.values_mut() {
            sessions.are_over().await;
        }
    }

    fn sums_up(&mut self, round: &[(&Target, &[JourneyReport])], number: usize, asked: Asked, at: u64) -> Looked {
        let (target, reports) = round[number];
        let (first, there) = round[0];
        let mut findings = asked.findings;
        findings.push(clock::look(reports, &self.settings));
        findings.push(store::look(&asked.store));
        findings.push(engine::look(reports, asked.has_model));
        findings.push(contract::look(reports));
        let seen = self.rings.entry(target.name.clone()).or_default();
        findings.extend(ring::look(asked.rings.as_ref(), seen, &self.settings, at));
        if number > 0 {
            findings.push(parity::look(&first.name, there, reports));
        } else if round.len() == 1 {
            let why = "there is no other target in this round";
            findings.push(Finding::not_seen(Watch::Parity, "what it answers", why));
        }
        findings.retain(|finding| !self.settings.off.contains(&finding.watch));
        let place = |finding: &Finding| Watch::ALL.iter().position(|watch| *watch == finding.watch);
        findings.sort_by_key(place);
        let findings = findings.into_iter().map(|finding| finding.at(&target.name)).collect();
        Looked { findings, store: as_journey(target, asked.store, asked.requests) }
    }
}

/// Whether there were words of the embedded engine, so that it matters whether there is a model.
fn needs_to_know(reports: &[JourneyReport]) -> bool {
    engine::reframed(reports).iter().any(|(_, engine)| *engine != "model")
}

async fn asks(
    target: &Target,
    settings: &WatchSettings,
    sessions: &mut Sessions,
    held: bool,
    reframed: bool,
    go_on: bool,
) -> Asked {
    let is_on = |watch: Watch| !settings.off.contains(&watch);
    let mut findings = if is_on(Watch::Certificate) { certificate::look(target, settings).await } else { Vec::new() };
    let world = match World::at(target.clone()) {
        Ok(world) => world,
        Err(failure) => return Asked { findings, has_model: None, store: Err(failure), rings: None, requests: 0 },
    };
    // Where no journey held it may be why, and nothing else is asked.
    let store = within(store::ask(&world)).await;
    if !held {
        return Asked { findings, has_model: None, store, rings: None, requests: world.requests() };
    }
    let mut has_model = None;
    if reframed && is_on(Watch::Engine) {
        has_model = within(engine::is_told_of(&world)).await.ok();
    }
    if is_on(Watch::LifeCycle) {
        findings.push(sessions.ends().await);
        findings.push(sessions.begins(&world).await);
    }
    if is_on(Watch::Keys) && go_on {
        findings.push(sessions.keeps(&world).await);
    }
    let rings = if is_on(Watch::Ring) { Some(ring::ask(&world).await) } else { None };
    let requests = world.requests() + sessions.asked();
    Asked { findings, has_model, store, rings, requests }
}

/// What comes in time.
async fn within<T>(asked: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let late = |_| Failure::without_answer("a look", format!("an answer within {} s", PATIENCE.as_secs()), "none");
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

fn as_journey(target: &Target, store: Outcome<Store>, requests: u64) -> JourneyReport {
    let (took_ms, failure) = match store {
        Ok(Store::Up(took_ms)) => (took_ms, None),
        Ok(Store::Down(failure)) | Err(failure) => (0.0, Some(failure)),
    };
    JourneyReport {
        name: THE_STORE.to_owned(),
        story: "The monitor asks how long the store takes.".to_owned(),
        target: target.name.clone(),
        took_ms,
        requests,
        failure,
        steps: Vec::new(),
    }
}

/// The first few, and how many more there are.
fn named(places: &[String], most: usize) -> String {
    let told = places.iter().take(most).map(String::as_str).collect::<Vec<_>>().join("; ");
    match places.len().saturating_sub(most) {
        0 => told,
        more => format!("{told}; and {more} more"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::WatchSettings;
    use truce_alarms::Watch;
    use truce_contract::{Exchange, JourneyReport, Step};

    #[test]
    fn what_is_not_said_in_the_file_is_as_it_was_and_what_nobody_looks_at_is_refused() {
        let settings: WatchSettings =
            toml::from_str("certificate_wrong_days = 3\noff = [\"life-cycle\"]").expect("settings");
        let unsaid = WatchSettings::default();
        assert_eq!(settings, WatchSettings { certificate_wrong_days: 3, off: vec![Watch::LifeCycle], ..unsaid });
        for wrong in ["off = [\"lifecycle\"]", "clock_seconds = 2", "clock_wrong_seconds = -1"] {
            assert!(toml::from_str::<WatchSettings>(wrong).is_err(), "{wrong}");
        }
    }

    /// A journey that held, of so many times alive.
    pub(crate) fn report(name: &str, exchanges: usize) -> JourneyReport {
        let exchange = || Exchange {
            method: "GET".into(),
            path: "/health".into(),
            status: 200,
            headers: std::collections::BTreeMap::new(),
            body: serde_json::json!({"code": "alive"}),
            request_id: "r-1".into(),
            took_ms: 1.0,
            drift: Vec::new(),
            dated: None,
        };
        let step = |_| Step { what: "looks".into(), at_ms: 0.0, exchange: Some(exchange()) };
        JourneyReport {
            name: name.into(),
            story: String::new(),
            target: "edge".into(),
            took_ms: 1.0,
            requests: 1,
            failure: None,
            steps: (0..exchanges).map(step).collect(),
        }
    }
}
