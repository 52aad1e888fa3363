//! What a run computes with, and what becomes of it where another kind of value is needed.

use super::stopped::Why;
use serde_json::{Map, Number, Value as Json};

/// What an action gives, a variable has, and an input is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    /// An answer that is no dictionary. It is read as text, and never as anything else.
    File(String),
    Number(Number),
    Dictionary(Map<String, Json>),
    /// As it came out of a dictionary, never null: blank to a condition until it has been through a text.
    Raw(Json),
}

impl Value {
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Text(_) | Self::Raw(Json::String(_)) => "a text",
            Self::File(_) => "a text file",
            Self::Number(_) | Self::Raw(Json::Number(_)) => "a number",
            Self::Dictionary(_) | Self::Raw(Json::Object(_)) => "a dictionary",
            Self::Raw(Json::Bool(_)) => "a boolean",
            Self::Raw(Json::Array(_)) => "a list",
            Self::Raw(Json::Null) => "null",
        }
    }

    const fn is_not(&self, to: &'static str) -> Why {
        Why::Coercion { from: self.kind(), to }
    }

    pub(super) fn text(&self) -> Result<String, Why> {
        match self {
            Self::Nothing => Ok(String::new()),
            Self::Text(text) | Self::File(text) | Self::Raw(Json::String(text)) => Ok(text.clone()),
            Self::Number(number) | Self::Raw(Json::Number(number)) => Ok(digits(number)),
            _ => Err(self.is_not("a text")),
        }
    }

    pub(super) fn number(&self) -> Result<Number, Why> {
        match self {
            Self::Number(number) | Self::Raw(Json::Number(number)) => Ok(number.clone()),
            _ => Err(self.is_not("a number")),
        }
    }

    pub(super) const fn dictionary(&self) -> Result<&Map<String, Json>, Why> {
        match self {
            Self::Dictionary(dictionary) | Self::Raw(Json::Object(dictionary)) => Ok(dictionary),
            _ => Err(self.is_not("a dictionary")),
        }
    }

    pub(super) const fn list(&self) -> Result<&Vec<Json>, Why> {
        match self {
            Self::Raw(Json::Array(list)) => Ok(list),
            _ => Err(self.is_not("a list")),
        }
    }

    /// What can be chosen from it.
    pub(super) fn options(&self) -> Result<Vec<String>, Why> {
        self.list()?.iter().map(|item| Self::Raw(item.clone()).text()).collect()
    }

    /// What was found in a dictionary or a list, if anything was.
    pub(super) fn raw(found: Option<&Json>) -> Result<Self, Why> {
        match found {
            None => Ok(Self::Nothing),
            Some(Json::Null) => Err(Why::Coercion { from: "null", to: "a value" }),
            Some(value) => Ok(Self::Raw(value.clone())),
        }
    }

    /// What a condition compares.
    pub(super) fn compared(&self) -> Result<&str, Why> {
        match self {
            Self::Nothing | Self::Raw(_) => Ok(""),
            Self::Text(text) => Ok(text),
            _ => Err(self.is_not("a text to compare")),
        }
    }

    /// Whether a condition takes it for no value. An empty text is one, as what is missing becomes one by way of a text.
    pub(super) const fn is_blank(&self) -> bool {
        match self {
            Self::Nothing | Self::Raw(_) => true,
            Self::Text(text) | Self::File(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// A number as people write it: 3 and not 3.0.
fn digits(number: &Number) -> String {
    match number.as_f64() {
        Some(real) if number.is_f64() => real.to_string(),
        _ => number.to_string(),
    }
}
