//! Whether all functions have the same keys, and whether one ends before what it has sealed can be over.
//!
//! A ring says what a key is, and not since when; but that is what its end has to be held against. So it is remembered, over rounds and restarts,
//! when each key was seen sealing last, and since when it waits to seal. By id: a key itself is never told. What was never seen sealing is not
//! judged by its end: then nobody knows what it has sealed.

use super::{Finding, WatchSettings, within};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use truce_alarms::{Level, Watch};
use truce_contract::{Call, World};
use truce_looks::ring::{Key, Ring, SAME, apart, moment, places};
use truce_session::KeyState;
use truce_session::lifetime::ROTATION_OVERLAP;

const WHICH: &str = "which keys there are";
const ENDS: &str = "until when keys hold";
const PAGE: &str = "docs/running.md, Keys";
const DAY: u64 = 86_400;
/// A ring is made before it is given to all: by so much an end may come sooner than is planned for.
const ALLOWED: u64 = DAY;
/// Whoever was cut off has scanned again by then, and it is news no more.
const NEWS: u64 = DAY;
/// More keys than any deployment has.
const MOST: usize = 256;

/// What the functions of one target have told.
pub(super) struct Told {
    rings: Vec<Ring>,
    /// Functions that have told nothing.
    silent: Vec<String>,
}

/// The keys of one target that were seen, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen(BTreeMap<String, Known>);

/// What is known of a key, each in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// When it was seen sealing last.
    sealed: Option<u64>,
    /// Since when it opens without an end, and seals nothing.
    waits: Option<u64>,
    /// When it ends.
    until: Option<u64>,
    /// Since when no function has it.
    gone: Option<u64>,
}

/// What somebody has to look at.
struct Due {
    level: Level,
    found: String,
    mend: String,
}

/// Asks each address. A request each.
pub(super) async fn ask(world: &World) -> Told {
    let mut told = Told { rings: Vec::new(), silent: Vec::new() };
    for (function, names) in places(&world.target().addresses) {
        let asked = Call::get("/health?probe=ready").to(function);
        let answer = within(world.organiser_does("the monitor asks for the keys", asked)).await;
        match answer.ok().and_then(|answer| Ring::read(&names, answer.value("keys"))) {
            Some(ring) => told.rings.push(ring),
            None => told.silent.push(names),
        }
    }
    told
}

/// What is to be said of it, and of what was seen before.
pub(super) fn look(told: Option<&Told>, seen: &mut Seen, settings: &WatchSettings, now: u64) -> Vec<Finding> {
    let Some(told) = told.filter(|told| !told.rings.is_empty()) else {
        let why =
            "no function tells its keys: it is of an earlier version, not ready, or takes another organiser's key";
        return vec![Finding::not_seen(Watch::Ring, WHICH, why)];
    };
    seen.takes(&told.rings, told.silent.is_empty(), now);
    vec![told.which(now), seen.ends(settings, now)]
}

impl Told {
    fn which(&self, now: u64) -> Finding {
        if let Some(found) = apart(&self.rings, now) {
            return Finding::of(Watch::Ring, Level::Wrong, WHICH, found, SAME);
        }
        let names: Vec<&str> = self.rings.iter().map(|ring| ring.of.as_str()).collect();
        let silent =
            if self.silent.is_empty() { String::new() } else { format!("; {} tells none", self.silent.join(", ")) };
        Finding::well(Watch::Ring, WHICH, format!("{}: {}{silent}", names.join(", "), self.rings[0].in_words(now)))
    }
}

impl Known {
    /// Until when it has to be there: until its end, or as long as what it sealed can hold.
    fn owes(&self) -> Option<u64> {
        self.until.or(self.sealed.map(|sealed| sealed.saturating_add(ROTATION_OVERLAP)))
    }

    fn takes(&mut self, state: KeyState, now: u64) {
        self.gone = None;
        self.until = None;
        match state {
            KeyState::Active => (self.sealed, self.waits) = (Some(now), None),
            KeyState::Accepted => self.waits = self.waits.or(Some(now)),
            KeyState::RetiringUntil(until) => (self.until, self.waits) = (Some(until), None),
        }
    }

    /// What somebody has to look at, if anything.
    fn judged(&self, id: &str, settings: &WatchSettings, now: u64) -> Option<Due> {
        if self.gone.is_some() {
            return self.is_missed(id);
        }
        self.is_forgotten(id, settings, now).or_else(|| self.ends_too_soon(id, settings, now))
    }

    fn is_missed(&self, id: &str) -> Option<Due> {
        let owed = self.owes()?;
        let holds = moment(owed);
        Some(Due {
            level: Level::Wrong,
            found: format!("{id} is gone, and has sealed what holds until {holds}: who has that scans again"),
            mend: format!("Put it back into TRUCE_KEYS as `retiring-until-{owed}`, unless it leaked ({PAGE})."),
        })
    }

    fn is_forgotten(&self, id: &str, settings: &WatchSettings, now: u64) -> Option<Due> {
        let long = u64::from(settings.key_introduced_days) * DAY;
        let since = self.waits.filter(|since| now.saturating_sub(*since) >= long)?;
        let activate = format!("Make it the active one where every function has it (`truce keys activate {id}`)");
        Some(Due {
            level: Level::Warning,
            found: format!("{id} opens, and has not sealed since {}", moment(since)),
            mend: format!("{activate}, or take it away (`truce keys retire {id}`)."),
        })
    }

    fn ends_too_soon(&self, id: &str, settings: &WatchSettings, now: u64) -> Option<Due> {
        let (sealed, until) = (self.sealed?, self.until?);
        let holds = sealed.saturating_add(ROTATION_OVERLAP);
        let is_near = until.saturating_sub(now) < u64::from(settings.key_end_days) * DAY;
        let [end, last, over] = [until, sealed, holds].map(moment);
        (is_near && until.saturating_add(ALLOWED) < holds).then(|| Due {
            level: Level::Warning,
            found: format!(
                "{id} ends on {end}, and sealed until {last} what can hold until {over}: who has that scans again"
            ),
            mend: format!(
                "Put `retiring-until-{holds}` there in TRUCE_KEYS, unless it is meant to end before ({PAGE})."
            ),
        })
    }
}

impl Seen {
    /// Takes what was told; what is missing is gone only if all have told.
    fn takes(&mut self, rings: &[Ring], all: bool, now: u64) {
        // Of one that is not the same everywhere, what it is for the longest.
        let mut keys: Vec<&Key> = rings.iter().flat_map(|ring| &ring.keys).collect();
        keys.sort_by(|one, other| (&one.id, reach(one.state)).cmp(&(&other.id, reach(other.state))));
        let mut there: BTreeMap<&str, &Key> = BTreeMap::new();
        for key in keys {
            there.insert(&key.id, key);
        }
        for (id, key) in &there {
            if key.is_over(now) {
                self.0.remove(*id);
            } else if self.0.contains_key(*id) || self.0.len() < MOST {
                self.0.entry((*id).to_owned()).or_default().takes(key.state, now);
            }
        }
        self.0.retain(|id, known| {
            if all && !there.contains_key(id.as_str()) {
                known.gone = known.gone.or(Some(now));
            }
            let is_news = known.gone.is_none_or(|gone| now.saturating_sub(gone) < NEWS);
            is_news && (known.gone.is_none() || known.owes().is_some_and(|owed| owed > now))
        });
    }

    fn ends(&self, settings: &WatchSettings, now: u64) -> Finding {
        let mut due: Vec<Due> = self.0.iter().filter_map(|(id, known)| known.judged(id, settings, now)).collect();
        // What is wrong goes first, and of what is alike the order of ids.
        due.sort_by_key(|due| due.level != Level::Wrong);
        let found = due.iter().map(|due| due.found.as_str()).collect::<Vec<_>>().join("; ");
        match due.first() {
            Some(Due { level, mend, .. }) => Finding::of(Watch::Ring, *level, ENDS, found, mend),
            None => Finding::well(Watch::Ring, ENDS, "none ends before what it was seen sealing"),
        }
    }
}

/// The more it opens, and the longer, the more.
const fn reach(state: KeyState) -> (u8, u64) {
    match state {
        KeyState::RetiringUntil(until) => (0, until),
        KeyState::Accepted => (1, 0),
        KeyState::Active => (2, 0),
    }
}

#[cfg(test)]
mod tests;
