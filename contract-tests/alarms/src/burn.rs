//! How fast the budget of failures is used up, and when that is an alarm.
//!
//! A single failure is no alarm, and neither is a budget that is used: it is there to be used. What counts is how fast. The rules
//! are those of Google's SRE workbook, chapter 5 ("Alerting on SLOs"), table 5-8: a long window says that it matters, a
//! short one of a twelfth that it is still so.
//!
//! The workbook warns that few requests make ratios jump ("Low-traffic services", same chapter), and a journey a minute is few.
//! Two rules follow from that, and both are ours:
//!
//! - A window is measured against as many observations as it has when it is full, even if fewer were seen. An hour that
//!   began five minutes ago needs as many failures as any other to burn 2 % of the budget.
//! - [`FEWEST`] failures make an alarm, however strict the objective.
//!
//! Everything here is counted in whole numbers.

use crate::objective::{Objective, PERIOD};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU32;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How many failures in the long window it takes at least.
///
/// From 99.9 % on, and with a journey a minute, one failure would burn 2 % of the budget. One is chance, and the next is often its
/// echo: two journeys of the same minute that met the same restart.
pub const FEWEST: u64 = 3;

/// How far ahead of now a bucket may be and count, in minutes: clocks are set back by a little all the time. What is further ahead
/// was counted by a clock that was wrong.
const AHEAD: u64 = 5;

/// How fast the budget burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// 2 % of the budget within an hour: all of it within two days. Somebody has to look now.
    Fast,
    /// 5 % within six hours: all of it within five days. Somebody has to look today.
    Steady,
    /// 10 % within three days: more than the period allows. Somebody has to look this week.
    Slow,
}

impl Pace {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Steady => "steady",
            Self::Slow => "slow",
        }
    }

    /// From the fastest to the slowest.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Steady, Self::Slow];

    /// The window that says that it matters, in seconds.
    pub const fn long(self) -> u64 {
        match self {
            Self::Fast => HOUR,
            Self::Steady => 6 * HOUR,
            Self::Slow => 3 * DAY,
        }
    }

    /// The window that says that it is still so, in seconds.
    pub const fn short(self) -> u64 {
        self.long() / 12
    }

    /// How much of the budget may burn within the long window, in percent.
    pub const fn percent(self) -> u64 {
        match self {
            Self::Fast => 2,
            Self::Steady => 5,
            Self::Slow => 10,
        }
    }

    const fn within(self) -> &'static str {
        match self {
            Self::Fast => "an hour",
            Self::Steady => "six hours",
            Self::Slow => "three days",
        }
    }
}

/// What was observed of one journey on one target in the last three days, and what of it burns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    objective: Objective,
    per_hour: NonZeroU32,
    /// One for each minute that had an observation, the oldest first.
    minutes: VecDeque<Minute>,
    /// Since when each pace is an alarm, in the order of [`Pace::ALL`].
    burning: [Option<u64>; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Minute {
    /// Since 1970.
    number: u64,
    well: u32,
    failed: u32,
}

/// An alarm: the budget burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burning {
    /// How fast.
    pub pace: Pace,
    /// Since when, in Unix time.
    pub since: u64,
    /// How many failed within the long window.
    pub failed: u64,
    /// Out of how many.
    pub observed: u64,
}

impl fmt::Display for Burning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pace, failed, observed, .. } = self;
        write!(f, "{failed} of {observed} failed within {}", pace.within())
    }
}

/// What a window saw.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    failed: u64,
    observed: u64,
}

impl Budget {
    /// A budget of which nothing is used, for something that is observed so many times an hour.
    pub const fn new(objective: Objective, per_hour: NonZeroU32) -> Self {
        Self { objective, per_hour, minutes: VecDeque::new(), burning: [None; 3] }
    }

    /// Counts what was observed at `at`, in Unix time.
    pub fn observe(&mut self, at: u64, well: u32, failed: u32) {
        let now = at / MINUTE;
        let oldest = now.saturating_sub(Pace::Slow.long() / MINUTE);
        while self.minutes.front().is_some_and(|minute| minute.number < oldest) {
            self.minutes.pop_front();
        }
        while self.minutes.back().is_some_and(|minute| minute.number > now.saturating_add(AHEAD)) {
            self.minutes.pop_back();
        }
        let later = self.minutes.iter().rev().take_while(|minute| minute.number > now).count();
        let place = self.minutes.len() - later;
        match place.checked_sub(1).and_then(|before| self.minutes.get_mut(before)).filter(|minute| minute.number == now)
        {
            Some(minute) => {
                minute.well = minute.well.saturating_add(well);
                minute.failed = minute.failed.saturating_add(failed);
            }
            None => self.minutes.insert(place, Minute { number: now, well, failed }),
        }
    }

    /// What burns at `now`, in Unix time, from the fastest to the slowest.
    ///
    /// It begins when both windows burn, and is over when something was seen in the short one and that does not burn. Silence is
    /// neither: when nothing was observed, nothing ends.
    pub fn burning(&mut self, now: u64) -> Vec<Burning> {
        let mut found = Vec::new();
        for (at, pace) in Pace::ALL.into_iter().enumerate() {
            let (long, short) = (self.counts(now, pace.long()), self.counts(now, pace.short()));
            let still = self.burns(pace, pace.short(), short);
            let begins = still && long.failed >= FEWEST && self.burns(pace, pace.long(), long);
            self.burning[at] = match self.burning[at] {
                Some(since) if still || short.observed == 0 => Some(since),
                Some(_) => None,
                None => begins.then_some(now),
            };
            found.extend(self.burning[at].map(|since| Burning {
                pace,
                since,
                failed: long.failed,
                observed: long.observed,
            }));
        }
        found
    }

    fn counts(&self, now: u64, window: u64) -> Counts {
        let now = now / MINUTE;
        let within = |minute: &&Minute| minute.number.saturating_add(window / MINUTE) > now;
        let is_ahead = |minute: &&Minute| minute.number > now.saturating_add(AHEAD);
        let seen = self.minutes.iter().rev().skip_while(is_ahead).take_while(within);
        seen.fold(Counts::default(), |counts, minute| Counts {
            failed: counts.failed + u64::from(minute.failed),
            observed: counts.observed + u64::from(minute.failed) + u64::from(minute.well),
        })
    }

    /// Whether a window burns faster than `pace` allows: failed ÷ observed > percent × period ÷ long window × what may fail,
    /// without a division. 2 % of thirty days in an hour is the workbook's 14.4.
    fn burns(&self, pace: Pace, window: u64, counts: Counts) -> bool {
        let full = u64::from(self.per_hour.get()) * window / HOUR;
        let of = u128::from(counts.observed.max(full));
        let rate = u128::from(pace.percent() * PERIOD) * u128::from(self.objective.may_fail());
        u128::from(counts.failed) * u128::from(pace.long()) * 100 * 1_000_000 > rate * of
    }
}

#[cfg(test)]
mod tests;
