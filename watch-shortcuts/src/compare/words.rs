//! What an action does and what it is told, in words for people. What has come may be anybody's: nothing in it reaches a terminal as
//! it is, and what cannot be said in words is shown as it is kept.

use crate::action::PREFIX;
use crate::text::MARK;
use plist::{Dictionary, Value};
use std::fmt::Write as _;

/// What is shown of one value, in characters.
const SHOWN: usize = 400;

/// As the app says it; what is not ours keeps its name.
pub(super) fn action(action: &Value) -> String {
    let action = action.as_dictionary();
    let identifier = action.and_then(|action| action.get(super::IDENTIFIER)?.as_string()).unwrap_or_default();
    let empty = Dictionary::new();
    let told = action.and_then(|action| action.get(super::PARAMETERS)?.as_dictionary()).unwrap_or(&empty);
    let of = |key: &str| told.get(key).map(words).unwrap_or_default();
    let name = identifier.strip_prefix(PREFIX).unwrap_or_default();
    let said = match (name, told.get("WFControlFlowMode").and_then(Value::as_signed_integer)) {
        ("conditional", Some(0)) => format!("If {} is {}", of("WFInput"), of("WFConditionalActionString")),
        ("conditional", Some(1)) => "Otherwise".to_owned(),
        ("conditional", _) => "End If".to_owned(),
        ("repeat.count", Some(0)) => format!("Repeat {} times", of("WFRepeatCount")),
        ("repeat.count", _) => "End Repeat".to_owned(),
        ("downloadurl", _) => format!("Get contents of {} ({})", of("WFURL"), of("WFHTTPMethod")),
        ("dictatetext", _) => "Dictate text".to_owned(),
        ("scanbarcode", _) => "Scan QR or bar code".to_owned(),
        ("gettext", _) => format!("Text {}", of("WFTextActionText")),
        ("getvalueforkey", _) => format!("Get value for {} in {}", of("WFDictionaryKey"), of("WFInput")),
        ("setvariable", _) => format!("Set variable {} to {}", of("WFVariableName"), of("WFInput")),
        ("appendvariable", _) => format!("Add {} to variable {}", of("WFInput"), of("WFVariableName")),
        ("choosefromlist", _) => format!("Choose from {}", of("WFInput")),
        ("alert", _) => format!("Show alert {}", of("WFAlertActionTitle")),
        ("showresult", _) => format!("Show {}", of("Text")),
        ("speaktext", _) => format!("Speak {}", of("WFText")),
        ("vibrate", _) => format!("Play haptic {}", of("WFVibrateHapticType")),
        ("getstoredcontent", _) => format!("Get stored content {}", of("WFStoredContentKey")),
        ("setstoredcontent", _) => format!("Store {} as {}", of("WFInput"), of("WFStoredContentKey")),
        ("deletestoredcontent", _) => format!("Delete stored content {}", of("WFStoredContentKey")),
        ("setclipboard", _) => format!("Copy {} to clipboard", of("WFInput")),
        ("comment", _) => format!("Comment {}", of("WFCommentActionText")),
        ("nothing", _) => "Nothing".to_owned(),
        ("exit", _) => "Stop this shortcut".to_owned(),
        _ => format!("An action that Truce does not have: {identifier:?}"),
    };
    cut(&said)
}

/// Both, so that they look different: as they are kept, where words do not tell them apart.
pub(super) fn apart(wanted: Option<&Value>, found: Option<&Value>) -> (Option<String>, Option<String>) {
    for show in [words, kept] {
        let (wanted, found) = (wanted.map(show), found.map(show));
        let (wanted, found) = (wanted.as_deref().map(cut), found.as_deref().map(cut));
        if wanted != found {
            return (wanted, found);
        }
    }
    // Two long ones that begin alike.
    (wanted.map(|wanted| tail(wanted, found)), found.map(|found| tail(found, wanted)))
}

/// From where it is another, with a few characters before.
fn tail(of: &Value, other: Option<&Value>) -> String {
    let (of, other) = (kept(of), other.map(kept).unwrap_or_default());
    let same = of.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    format!("…{}", cut(&of.chars().skip(same.saturating_sub(20)).collect::<String>()))
}

fn cut(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(end, _)| end);
    if end == text.len() { text.to_owned() } else { format!("{}…", &text[..end]) }
}

/// In words: a variable in braces, a text with what is put into it.
fn words(value: &Value) -> String {
    said(value).unwrap_or_else(|| kept(value))
}

fn said(value: &Value) -> Option<String> {
    let dictionary = value.as_dictionary()?;
    if dictionary.get("Type").and_then(Value::as_string) == Some("Variable") && dictionary.contains_key("Variable") {
        return said(dictionary.get("Variable")?);
    }
    let inner = dictionary.get("Value")?;
    match dictionary.get("WFSerializationType")?.as_string()? {
        "WFTextTokenString" => text(inner.as_dictionary()?),
        "WFTextTokenAttachment" => Some(format!("{{{}}}", variable(inner.as_dictionary()?)?)),
        "WFDictionaryFieldValue" => {
            let items = inner.as_dictionary()?.get("WFDictionaryFieldValueItems")?.as_array()?;
            let items: Option<Vec<_>> = items.iter().map(|item| entry(item.as_dictionary()?)).collect();
            Some(format!("{{{}}}", items?.join(", ")))
        }
        _ => None,
    }
}

fn entry(item: &Dictionary) -> Option<String> {
    Some(format!("{}: {}", words(item.get("WFKey")?), words(item.get("WFValue")?)))
}

fn text(tokens: &Dictionary) -> Option<String> {
    let string = tokens.get("string")?.as_string()?;
    let (mut said, mut units) = (String::new(), 0);
    for c in string.chars() {
        let mark =
            || tokens.get("attachmentsByRange")?.as_dictionary()?.get(&format!("{{{units}, 1}}"))?.as_dictionary();
        match (c, mark()) {
            (MARK, Some(mark)) => write!(said, "{{{}}}", variable(mark)?).ok()?,
            _ => said.push(c),
        }
        units += c.len_utf16();
    }
    Some(format!("{said:?}"))
}

fn variable(of: &Dictionary) -> Option<String> {
    let text = |key: &str| of.get(key).and_then(Value::as_string);
    let name = match text("Type")? {
        "Variable" => text("VariableName")?,
        "ActionOutput" => text("OutputName")?,
        "ExtensionInput" => "Shortcut Input",
        _ => return None,
    };
    Some(name.escape_debug().to_string())
}

/// As it is kept, with nothing in it that a terminal would take for an order.
fn kept(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Boolean(is) => is.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Data(data) => format!("{} bytes of data: {}", data.len(), hex(data)),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(kept).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Dictionary(values) => {
            let mut values: Vec<_> = values.iter().map(|(key, value)| format!("{key:?}: {}", kept(value))).collect();
            values.sort();
            format!("{{{}}}", values.join(", "))
        }
        other => format!("{other:?}").escape_debug().to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
