//! Latencies as they could be, a sample a minute, from a seed; and a detector that goes through them.

use std::f64::consts::TAU;
use std::time::Duration;
use truce_alarms::{Latency, Verdict};

/// When every series begins, in Unix time.
pub(crate) const START: u64 = 1_795_500_000;
/// In samples.
pub(crate) const DAY: u64 = 1_440;

/// How samples are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Lognormal, spread 20 %.
    Steady,
    /// Lognormal, spread 50 %, and one in fifty takes ten times as long.
    Tailed,
    /// Spread 20 %; one in twelve starts from cold and takes five times as long.
    Cold,
    /// Spread 15 %, a fifth more at noon and a fifth less at night.
    Rhythm,
    /// Around 30 ms, spread 15 %, by a clock of 10 ms.
    Discrete,
    /// Spread 20 %, each half of what its predecessor was above or below.
    Sticky,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Steady, Self::Tailed, Self::Cold, Self::Rhythm, Self::Discrete, Self::Sticky];
}

/// What becomes of the level from a moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Change {
    /// So many times as long at once.
    Step(f64),
    /// So many times as long after a day, little by little, and so from then on.
    Drift(f64),
}

impl Change {
    fn after(self, samples: u64) -> f64 {
        match self {
            Self::Step(times) => times,
            Self::Drift(times) => times.powf((samples as f64 / DAY as f64).min(1.0)),
        }
    }
}

pub(crate) struct Series {
    kind: Kind,
    random: fastrand::Rng,
    sticks: f64,
}

impl Series {
    pub(crate) fn new(kind: Kind, seed: u64) -> Self {
        Self { kind, random: fastrand::Rng::with_seed(seed), sticks: 0.0 }
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.random.f64()).ln()).sqrt() * (TAU * self.random.f64()).cos()
    }

    /// One in so many takes so many times as long.
    fn rare(&mut self, one_in: u32, times: f64) -> f64 {
        if self.random.u32(0..one_in) == 0 { times } else { 1.0 }
    }

    /// The sample of a minute, in milliseconds, at `times` the level.
    pub(crate) fn sample(&mut self, minute: u64, times: f64) -> f64 {
        let normal = self.normal();
        match self.kind {
            Kind::Steady => 80.0 * times * (0.2 * normal).exp(),
            Kind::Tailed => 80.0 * times * (0.5 * normal).exp() * self.rare(50, 10.0),
            Kind::Cold => 80.0 * times * (0.2 * normal).exp() * self.rare(12, 5.0),
            Kind::Rhythm => {
                let of_day = (TAU * (minute % DAY) as f64 / DAY as f64).sin();
                80.0 * times * (1.0 + 0.2 * of_day) * (0.15 * normal).exp()
            }
            Kind::Discrete => (30.0 * times * (0.15 * normal).exp() / 10.0).round() * 10.0,
            Kind::Sticky => {
                self.sticks = 0.5 * self.sticks + (1.0_f64 - 0.25).sqrt() * normal;
                80.0 * times * (0.2 * self.sticks).exp()
            }
        }
    }
}

/// A detector and the series that it goes through.
pub(crate) struct Watched {
    pub(crate) latency: Latency,
    pub(crate) series: Series,
    pub(crate) minute: u64,
}

impl Watched {
    /// One that has learnt: it has seen a day and as much of the next as `into`, in samples.
    pub(crate) fn learnt(kind: Kind, seed: u64, into: u64) -> Self {
        let mut watched = Self { latency: Latency::new(), series: Series::new(kind, seed), minute: 0 };
        watched.pass(DAY + 60 + into, 1.0);
        watched
    }

    /// So many samples, whatever comes of them.
    pub(crate) fn pass(&mut self, samples: u64, times: f64) {
        for _ in 0..samples {
            self.next(times);
        }
    }

    pub(crate) fn next(&mut self, times: f64) -> Verdict {
        let sample = self.series.sample(self.minute, times);
        let verdict = self.latency.observe(START + self.minute * 60, Duration::from_secs_f64(sample / 1e3));
        self.minute += 1;
        verdict
    }

    pub(crate) fn is_alarm(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Slower(_))
    }

    /// False alarms within so many days, each counted when it begins.
    pub(crate) fn alarms(&mut self, days: u64) -> usize {
        let (mut begun, mut was_alarm) = (0, false);
        for _ in 0..days * DAY {
            let is_alarm = Self::is_alarm(self.next(1.0));
            begun += usize::from(is_alarm && !was_alarm);
            was_alarm = is_alarm;
        }
        begun
    }

    /// After how many samples a change is an alarm; `None` when not within two days.
    pub(crate) fn delay(&mut self, change: Change) -> Option<u64> {
        (0..2 * DAY).find(|sample| Self::is_alarm(self.next(change.after(*sample)))).map(|sample| sample + 1)
    }
}
