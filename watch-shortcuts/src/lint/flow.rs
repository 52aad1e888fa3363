//! What can be seen of actions only in their order: blocks, and what is known when.

use super::action::Act;
use plist::{Dictionary, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What is true at one place, however a run has got there.
#[derive(Debug, Clone, Default)]
struct Here {
    /// Variables that have a value, and whether it may come straight from a dictionary.
    variables: BTreeMap<String, bool>,
    /// Nobody gets here.
    over: bool,
}

/// A block that has begun.
struct Block {
    /// Where it began, and where its parts so far have ended.
    before: Here,
    ended: Vec<Here>,
}

/// As far as the file was read.
#[derive(Default)]
pub(super) struct Flow {
    here: Here,
    blocks: Vec<Block>,
    /// Actions so far, and whether what each brings comes straight from a dictionary.
    outputs: BTreeMap<String, bool>,
}

impl Flow {
    /// The next action.
    pub(super) fn pass(&mut self, act: Act<'_>, add: &mut impl FnMut(String)) {
        if self.here.over && self.blocks.is_empty() {
            add("nobody gets here".to_owned());
            self.here.over = false;
        }
        self.reads(act, add);
        match (act.name(), act.0.mode()) {
            ("exit", _) => self.here.over = true,
            // They fit together: the machine has paired them.
            (_, Some(mode)) => self.block(act.name(), mode),
            _ => self.brings(act),
        }
    }

    fn reads(&self, act: Act<'_>, add: &mut impl FnMut(String)) {
        let mut references = Vec::new();
        act.told().values().for_each(|value| collect(value, &mut references));
        for reference in references {
            let text = |key: &str| reference.get(key).and_then(Value::as_string).unwrap_or_default();
            match text("Type") {
                "Variable" => {
                    let name = text("VariableName");
                    if !self.here.over && !self.here.variables.contains_key(name) {
                        add(format!("the variable `{name}` may have no value yet"));
                    }
                }
                "ActionOutput" if !self.outputs.contains_key(text("OutputUUID")) => {
                    add(format!("there is no action {} before it", text("OutputUUID")));
                }
                "ActionOutput" | "ExtensionInput" => {}
                other => add(format!("`{other}` is no variable that is known here")),
            }
        }
        if act.name() == "conditional" && act.told().get("WFInput").is_some_and(|input| self.is_raw(input)) {
            add("what comes straight from a dictionary is blank to an If: put it into a Text first".to_owned());
        }
    }

    /// Whether a value holds, by itself, what comes straight from a dictionary.
    fn is_raw(&self, value: &Value) -> bool {
        let mut references = Vec::new();
        collect(value, &mut references);
        references.iter().any(|reference| {
            let text = |key: &str| reference.get(key).and_then(Value::as_string).unwrap_or_default();
            let raw = match text("Type") {
                "Variable" => self.here.variables.get(text("VariableName")),
                _ => self.outputs.get(text("OutputUUID")),
            };
            raw.copied().unwrap_or_default()
        })
    }

    fn brings(&mut self, act: Act<'_>) {
        let raw = match act.name() {
            "getvalueforkey" => true,
            "setvariable" | "appendvariable" => act.told().get("WFInput").is_some_and(|input| self.is_raw(input)),
            "getvariable" => act.told().get("WFVariable").is_some_and(|variable| self.is_raw(variable)),
            _ => false,
        };
        if let Some(id) = act.text("UUID") {
            self.outputs.insert(id.to_owned(), raw);
        }
        if let ("setvariable" | "appendvariable", Some(name)) = (act.name(), act.text("WFVariableName")) {
            let before = self.here.variables.get(name).copied().unwrap_or_default();
            self.here.variables.insert(name.to_owned(), raw || act.name() == "appendvariable" && before);
        }
    }

    fn block(&mut self, name: &str, mode: i64) {
        if mode == 0 {
            self.blocks.push(Block { before: self.here.clone(), ended: Vec::new() });
            // What stands before the first part of a menu is nowhere.
            self.here.over |= name == "choosefrommenu";
            return;
        }
        let Some(mut block) = self.blocks.pop() else { return };
        block.ended.push(std::mem::take(&mut self.here));
        if mode == 1 {
            self.here = block.before.clone();
            self.blocks.push(block);
            return;
        }
        // Without another part, an If may have passed over the one it has.
        if name == "conditional" && block.ended.len() == 1 {
            block.ended.push(block.before);
        }
        self.here = Here::meet(block.ended);
    }
}

impl Here {
    /// What is true whichever of them came before.
    fn meet(all: Vec<Self>) -> Self {
        let mut going_on = all.into_iter().filter(|here| !here.over);
        let Some(first) = going_on.next() else { return Self { over: true, ..Self::default() } };
        going_on.fold(first, |one, other| {
            let both: BTreeSet<&String> =
                one.variables.keys().filter(|name| other.variables.contains_key(*name)).collect();
            let raw = |name: &String| one.variables[name] || other.variables[name];
            Self { variables: both.into_iter().map(|name| (name.clone(), raw(name))).collect(), over: false }
        })
    }
}

/// All that is a variable.
fn collect<'a>(value: &'a Value, references: &mut Vec<&'a Dictionary>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        Value::Dictionary(values) => {
            let is_one = ["VariableName", "OutputUUID"].iter().any(|key| values.contains_key(key))
                || values.len() == 1 && values.contains_key("Type");
            if is_one {
                references.push(values);
            }
            values.values().for_each(|value| collect(value, references));
        }
        _ => {}
    }
}
