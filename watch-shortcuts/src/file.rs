//! The file that the Shortcuts app reads: a property list, the same bytes from the same story.

use crate::story::{Shortcut, Where};
use crate::text::dictionary;
use plist::{Dictionary, Value};

/// The app that such a file would come from, and the oldest that reads it.
const VERSION: &str = "4018.0.4";
const OLDEST: i64 = 900;
/// What the app shows: a symbol by its number, on red, green, blue and opacity.
const GLYPH: i64 = 61_440;
const COLOUR: i64 = 0x1B9A_F7FF;

/// As bytes, in XML: whoever wants to know what it does can read it.
///
/// # Panics
/// Never: there is no number or date in it that XML could not hold.
pub fn bytes(shortcut: &Shortcut) -> Vec<u8> {
    let mut bytes = Vec::new();
    value(shortcut).to_writer_xml(&mut bytes).expect("to memory, of what XML can hold");
    bytes.push(b'\n');
    bytes
}

/// What it is saved as.
pub fn name(shortcut: &Shortcut) -> String {
    format!("{}.shortcut", shortcut.name)
}

fn value(shortcut: &Shortcut) -> Value {
    let list = |texts: &[&str]| Value::Array(texts.iter().map(|text| Value::from(*text)).collect());
    let icon = dictionary([("WFWorkflowIconGlyphNumber", GLYPH.into()), ("WFWorkflowIconStartColor", COLOUR.into())]);
    let (places, input): (&[&str], &[&str]) = match shortcut.place {
        Where::Watch => (&["Watch"], &[]),
        Where::Phone => (&[], &["WFStringContentItem", "WFURLContentItem"]),
    };
    let root: Dictionary = dictionary([
        ("WFQuickActionSurfaces", list(&[])),
        ("WFWorkflowActions", shortcut.actions.clone().into()),
        ("WFWorkflowClientVersion", VERSION.into()),
        ("WFWorkflowHasOutputFallback", false.into()),
        ("WFWorkflowHasShortcutInputVariables", (!input.is_empty()).into()),
        ("WFWorkflowIcon", icon.into()),
        ("WFWorkflowImportQuestions", list(&[])),
        ("WFWorkflowInputContentItemClasses", list(input)),
        ("WFWorkflowMinimumClientVersion", OLDEST.into()),
        ("WFWorkflowMinimumClientVersionString", OLDEST.to_string().into()),
        ("WFWorkflowOutputContentItemClasses", list(&[])),
        ("WFWorkflowTypes", list(places)),
    ]);
    root.into()
}
