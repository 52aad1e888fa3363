//! How an entry is written down. Every adapter keeps an entry as this one JSON text beside the few columns it looks
//! up by, so that a log moves between products and a new field touches one file.
//!
//! A field may be added with `#[serde(default)]`; none may be renamed or change its meaning while logs exist.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Agreement, Approved, Cursor, Entry, NewEntry, StoreError};

#[derive(Serialize, Deserialize)]
struct Record<'a> {
    at: u64,
    from_team: Cow<'a, str>,
    from_member: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_team: Option<Cow<'a, str>>,
    text: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    payload: Cow<'a, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreement: Option<Cow<'a, Agreement>>,
}

/// The text that keeps all of `entry` but its id, as appended `at` (unix seconds).
///
/// # Errors
///
/// [`StoreError::Rejected`] if it cannot be written as JSON.
pub fn write(entry: &NewEntry, at: u64) -> Result<String, StoreError> {
    let record = Record {
        at,
        from_team: Cow::Borrowed(&entry.from_team),
        from_member: Cow::Borrowed(&entry.from_member),
        to_team: entry.to_team.as_deref().map(Cow::Borrowed),
        text: Cow::Borrowed(entry.text.as_str()),
        payload: Cow::Borrowed(&entry.payload),
        agreement: entry.agreement.as_ref().map(Cow::Borrowed),
    };
    serde_json::to_string(&record).map_err(|_| StoreError::Rejected { reason: "the entry cannot be written as JSON" })
}

/// The entry kept as `text`.
///
/// # Errors
///
/// [`StoreError::Unavailable`] if the text is not one that [`write()`] wrote.
pub fn read(cursor: Cursor, id: String, text: &str) -> Result<Entry, StoreError> {
    // The parser's message could quote what somebody said, so it goes no further.
    let record: Record<'_> = serde_json::from_str(text)
        .map_err(|_| StoreError::lasting("an entry of a room's log cannot be read: restore the store from a backup"))?;
    Ok(Entry {
        cursor,
        at: record.at,
        id,
        from_team: record.from_team.into_owned(),
        from_member: record.from_member.into_owned(),
        to_team: record.to_team.map(Cow::into_owned),
        text: Approved::by_sender(record.text),
        payload: record.payload.into_owned(),
        agreement: record.agreement.map(Cow::into_owned),
    })
}
