//! What an item is made of. Names of rooms and ids are taken as they are: each ends its key, so no two make the same.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::numbering::MARGIN;
use crate::{Cursor, Entry, StoreError, record};

/// An item as DynamoDB takes and gives it.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// Where an item is.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    pub(super) fn spent(id: &str) -> Self {
        Self { pk: format!("spent#{id}"), sk: "-".to_owned() }
    }

    pub(super) fn revoked(id: &str) -> Self {
        Self { pk: format!("revoked#{id}"), sk: "-".to_owned() }
    }

    pub(super) fn ping() -> Self {
        Self { pk: "ping".to_owned(), sk: "-".to_owned() }
    }

    pub(super) fn head(room: &str) -> Self {
        Self { pk: partition(room), sk: "head".to_owned() }
    }

    pub(super) fn id(room: &str, id: &str) -> Self {
        Self { pk: partition(room), sk: format!("id#{id}") }
    }

    pub(super) fn log(room: &str, number: u64) -> Self {
        Self { pk: partition(room), sk: numbered("log", number) }
    }

    pub(super) fn agreement(room: &str, number: u64) -> Self {
        Self { pk: partition(room), sk: numbered("yes", number) }
    }

    pub(super) fn attributes(&self) -> Attributes {
        HashMap::from([("pk".to_owned(), string(&self.pk)), ("sk".to_owned(), string(&self.sk))])
    }
}

pub(super) fn partition(room: &str) -> String {
    format!("room#{room}")
}

/// In the order of numbers.
pub(super) fn numbered(kind: &str, number: u64) -> String {
    format!("{kind}#{number:019}")
}

pub(super) fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(super) fn whole(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// An item on its way into the table.
pub(super) struct Item(pub(super) Attributes);

impl Item {
    pub(super) fn new(key: &Key) -> Self {
        Self(key.attributes())
    }

    /// Is there `until` then, and may be deleted a while later.
    pub(super) fn kept(self, until: u64) -> Self {
        self.number("until", until).number("expires", until.saturating_add(MARGIN))
    }

    pub(super) fn number(mut self, name: &str, number: u64) -> Self {
        self.0.insert(name.to_owned(), whole(number));
        self
    }

    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), string(text));
        self
    }
}

pub(super) fn text<'a>(item: &'a Attributes, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn number(item: &Attributes, name: &str) -> Result<u64, StoreError> {
    item.get(name).and_then(|value| value.as_n().ok()?.parse().ok()).ok_or_else(unexpected)
}

pub(super) fn until(item: &Attributes) -> Result<u64, StoreError> {
    number(item, "until")
}

fn unexpected() -> StoreError {
    StoreError::lasting("the table holds something that Truce has not written: give it a table of its own")
}

/// An entry as it is kept: in the head, in the log, among the agreements.
pub(super) struct Placed {
    pub(super) number: u64,
    pub(super) until: u64,
    pub(super) id: String,
    pub(super) record: String,
}

impl Placed {
    /// From the head, which knows its number, or from a place in the log, whose key is one.
    pub(super) fn read(item: &Attributes) -> Result<Self, StoreError> {
        let number = match text(item, "sk").and_then(|sk| sk.split_once('#')) {
            Some((_, digits)) => digits.parse().map_err(|_| unexpected())?,
            None => number(item, "number")?,
        };
        let (id, record) = text(item, "id").zip(text(item, "entry")).ok_or_else(unexpected)?;
        Ok(Self { number, until: until(item)?, id: id.to_owned(), record: record.to_owned() })
    }

    pub(super) fn cursor(&self) -> Result<Cursor, StoreError> {
        Cursor::at(self.number).ok_or_else(unexpected)
    }

    pub(super) fn entry(&self) -> Result<Entry, StoreError> {
        record::read(self.cursor()?, self.id.clone(), &self.record)
    }

    /// The item that keeps it under `key`.
    pub(super) fn item(&self, key: &Key) -> Item {
        Item::new(key).kept(self.until).text("id", &self.id).text("entry", &self.record)
    }
}
