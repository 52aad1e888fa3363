//! Where a run goes on: conditions, loops and menus.

use super::blocks::Block;
use super::memory::{Loop, Memory};
use super::parameters::{self, Parameters, shape};
use super::reply::Expected;
use super::step::{Outcome, Step};
use super::stopped::Why;
use super::tokens::{self, Template};
use super::value::Value;
use plist::Value as Plist;

/// What an action led to.
pub(super) enum Flow {
    /// It has an output.
    Gives(Value),
    /// It is as if it was not there.
    Keeps,
    /// It has no output, so the next action has no input.
    Silent,
    /// The run goes on there, without an input.
    To(usize),
    Wait(Step, Expected),
    End(Outcome),
}

/// The comparison is exact: `Yes` is not `yes`.
pub(super) fn conditional(mode: Option<i64>, block: &Block, parameters: Parameters<'_>) -> Result<Flow, Why> {
    match mode {
        Some(0) if holds(parameters)? => Ok(Flow::Silent),
        Some(0) => Ok(Flow::To(block.middles.first().copied().unwrap_or(block.end) + 1)),
        // The first branch has come to its end.
        Some(1) => Ok(Flow::To(block.end)),
        _ => Ok(Flow::Silent),
    }
}

fn holds(parameters: Parameters<'_>) -> Result<bool, Why> {
    let condition = parameters.required("WFCondition")?.as_signed_integer();
    let value = compared(parameters)?;
    let is = |test: fn(&str, &str) -> bool| {
        let text = parameters.text("WFConditionalActionString")?;
        value.compared().map(|value| test(value, &text))
    };
    match condition.ok_or_else(|| shape("WFCondition", "a number"))? {
        4 => is(|value, text| value == text),
        5 => is(|value, text| value != text),
        99 => is(|value, text| value.contains(text)),
        999 => is(|value, text| !value.contains(text)),
        100 => Ok(!value.is_blank()),
        101 => Ok(value.is_blank()),
        other => Err(Why::Unsupported { key: "WFCondition".to_owned(), value: other.to_string() }),
    }
}

/// The input of a condition, which is wrapped once more than any other.
fn compared(parameters: Parameters<'_>) -> Result<Value, Why> {
    const KEY: &str = "WFInput";
    let Some(input) = parameters.get(KEY) else { return parameters.input(KEY) };
    let wanted = || shape(KEY, "a variable within a variable");
    let input = input.as_dictionary().ok_or_else(wanted)?;
    tokens::only(KEY, input, &["Type", "Variable"])?;
    if input.get("Type").and_then(Plist::as_string) != Some("Variable") {
        return Err(wanted());
    }
    let variable = input.get("Variable").filter(|variable| variable.as_dictionary().is_some()).ok_or_else(wanted)?;
    parameters::value(parameters.memory, KEY, variable)
}

pub(super) fn repeat_begins(block: &Block, parameters: Parameters<'_>) -> Result<(Flow, Option<Loop>), Why> {
    const KEY: &str = "WFRepeatCount";
    let count = parameters.number(KEY)?.as_u64().ok_or_else(|| shape(KEY, "a whole number"))?;
    match count {
        0 => Ok((Flow::To(block.end + 1), None)),
        count => Ok((Flow::Silent, Some(Loop { index: 1, count }))),
    }
}

pub(super) fn repeat_ends(block: &Block, memory: &mut Memory) -> Flow {
    match memory.loops.last_mut() {
        Some(innermost) if innermost.index < innermost.count => {
            innermost.index += 1;
            Flow::To(block.begin + 1)
        }
        _ => {
            memory.loops.pop();
            Flow::Silent
        }
    }
}

/// `titles` are those of its cases, in their order.
pub(super) fn menu(block: &Block, titles: &[Template], parameters: Parameters<'_>) -> Result<Flow, Why> {
    const KEY: &str = "WFMenuItems";
    let items = parameters.required(KEY)?.as_array().ok_or_else(|| shape(KEY, "an array of texts"))?;
    let items = items.iter().map(|item| parameters::template(KEY, menu_item(item))).collect::<Result<Vec<_>, _>>()?;
    if items.is_empty() {
        return Err(Why::NothingToChoose);
    }
    if items != titles {
        return Err(Why::MenuCases);
    }
    let options = items.iter().map(|item| parameters.memory.text(item)).collect::<Result<_, _>>()?;
    let cases = block.middles.iter().map(|middle| middle + 1).collect();
    let prompt = parameters.text_or_empty("WFMenuPrompt")?;
    Ok(Flow::Wait(Step::Choose { prompt, options }, Expected::Case(cases)))
}

/// Newer files have the items of a menu as those of a dictionary, without keys.
fn menu_item(item: &Plist) -> &Plist {
    let wrapped = item.as_dictionary().filter(|item| item.len() == 2);
    let is_text = |item: &&plist::Dictionary| item.get("WFItemType").and_then(Plist::as_signed_integer) == Some(0);
    wrapped.filter(is_text).and_then(|item| item.get("WFValue")).unwrap_or(item)
}
