//! What can be seen of an action by itself.

use super::catalogue::{NOT_ON_A_WATCH, shown};
use crate::Address;
use crate::machine::{self, Action};
use crate::text::MARK;
use plist::{Dictionary, Value};

/// What a Watch shows on one screen, in characters: what the contract allows `say`.
const SHOWN: usize = 140;
/// Buttons on one screen, without the one that ends the run.
const BUTTONS: usize = 3;
/// No number is longer that is not an invite in digits, which has hundreds.
const LONGEST_NUMBER: usize = 40;
/// What invites and sessions begin with.
const SEALED: &str = "v3.local.";

/// An action of a file.
#[derive(Clone, Copy)]
pub(super) struct Act<'a>(pub(super) &'a Action);

impl<'a> Act<'a> {
    /// After `is.workflow.actions.`; whole where it is somebody else's.
    pub(super) fn name(self) -> &'a str {
        self.0.name().unwrap_or(&self.0.identifier)
    }

    pub(super) fn told(self) -> &'a Dictionary {
        &self.0.parameters
    }

    /// The text under a key.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.told().get(key).and_then(string)
    }

    /// Whether all that it is told is known, so that it could run.
    pub(super) fn is_known(self, add: &mut impl FnMut(String)) -> bool {
        let Some(keys) = machine::unknown(self.name(), self.told()) else {
            add(format!("`{}` is not known here", self.name()));
            return false;
        };
        for key in &keys {
            add(format!("`{}` is not told `{key}`", self.name()));
        }
        keys.is_empty()
    }

    /// Whom it calls, and what it shows.
    pub(super) fn alone(self, on_watch: bool, addresses: &[Address], add: &mut impl FnMut(String)) {
        if on_watch && NOT_ON_A_WATCH.contains(&self.name()) {
            add(format!("a Watch cannot do `{}`, and would not show this shortcut", self.name()));
        }
        for key in shown(self.name()) {
            let length = self.text(key).map_or(0, |text| text.chars().count());
            if length > SHOWN {
                add(format!("`{key}` is {length} characters long: a Watch shows {SHOWN}"));
            }
        }
        if self.told().get("WFMenuItems").and_then(Value::as_array).is_some_and(|items| items.len() > BUTTONS) {
            add(format!("a menu has {BUTTONS} buttons at most, besides the one that ends the run"));
        }
        if self.text("WFDictionaryKey").is_some_and(|key| key.contains('.')) {
            add("a key within a key stops the run where the first is missing".to_owned());
        }
        self.calls(addresses, add);
        self.tells(add);
    }

    fn calls(self, addresses: &[Address], add: &mut impl FnMut(String)) {
        if self.name() != "downloadurl" {
            return;
        }
        let url = self.text("WFURL").unwrap_or_default();
        let ours = addresses.iter().any(|address| {
            let rest = url.strip_prefix(&address.to_string());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        });
        if !ours {
            add(format!("it calls `{url}`, which is not of this deployment"));
        }
        if url.split(['?', '#']).next().unwrap_or_default().contains(MARK) {
            add("a variable may stand in the query of what is called, and nowhere before it".to_owned());
        }
    }

    /// Nothing in it opens anything, and nothing goes where anybody can read it.
    fn tells(self, add: &mut impl FnMut(String)) {
        let mut texts = Vec::new();
        self.told().values().for_each(|value| collect(value, &mut texts));
        if texts.iter().any(|text| text.contains("http://")) {
            add("there is an address without TLS in it".to_owned());
        }
        let is_code =
            |text: &&str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > LONGEST_NUMBER);
        if texts.iter().any(|text| text.contains(SEALED) || is_code(text)) {
            add("there is an invite or a session in it".to_owned());
        }
    }
}

/// A text, with or without variables in it.
fn string(value: &Value) -> Option<&str> {
    let tokens = || value.as_dictionary()?.get("Value")?.as_dictionary()?.get("string")?.as_string();
    value.as_string().or_else(tokens)
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Dictionary(values) => values.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
