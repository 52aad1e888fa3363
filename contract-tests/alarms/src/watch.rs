//! What is looked at in every round besides the journeys, how bad it is, and how often it has to be seen before it is told.
//!
//! A look sees a state, and not a share of something: there is no budget. What one look proves is told at once; what a restart, a
//! clock that is just being set or a deployment that is being rolled out explains has to be seen in some looks on end.

use crate::{Key, Kind, Ledger};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watch {
    /// Until when the certificates hold.
    Certificate,
    /// By how much the clock is wrong.
    Clock,
    /// The store, and how long it takes.
    Store,
    /// Which engine finds the words.
    Engine,
    /// Whether answers have the shape that is described.
    Contract,
    /// Whether two deployments answer alike.
    Parity,
    /// Whether a session holds as long as it says.
    LifeCycle,
    /// Whether what was sealed is still opened.
    Keys,
    /// Which keys each function has, and when they end.
    Ring,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Somebody has to look before it is wrong.
    Warning,
    /// It is.
    Wrong,
}

/// What a look has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As it should be.
    Well,
    /// Not yet wrong.
    Warning,
    /// Not as it should be.
    Wrong,
    /// Nothing could be seen: that is never well.
    NotSeen,
}

impl Watch {
    /// All of them, in the order in which they are told of.
    pub const ALL: [Self; 9] = [
        Self::Certificate,
        Self::Clock,
        Self::Store,
        Self::Engine,
        Self::Contract,
        Self::Parity,
        Self::LifeCycle,
        Self::Keys,
        Self::Ring,
    ];

    /// How often it has to be seen on end before it is told.
    pub const fn sightings(self) -> u32 {
        match self {
            Self::Certificate | Self::Store | Self::Contract | Self::LifeCycle | Self::Keys => 1,
            Self::Clock | Self::Engine | Self::Parity | Self::Ring => 3,
        }
    }

    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Clock => "clock",
            Self::Store => "store",
            Self::Engine => "engine",
            Self::Contract => "contract",
            Self::Parity => "parity",
            Self::LifeCycle => "life-cycle",
            Self::Keys => "keys",
            Self::Ring => "ring",
        }
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Severity {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }

    /// The worse one first.
    pub const ALL: [Self; 2] = [Self::Wrong, Self::Warning];
}

impl Level {
    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Wrong => Some(Severity::Wrong),
            Self::Warning => Some(Severity::Warning),
            Self::Well | Self::NotSeen => None,
        }
    }
}

/// What a look means for one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// It is wrong: open, or to be opened.
    Wrong,
    /// It is well.
    Well,
    /// Neither: it could not be seen, was not seen often enough, or is told as something worse.
    Nothing,
}

/// How often what is not well was seen on end, of every alert that there could be.
#[derive(Debug, Default)]
pub struct Sightings(HashMap<Key, u32>);

impl Sightings {
    /// Takes what a look has come to, and says what that means for each alert about it. A warning that has become wrong stays as it is,
    /// untold, until it is neither.
    pub fn take(&mut self, target: &str, about: &str, watch: Watch, level: Level, told: &Ledger) -> [(Key, Means); 2] {
        Severity::ALL.map(|severity| {
            let kind = Kind::Watched { watch, severity };
            let key = Key { target: target.to_owned(), journey: about.to_owned(), kind };
            let means = self.means(&key, watch, severity, level, told);
            (key, means)
        })
    }

    fn means(&mut self, key: &Key, watch: Watch, severity: Severity, level: Level, told: &Ledger) -> Means {
        if level == Level::NotSeen {
            return Means::Nothing;
        }
        let Some(found) = level.severity().filter(|found| *found >= severity) else {
            self.0.remove(key);
            return Means::Well;
        };
        let times = self.0.entry(key.clone()).or_default();
        *times = times.saturating_add(1);
        if found > severity {
            return Means::Nothing;
        }
        let is_open = told.open_alerts().any(|alert| alert.key == *key);
        if is_open || *times >= watch.sightings() { Means::Wrong } else { Means::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, Evidence, Pace, Seen};

    fn evidence() -> Evidence {
        Evidence { step: "s".into(), sentence: "it is so".into(), request_id: None, reproduce: "again".into() }
    }

    /// What is told of looks that come to these levels, one a minute.
    fn told(watch: Watch, levels: &[Level]) -> Vec<(usize, &'static str, Severity)> {
        let (mut ledger, mut sightings) = (Ledger::default(), Sightings::default());
        let mut told = Vec::new();
        for (minute, level) in levels.iter().enumerate() {
            for (key, means) in sightings.take("edge", "the clock", watch, *level, &ledger) {
                let seen = match means {
                    Means::Wrong => Seen::Wrong(evidence()),
                    Means::Well => Seen::Well,
                    Means::Nothing => continue,
                };
                let now = 1_795_500_000 + 60 * u64::try_from(minute).expect("few");
                let Some(event) = ledger.observe(now, &key, seen) else { continue };
                let (what, alert) = match &event {
                    Event::Opened(alert) => ("opened", alert),
                    Event::Returned(alert) => ("returned", alert),
                    Event::Resolved { alert, .. } => ("resolved", alert),
                    Event::Unwatched { alert, .. } => ("unwatched", alert),
                };
                told.push((minute, what, alert.key.kind.severity()));
            }
        }
        told
    }

    use Level::{NotSeen, Warning, Well, Wrong};

    #[test]
    fn what_a_restart_explains_is_told_after_three_looks_on_end_and_the_rest_at_once() {
        assert_eq!(told(Watch::Clock, &[Wrong, Wrong, Well, Wrong, Wrong]), []);
        assert_eq!(told(Watch::Clock, &[Wrong; 5]), [(2, "opened", Severity::Wrong)]);
        assert_eq!(told(Watch::Certificate, &[Warning; 5]), [(0, "opened", Severity::Warning)]);
    }

    #[test]
    fn what_could_not_be_seen_neither_opens_nor_ends_anything() {
        assert_eq!(
            told(Watch::Clock, &[Wrong, NotSeen, Wrong, NotSeen, NotSeen, Wrong]),
            [(5, "opened", Severity::Wrong)]
        );
        let away: Vec<Level> = [Wrong].into_iter().chain([NotSeen; 30]).collect();
        assert_eq!(told(Watch::Keys, &away), [(0, "opened", Severity::Wrong)]);
    }

    #[test]
    fn a_warning_that_becomes_wrong_is_told_as_that_and_both_end() {
        let levels: Vec<Level> = [Warning; 3].into_iter().chain([Wrong; 3]).chain([Well; 8]).collect();
        let expected = [
            (0, "opened", Severity::Warning),
            (3, "opened", Severity::Wrong),
            (8, "resolved", Severity::Wrong),
            (8, "resolved", Severity::Warning),
        ];
        assert_eq!(told(Watch::Certificate, &levels), expected);
        let better: Vec<Level> = [Wrong; 3].into_iter().chain([Warning; 8]).collect();
        assert_eq!(
            told(Watch::Certificate, &better),
            [(0, "opened", Severity::Wrong), (3, "opened", Severity::Warning), (5, "resolved", Severity::Wrong),]
        );
    }

    #[test]
    fn it_is_written_as_it_is_called() {
        for watch in Watch::ALL {
            assert_eq!(serde_json::to_value(watch).expect("JSON"), watch.name());
        }
        let kind = Kind::Watched { watch: Watch::LifeCycle, severity: Severity::Warning };
        assert_eq!(kind.to_string(), "life-cycle-warning");
        assert_eq!(
            (Kind::Burning(Pace::Fast).to_string(), Kind::Slower.to_string()),
            ("burning-fast".into(), "slower".into())
        );
        let written = serde_json::to_string(&kind).expect("JSON");
        assert_eq!(written, r#"{"watched":{"watch":"life-cycle","severity":"warning"}}"#);
        assert_eq!(serde_json::from_str::<Kind>(&written).expect("a kind"), kind);
    }
}
