//! What a room's log holds. Nothing here prints what people said: `Debug` shows who, when and how much.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Cursor;

/// Text its sender has said yes to: the only thing a room's log takes.
///
/// It deliberately neither derives from a string nor deserializes: whoever makes one names the reason.
#[derive(Clone, PartialEq, Eq)]
pub struct Approved(String);

impl Approved {
    /// The sender saw exactly this text and sent it.
    pub fn by_sender(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the people of the room.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Approved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approved({} bytes)", self.0.len())
    }
}

/// What two teams agreed on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// What will be done.
    pub what: String,
    /// By when, in the words it was asked.
    pub by_when: Option<String>,
    /// The team that said yes.
    pub agreed_team: String,
    /// Who said yes.
    pub agreed_member: String,
    /// The team that asked.
    pub asked_team: String,
    /// Who asked.
    pub asked_member: String,
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agreement")
            .field("agreed_team", &self.agreed_team)
            .field("asked_team", &self.asked_team)
            .finish_non_exhaustive()
    }
}

/// An entry on its way into a room's log.
#[derive(Clone, PartialEq)]
pub struct NewEntry {
    /// Unique within the room; the same id again is the same entry again. An acceptance is `yes-<id of the request>`,
    /// so that two members who accept the same request make one agreement.
    pub id: String,
    /// The sender's team.
    pub from_team: String,
    /// The sender.
    pub from_member: String,
    /// The team it is for; `None` for every team but the sender's.
    pub to_team: Option<String>,
    /// What it says.
    pub text: Approved,
    /// What else the mediator needs to show it: quick replies, the request, what it answers. The store does not look
    /// inside.
    pub payload: Value,
    /// The agreement this entry makes, if it makes one.
    pub agreement: Option<Agreement>,
}

/// An entry of a room's log.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Its place in the log.
    pub cursor: Cursor,
    /// When it was appended, in unix seconds.
    pub at: u64,
    /// Unique within the room.
    pub id: String,
    /// The sender's team.
    pub from_team: String,
    /// The sender.
    pub from_member: String,
    /// The team it is for; `None` for every team but the sender's.
    pub to_team: Option<String>,
    /// What it says.
    pub text: Approved,
    /// What else the mediator needs to show it.
    pub payload: Value,
    /// The agreement it made, if it made one.
    pub agreement: Option<Agreement>,
}

impl Entry {
    /// Whether it is for this team: addressed to it, or to every team but the sender's.
    pub fn is_for(&self, team: &str) -> bool {
        match &self.to_team {
            Some(to) => to == team,
            None => self.from_team != team,
        }
    }
}

impl NewEntry {
    /// The entry this becomes at its place in the log; for adapters.
    pub fn placed(self, cursor: Cursor, at: u64) -> Entry {
        Entry {
            cursor,
            at,
            id: self.id,
            from_team: self.from_team,
            from_member: self.from_member,
            to_team: self.to_team,
            text: self.text,
            payload: self.payload,
            agreement: self.agreement,
        }
    }
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("id", &self.id)
            .field("from_team", &self.from_team)
            .field("to_team", &self.to_team)
            .field("text", &self.text)
            .field("agreement", &self.agreement)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("cursor", &self.cursor)
            .field("at", &self.at)
            .field("id", &self.id)
            .field("from_team", &self.from_team)
            .field("to_team", &self.to_team)
            .field("text", &self.text)
            .field("agreement", &self.agreement)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn debug_never_prints_what_people_said() {
        let new = NewEntry {
            id: "m1".to_owned(),
            from_team: "backend".to_owned(),
            from_member: "CANARY".to_owned(),
            to_team: None,
            text: Approved::by_sender("CANARY"),
            payload: json!({"CANARY": "CANARY"}),
            agreement: Some(Agreement {
                what: "CANARY".to_owned(),
                by_when: Some("CANARY".to_owned()),
                agreed_team: "ops".to_owned(),
                agreed_member: "CANARY".to_owned(),
                asked_team: "backend".to_owned(),
                asked_member: "CANARY".to_owned(),
            }),
        };
        let entry = new.clone().placed(Cursor::START, 1);
        let appended = crate::Appended::AlreadyThere(entry.clone());
        for printed in [format!("{new:?}"), format!("{entry:#?}"), format!("{appended:?}")] {
            assert!(!printed.contains("CANARY"), "{printed}");
            assert!(printed.contains("m1") && printed.contains("6 bytes"), "{printed}");
        }
    }
}
