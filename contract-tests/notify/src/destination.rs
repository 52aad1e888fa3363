//! Where alarms go, and what came of one that was sent there.

use crate::address::Address;
use crate::alertmanager;
use crate::command;
use crate::notice::{Notice, rfc3339};
use crate::signature::Secrets;
use crate::slack;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::timeout;

/// Whatever a receiver asks for, it is tried once a day.
const LATEST: Duration = Duration::from_hours(24);

/// A receiver.
#[derive(Clone)]
pub struct Destination {
    /// What it is called where it is told of.
    pub name: String,
    /// What it is.
    pub to: To,
}

/// What a receiver is.
#[derive(Clone)]
pub enum To {
    /// A webhook of one's own, signed.
    Webhook {
        /// Its address.
        address: Address,
        /// What it knows us by.
        secrets: Secrets,
    },
    /// An incoming webhook of Slack, or of what takes the same.
    Slack {
        /// Its address, which is a secret.
        address: Address,
    },
    /// Prometheus' Alertmanager.
    Alertmanager {
        /// Its base URL.
        address: Address,
    },
    /// A program, and its arguments.
    Command {
        /// Without a shell.
        command: Vec<String>,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It was taken.
    Taken,
    /// The receiver wants nothing any more: status 410.
    Gone,
    /// It was not taken, which may change.
    NotNow {
        /// Why, in words without a secret.
        why: String,
        /// How long the receiver wants to be left alone.
        not_before: Option<Duration>,
    },
}

impl Came {
    pub(crate) fn not_now(why: impl Into<String>) -> Self {
        Self::NotNow { why: why.into(), not_before: None }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.to {
            To::Webhook { .. } => "webhook",
            To::Slack { .. } => "slack",
            To::Alertmanager { .. } => "alertmanager",
            To::Command { .. } => "command",
        };
        write!(f, "{}({kind})", self.name)
    }
}

/// What sends: one for each receiver.
pub(crate) struct Sender {
    to: To,
    http: reqwest::Client,
    limit: Duration,
    /// How long what is open is open without being told again, in seconds.
    lease: u64,
}

impl Sender {
    /// # Errors
    /// When no client can be made.
    pub(crate) fn new(to: To, limit: Duration, refresh: Duration) -> Result<Self, reqwest::Error> {
        // Whoever was first has set the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("truce-monitor/", env!("CARGO_PKG_VERSION")))
            // Where it leads is not what was named.
            .redirect(reqwest::redirect::Policy::none())
            // What failed is tried again by whoever keeps it.
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0);
        if let To::Webhook { address, .. } | To::Slack { address } | To::Alertmanager { address } = &to
            && address.is_here()
        {
            http = http.no_proxy();
        }
        Ok(Self { to, http: http.build()?, limit, lease: (4 * refresh).as_secs().max(1) })
    }

    /// Whether what is open has to be told again and again.
    pub(crate) const fn refreshes(&self) -> bool {
        matches!(self.to, To::Alertmanager { .. })
    }

    /// Sends one; `body` is its JSON.
    pub(crate) async fn send(&self, notice: &Notice, id: &str, body: &str) -> Came {
        match &self.to {
            To::Webhook { address, secrets } => {
                let now = now();
                let headers = [
                    ("webhook-id", id.to_owned()),
                    ("webhook-timestamp", now.to_string()),
                    ("webhook-signature", secrets.sign(id, now, body)),
                ];
                self.post(address, &headers, body.to_owned()).await
            }
            To::Slack { address } => self.post(address, &[], slack::payload(notice, id).to_string()).await,
            To::Alertmanager { .. } => self.tell(std::slice::from_ref(notice)).await,
            To::Command { command } => command::run(command, notice, id, body, self.limit).await,
        }
    }

    /// Tells Alertmanager what is so.
    pub(crate) async fn tell(&self, notices: &[Notice]) -> Came {
        let To::Alertmanager { address } = &self.to else { return Came::Taken };
        let body = alertmanager::payload(notices, now(), self.lease).to_string();
        self.post(&address.below(alertmanager::PATH), &[], body).await
    }

    async fn post(&self, address: &Address, headers: &[(&str, String)], body: String) -> Came {
        let mut request = self.http.post(address.url()).header(CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match timeout(self.limit, request.send()).await {
            Ok(Ok(answer)) => answered(answer.status().as_u16(), answer.headers(), now()),
            Ok(Err(error)) => Came::not_now(why(error)),
            Err(_) => Came::not_now(format!("no answer within {} s", self.limit.as_secs_f64())),
        }
    }
}

/// What a status means; nothing of the answer's body is read.
fn answered(status: u16, headers: &HeaderMap, now: u64) -> Came {
    match status {
        200..=299 => Came::Taken,
        410 => Came::Gone,
        _ => {
            let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let not_before = asked.and_then(|asked| after(asked, now)).map(|after| after.min(LATEST));
            Came::NotNow { why: format!("status {status}"), not_before }
        }
    }
}

/// `Retry-After`: seconds, or a date.
fn after(asked: &str, now: u64) -> Option<Duration> {
    if let Ok(seconds) = asked.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(asked.trim()).ok()?;
    let now: Timestamp = rfc3339(now).parse().ok()?;
    u64::try_from(date.as_second() - now.as_second()).ok().map(Duration::from_secs)
}

/// What is at the bottom of it, without the address.
fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_means_what_it_says() {
        let asked = |status, after: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, after.parse().expect("a value"));
            // 2026-11-24T06:00:00Z
            match answered(status, &headers, 1_795_500_000) {
                Came::NotNow { not_before, .. } => Some(not_before.map(|after| after.as_secs())),
                Came::Taken | Came::Gone => None,
            }
        };
        for status in [200, 202, 204, 299, 410] {
            assert_eq!(asked(status, "1"), None, "{status}");
        }
        for status in [301, 307, 400, 404, 429, 500, 503] {
            assert_eq!(asked(status, "7"), Some(Some(7)), "{status}");
        }
        assert_eq!(asked(503, "Tue, 24 Nov 2026 06:01:30 GMT"), Some(Some(90)));
        assert_eq!(asked(503, "Tue, 24 Nov 2026 05:00:00 GMT"), Some(None), "gone by");
        assert_eq!(asked(503, "99999999"), Some(Some(86_400)), "a day at most");
        assert_eq!(asked(503, "soon"), Some(None));
    }
}
