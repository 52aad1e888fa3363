//! Texts with values in them. Each value has a placeholder, U+FFFC, whose place is counted in UTF-16 units, as the app does.

use super::stopped::Why;
use crate::text::MARK;
use plist::{Dictionary, Value as Plist};
use std::collections::BTreeMap;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Output(String),
    Variable(String),
    Input,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Said(String),
    Value(Source),
}

/// A text before its values are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(pub(super) Vec<Part>);

/// What a parameter is that can be a text or a value.
pub(super) enum Token {
    Text(Template),
    Value(Source),
}

/// Reads the parameter `key`.
pub(super) fn token(key: &str, plist: &Plist) -> Result<Token, Why> {
    if let Some(text) = plist.as_string() {
        return template(key, text, None).map(Token::Text);
    }
    match serialized(plist) {
        Some(("WFTextTokenString", Plist::Dictionary(value))) => token_string(key, value).map(Token::Text),
        Some(("WFTextTokenAttachment", Plist::Dictionary(value))) => source(key, value).map(Token::Value),
        _ => Err(Why::Shape { key: key.to_owned(), wanted: "a text or a variable" }),
    }
}

/// The type and the value of what is wrapped, and has nothing else in it.
pub(super) fn serialized(plist: &Plist) -> Option<(&str, &Plist)> {
    let wrapped = plist.as_dictionary().filter(|wrapped| wrapped.len() == 2)?;
    Some((wrapped.get("WFSerializationType")?.as_string()?, wrapped.get("Value")?))
}

fn token_string(key: &str, value: &Dictionary) -> Result<Template, Why> {
    let wanted = || Why::Shape { key: key.to_owned(), wanted: "a text with the values in it" };
    only(key, value, &["string", "attachmentsByRange"])?;
    let text = value.get("string").and_then(Plist::as_string).ok_or_else(wanted)?;
    let attachments = match value.get("attachmentsByRange") {
        Some(attachments) => Some(attachments.as_dictionary().ok_or_else(wanted)?),
        None => None,
    };
    template(key, text, attachments)
}

fn template(key: &str, text: &str, attachments: Option<&Dictionary>) -> Result<Template, Why> {
    let mut sources = sources(key, attachments)?;
    let (mut parts, mut said, mut at) = (Vec::new(), String::new(), 0);
    for char in text.chars() {
        if char == MARK {
            let source = sources.remove(&at).ok_or_else(|| Why::NoAttachment { key: key.to_owned(), at })?;
            parts.extend((!said.is_empty()).then(|| Part::Said(std::mem::take(&mut said))));
            parts.push(Part::Value(source));
        } else {
            said.push(char);
        }
        at += char.len_utf16();
    }
    parts.extend((!said.is_empty()).then_some(Part::Said(said)));
    match sources.first_key_value() {
        Some((at, _)) => Err(Why::NoPlaceholder { key: key.to_owned(), range: format!("{{{at}, 1}}") }),
        None => Ok(Template(parts)),
    }
}

/// The attachments by their places.
fn sources(key: &str, attachments: Option<&Dictionary>) -> Result<BTreeMap<usize, Source>, Why> {
    let mut sources = BTreeMap::new();
    for (range, attachment) in attachments.into_iter().flatten() {
        let no_placeholder = || Why::NoPlaceholder { key: key.to_owned(), range: range.clone() };
        let at = range.strip_prefix('{').and_then(|range| range.strip_suffix(", 1}"));
        let at = at.and_then(|at| at.parse().ok()).ok_or_else(no_placeholder)?;
        let attachment = attachment.as_dictionary();
        let attachment =
            attachment.ok_or_else(|| Why::Shape { key: key.to_owned(), wanted: "a text or a variable" })?;
        if sources.insert(at, source(key, attachment)?).is_some() {
            return Err(no_placeholder());
        }
    }
    Ok(sources)
}

/// A lone value.
fn source(key: &str, attachment: &Dictionary) -> Result<Source, Why> {
    let of = |name: &str| attachment.get(name).and_then(Plist::as_string).map(str::to_owned);
    let wanted = |wanted| Why::Shape { key: key.to_owned(), wanted };
    match of("Type").as_deref() {
        Some("ActionOutput") => {
            only(key, attachment, &["Type", "OutputUUID", "OutputName"])?;
            of("OutputUUID").map(Source::Output).ok_or_else(|| wanted("the output of an action"))
        }
        Some("Variable") => {
            only(key, attachment, &["Type", "VariableName"])?;
            of("VariableName").map(Source::Variable).ok_or_else(|| wanted("a variable with a name"))
        }
        Some("ExtensionInput") => only(key, attachment, &["Type"]).map(|()| Source::Input),
        Some(other) => Err(Why::Unsupported { key: key.to_owned(), value: other.to_owned() }),
        None => Err(wanted("a variable with a type")),
    }
}

/// What is not known is not passed over: it may change the value.
pub(super) fn only(key: &str, dictionary: &Dictionary, known: &[&str]) -> Result<(), Why> {
    let unknown = dictionary.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(Why::UnknownParameter(format!("{key}.{name}"))))
}
