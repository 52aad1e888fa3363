//! How long a request may take. Some hosts end an invocation at a time of their own, and whoever is still being answered
//! then gets an error of the host's instead: so everything that waits ends before.

use crate::{Environment, Problem};
use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;
use std::time::Duration;

/// What a wait leaves for answering: a look at the store, and the way back.
const TO_ANSWER: Duration = Duration::from_secs(1);
/// What a request that has to be given up leaves for saying so.
const TO_GIVE_UP: Duration = Duration::from_millis(250);

/// How long the host gives a request, from when it was handed over; the host puts it into the request's extensions, if
/// it has such a limit.
#[derive(Debug, Clone, Copy)]
pub struct TimeLeft(pub Duration);

/// The longest that a request may wait for news: what the settings grant, cut to what its host gives it.
#[derive(Debug, Clone, Copy)]
pub struct LongestWait(pub Duration);

impl FromRequestParts<Environment> for LongestWait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, env: &Environment) -> Result<Self, Problem> {
        let granted = Duration::from_secs(env.settings().longest_wait);
        Ok(Self(within(granted, &parts.extensions, TO_ANSWER)))
    }
}

/// `limit`, cut so that a request that reaches it can still be answered.
pub(crate) fn until_given_up(limit: Duration, extensions: &Extensions) -> Duration {
    within(limit, extensions, TO_GIVE_UP)
}

fn within(limit: Duration, extensions: &Extensions, spare: Duration) -> Duration {
    extensions.get::<TimeLeft>().map_or(limit, |left| limit.min(left.0.saturating_sub(spare)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(seconds: Option<u64>) -> Extensions {
        let mut extensions = Extensions::new();
        if let Some(seconds) = seconds {
            extensions.insert(TimeLeft(Duration::from_secs(seconds)));
        }
        extensions
    }

    #[test]
    fn a_host_without_a_limit_cuts_nothing() {
        assert_eq!(within(Duration::from_secs(25), &left(None), TO_ANSWER), Duration::from_secs(25));
    }

    #[test]
    fn what_waits_ends_before_the_host_ends_it_and_before_it_is_given_up() {
        for (seconds, wait) in [(60, 25), (10, 9), (3, 2), (1, 0), (0, 0)] {
            let extensions = left(Some(seconds));
            let waited = within(Duration::from_secs(25), &extensions, TO_ANSWER);
            assert_eq!(waited, Duration::from_secs(wait), "{seconds} s left");
            assert!(waited <= until_given_up(Duration::from_secs(30), &extensions), "{seconds} s left");
        }
    }
}
