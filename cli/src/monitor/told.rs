//! Alarms, as they are told.

use super::looks;
use truce_monitor::alarms::{Alert, Event, Evidence, Key, Kind, Pace};

/// In lines: what is wrong, the request, and the command that does the same again.
pub(super) fn in_words(event: &Event) -> String {
    let (what, alert) = match event {
        Event::Opened(alert) => (looks::called(alert).to_owned(), alert),
        Event::Returned(alert) => (format!("{} AGAIN", looks::called(alert)), alert),
        Event::Resolved { alert, lasted } => {
            return format!("OVER  {}: after {} min", about(alert), lasted.div_ceil(60));
        }
        Event::Unwatched { alert, lasted } => {
            let minutes = lasted.div_ceil(60);
            return format!(
                "LEFT  {}: no longer watched, after {minutes} min; whether it is over, nobody has seen",
                about(alert)
            );
        }
    };
    let Evidence { step, sentence, request_id, reproduce } = &alert.evidence;
    let request = request_id.as_deref().unwrap_or("none");
    format!(
        "{what}  {}\n        what      {sentence}\n        step      {step}\n        request   {request}\n        again     {reproduce}",
        about(alert)
    )
}

fn about(alert: &Alert) -> String {
    let Alert { id, key: Key { target, journey, kind }, .. } = alert;
    let kind = match kind {
        Kind::Burning(Pace::Fast) => "fails, look now",
        Kind::Burning(Pace::Steady) => "fails, look today",
        Kind::Burning(Pace::Slow) => "fails, look this week",
        Kind::Slower => "takes longer",
        Kind::Watched { severity, .. } => looks::needs(*severity),
    };
    format!("{target}: {journey} {kind} ({id})")
}

/// An object in a line.
pub(super) fn as_json(event: &Event) -> String {
    let (event, alert, lasted) = match event {
        Event::Opened(alert) => ("opened", alert, None),
        Event::Returned(alert) => ("returned", alert, None),
        Event::Resolved { alert, lasted } => ("resolved", alert, Some(lasted)),
        Event::Unwatched { alert, lasted } => ("unwatched", alert, Some(lasted)),
    };
    serde_json::json!({"event": event, "severity": alert.key.kind.severity(), "alert": alert, "lasted": lasted})
        .to_string()
}
