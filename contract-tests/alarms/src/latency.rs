//! Whether something takes longer than it used to.
//!
//! A cumulative sum of how much longer each sample took than usual, on a logarithm, in units of the usual spread. What is usual comes
//! from the samples of the last day, by medians. A sample adds what it is above [`ALLOWED`], and takes away what it is below: the sum
//! stays near nothing until most samples are above. Above a threshold it is an alarm.
//!
//! - The threshold is computed for one false alarm in [`RUN_LENGTH`] samples, by [`run_length`](crate::run_length). That is for normal
//!   values that know nothing of each other; so it is computed with the mean and the deviation that sums of the last day's samples
//!   really had. Those are estimates, and of a day; so it is for a hundred times the thirty days that are promised at a sample a minute,
//!   which costs a sample or two of delay. The benchmark says what comes of it.
//! - One sample adds [`MOST`] spreads and a quarter of the threshold at most: from nothing it takes five, and one outlier is nothing.
//! - Everything that is kept from one sample to the next is a whole number: read back after a restart it is the same.

use crate::run_length::threshold;
use crate::samples::{Samples, median, ratio};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The change that it is tuned to find.
pub const TUNED_TO: f64 = 1.5;
/// How many times as long as usual a level may be for ever: half way to [`TUNED_TO`] on a logarithm, its square root. The best
/// reference value of a cumulative sum is half of the change that is to be found.
pub const ALLOWED: f64 = 1.224_744_871_391_589;
/// How many samples lie between two false alarms, as computed: 3,000 days of one a minute.
pub const RUN_LENGTH: f64 = 100.0 * 43_200.0;
/// What one sample adds at most, in units of the spread.
pub const MOST: f64 = 2.0;
/// So much it adds all the same, however many slow ones are usual.
const LEAST_GAIN: f64 = 0.5;
/// An alarm is not over before so many samples.
const SETTLES: usize = 15;
/// How many of the newest say how long it takes now.
const NOW: usize = 60;
/// What is usual is worked out anew with every so many samples.
const AFRESH: u8 = 30;
/// Of the reference value, in standard deviations: with a spread so wide that less would do, a sum could grow for days.
const LEAST_REFERENCE: f64 = 0.1;
const MILLION: f64 = 1e6;

/// What is known of how long one journey takes on one target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// The last day on which nothing was wrong.
    usual: Samples,
    level: Option<Level>,
    /// The cumulative sum, in millionths of the spread.
    sum: u64,
    /// Of how many samples, from the first that was above what is allowed.
    of: usize,
    /// When that was.
    since: u64,
    /// While it takes longer: all samples since then.
    slower: Option<Samples>,
    /// How many samples ago the level was worked out.
    age: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Level {
    micros: u32,
    /// In millionths of a logarithm.
    spread: u32,
    /// What a sample has to be above it, in millionths of the spread.
    reference: u32,
    /// What one adds at most, in millionths of the spread.
    most: u32,
    /// What the sum has to be above, in millionths of the spread.
    threshold: u32,
}

impl Level {
    fn of(samples: &Samples, at: u64) -> Option<Self> {
        let spread = samples.spread();
        let allowed = (ALLOWED.ln() / spread).max(LEAST_REFERENCE);
        let noise = samples.noise(spread, allowed + MOST);
        let threshold = noise.deviation * threshold(allowed / noise.deviation, RUN_LENGTH);
        Some(Self {
            micros: samples.usual(at)?,
            spread: millionths(spread),
            reference: millionths(allowed + noise.mean),
            most: millionths((MOST - noise.mean).max(LEAST_GAIN).min(threshold / 4.0)),
            threshold: millionths(threshold),
        })
    }
}

/// What a sample says about the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not a day has gone by that could be compared with.
    Learning,
    /// As it used to be, or faster.
    Usual,
    /// It takes longer: an alarm.
    Slower(Slower),
    /// It has been slower for a day, and that is the usual from now on: the end of an alarm.
    NewUsual(Slower),
}

/// How much longer it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slower {
    /// What was usual.
    pub usual: Duration,
    /// The middle of the newest samples.
    pub now: Duration,
    /// When it began, as far as can be told, in Unix time.
    pub since: u64,
}

impl fmt::Display for Slower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [usual, now] = [self.usual, self.now].map(|time| time.as_secs_f64() * 1e3);
        write!(f, "it takes {now:.1} ms and took {usual:.1} ms: {:.1} times as long", now / usual)
    }
}

impl Latency {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a sample of `at`, in Unix time, and says what it means. What failed is no sample: it took as long as it took to fail.
    pub fn observe(&mut self, at: u64, took: Duration) -> Verdict {
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX).max(1);
        let Some(level) = self.level(at) else {
            self.usual.push(at, micros);
            return Verdict::Learning;
        };
        if let Some(slower) = &mut self.slower {
            slower.push(at, micros);
            return self.follow(level);
        }
        self.usual.push(at, micros);
        if self.add(at, level, micros) {
            self.sum = 0;
            let slower = self.usual.take_newest(std::mem::take(&mut self.of));
            let verdict = Verdict::Slower(self.measure(level, &slower));
            self.slower = Some(slower);
            return verdict;
        }
        Verdict::Usual
    }

    /// What is usual at `at`, once there is a day to tell from.
    fn level(&mut self, at: u64) -> Option<Level> {
        self.age = self.age.saturating_add(1);
        if self.age >= AFRESH || (self.level.is_none() && self.usual.are_a_day()) {
            self.age = 0;
            if self.level.is_some() || self.usual.are_a_day() {
                // A change that began a day ago took all that was usual with it; what it was is still known.
                self.level = Level::of(&self.usual, at).or(self.level);
            }
        }
        self.level
    }

    /// Adds a sample to the sum; whether that is too much.
    fn add(&mut self, at: u64, level: Level, micros: u32) -> bool {
        let [spread, reference] = [level.spread, level.reference].map(|value| f64::from(value) / MILLION);
        let above = ratio(micros, level.micros).ln() / spread - reference;
        self.sum = if above > 0.0 {
            self.sum.saturating_add(u64::from(millionths(above).min(level.most)))
        } else {
            self.sum.saturating_sub(u64::from(millionths(-above)))
        };
        match (self.sum, self.of) {
            (0, _) => self.of = 0,
            (_, 0) => (self.of, self.since) = (1, at),
            (_, of) => self.of = of.saturating_add(1),
        }
        self.sum > u64::from(level.threshold)
    }

    /// While it is slower: back to what was usual, or so for a day, or still so.
    fn follow(&mut self, level: Level) -> Verdict {
        let Some(slower) = self.slower.take() else { return Verdict::Usual };
        let measured = self.measure(level, &slower);
        let is_well = measured.now.as_secs_f64() < measured.usual.as_secs_f64() * ALLOWED;
        if slower.len() >= SETTLES && is_well {
            return Verdict::Usual;
        }
        if slower.are_a_day() {
            (self.usual, self.level) = (slower, None);
            return Verdict::NewUsual(measured);
        }
        self.slower = Some(slower);
        Verdict::Slower(measured)
    }

    fn measure(&self, level: Level, slower: &Samples) -> Slower {
        let now = median(slower.newest().take(NOW).collect()).unwrap_or(level.micros);
        let time = |micros: u32| Duration::from_micros(micros.into());
        Slower { usual: time(level.micros), now: time(now), since: self.since }
    }
}

/// Saturating, and 0 for what is no number.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
fn millionths(value: f64) -> u32 {
    (value * MILLION).round() as u32
}
