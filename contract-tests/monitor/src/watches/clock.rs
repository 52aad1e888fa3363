//! By how much their clock is wrong: the date of every answer of the round against ours.

use super::{Finding, WatchSettings};
use std::time::Duration;
use truce_alarms::{Level, Watch};
use truce_contract::{Exchange, Function, JourneyReport};
use truce_looks::{Apart, clock};

const ABOUT: &str = "the clock";
const MEND: &str = "Set the clocks by NTP, there and here: how long invites, sessions and drafts hold is told by them.";

pub(super) fn look(reports: &[JourneyReport], settings: &WatchSettings) -> Finding {
    let apart = |exchange: &Exchange| {
        let dated = exchange.dated.as_ref()?;
        Some(Apart::of(clock::read(&dated.theirs)?, dated.ours, dated.way))
    };
    let seen = reports.iter().flat_map(JourneyReport::exchanges).filter_map(|one| Some((one, apart(one)?)));
    // Of many that answer at one address, one that is wrong is enough.
    let Some((exchange, apart)) = seen.max_by_key(|(_, apart)| apart.surely) else {
        return Finding::not_seen(Watch::Clock, ABOUT, "no answer came with a date");
    };
    let level = level(apart.surely, settings);
    if level == Level::Well {
        return Finding::well(Watch::Clock, ABOUT, format!("less than {} s from ours", settings.clock_warning_seconds));
    }
    let way = if apart.behind { "behind" } else { "ahead of" };
    let who = Function::of(&exchange.path).name();
    let found = format!("it is {} s {way} ours where {who} answers", apart.surely.as_secs());
    Finding::of(Watch::Clock, level, ABOUT, found, MEND).by(&exchange.request_id)
}

fn level(apart: Duration, settings: &WatchSettings) -> Level {
    let more_than = |seconds: u32| apart > Duration::from_secs(seconds.into());
    match (more_than(settings.clock_wrong_seconds), more_than(settings.clock_warning_seconds)) {
        (true, _) => Level::Wrong,
        (false, true) => Level::Warning,
        (false, false) => Level::Well,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::tests::report;
    use std::time::UNIX_EPOCH;
    use truce_contract::Dated;

    /// Answers at so many seconds by their clock, and so many by ours, after so long a way.
    fn look_at(answers: &[(u64, u64, u64)]) -> Finding {
        let mut report = report("j", answers.len());
        let exchanges = report.steps.iter_mut().filter_map(|step| step.exchange.as_mut());
        for (exchange, (theirs, ours, way)) in exchanges.zip(answers) {
            let theirs = format!("Thu, 01 Jan 1970 00:{:02}:{:02} GMT", theirs / 60, theirs % 60);
            let (ours, way) = (UNIX_EPOCH + Duration::from_secs(*ours), Duration::from_secs(*way));
            exchange.dated = Some(Dated { theirs, ours, way });
        }
        look(&[report], &WatchSettings::default())
    }

    #[test]
    fn a_clock_that_is_wrong_is_told_by_what_the_way_does_not_explain() {
        assert_eq!(look_at(&[(100, 100, 0), (100, 101, 0)]).level, Level::Well);
        assert_eq!(look_at(&[(100, 104, 0)]).level, Level::Warning);
        assert_eq!(look_at(&[(100, 141, 0)]).level, Level::Wrong);
        assert_eq!(look_at(&[(100, 110, 20)]).level, Level::Well, "a poll that waited");
        assert_eq!(look_at(&[]).level, Level::NotSeen);
    }

    #[test]
    fn one_of_many_that_is_wrong_is_enough() {
        let found = look_at(&[(100, 100, 0), (60, 101, 0), (100, 101, 0)]);
        assert_eq!((found.level, found.found.as_str()), (Level::Wrong, "it is 40 s behind ours where health answers"));
        assert_eq!(found.request_id.as_deref(), Some("r-1"));
    }
}
