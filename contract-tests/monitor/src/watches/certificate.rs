//! Until when what is shown at each https address holds, by a handshake of our own.

use super::{Finding, WatchSettings};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use truce_alarms::{Level, Watch};
use truce_contract::Target;
use truce_looks::certificate::{NO_TLS, day};
use truce_looks::{Limit, NotShown, Place, Shown, Term, believing, refused, shown};

const DAY: i64 = 86_400;
/// For a connection, and for a handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// A third: who renews by ACME does it then. A certificate for six days is never 21 days from its end.
const SOON_PART: i64 = 3;
const NOW_PART: i64 = 10;
const MEND: &str = "Renew it, and see why that has not happened by itself: the edge's log says (for your own authority run `truce certs` again).";

pub(super) async fn look(target: &Target, settings: &WatchSettings) -> Vec<Finding> {
    let places = Place::all(&target.addresses).unwrap_or_default();
    if places.iter().all(|place| !place.tls) {
        return vec![Finding::not_seen(Watch::Certificate, "the certificate", "it is plain http")];
    }
    let Ok(config) = believing(target.authority.as_deref()) else {
        let why = "ca_file holds no certificate in PEM";
        return vec![Finding::not_seen(Watch::Certificate, "the certificate", why)];
    };
    let config = Arc::new(config);
    let mut findings = Vec::new();
    for place in places.iter().filter(|place| place.tls) {
        let about = format!("the certificate of {}", place.name());
        let connected = timeout(PATIENCE, TcpStream::connect((place.host.as_str(), place.port))).await;
        let Ok(Ok(stream)) = connected else {
            findings.push(Finding::not_seen(Watch::Certificate, about, "nobody answers there"));
            continue;
        };
        findings.push(match shown(place, stream, &config, PATIENCE).await {
            Ok(shown) => term(about, &shown, settings, Timestamp::now().as_second()),
            Err(error) => not_believed(about, &error),
        });
    }
    findings
}

fn not_believed(about: String, error: &NotShown) -> Finding {
    match error {
        NotShown::Name => Finding::not_seen(Watch::Certificate, about, error.to_string()),
        NotShown::Silent => Finding::of(Watch::Certificate, Level::Wrong, about, error.to_string(), NO_TLS),
        NotShown::Refused(error) => {
            let (found, mend) = refused(error);
            Finding::of(Watch::Certificate, Level::Wrong, about, format!("the host {found}"), mend)
        }
    }
}

/// The first of the chain to be due. One behind the first that is over was not needed: what came was believed without it.
fn term(about: String, shown: &Shown, settings: &WatchSettings, now: i64) -> Finding {
    let is_needed = |(number, term): &(usize, &Term)| *number == 0 || term.left(now) > 0;
    let level = |term: &Term| {
        let days = |days: u32, part| Limit { seconds: i64::from(days) * DAY, part };
        if term.is_due(now, days(settings.certificate_wrong_days, NOW_PART)) {
            Level::Wrong
        } else if term.is_due(now, days(settings.certificate_warning_days, SOON_PART)) {
            Level::Warning
        } else {
            Level::Well
        }
    };
    let badness = |level| [Level::Wrong, Level::Warning, Level::Well].iter().position(|one| *one == level);
    let chain = shown.chain.iter().enumerate().filter(is_needed).map(|(number, term)| (number, term, level(term)));
    let Some((number, term, level)) = chain.min_by_key(|(_, term, level)| (badness(*level), term.until)) else {
        return Finding::not_seen(Watch::Certificate, about, "it cannot be read here");
    };
    let whose = if number == 0 { "it is" } else { "one behind it is" };
    let left = term.left(now).max(0) / DAY;
    let found = format!("{whose} by {}, until {} ({left} days)", term.issuer, day(term.until));
    Finding::of(Watch::Certificate, level, about, found, if level == Level::Well { "" } else { MEND })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels of chains of certificates with so many days of life, and so many left.
    fn level(chain: &[(i64, i64)]) -> Level {
        let term =
            |(life, left): &(i64, i64)| Term { issuer: "CA".into(), from: (left - life) * DAY, until: left * DAY };
        let shown = Shown { version: "TLS 1.3", chain: chain.iter().map(term).collect() };
        term_of(&shown)
    }

    fn term_of(shown: &Shown) -> Level {
        term("it".to_owned(), shown, &WatchSettings::default(), 0).level
    }

    #[test]
    fn what_ends_soon_is_a_warning_and_then_wrong_and_what_is_short_in_proportion() {
        for (life, left, expected) in [
            (90, 22, Level::Well),
            (90, 20, Level::Warning),
            (90, 6, Level::Wrong),
            (6, 3, Level::Well),
            (6, 1, Level::Warning),
            (6, 0, Level::Wrong),
            (3_650, 22, Level::Well),
        ] {
            assert_eq!(level(&[(life, left)]), expected, "{left} of {life} days");
        }
    }

    #[test]
    fn of_a_chain_the_first_to_end_counts_and_what_is_over_was_not_needed() {
        assert_eq!(level(&[(90, 80), (3_650, 5)]), Level::Wrong);
        assert_eq!(level(&[(90, 80), (3_650, -5)]), Level::Well);
        assert_eq!(level(&[(90, 20), (3_650, 500)]), Level::Warning);
        assert_eq!(level(&[]), Level::NotSeen);
    }
}
