//! A Shortcut as it is in its file.

use super::limits;
use super::stopped::Broken;
use crate::action::PREFIX;
use plist::{Dictionary, Value as Plist};
use std::io::Cursor;

#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) identifier: String,
    pub(crate) parameters: Dictionary,
}

impl Action {
    /// The identifier without what all have.
    pub(crate) fn name(&self) -> Option<&str> {
        self.identifier.strip_prefix(PREFIX)
    }

    pub(crate) fn uuid(&self) -> Option<&str> {
        self.parameters.get("UUID").and_then(Plist::as_string)
    }

    pub(crate) fn group(&self) -> Option<&str> {
        self.parameters.get("GroupingIdentifier").and_then(Plist::as_string)
    }

    pub(crate) fn mode(&self) -> Option<i64> {
        self.parameters.get("WFControlFlowMode").and_then(Plist::as_signed_integer)
    }
}

pub(super) fn actions(root: &Plist) -> Result<Vec<Action>, Broken> {
    let actions = root.as_dictionary().and_then(|root| root.get("WFWorkflowActions")).and_then(Plist::as_array);
    let actions = actions.filter(|actions| !actions.is_empty()).ok_or(Broken::NoActions)?;
    actions.iter().enumerate().map(|(at, plist)| action(plist).ok_or(Broken::NoAction(at + 1))).collect()
}

pub(super) fn root(bytes: &[u8]) -> Result<Plist, Broken> {
    if !limits::are_kept(bytes) {
        return Err(Broken::TooLarge);
    }
    let parsed = if bytes.starts_with(b"bplist00") {
        Plist::from_reader(Cursor::new(bytes))
    } else {
        Plist::from_reader_xml(bytes)
    };
    parsed.map_err(|error| Broken::NoPropertyList(error.to_string()))
}

fn action(plist: &Plist) -> Option<Action> {
    let action = plist.as_dictionary()?;
    let identifier = action.get("WFWorkflowActionIdentifier")?.as_string()?.to_owned();
    let parameters = match action.get("WFWorkflowActionParameters") {
        Some(parameters) => parameters.as_dictionary()?.clone(),
        // One without any may leave them out.
        None => Dictionary::new(),
    };
    Some(Action { identifier, parameters })
}
