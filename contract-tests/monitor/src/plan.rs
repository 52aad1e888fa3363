//! Which journeys are watched, how often, and what that costs at most.

use crate::watches;
use std::time::Duration;
use truce_contract::{Journey, journeys};

const DAY: f64 = 86_400.0;
/// Part of the interval by which a round may come earlier or later, so that monitors do not keep step with each other or with anything else.
const JITTER: f64 = 0.1;

/// What is watched unless somebody says otherwise, and how many requests each makes at most: every function, from a code to an agreement, a session from
/// its beginning over its renewal to its end, and a wrist.
pub const WATCHED: [(&str, u64); 9] = [
    ("it_is_ready_with_each_dependency", 1),
    ("every_page_arrives_as_html", 4),
    ("scanning_a_code_signs_a_member_in", 4),
    ("a_session_sees_how_it_stands", 15),
    ("renewing_gives_a_new_secret_and_keeps_the_end", 6),
    ("leaving_ends_the_session_everywhere", 12),
    ("a_yes_to_a_request_becomes_an_agreement_both_sides_see", 13),
    ("a_waiting_poll_answers_as_soon_as_there_is_news", 10),
    ("said_heard_back_and_sent_with_one_tap", 16),
];
/// What is assumed of a journey that is not among them until it was gone on once.
const UNKNOWN: u64 = 40;

/// A journey, and what it costs.
#[derive(Debug, Clone, Copy)]
pub struct Selected {
    /// The journey.
    pub journey: Journey,
    /// How many requests it makes at most.
    pub requests: u64,
}

/// Which journeys, how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In the order in which they are told of.
    pub selected: Vec<Selected>,
    /// From the beginning of a round to that of the next, before jitter.
    pub every: Duration,
    /// The most requests that a target gets in a day.
    pub requests_a_day: u64,
}

/// Why there is no such plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A name that no journey has.
    #[error("no journey is called `{0}`; `truce monitor --list` has all of them")]
    NoSuchJourney(String),
    /// A limit below the cost of one round.
    #[error(
        "a round makes up to {round} requests, and {limit} a day are allowed: raise the limit, or name fewer journeys"
    )]
    TooDear {
        /// What a round costs.
        round: u64,
        /// What a day may.
        limit: u64,
    },
}

impl Plan {
    /// The journeys called `names`, or [`WATCHED`] if there are none; a round every `every`, and less often where the limit demands it.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn new(names: &[String], every: Duration, requests_a_day: u64) -> Result<Self, PlanError> {
        let known = journeys::everything();
        let watched: Vec<String> = WATCHED.iter().map(|(name, _)| (*name).to_owned()).collect();
        let names = if names.is_empty() { &watched } else { names };
        let selected = names.iter().map(|name| {
            let journey = known.iter().find(|journey| journey.name == name.as_str());
            let journey = *journey.ok_or_else(|| PlanError::NoSuchJourney(name.clone()))?;
            let cost = WATCHED.iter().find(|(watched, _)| watched == name).map_or(UNKNOWN, |(_, requests)| *requests);
            Ok(Selected { journey, requests: cost })
        });
        let selected: Vec<Selected> = selected.collect::<Result<_, _>>()?;
        let round = watches::COST + selected.iter().map(|one| one.requests).sum::<u64>();
        if round > requests_a_day {
            return Err(PlanError::TooDear { round, limit: requests_a_day });
        }
        let mut plan = Self { selected, every, requests_a_day };
        plan.every = every.max(plan.affordable());
        Ok(plan)
    }

    /// How many requests a round makes at most, those of the looks besides the journeys too.
    pub fn requests_a_round(&self) -> u64 {
        watches::COST + self.selected.iter().map(|one| one.requests).sum::<u64>()
    }

    /// How many requests a target gets in a day at most, were every round as early as it may be.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // far below 2^52, and not negative
    pub fn most_a_day(&self) -> u64 {
        let rounds = (DAY / (self.every.as_secs_f64() * (1.0 - JITTER))).floor();
        (rounds as u64 * self.requests_a_round()).min(self.requests_a_day)
    }

    /// How long to wait from the beginning of one round to the next; `chance` is anything from 0 to 1.
    pub fn pause(&self, chance: f64) -> Duration {
        let chance = chance.clamp(0.0, 1.0);
        self.every.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance)
    }

    /// The shortest interval at which a day costs no more than it may.
    #[allow(clippy::cast_precision_loss)] // a day's requests are far below 2^52
    fn affordable(&self) -> Duration {
        let rounds = (self.requests_a_day / self.requests_a_round().max(1)).max(1);
        Duration::from_secs_f64(DAY / rounds as f64 / (1.0 - JITTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn what_is_watched_by_itself_is_there() {
        let plan = Plan::new(&[], MINUTE, 1_000_000).expect("a plan");
        assert_eq!(plan.selected.len(), WATCHED.len());
        assert_eq!(plan.every, MINUTE);
        assert!(plan.selected.iter().all(|one| !one.journey.patient));
    }

    #[test]
    fn a_day_costs_no_more_than_it_may_however_early_each_round_is() {
        for limit in [99, 100, 1_000, 20_000, 120_000, 1_000_000] {
            let plan = Plan::new(&[], MINUTE, limit).expect("a plan");
            let shortest = plan.pause(0.0).as_secs_f64();
            #[allow(clippy::cast_precision_loss)]
            let cost = (DAY / shortest).floor() * plan.requests_a_round() as f64;
            #[allow(clippy::cast_precision_loss)]
            let may = limit as f64;
            assert!(cost <= may, "{cost} of {limit}");
            assert!(plan.most_a_day() <= limit && plan.every >= MINUTE);
        }
    }

    #[test]
    fn a_pause_is_a_tenth_shorter_or_longer_at_most() {
        let plan = Plan::new(&[], MINUTE, 1_000_000).expect("a plan");
        for (chance, seconds) in [(0.0, 54.0), (0.5, 60.0), (1.0, 66.0), (-3.0, 54.0), (9.0, 66.0)] {
            assert!((plan.pause(chance).as_secs_f64() - seconds).abs() < 1e-6, "{chance}");
        }
    }

    #[test]
    fn a_name_that_no_journey_has_and_a_limit_below_one_round_are_refused() {
        let unknown = Plan::new(&["its_alive".to_owned()], MINUTE, 1_000).expect_err("no such journey");
        assert!(unknown.to_string().contains("its_alive"));
        let dear = Plan::new(&[], MINUTE, 10).expect_err("too dear");
        assert!(dear.to_string().contains("10 a day"), "{dear}");
    }
}
