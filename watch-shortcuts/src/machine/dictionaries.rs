//! Dictionaries: those that are written into a Shortcut, and those that are looked into.

use super::memory::Memory;
use super::parameters::{self, Parameters, shape};
use super::stopped::Why;
use super::tokens;
use super::value::Value;
use plist::{Dictionary, Value as Plist};
use serde_json::{Map, Number, Value as Json};

/// The items of the dictionary that the parameter `key` is, in their order.
pub(super) fn items(memory: &Memory, key: &str, plist: &Plist) -> Result<Vec<(String, Json)>, Why> {
    let wanted = || shape(key, "a dictionary with its items");
    let Some(("WFDictionaryFieldValue", Plist::Dictionary(field))) = tokens::serialized(plist) else {
        return Err(wanted());
    };
    tokens::only(key, field, &["WFDictionaryFieldValueItems"])?;
    let fields = field.get("WFDictionaryFieldValueItems").and_then(Plist::as_array).ok_or_else(wanted)?;
    let mut items: Vec<(String, Json)> = Vec::with_capacity(fields.len());
    for field in fields {
        let field = field.as_dictionary().ok_or_else(wanted)?;
        tokens::only(key, field, &["WFItemType", "WFKey", "WFValue"])?;
        let name = parameters::text(memory, key, field.get("WFKey").ok_or_else(wanted)?)?;
        if items.iter().any(|(other, _)| *other == name) {
            return Err(Why::KeyTwice(name));
        }
        items.push((name, item(memory, key, field)?));
    }
    Ok(items)
}

fn item(memory: &Memory, key: &str, field: &Dictionary) -> Result<Json, Why> {
    let wanted = || shape(key, "a dictionary with its items");
    let kind = field.get("WFItemType").and_then(Plist::as_signed_integer).ok_or_else(wanted)?;
    let plist = field.get("WFValue").ok_or_else(wanted)?;
    match kind {
        0 => parameters::text(memory, key, plist).map(Json::String),
        1 => items(memory, key, nested(plist)).map(|items| Json::Object(items.into_iter().collect())),
        2 => array(memory, key, plist),
        3 => number(memory, key, plist).map(Json::Number),
        4 => boolean(plist).map(Json::Bool).ok_or_else(|| shape(key, "a dictionary whose booleans are some")),
        other => Err(Why::Unsupported { key: format!("{key}.WFItemType"), value: other.to_string() }),
    }
}

/// The app wraps a dictionary within a dictionary twice.
fn nested(plist: &Plist) -> &Plist {
    match tokens::serialized(plist) {
        Some(("WFDictionaryFieldValue", inner)) if tokens::serialized(inner).is_some() => inner,
        _ => plist,
    }
}

fn array(memory: &Memory, key: &str, plist: &Plist) -> Result<Json, Why> {
    let wanted = || shape(key, "a dictionary whose arrays are some");
    let Some(("WFArrayParameterState", Plist::Array(fields))) = tokens::serialized(plist) else { return Err(wanted()) };
    let one = |field: &Plist| match field {
        Plist::String(_) => parameters::text(memory, key, field).map(Json::String),
        Plist::Dictionary(field) => {
            tokens::only(key, field, &["WFItemType", "WFValue"])?;
            item(memory, key, field)
        }
        _ => Err(wanted()),
    };
    fields.iter().map(one).collect::<Result<_, _>>().map(Json::Array)
}

/// A number is written as one, or as a text that is one once its values are known.
fn number(memory: &Memory, key: &str, plist: &Plist) -> Result<Number, Why> {
    if let Some(number) = parameters::number(plist) {
        return Ok(number);
    }
    let text = parameters::text(memory, key, plist)?;
    text.parse().map_err(|_| Why::Coercion { from: "a text without a number in it", to: "a number" })
}

fn boolean(plist: &Plist) -> Option<bool> {
    match tokens::serialized(plist) {
        Some(("WFNumberSubstitutableState", inner)) => inner.as_boolean(),
        _ => plist.as_boolean(),
    }
}

/// What is under a key, or a path of keys with dots between them. A last key that is missing is nothing.
pub(super) fn look_up(parameters: Parameters<'_>) -> Result<Value, Why> {
    match parameters.word("WFGetDictionaryValueType")? {
        None | Some("Value") => {}
        Some(other) => {
            return Err(Why::Unsupported { key: "WFGetDictionaryValueType".to_owned(), value: other.to_owned() });
        }
    }
    let path = parameters.text("WFDictionaryKey")?;
    let input = parameters.input("WFInput")?;
    Value::raw(walk(input.dictionary()?, &path)?)
}

/// One item of a list, which people count from 1.
pub(super) fn item_of(parameters: Parameters<'_>) -> Result<Value, Why> {
    const KEY: &str = "WFItemSpecifier";
    let input = parameters.input("WFInput")?;
    let list = input.list()?;
    let index = match parameters.word(KEY)?.unwrap_or("First Item") {
        "First Item" => 1,
        // Of none it is the item 0, which is not there.
        "Last Item" => list.len() as u64,
        "Item At Index" => {
            parameters.number("WFItemIndex")?.as_u64().ok_or_else(|| shape("WFItemIndex", "a whole number"))?
        }
        other => return Err(Why::Unsupported { key: KEY.to_owned(), value: other.to_owned() }),
    };
    let at = index.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    let item = at.and_then(|at| list.get(at)).ok_or(Why::NoItem { index, count: list.len() })?;
    Value::raw(Some(item))
}

fn walk<'a>(mut dictionary: &'a Map<String, Json>, path: &str) -> Result<Option<&'a Json>, Why> {
    let mut keys = path.split('.').peekable();
    while let Some(key) = keys.next() {
        if key.is_empty() {
            return Err(shape("WFDictionaryKey", "a key, or keys with dots between them"));
        }
        let value = dictionary.get(key);
        if keys.peek().is_none() {
            return Ok(value);
        }
        let next = value.and_then(Json::as_object);
        dictionary = next.ok_or_else(|| Why::NoSuchKey { missing: key.to_owned(), path: path.to_owned() })?;
    }
    Ok(None)
}

/// The dictionary that a text is as JSON.
pub(super) fn detect(input: Value) -> Result<Value, Why> {
    let text = match input {
        Value::Text(text) | Value::File(text) | Value::Raw(Json::String(text)) => text,
        other => return other.dictionary().cloned().map(Value::Dictionary),
    };
    let parsed = serde_json::from_str(&text);
    parsed
        .map(Value::Dictionary)
        .map_err(|_| Why::Coercion { from: "a text that is no JSON object", to: "a dictionary" })
}
