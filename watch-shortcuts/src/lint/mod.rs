//! Looks at a file as it is, and not at the story it comes from, for what would stop it on a Watch, or should not be in it.

mod action;
mod catalogue;
mod flow;

use crate::Address;
use action::Act;
use flow::Flow;
use plist::Value;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which action, from 1; 0 is the file.
    pub action: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            0 => f.write_str(&self.what),
            at => write!(f, "action {at}: {}", self.what),
        }
    }
}

/// All that is wrong with the shortcut in `bytes`, which may call `addresses` and nobody else.
pub fn look(bytes: &[u8], addresses: &[Address]) -> Vec<Finding> {
    let whole = |what: String| vec![Finding { action: 0, what }];
    let root = match Value::from_reader(std::io::Cursor::new(bytes)) {
        Ok(root) => root,
        Err(error) => return whole(format!("it is no property list: {error}")),
    };
    let root = root.as_dictionary();
    let Some(actions) = root.and_then(|root| root.get("WFWorkflowActions")?.as_array()) else {
        return whole("it has no WFWorkflowActions".to_owned());
    };
    let places = root.and_then(|root| root.get("WFWorkflowTypes")?.as_array()).map_or(&[][..], Vec::as_slice);
    let on_watch = places.iter().any(|place| place.as_string() == Some("Watch"));
    let mut findings = Vec::new();
    let mut flow = Flow::default();
    for (at, action) in actions.iter().enumerate() {
        let mut add = |what: String| findings.push(Finding { action: at + 1, what });
        let Some(act) = Act::read(action) else {
            add("it has no identifier, or no parameters".to_owned());
            continue;
        };
        act.alone(on_watch, addresses, &mut add);
        flow.pass(&act, &mut add);
    }
    findings.extend(flow.open().map(|what| Finding { action: actions.len(), what }));
    findings
}
