//! Alerts: opened once, kept up to date quietly, resolved by themselves.
//!
//! | state | seen wrong | seen well |
//! |---|---|---|
//! | nothing known | [`Event::Opened`] | |
//! | open | the newest evidence is kept | [`Event::Resolved`], after [`CALM_TIMES`] on end and [`Kind::calm`] |
//! | resolved, less than its [window](Kind::window) ago | [`Event::Returned`]: the same incident goes on | |
//! | returned | the newest evidence is kept | [`Event::Resolved`], after its window |
//!
//! So whatever comes and goes is told of once in its window, and whoever was told that it is over is told when it is not. What is not watched
//! any more ends too, as [`Event::Unwatched`]: that it is over nobody has seen.

use crate::burn::Pace;
use crate::watch::{Severity, Watch};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long it has to be well before an alert is resolved, in seconds: a fast burn's short window. What comes back sooner was not over.
pub const CALM: u64 = 5 * 60;
/// How often it has to be seen well on end: a monitor that looks rarely has not seen five well minutes because they went by.
pub const CALM_TIMES: u32 = 3;
/// How many incidents are kept. With so many open nobody needs another one to know that something is wrong.
pub const MOST: usize = 1_000;

/// What an alert is about. There is one incident for each at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The deployment.
    pub target: String,
    /// The journey.
    pub journey: String,
    /// What is wrong with it.
    pub kind: Kind,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The budget of failures burns.
    Burning(Pace),
    /// It takes longer than it used to.
    Slower,
    /// It was looked at, and is not as it should be.
    Watched {
        /// What was looked at.
        watch: Watch,
        /// How bad it is.
        severity: Severity,
    },
}

impl Kind {
    /// How long after an alert was resolved the same trouble is the same incident, in seconds: a burn's long window, which still has the
    /// failures of the first time in it; an hour for the rest.
    pub const fn window(self) -> u64 {
        match self {
            Self::Burning(pace) => pace.long(),
            Self::Slower | Self::Watched { .. } => Pace::Fast.long(),
        }
    }

    /// How long it has to be well before an alert is resolved, in seconds, besides [`CALM_TIMES`] on end: a share of failures may be well by
    /// chance, what was looked at is so or is not.
    pub const fn calm(self) -> u64 {
        match self {
            Self::Burning(_) | Self::Slower => CALM,
            Self::Watched { .. } => 0,
        }
    }

    /// How bad it is. What is slower, or fails more than it may in the long run, is not wrong yet.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Burning(Pace::Fast | Pace::Steady) => Severity::Wrong,
            Self::Burning(Pace::Slow) | Self::Slower => Severity::Warning,
            Self::Watched { severity, .. } => severity,
        }
    }
}

/// In one word, as `burning-fast`, `slower`, `certificate-warning`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Burning(pace) => write!(f, "burning-{}", pace.name()),
            Self::Slower => f.write_str("slower"),
            Self::Watched { watch, severity } => write!(f, "{watch}-{}", severity.name()),
        }
    }
}

/// What a person needs to look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The step of the journey.
    pub step: String,
    /// What was expected and what came, in a sentence.
    pub sentence: String,
    /// What finds the request in the function's log; where there was an answer.
    pub request_id: Option<String>,
    /// The command that does the same again.
    pub reproduce: String,
}

/// How it was when somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// As it should be.
    Well,
    /// Not so.
    Wrong(Evidence),
}

/// Names an incident, as long as this ledger is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AlertId {
    opened: u64,
    number: u64,
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.opened, self.number)
    }
}

/// An incident, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its name, the same in every event.
    pub id: AlertId,
    /// What it is about.
    pub key: Key,
    /// When it was first seen wrong, in Unix time.
    pub opened: u64,
    /// How often it was seen wrong.
    pub times: u64,
    /// The newest.
    pub evidence: Evidence,
}

/// What has to be told, in the order in which it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something is wrong that was not.
    Opened(Alert),
    /// What was told to be over is not.
    Returned(Alert),
    /// It is over.
    Resolved {
        /// What was wrong.
        alert: Alert,
        /// From when it was first seen wrong until it was first seen well for good, in seconds.
        lasted: u64,
    },
    /// Nobody looks any more: whether it is over, nobody knows.
    Unwatched {
        /// What was wrong when somebody looked last.
        alert: Alert,
        /// From when it was first seen wrong until now, in seconds.
        lasted: u64,
    },
}

/// All incidents that are open, or were a short time ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    incidents: Vec<Incident>,
    /// The number of the next one.
    next: u64,
    turned_away: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Incident {
    alert: Alert,
    state: State,
    has_returned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Open,
    /// Open, and well `times` on end.
    Calming {
        since: u64,
        times: u32,
    },
    Resolved {
        at: u64,
    },
}

impl Ledger {
    /// Takes what was seen at `now`, in Unix time, and says what has to be told of it.
    pub fn observe(&mut self, now: u64, key: &Key, seen: Seen) -> Option<Event> {
        self.incidents.iter_mut().for_each(|incident| incident.allow_for_clock(now));
        self.incidents.retain(|incident| !incident.is_past(now));
        let known = self.incidents.iter_mut().find(|incident| incident.alert.key == *key);
        match (known, seen) {
            (Some(incident), Seen::Wrong(evidence)) => incident.wrong(evidence),
            (Some(incident), Seen::Well) => incident.well(now),
            (None, Seen::Wrong(evidence)) => self.open(now, key, evidence),
            (None, Seen::Well) => None,
        }
    }

    /// Takes out what is not watched any more, and says what has to be told of it. Nothing is known of it afterwards: if it is watched again, what is
    /// wrong then is another incident.
    pub fn leave(&mut self, now: u64, is_watched: impl Fn(&Key) -> bool) -> Vec<Event> {
        let left = self.incidents.extract_if(.., |incident| !is_watched(&incident.alert.key));
        left.filter(Incident::is_open)
            .map(|Incident { alert, .. }| Event::Unwatched { lasted: now.saturating_sub(alert.opened), alert })
            .collect()
    }

    /// The alerts that are open, the oldest first.
    pub fn open_alerts(&self) -> impl Iterator<Item = &Alert> {
        self.incidents.iter().filter(|incident| incident.is_open()).map(|incident| &incident.alert)
    }

    /// How often something was wrong that did not become an alert, because [`MOST`] were open.
    pub const fn turned_away(&self) -> u64 {
        self.turned_away
    }

    fn open(&mut self, now: u64, key: &Key, evidence: Evidence) -> Option<Event> {
        if self.incidents.len() >= MOST {
            // What is over makes room.
            let Some(over) = self.incidents.iter().position(|incident| !incident.is_open()) else {
                self.turned_away = self.turned_away.saturating_add(1);
                return None;
            };
            self.incidents.remove(over);
        }
        let id = AlertId { opened: now, number: self.next };
        self.next = self.next.wrapping_add(1);
        let alert = Alert { id, key: key.clone(), opened: now, times: 1, evidence };
        self.incidents.push(Incident { alert: alert.clone(), state: State::Open, has_returned: false });
        Some(Event::Opened(alert))
    }
}

impl Incident {
    const fn is_open(&self) -> bool {
        !matches!(self.state, State::Resolved { .. })
    }

    /// Whether the same trouble would be another incident.
    const fn is_past(&self, now: u64) -> bool {
        matches!(self.state, State::Resolved { at } if now.saturating_sub(at) >= self.alert.key.kind.window())
    }

    /// A clock that was set back starts a wait anew, or it could last for years.
    fn allow_for_clock(&mut self, now: u64) {
        match &mut self.state {
            State::Open => {}
            State::Calming { since: began, .. } | State::Resolved { at: began } => *began = now.min(*began),
        }
    }

    fn wrong(&mut self, evidence: Evidence) -> Option<Event> {
        let was_open = self.is_open();
        self.state = State::Open;
        self.alert.times = self.alert.times.saturating_add(1);
        self.alert.evidence = evidence;
        self.has_returned |= !was_open;
        (!was_open).then(|| Event::Returned(self.alert.clone()))
    }

    fn well(&mut self, now: u64) -> Option<Event> {
        let (since, times) = match self.state {
            State::Resolved { .. } => return None,
            State::Open => (now, 1),
            State::Calming { since, times } => (since, times.saturating_add(1)),
        };
        let calm = if self.has_returned { self.alert.key.kind.window() } else { self.alert.key.kind.calm() };
        if times < CALM_TIMES || now.saturating_sub(since) < calm {
            self.state = State::Calming { since, times };
            return None;
        }
        self.state = State::Resolved { at: now };
        Some(Event::Resolved { alert: self.alert.clone(), lasted: since.saturating_sub(self.alert.opened) })
    }
}

#[cfg(test)]
mod tests;
