//! Until when what is shown at each https address holds, by a handshake of our own.

use super::{Finding, WatchSettings};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use truce_alarms::{Level, Watch};
use truce_contract::Target;
use truce_looks::certificate::{NO_TLS, RENEW};
use truce_looks::{Due, Limits, NotShown, Place, Shown, believing, refused, shown};

/// For a connection, and for a handshake.
const PATIENCE: Duration = Duration::from_secs(10);

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
            Ok(shown) => term(about, &shown, settings.certificates(), Timestamp::now().as_second()),
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

fn term(about: String, shown: &Shown, limits: Limits, now: i64) -> Finding {
    let Some(judged) = limits.judge(shown, now) else {
        return Finding::not_seen(Watch::Certificate, about, "it cannot be read here");
    };
    let (level, mend) = match judged.due {
        Due::Later => (Level::Well, ""),
        Due::Soon => (Level::Warning, RENEW),
        Due::Now => (Level::Wrong, RENEW),
    };
    let whose = if judged.is_own { "it is" } else { "one behind it is" };
    Finding::of(Watch::Certificate, level, about, format!("{whose} {}", judged.in_words(now)), mend)
}
