//! The parameters of an action, as what they have to be.

use super::memory::Memory;
use super::stopped::Why;
use super::tokens::{self, Template, Token};
use super::value::Value;
use plist::{Dictionary, Value as Plist};
use serde_json::Number;

#[derive(Clone, Copy)]
pub(super) struct Parameters<'a> {
    pub(super) of: &'a Dictionary,
    pub(super) memory: &'a Memory,
}

impl<'a> Parameters<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Plist> {
        self.of.get(key)
    }

    pub(super) fn required(&self, key: &str) -> Result<&'a Plist, Why> {
        self.get(key).ok_or_else(|| Why::Missing(key.to_owned()))
    }

    pub(super) fn text(&self, key: &str) -> Result<String, Why> {
        text(self.memory, key, self.required(key)?)
    }

    pub(super) fn text_or_empty(&self, key: &str) -> Result<String, Why> {
        self.get(key).map_or(Ok(String::new()), |plist| text(self.memory, key, plist))
    }

    /// One of the app's own words, which has no values in it.
    pub(super) fn word(&self, key: &str) -> Result<Option<&'a str>, Why> {
        let word = |plist: &'a Plist| plist.as_string().ok_or_else(|| shape(key, "a word"));
        self.get(key).map(word).transpose()
    }

    pub(super) fn flag(&self, key: &str, omitted: bool) -> Result<bool, Why> {
        self.get(key).map_or(Ok(omitted), |plist| plist.as_boolean().ok_or_else(|| shape(key, "a boolean")))
    }

    pub(super) fn number(&self, key: &str) -> Result<Number, Why> {
        match self.required(key)? {
            plist @ (Plist::Integer(_) | Plist::Real(_)) => number(plist).ok_or_else(|| shape(key, "a finite number")),
            Plist::String(_) => Err(shape(key, "a number")),
            plist => value(self.memory, key, plist)?.number(),
        }
    }

    /// A value; that of the action before if it is omitted.
    pub(super) fn input(&self, key: &str) -> Result<Value, Why> {
        match self.get(key) {
            Some(plist) => value(self.memory, key, plist),
            None => self.memory.previous.clone().ok_or(Why::NoInput),
        }
    }
}

pub(super) fn value(memory: &Memory, key: &str, plist: &Plist) -> Result<Value, Why> {
    match tokens::token(key, plist)? {
        Token::Text(template) => memory.text(&template).map(Value::Text),
        Token::Value(source) => memory.fetch(&source),
    }
}

pub(super) fn text(memory: &Memory, key: &str, plist: &Plist) -> Result<String, Why> {
    value(memory, key, plist)?.text()
}

/// What a text says before its values are known.
pub(super) fn template(key: &str, plist: &Plist) -> Result<Template, Why> {
    match tokens::token(key, plist)? {
        Token::Text(template) => Ok(template),
        Token::Value(_) => Err(shape(key, "a text")),
    }
}

pub(super) fn number(plist: &Plist) -> Option<Number> {
    match plist {
        Plist::Integer(number) => {
            number.as_signed().map(Number::from).or_else(|| number.as_unsigned().map(Number::from))
        }
        Plist::Real(real) => Number::from_f64(*real),
        _ => None,
    }
}

pub(super) fn shape(key: &str, wanted: &'static str) -> Why {
    Why::Shape { key: key.to_owned(), wanted }
}
