//! A Shortcut as it is in its file.

use super::limits;
use super::stopped::Broken;
use plist::{Dictionary, Value as Plist};
use std::io::Cursor;

/// What every identifier begins with that is known here.
const PREFIX: &str = "is.workflow.actions.";

#[derive(Clone)]
pub(super) struct Action {
    pub(super) identifier: String,
    pub(super) parameters: Dictionary,
}

impl Action {
    /// The identifier without what all have.
    pub(super) fn name(&self) -> Option<&str> {
        self.identifier.strip_prefix(PREFIX)
    }

    pub(super) fn uuid(&self) -> Option<&str> {
        self.parameters.get("UUID").and_then(Plist::as_string)
    }

    pub(super) fn group(&self) -> Option<&str> {
        self.parameters.get("GroupingIdentifier").and_then(Plist::as_string)
    }

    pub(super) fn mode(&self) -> Option<i64> {
        self.parameters.get("WFControlFlowMode").and_then(Plist::as_signed_integer)
    }
}

pub(super) fn actions(bytes: &[u8]) -> Result<Vec<Action>, Broken> {
    let root = parse(bytes)?;
    let actions = root.as_dictionary().and_then(|root| root.get("WFWorkflowActions")).and_then(Plist::as_array);
    let actions = actions.filter(|actions| !actions.is_empty()).ok_or(Broken::NoActions)?;
    actions.iter().enumerate().map(|(at, plist)| action(plist).ok_or(Broken::NoAction(at + 1))).collect()
}

fn parse(bytes: &[u8]) -> Result<Plist, Broken> {
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
