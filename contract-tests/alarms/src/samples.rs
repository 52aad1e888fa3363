//! How long something took within the last day, in a bounded place: by the hour, so that an hour can be held against the
//! same one of the day before.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

const HOUR: u64 = 60 * 60;
/// A day and the hour that has begun.
const HOURS: usize = 25;
/// As many of one hour are kept, the newest: four a minute.
const PER_HOUR: usize = 240;
/// An hour with fewer says nothing about its time of day.
const ENOUGH_OF_AN_HOUR: usize = 20;
/// A day with fewer says nothing about what is usual: half of one a minute.
const ENOUGH_OF_A_DAY: usize = 720;

/// What the median absolute deviation of normal values is multiplied with to get their standard deviation.
const OF_DEVIATIONS: f64 = 1.4826;
/// Where 90 % of normal values lie below, in standard deviations.
const OF_THE_NINTH_TENTH: f64 = 1.2816;
/// Spread below 5 % is how finely a clock counts, or a cache; a change of that size matters to nobody.
const LEAST_SPREAD: f64 = 0.05;

/// How many samples on end are taken together.
const RUN: usize = 10;
const RUN_VALUES: f64 = 10.0;
/// A run of ten is a sixth of the hour whose middle it is held against, and seems that much nearer to it.
const OF_AN_HOURS_MIDDLE: f64 = 6.0 / 5.0;

/// Samples in microseconds, oldest hour first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Samples {
    hours: VecDeque<Hour>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hour {
    /// Since 1970.
    number: u64,
    micros: VecDeque<u32>,
}

impl Samples {
    pub(crate) fn push(&mut self, at: u64, micros: u32) {
        let number = at / HOUR;
        if self.hours.back().is_none_or(|hour| hour.number != number) {
            // A clock that was set back goes through its hours again.
            self.hours.retain(|hour| hour.number != number);
            self.hours.push_back(Hour { number, micros: VecDeque::new() });
        }
        if self.hours.len() > HOURS {
            self.hours.pop_front();
        }
        if let Some(hour) = self.hours.back_mut() {
            hour.micros.push_back(micros);
            if hour.micros.len() > PER_HOUR {
                hour.micros.pop_front();
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.hours.iter().map(|hour| hour.micros.len()).sum()
    }

    /// Whether every hour of a day is in it.
    pub(crate) fn are_a_day(&self) -> bool {
        self.hours.len() == HOURS && self.len() >= ENOUGH_OF_A_DAY
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = u32> {
        self.hours.iter().rev().flat_map(|hour| hour.micros.iter().rev().copied())
    }

    /// Takes the newest `count` away.
    pub(crate) fn take_newest(&mut self, count: usize) -> Self {
        let mut taken = Self::default();
        let mut left = count;
        while let Some(hour) = self.hours.back_mut().filter(|_| left > 0) {
            let keep = hour.micros.len().saturating_sub(left);
            left -= hour.micros.len() - keep;
            taken.hours.push_front(Hour { number: hour.number, micros: hour.micros.split_off(keep) });
            if keep == 0 {
                self.hours.pop_back();
            }
        }
        taken
    }

    /// The middle of what is usual at `at`: that of the day, or of this hour the day before where that is more. What is slow every
    /// morning is no change.
    pub(crate) fn usual(&self, at: u64) -> Option<u32> {
        let day = median(self.newest().collect())?;
        let yesterday = (at / HOUR).checked_sub(24);
        let hour = self.hours.iter().find(|hour| Some(hour.number) == yesterday);
        let hour = hour.filter(|hour| hour.micros.len() >= ENOUGH_OF_AN_HOUR);
        Some(day.max(hour.and_then(|hour| median(hour.micros.iter().copied().collect())).unwrap_or(day)))
    }

    /// How far samples usually are from their middle, as a standard deviation of logarithms.
    ///
    /// From the median absolute deviation, which single outliers cannot move. Where more than half of the samples are alike it is
    /// nothing, though, so what lies between the middle and the slowest tenth counts as well, if it is more.
    pub(crate) fn spread(&self) -> f64 {
        let mut all: Vec<u32> = self.newest().collect();
        let Some(middle) = median(all.clone()) else { return LEAST_SPREAD };
        let last_tenth = all.len() * 9 / 10;
        let slow = *all.select_nth_unstable(last_tenth).1;
        let mut deviations: Vec<f64> = all.into_iter().map(|micros| ratio(micros, middle).ln().abs()).collect();
        let half = deviations.len() / 2;
        let deviation = *deviations.select_nth_unstable_by(half, f64::total_cmp).1;
        (deviation * OF_DEVIATIONS).max(ratio(slow, middle).ln() / OF_THE_NINTH_TENTH).max(LEAST_SPREAD)
    }

    /// What samples do around the middle of their hour, in units of `spread`, none counted as further away than `most`.
    ///
    /// Of values that are normal and know nothing of each other the mean is 0 and the deviation 1. Slow ones that are many raise both;
    /// neighbours that resemble each other raise the deviation (R. A. Johnson and M. Bagshaw, "The Effect of Serial Correlation on the
    /// Performance of CUSUM Tests", Technometrics 16, 1974). Neither is taken for less than normal.
    pub(crate) fn noise(&self, spread: f64, most: f64) -> Noise {
        let (mut sum, mut squares, mut runs) = (0.0, 0.0, 0.0);
        for hour in &self.hours {
            let Some(middle) = median(hour.micros.iter().copied().collect()) else { continue };
            let values: Vec<f64> =
                hour.micros.iter().map(|micros| (ratio(*micros, middle).ln() / spread).clamp(-most, most)).collect();
            for run in values.chunks_exact(RUN) {
                let mean = run.iter().sum::<f64>() / RUN_VALUES;
                (sum, squares, runs) = (sum + mean, squares + mean * mean, runs + 1.0);
            }
        }
        if runs == 0.0 {
            return Noise { mean: 0.0, deviation: 1.0 };
        }
        let mean: f64 = sum / runs;
        let variance = (squares / runs - mean * mean) * RUN_VALUES * OF_AN_HOURS_MIDDLE;
        Noise { mean: mean.max(0.0), deviation: variance.max(1.0).sqrt() }
    }
}

/// The mean, and the standard deviation with neighbours taken together: how far means of ten samples on end are apart says how far a sum
/// of many goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Noise {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

/// The middle one, the larger of two.
pub(crate) fn median(mut micros: Vec<u32>) -> Option<u32> {
    let half = micros.len() / 2;
    (!micros.is_empty()).then(|| *micros.select_nth_unstable(half).1)
}

/// How many times as long; what took no time counts as a microsecond.
pub(crate) fn ratio(micros: u32, of: u32) -> f64 {
    f64::from(micros.max(1)) / f64::from(of.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_795_521_600;

    fn samples(of: impl IntoIterator<Item = (u64, u32)>) -> Samples {
        let mut samples = Samples::default();
        of.into_iter().for_each(|(at, micros)| samples.push(at, micros));
        samples
    }

    #[test]
    fn a_day_is_kept_and_no_more() {
        let week = samples((0..7 * 1_440).map(|minute| (NOON + minute * 60, 1)));
        assert_eq!((week.len(), week.are_a_day()), (25 * 60, true));
        let flood = samples((0..100_000).map(|second| (NOON + second, 1)));
        assert_eq!(flood.len(), 25 * PER_HOUR);
        let short = samples((0..24 * 60).map(|minute| (NOON + minute * 60, 1)));
        assert!(!short.are_a_day(), "24 hours have to be over");
        let sparse = samples((0..200).map(|time| (NOON + time * 600, 1)));
        assert!(!sparse.are_a_day(), "six an hour are too few");
    }

    #[test]
    fn an_hour_that_is_slow_every_day_is_usual_at_its_time() {
        let slow_hour = |minute: u64| if minute < 60 { 300 } else { 100 };
        let samples = samples((0..1_445).map(|minute| (NOON + minute * 60, slow_hour(minute % 1_440))));
        assert_eq!(samples.usual(NOON + 1_445 * 60), Some(300));
        assert_eq!(samples.usual(NOON + 1_505 * 60), Some(100));
    }

    #[test]
    fn an_hour_that_was_fast_yesterday_is_held_against_the_day() {
        let fast_hour = |minute: u64| if minute < 60 { 30 } else { 100 };
        let samples = samples((0..1_445).map(|minute| (NOON + minute * 60, fast_hour(minute))));
        assert_eq!(samples.usual(NOON + 1_445 * 60), Some(100));
    }

    #[test]
    fn spread_is_that_of_most_and_outliers_do_not_move_it() {
        let tenths =
            |outliers: u32| samples((0..1_000_u32).map(|n| (NOON, if n < outliers { 9_000 } else { 100 + n % 21 })));
        let quiet = tenths(0).spread();
        assert!((0.05..0.12).contains(&quiet), "{quiet}");
        assert!((tenths(10).spread() / quiet - 1.0).abs() < 0.2);
    }

    #[test]
    fn where_most_are_alike_the_slowest_tenth_tells_the_spread() {
        let spread = samples((0..200).map(|n| (NOON, if n % 6 == 0 { 40 } else { 30 }))).spread();
        assert!((spread - (4.0_f64 / 3.0).ln() / OF_THE_NINTH_TENTH).abs() < 1e-9, "{spread}");
        let same = samples((0..200).map(|_| (NOON, 30))).spread();
        assert!((same - LEAST_SPREAD).abs() < 1e-9, "{same}");
    }

    #[test]
    fn values_that_know_nothing_of_each_other_make_no_more_noise_than_normal() {
        let mut random = fastrand::Rng::with_seed(1);
        // Even from 0 to 1, whose standard deviation is the root of a twelfth.
        let even = samples((0..1_500).map(|minute| (NOON + minute * 60, random.u32(1_000_000..1_010_000))));
        let noise = even.noise(0.01 / 12.0_f64.sqrt(), 3.0);
        assert!(noise.mean < 0.05 && noise.deviation < 1.15, "{noise:?}");
        let none = Samples::default().noise(1.0, 3.0);
        assert_eq!((none.mean, none.deviation), (0.0, 1.0));
    }

    #[test]
    fn neighbours_that_are_alike_and_slow_ones_that_are_many_make_noise() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut value = 0;
        let alike = samples((0..1_500).map(|minute| {
            value = if minute % 5 == 0 { random.u32(1_000_000..1_010_000) } else { value };
            (NOON + minute * 60, value)
        }));
        // Means of five that are one value: five times the variance.
        let noise = alike.noise(0.01 / 12.0_f64.sqrt(), 3.0);
        assert!((noise.deviation / 5.0_f64.sqrt() - 1.0).abs() < 0.2, "{noise:?}");
        let slow = samples((0..1_500).map(|minute| (NOON + minute * 60, if minute % 10 == 0 { 900 } else { 100 })));
        let noise = slow.noise(0.2, 3.0);
        assert!((noise.mean - 0.3).abs() < 1e-9, "one in ten, counted as three: {noise:?}");
    }

    #[test]
    fn the_newest_are_taken_across_hours() {
        let mut all = samples((0..150_u32).map(|minute| (NOON + u64::from(minute) * 60, minute)));
        let taken = all.take_newest(70);
        assert_eq!((all.len(), taken.len()), (80, 70));
        assert_eq!(
            (all.newest().next(), taken.newest().next(), taken.newest().last()),
            (Some(79), Some(149), Some(80))
        );
        assert_eq!(all.take_newest(1_000).len(), 80);
        assert_eq!((all.len(), all.usual(NOON)), (0, None));
    }
}
