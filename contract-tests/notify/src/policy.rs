//! How often and how long it is tried.

use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// How often and how long it is tried; the default is what monitors do, others are for tests.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long to wait after the first failure on end, the second, and so on; the last one for all that follow.
    pub delays: Vec<Duration>,
    /// Which share of a delay chance adds to it at most, so that what failed together is not tried together again.
    pub jitter: f64,
    /// How long a receiver may take for an answer, and a command for its work.
    pub limit: Duration,
    /// An event that is so old when it fails is given up.
    pub give_up_after: Duration,
    /// How often Alertmanager is told what is open. Four of these later it takes it for resolved by itself, as with what Prometheus tells it.
    pub refresh: Duration,
}

impl Default for Policy {
    /// The schedule is that of Standard Webhooks: the last try is about three days after the first. A limit between 15 and 30 seconds is what
    /// the same document recommends; a refresh of 30 seconds to 3 minutes is Alertmanager's advice.
    fn default() -> Self {
        let delays =
            [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
        Self { delays: delays.to_vec(), jitter: 0.1, limit: 15 * SECOND, give_up_after: 72 * HOUR, refresh: MINUTE }
    }
}

impl Policy {
    /// How long to wait after so many failures on end; `chance` is from 0 to 1.
    pub(crate) fn delay(&self, failures: u32, chance: f64) -> Duration {
        let at = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        let delay = self.delays.get(at).or(self.delays.last()).copied().unwrap_or(MINUTE);
        delay.mul_f64(1.0 + self.jitter * chance.clamp(0.0, 1.0))
    }

    /// The longest that it waits by itself.
    pub(crate) fn longest(&self) -> Duration {
        self.delay(u32::MAX, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_taken_is_tried_for_about_three_days() {
        let policy = Policy::default();
        for chance in [0.0, 0.5, 1.0] {
            let (mut age, mut tries) = (Duration::ZERO, 1);
            while age < policy.give_up_after {
                age += policy.delay(tries, chance);
                tries += 1;
            }
            assert_eq!(tries, 10, "as many as the schedule has");
            assert!((72 * HOUR..84 * HOUR).contains(&age), "{age:?}");
        }
        assert_eq!((policy.delay(1, 0.0), policy.delay(1, 1.0)), (5 * SECOND, Duration::from_millis(5_500)));
        assert_eq!(policy.delay(99, 0.0), 24 * HOUR);
    }
}
