//! Looks at a file as it is, and not at the story it comes from, for what would stop it on a Watch, or should not be in it.

mod action;
mod catalogue;
mod flow;

use crate::{Address, machine};
use action::Act;
use flow::Flow;
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
    let (root, actions, blocks) = match machine::parts(bytes) {
        Ok(parts) => parts,
        Err(broken) => return vec![Finding { action: 0, what: broken.to_string() }],
    };
    let places = root.as_dictionary().and_then(|root| root.get("WFWorkflowTypes")?.as_array());
    let on_watch = places.is_some_and(|places| places.iter().any(|place| place.as_string() == Some("Watch")));
    let mut findings = Vec::new();
    let mut flow = Flow::default();
    for (at, action) in actions.iter().enumerate() {
        let mut add = |what: String| findings.push(Finding { action: at + 1, what });
        let act = Act(action);
        if act.is_known(&mut add) {
            for why in machine::misfits(&actions, at, &blocks) {
                add(why.to_string());
            }
        }
        act.alone(on_watch, addresses, &mut add);
        flow.pass(act, &mut add);
    }
    findings
}
