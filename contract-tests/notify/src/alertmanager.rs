//! What Prometheus' Alertmanager is told, by version 2 of its API.
//!
//! It thinks in what is so, not in what has happened: an alert is its labels, and it is over at `endsAt`. What is open is told again and again,
//! with an end that is always a little ahead; so a monitor that has fallen leaves nothing open for ever.

use crate::notice::{Data, Notice, NoticeKind, rfc3339};
use serde_json::{Map, Value, json};

/// Where it takes alerts.
pub(crate) const PATH: &str = "/api/v2/alerts";

/// The body for these, at `now` in Unix time; those that are not over are open for `lease` seconds.
pub(crate) fn payload(notices: &[Notice], now: u64, lease: u64) -> Value {
    notices.iter().map(|notice| alert(notice, now, lease)).collect()
}

fn alert(notice: &Notice, now: u64, lease: u64) -> Value {
    let Data { id, target, journey, kind, pace, severity, step, sentence, request_id, reproduce, opened, .. } =
        &notice.data;
    let name = match (notice.kind, kind.as_str()) {
        (NoticeKind::Test, _) => "TruceTest",
        (_, "slower") => "TruceJourneySlower",
        (_, "fails") => "TruceJourneyFails",
        _ => "TruceDeploymentWatched",
    };
    let ends = if notice.kind.is_end() { notice.timestamp.clone() } else { rfc3339(now + lease) };
    let labels = [
        ("alertname", Some(name)),
        ("severity", Some(severity.as_str())),
        ("target", Some(target.as_str())),
        ("journey", Some(journey.as_str())),
        ("pace", pace.as_deref()),
    ];
    let headline = notice.headline();
    let annotations = [
        ("summary", Some(headline.as_str())),
        ("description", Some(sentence.as_str())),
        ("step", Some(step.as_str())),
        ("request_id", request_id.as_deref()),
        ("reproduce", Some(reproduce.as_str())),
        ("id", Some(id.as_str())),
    ];
    json!({"labels": texts(&labels), "annotations": texts(&annotations), "startsAt": opened, "endsAt": ends})
}

fn texts(pairs: &[(&str, Option<&str>)]) -> Map<String, Value> {
    pairs.iter().filter_map(|(name, text)| Some(((*name).to_owned(), Value::from((*text)?)))).collect()
}
