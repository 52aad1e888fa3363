//! Numbers as people read them. All times are UTC.

use truce_function::time::rfc3339;
use truce_monitor::THE_TARGET;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-11-26`.
pub(crate) fn date(at: u64) -> String {
    rfc3339(at).chars().take(10).collect()
}

/// `26 Nov`.
pub(crate) fn day(at: u64) -> String {
    let date = date(at);
    let mut parts = date.split('-').skip(1);
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok()).unwrap_or(1);
    let (month, day) = (number(), number());
    format!("{day} {}", MONTHS.get(month - 1).unwrap_or(&"?"))
}

/// `14:02`.
pub(crate) fn clock(at: u64) -> String {
    rfc3339(at).chars().skip(11).take(5).collect()
}

/// `14:02`, and the day before it where it is another one than that of `now`.
pub(crate) fn moment(at: u64, now: u64) -> String {
    if date(at) == date(now) { clock(at) } else { format!("{}, {}", day(at), clock(at)) }
}

/// `2 h 5 min`: the two largest units.
pub(crate) fn lasted(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `120 ms`, `1.2 s`: two figures at least.
pub(crate) fn took(ms: f64) -> String {
    match ms {
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 9_950.0 => format!("{:.1} s", ms / 1e3),
        ms => format!("{:.0} s", ms / 1e3),
    }
}

/// A round number at an axis: `150 ms`, `1.5 s`.
pub(crate) fn axis(ms: f64) -> String {
    if ms < 1_000.0 { format!("{ms} ms") } else { format!("{} s", ms / 1e3) }
}

/// `99.98 %`, rounded down: what failed once is never all of it.
pub(crate) fn percent(held: u64, all: u64) -> String {
    let hundredths = u128::from(held) * 10_000 / u128::from(all.max(1));
    match hundredths {
        10_000 => "100 %".to_owned(),
        hundredths => format!("{}.{:02} %", hundredths / 100, hundredths % 100),
    }
}

/// `12,960`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

/// A journey's name as it is read.
pub(crate) fn journey(name: &str) -> String {
    name.replace('_', " ")
}

/// What an incident is about, in a sentence.
pub(crate) fn about(journey: &str) -> String {
    if journey == THE_TARGET { "most of it".to_owned() } else { format!("“{}”", self::journey(journey)) }
}

/// What an incident was, as in "edge: joining …".
pub(crate) fn kind(kind: &str) -> String {
    match kind {
        "burning-fast" | "burning-steady" | "burning-slow" => "fails".to_owned(),
        "slower" => "takes longer".to_owned(),
        other if other.ends_with("-warning") => "needs a look".to_owned(),
        other if other.ends_with("-wrong") => "is wrong".to_owned(),
        other => other.replace('-', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_name_their_day_where_it_is_another_one() {
        assert_eq!((date(1_767_323_045).as_str(), day(1_767_323_045).as_str()), ("2026-01-02", "2 Jan"));
        assert_eq!(moment(1_767_323_045, 1_767_323_045), "03:04");
        assert_eq!(moment(1_767_323_045, 1_767_323_045 + 86_400), "2 Jan, 03:04");
        assert_eq!(date(u64::MAX).len(), 10);
    }

    #[test]
    fn durations_have_their_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (187_000, "2 d 3 h"),
        ] {
            assert_eq!(lasted(seconds), words);
        }
        for (ms, words) in [(0.42, "0.4 ms"), (9.96, "10 ms"), (123.4, "123 ms"), (999.9, "1.0 s"), (12_345.0, "12 s")]
        {
            assert_eq!(took(ms), words);
        }
    }

    #[test]
    fn a_share_is_rounded_down_and_all_of_it_is_said_only_of_all_of_it() {
        assert_eq!(percent(1, 1), "100 %");
        assert_eq!(percent(1_199_999, 1_200_000), "99.99 %");
        assert_eq!(percent(0, 3), "0.00 %");
        assert_eq!(percent(1, 2), "50.00 %");
        assert_eq!((count(0).as_str(), count(999).as_str(), count(1_234_567).as_str()), ("0", "999", "1,234,567"));
    }
}
