//! The file that the Shortcuts app reads: a property list, the same bytes from the same story.

use crate::story::{Icon, Shortcut, Where};
use crate::text::dictionary;
use plist::{Dictionary, Value};

/// The app that such a file would come from, and the oldest that reads it.
const VERSION: &str = "4018.0.4";
const OLDEST: i64 = 900;

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
    let Icon { glyph, colour } = shortcut.icon;
    let icon = [("WFWorkflowIconGlyphNumber", glyph.into()), ("WFWorkflowIconStartColor", i64::from(colour).into())];
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
        ("WFWorkflowIcon", dictionary(icon).into()),
        ("WFWorkflowImportQuestions", list(&[])),
        ("WFWorkflowInputContentItemClasses", list(input)),
        ("WFWorkflowMinimumClientVersion", OLDEST.into()),
        ("WFWorkflowMinimumClientVersionString", OLDEST.to_string().into()),
        ("WFWorkflowOutputContentItemClasses", list(&[])),
        ("WFWorkflowTypes", list(places)),
    ]);
    root.into()
}
