//! What a run remembers.

use super::stopped::Why;
use super::tokens::{Part, Source, Template};
use super::value::Value;
use serde_json::Value as Json;
use std::collections::HashMap;

/// No text gets longer, or a loop that doubles one would fill the memory long before it is stopped.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// No list gets longer: nobody chooses from one that is.
const MAX_LIST: usize = 1 << 10;

/// The name of what counts a loop; within that loop, another one has a number after it.
const INDEX: &str = "Repeat Index";

#[derive(Clone)]
pub(super) struct Memory {
    input: Value,
    variables: HashMap<String, Value>,
    outputs: HashMap<String, Value>,
    /// What an omitted input is, if the action before has an output.
    pub(super) previous: Option<Value>,
    /// The loops that it is in, the innermost last.
    pub(super) loops: Vec<Loop>,
    /// What every value is, for whoever looks at an action without running those before it.
    stand_in: Option<Value>,
}

#[derive(Clone, Copy)]
pub(super) struct Loop {
    pub(super) index: u64,
    pub(super) count: u64,
}

impl Memory {
    pub(super) fn new(input: Option<String>) -> Self {
        let input = input.map_or(Value::Nothing, Value::Text);
        let (variables, outputs) = (HashMap::new(), HashMap::new());
        Self { input, variables, outputs, previous: None, loops: Vec::new(), stand_in: None }
    }

    /// One in which everything has a value, and it is always this one.
    pub(super) fn of(value: Value) -> Self {
        Self { previous: Some(value.clone()), stand_in: Some(value), ..Self::new(None) }
    }

    pub(super) fn gave(&mut self, uuid: Option<&str>, value: Value) {
        if let Some(uuid) = uuid {
            self.outputs.insert(uuid.to_owned(), value.clone());
        }
        self.previous = Some(value);
    }

    pub(super) fn set(&mut self, name: String, value: Value) -> Result<(), Why> {
        if name.starts_with(INDEX) {
            return Err(Why::Reserved(name));
        }
        self.variables.insert(name, value);
        Ok(())
    }

    /// Puts it after all that the variable has: it is a list from then on. One that has nothing yet has it alone.
    pub(super) fn append(&mut self, name: String, value: &Value) -> Result<Value, Why> {
        let mut list = match self.variables.get(&name) {
            None | Some(Value::Nothing) => Vec::new(),
            Some(Value::Raw(Json::Array(list))) => list.clone(),
            Some(one) => vec![Json::String(one.text()?)],
        };
        list.push(Json::String(value.text()?));
        if list.len() > MAX_LIST {
            return Err(Why::TooLong);
        }
        let value = Value::Raw(Json::Array(list));
        self.set(name, value.clone())?;
        Ok(value)
    }

    pub(super) fn fetch(&self, source: &Source) -> Result<Value, Why> {
        if let Some(value) = &self.stand_in {
            return Ok(value.clone());
        }
        match source {
            Source::Input => Ok(self.input.clone()),
            Source::Output(uuid) => self.outputs.get(uuid).cloned().ok_or_else(|| Why::NoOutput(uuid.clone())),
            Source::Variable(name) => {
                let value = self.index(name).or_else(|| self.variables.get(name).cloned());
                value.ok_or_else(|| Why::UnsetVariable(name.clone()))
            }
        }
    }

    pub(super) fn text(&self, template: &Template) -> Result<String, Why> {
        let mut text = String::new();
        for part in &template.0 {
            match part {
                Part::Said(said) => text.push_str(said),
                Part::Value(source) => text.push_str(&self.fetch(source)?.text()?),
            }
            if text.len() > MAX_TEXT {
                return Err(Why::TooLong);
            }
        }
        Ok(text)
    }

    fn index(&self, name: &str) -> Option<Value> {
        let depth = match name.strip_prefix(INDEX)? {
            "" => 1,
            // The second loop is the first that has a number.
            number => number.strip_prefix(' ')?.parse().ok().filter(|depth| *depth > 1)?,
        };
        let innermost = self.loops.get(depth - 1_usize)?;
        Some(Value::Number(innermost.index.into()))
    }
}
