//! By how much two clocks are apart, as far as one answer can tell.

use jiff::fmt::rfc2822;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date on the wire is the second that has begun; on the whole it is half of one later.
const HALF: Duration = Duration::from_millis(500);

/// What an answer's date says of its sender's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apart {
    /// How far it is from ours at least: what the way and the missing part of the second explain is taken off.
    pub surely: Duration,
    /// Whether theirs is behind.
    pub behind: bool,
}

/// What a header `Date` says, in seconds since 1970.
pub fn read(date: &str) -> Option<i64> {
    Some(rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?.as_second())
}

impl Apart {
    /// `theirs` was their clock somewhere on a way of `way`, half way along which it was `ours` here.
    pub fn of(theirs: i64, ours: SystemTime, way: Duration) -> Self {
        let theirs = UNIX_EPOCH + Duration::from_secs(u64::try_from(theirs).unwrap_or_default()) + HALF;
        let (difference, behind) = match theirs.duration_since(ours) {
            Ok(ahead) => (ahead, false),
            Err(behind) => (behind.duration(), true),
        };
        Self { surely: difference.saturating_sub(HALF + way / 2), behind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_apart_by_what_the_way_does_not_explain() {
        let at = |millis: u64| UNIX_EPOCH + Duration::from_millis(millis);
        let way = Duration::from_secs(1);
        let sure = |theirs, ours, way| {
            let Apart { surely, behind } = Apart::of(theirs, at(ours), way);
            (surely.as_millis(), behind)
        };
        assert_eq!(sure(1000, 1_000_000, Duration::ZERO).0, 0);
        assert_eq!(sure(1000, 1_000_990, Duration::ZERO).0, 0);
        assert_eq!(sure(1000, 1_003_000, Duration::ZERO), (2000, true));
        assert_eq!(sure(1000, 1_003_000, way), (1500, true));
        assert_eq!(sure(1040, 1_000_000, Duration::ZERO), (40_000, false));
    }

    #[test]
    fn a_date_is_read_as_it_is_written() {
        assert_eq!(read("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(read("yesterday"), None);
    }
}
