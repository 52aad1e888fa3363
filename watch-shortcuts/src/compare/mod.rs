//! Whether a Shortcut that has come is one of ours, action by action.
//!
//! It is strict: an action is the same if all of it is, its ids and what no known action has included. What may be different is
//! what has no effect on a run, and what Apple's app or signing may put there: how the file is written, in which order keys are,
//! the client's version, the icon, the name, which is said and nothing more ([`Comparison::remarks`]); and that what is empty around
//! the actions is left out.

mod align;
mod words;

use crate::machine::{self, Broken};
use align::align;
use plist::{Dictionary, Value};
use std::collections::BTreeSet;
use thiserror::Error;

/// No Shortcut of ours has a tenth of so many actions.
const MOST: usize = 2_000;
/// Has no effect on what a Shortcut does.
const WITHOUT_EFFECT: [&str; 5] = [
    "WFWorkflowClientVersion",
    "WFWorkflowIcon",
    "WFWorkflowMinimumClientVersion",
    "WFWorkflowMinimumClientVersionString",
    "WFWorkflowName",
];
const ACTIONS: &str = "WFWorkflowActions";
const IDENTIFIER: &str = "WFWorkflowActionIdentifier";
const PARAMETERS: &str = "WFWorkflowActionParameters";

/// What the Shortcut in `bytes` does, an action each, as the app says it.
///
/// # Errors
/// [`Broken`]: it is none.
pub fn told(bytes: &[u8]) -> Result<Vec<String>, Broken> {
    let (root, ..) = machine::parts(bytes)?;
    let actions = root.as_dictionary().and_then(|root| root.get(ACTIONS)?.as_array());
    Ok(actions.into_iter().flatten().map(words::action).collect())
}

/// What is the same, and what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Every action of either, in order.
    pub steps: Vec<Step>,
    /// What is different around the actions: where it runs, what it takes, what it asks when it is added.
    pub around: Vec<Difference>,
    /// What is different and has no effect, each in a sentence.
    pub remarks: Vec<String>,
}

/// One action. Numbers count from 1 and are those of what has come; what it does is said as the app says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The same.
    Same {
        /// Which one.
        number: usize,
        /// What it does.
        what: String,
    },
    /// The same kind of action, told something else.
    Differs {
        /// Which one.
        number: usize,
        /// What it does, as it has come.
        what: String,
        /// What it is told instead, one at least.
        differences: Vec<Difference>,
    },
    /// It is not in ours.
    Added {
        /// Which one.
        number: usize,
        /// What it does.
        what: String,
    },
    /// It is in ours, and has not come.
    Missing {
        /// What it would do.
        what: String,
    },
}

/// What is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key.
    pub key: String,
    /// In ours.
    pub wanted: Option<String>,
    /// In what has come.
    pub found: Option<String>,
}

/// Why there is nothing to compare.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Incomparable {
    /// It is no Shortcut.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It is none of ours.
    #[error("it has {0} actions, and none of ours a tenth of that")]
    TooMany(usize),
}

/// Compares what has come, in `found`, with what is built, in `wanted`: property lists both.
///
/// # Errors
/// [`Incomparable`], when one of them is no Shortcut.
pub fn compare(wanted: &[u8], found: &[u8]) -> Result<Comparison, Incomparable> {
    let (wanted, found) = (machine::root(wanted)?, machine::root(found)?);
    let (ours, theirs) = (actions(&wanted)?, actions(&found)?);
    let (mut around, mut remarks) = (Vec::new(), Vec::new());
    for difference in differences(wanted.as_dictionary(), found.as_dictionary()) {
        match difference.key.as_str() {
            ACTIONS => {}
            key if WITHOUT_EFFECT.contains(&key) => remarks.push(remark(&difference)),
            _ => around.push(difference),
        }
    }
    Ok(Comparison { steps: steps(ours, theirs), around, remarks })
}

impl Comparison {
    /// Whether it is what we have built.
    pub fn is_same(&self) -> bool {
        self.around.is_empty() && self.same() == self.steps.len()
    }

    /// How many actions are the same.
    pub fn same(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Same { .. })).count()
    }
}

fn actions(root: &Value) -> Result<&[Value], Incomparable> {
    let actions = root.as_dictionary().and_then(|root| root.get(ACTIONS)?.as_array());
    match actions.map(Vec::as_slice) {
        None | Some([]) => Err(Broken::NoActions.into()),
        Some(actions) if actions.len() > MOST => Err(Incomparable::TooMany(actions.len())),
        Some(actions) => Ok(actions),
    }
}

fn steps(wanted: &[Value], found: &[Value]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut ours, mut theirs) = (0, 0);
    for (our, their) in align(wanted, found, |one, other| one == other) {
        between(&wanted[ours..our], &found[theirs..their], theirs, &mut steps);
        steps.push(Step::Same { number: their + 1, what: words::action(&found[their]) });
        (ours, theirs) = (our + 1, their + 1);
    }
    between(&wanted[ours..], &found[theirs..], theirs, &mut steps);
    steps
}

/// What is not the same between two actions that are; the first of `found` has the number after `before`.
fn between(wanted: &[Value], found: &[Value], before: usize, steps: &mut Vec<Step>) {
    let (mut ours, mut theirs) = (0, 0);
    let kind = |action: &Value| action.as_dictionary().and_then(|action| action.get(IDENTIFIER)).cloned();
    let pairs = align(wanted, found, |one, other| kind(one) == kind(other));
    for (our, their) in pairs.into_iter().map(|(our, their)| (our, Some(their))).chain([(wanted.len(), None)]) {
        steps.extend(wanted[ours..our].iter().map(|action| Step::Missing { what: words::action(action) }));
        let added = theirs..their.unwrap_or(found.len());
        steps.extend(added.map(|at| Step::Added { number: before + at + 1, what: words::action(&found[at]) }));
        let Some(their) = their else { break };
        let differences = in_action(&wanted[our], &found[their]);
        steps.push(Step::Differs { number: before + their + 1, what: words::action(&found[their]), differences });
        (ours, theirs) = (our + 1, their + 1);
    }
}

/// What an action is told, and what else there is of it.
fn in_action(wanted: &Value, found: &Value) -> Vec<Difference> {
    let (wanted, found) = (wanted.as_dictionary(), found.as_dictionary());
    let told = |action: Option<&'_ Dictionary>| action?.get(PARAMETERS)?.as_dictionary().cloned();
    let strictly = |wanted, found| keys(wanted, found, |value| value);
    let mut all = strictly(wanted, found);
    if let (Some(wanted), Some(found)) = (told(wanted), told(found)) {
        all.retain(|difference| difference.key != PARAMETERS);
        all.extend(strictly(Some(&wanted), Some(&found)));
    }
    all
}

/// Key by key; what is left out is as good as what is empty.
fn differences(wanted: Option<&Dictionary>, found: Option<&Dictionary>) -> Vec<Difference> {
    let is_empty = |value: &&Value| match value {
        Value::Array(values) => values.is_empty(),
        Value::Boolean(is) => !is,
        _ => false,
    };
    keys(wanted, found, |value| value.filter(|value| !is_empty(value)))
}

fn keys<'a>(
    wanted: Option<&'a Dictionary>,
    found: Option<&'a Dictionary>,
    counts: impl Fn(Option<&'a Value>) -> Option<&'a Value>,
) -> Vec<Difference> {
    let all: BTreeSet<&String> = [wanted, found].into_iter().flatten().flat_map(Dictionary::keys).collect();
    let both = all.into_iter().map(|key| {
        let of = |dictionary: Option<&'a Dictionary>| dictionary.and_then(|dictionary| dictionary.get(key));
        (key, counts(of(wanted)), counts(of(found)))
    });
    both.filter(|(_, wanted, found)| wanted != found)
        .map(|(key, wanted, found)| {
            let (wanted, found) = words::apart(wanted, found);
            Difference { key: key.escape_debug().to_string(), wanted, found }
        })
        .collect()
}

fn remark(difference: &Difference) -> String {
    let Difference { key, found, .. } = difference;
    match found {
        Some(found) => format!("{key} is {found}, which has no effect on what it does."),
        None => format!("{key} is left out, which has no effect on what it does."),
    }
}
