//! What is told of an alert. Nothing that people said is in it, and no key: what it says comes from evidence that is without them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use truce_alarms::{Alert, Event, Evidence, Key, Kind, Pace, Severity};

/// The longest text that it carries, in characters: a receiver that is a phone shows less, and 20 kB are what a webhook should keep below.
const LONGEST: usize = 1_000;

/// An event, as it goes out: its JSON is what a webhook's body is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What has happened.
    #[serde(rename = "type")]
    pub kind: NoticeKind,
    /// When, in RFC 3339.
    pub timestamp: String,
    /// What it is about.
    pub data: Data,
}

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeKind {
    /// Something is wrong that was not.
    #[serde(rename = "truce.alert.opened")]
    Opened,
    /// What was told to be over is not.
    #[serde(rename = "truce.alert.returned")]
    Returned,
    /// It is over.
    #[serde(rename = "truce.alert.resolved")]
    Resolved,
    /// Nobody looks any more: whether it is over, nobody knows.
    #[serde(rename = "truce.alert.unwatched")]
    Unwatched,
    /// Nothing: somebody looks whether it arrives.
    #[serde(rename = "truce.alert.test")]
    Test,
}

impl NoticeKind {
    /// As it stands in `type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "truce.alert.opened",
            Self::Returned => "truce.alert.returned",
            Self::Resolved => "truce.alert.resolved",
            Self::Unwatched => "truce.alert.unwatched",
            Self::Test => "truce.alert.test",
        }
    }

    /// Whether the alert is not open any more.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Unwatched)
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// The alert's name, the same in all of its events.
    pub id: String,
    /// The deployment.
    pub target: String,
    /// The journey.
    pub journey: String,
    /// What is wrong: `fails`, `slower`, or what was looked at, such as `certificate`.
    pub kind: String,
    /// How fast the budget burns: `fast`, `steady`, `slow`; nothing of what is slower.
    pub pace: Option<String>,
    /// `critical`: look now. `warning`: today. `info`: this week.
    pub severity: String,
    /// The step of the journey.
    pub step: String,
    /// What was expected and what came.
    pub sentence: String,
    /// What finds the request in the function's log; where there was an answer.
    pub request_id: Option<String>,
    /// The command that does the same again.
    pub reproduce: String,
    /// How often it was seen wrong.
    pub times: u64,
    /// When it was first seen wrong, in RFC 3339.
    pub opened: String,
    /// From then until it was well for good, or until nobody looked any more, in seconds; only of what has ended.
    pub lasted_seconds: Option<u64>,
}

impl Notice {
    /// Of what has to be told at `at`, in Unix time.
    pub fn of(event: &Event, at: u64) -> Self {
        let (kind, alert, lasted) = match event {
            Event::Opened(alert) => (NoticeKind::Opened, alert, None),
            Event::Returned(alert) => (NoticeKind::Returned, alert, None),
            Event::Resolved { alert, lasted } => (NoticeKind::Resolved, alert, Some(*lasted)),
            Event::Unwatched { alert, lasted } => (NoticeKind::Unwatched, alert, Some(*lasted)),
        };
        Self { kind, timestamp: rfc3339(at), data: Data::of(alert, lasted) }
    }

    /// Of an alert that is open still.
    pub fn still(alert: &Alert, at: u64) -> Self {
        Self { kind: NoticeKind::Opened, timestamp: rfc3339(at), data: Data::of(alert, None) }
    }

    /// One that says that it arrives.
    pub fn test(at: u64) -> Self {
        let text = str::to_owned;
        let data = Data {
            id: format!("test-{at}"),
            target: text("none"),
            journey: text("none"),
            kind: text("test"),
            pace: None,
            severity: text("info"),
            step: text("somebody tries where alarms go"),
            sentence: text("nothing is wrong: this is what an alarm looks like"),
            request_id: None,
            reproduce: text("truce monitor --config FILE --try-alerts"),
            times: 0,
            opened: rfc3339(at),
            lasted_seconds: None,
        };
        Self { kind: NoticeKind::Test, timestamp: rfc3339(at), data }
    }

    /// Names it among all events of all monitors: `file` is what names this one's history. The same event has the same name for ever, and
    /// no `.`, which is what a signature takes things apart by.
    pub fn id(&self, file: &str) -> String {
        let kind = self.kind.name().rsplit('.').next().unwrap_or_default();
        format!("msg_{file}_{}_{kind}_{}", self.data.id, self.data.times)
    }

    /// What it says in one line.
    pub fn headline(&self) -> String {
        let Data { target, journey, kind, severity, .. } = &self.data;
        if self.kind == NoticeKind::Test {
            return "A test of where alarms go".to_owned();
        }
        let what = match (kind.as_str(), severity.as_str()) {
            ("fails", _) => "fails",
            ("slower", _) => "takes longer",
            (_, "critical") => "is wrong",
            _ => "needs a look",
        };
        match self.kind {
            NoticeKind::Resolved => format!("Over: {target}: {journey} {what} no more"),
            NoticeKind::Unwatched => format!("No longer watched: {target}: {journey}"),
            NoticeKind::Returned => format!("Again: {target}: {journey} {what}, {}", look(severity)),
            NoticeKind::Opened | NoticeKind::Test => format!("{target}: {journey} {what}, {}", look(severity)),
        }
    }
}

impl Data {
    fn of(alert: &Alert, lasted: Option<u64>) -> Self {
        let Alert { id, key: Key { target, journey, kind }, opened, times, evidence } = alert;
        let Evidence { step, sentence, request_id, reproduce } = evidence;
        let (kind, pace, severity) = match kind {
            Kind::Burning(Pace::Fast) => ("fails", Some("fast"), "critical"),
            Kind::Burning(Pace::Steady) => ("fails", Some("steady"), "warning"),
            Kind::Burning(Pace::Slow) => ("fails", Some("slow"), "info"),
            Kind::Slower => ("slower", None, "warning"),
            Kind::Watched { watch, severity: Severity::Wrong } => (watch.name(), None, "critical"),
            Kind::Watched { watch, severity: Severity::Warning } => (watch.name(), None, "warning"),
        };
        Self {
            id: id.to_string(),
            target: clipped(target),
            journey: clipped(journey),
            kind: kind.to_owned(),
            pace: pace.map(str::to_owned),
            severity: severity.to_owned(),
            step: clipped(step),
            sentence: clipped(sentence),
            request_id: request_id.as_deref().map(clipped),
            reproduce: clipped(reproduce),
            times: *times,
            opened: rfc3339(*opened),
            lasted_seconds: lasted,
        }
    }
}

fn look(severity: &str) -> &'static str {
    match severity {
        "critical" => "look now",
        "warning" => "look today",
        _ => "look this week",
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

pub(crate) fn rfc3339(at: u64) -> String {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_second(at).ok());
    at.unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use truce_alarms::{Ledger, Seen};

    pub(crate) const AT: u64 = 1_795_500_000;

    pub(crate) fn opened(sentence: &str) -> Event {
        let key = Key { target: "edge".into(), journey: "joining".into(), kind: Kind::Burning(Pace::Fast) };
        let evidence = Evidence {
            step: "Ana redeems her code".into(),
            sentence: sentence.into(),
            request_id: Some("5f1c".into()),
            reproduce: "truce monitor --once --only joining".into(),
        };
        Ledger::default().observe(AT, &key, Seen::Wrong(evidence)).expect("an event")
    }

    #[test]
    fn an_event_goes_out_in_the_form_that_is_documented() {
        let docs = include_str!("../../../docs/monitor.md");
        let example =
            docs.split("```json\n").find_map(|part| part.strip_prefix("{\n  \"type\": \"truce.")).expect("it");
        let example = format!("{{\"type\": \"truce.{}", example.split("```").next().expect("its end"));
        let example: serde_json::Value = serde_json::from_str(&example).expect("JSON");
        let notice = Notice::of(&opened("expected a yes, got a no"), AT);
        assert_eq!(serde_json::to_value(&notice).expect("JSON"), example);
    }

    #[test]
    fn the_name_of_an_event_is_the_same_for_ever_and_another_for_each() {
        let Event::Opened(alert) = opened("x") else { unreachable!("it is one") };
        let later = Alert { times: 7, ..alert.clone() };
        let events = [
            Event::Opened(alert.clone()),
            Event::Resolved { alert: alert.clone(), lasted: 60 },
            Event::Returned(later.clone()),
            Event::Resolved { alert: later.clone(), lasted: 600 },
            Event::Unwatched { alert: later, lasted: 600 },
        ];
        let ids = events.each_ref().map(|event| Notice::of(event, AT).id("a1"));
        assert_eq!(ids, events.each_ref().map(|event| Notice::of(event, AT + 9).id("a1")));
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 5, "{ids:?}");
        assert!(ids.iter().all(|id| !id.contains('.')));
        assert_ne!(ids[0], Notice::of(&events[0], AT).id("b2"), "of another monitor");
    }

    #[test]
    fn what_is_not_watched_any_more_is_not_told_to_be_over() {
        let Event::Opened(alert) = opened("x") else { unreachable!("it is one") };
        let notice = Notice::of(&Event::Unwatched { alert, lasted: 600 }, AT);
        assert_eq!(notice.headline(), "No longer watched: edge: joining");
        assert_eq!((notice.kind.name(), notice.data.lasted_seconds), ("truce.alert.unwatched", Some(600)));
    }

    #[test]
    fn a_text_without_an_end_gets_one() {
        let notice = Notice::of(&opened(&"é".repeat(9_000)), AT);
        assert_eq!(notice.data.sentence.chars().count(), LONGEST + 1);
    }
}
