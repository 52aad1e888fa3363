//! Text with variables in it, as the Shortcuts app keeps it: a string with a mark for each, and where the marks are.

use plist::{Dictionary, Value};

/// Stands for a variable.
pub(crate) const MARK: char = '\u{FFFC}';
/// What the shortcut was started with.
const INPUT: &str = "input";

/// `Bearer {session}`: what is in braces is a variable, and `{input}` what the shortcut was started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    string: String,
    /// In UTF-16 units, which is what the app counts.
    marks: Vec<(usize, String)>,
}

impl Text {
    /// Reads a template. A brace that has no end is a brace.
    pub fn new(template: &str) -> Self {
        let (mut string, mut marks, mut rest) = (String::new(), Vec::new(), template);
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            string.push_str(before);
            marks.push((string.encode_utf16().count(), name.to_owned()));
            string.push(MARK);
            rest = after;
        }
        string.push_str(rest);
        Self { string, marks }
    }

    /// As a parameter: a plain string where there is no variable.
    pub fn value(&self) -> Value {
        if self.marks.is_empty() { self.string.clone().into() } else { self.tokens() }
    }

    /// As it has to be in a dictionary's field, with or without variables.
    pub(crate) fn tokens(&self) -> Value {
        let marks = self.marks.iter().map(|(at, name)| (format!("{{{at}, 1}}"), Value::Dictionary(variable(name))));
        let value = dictionary([
            ("attachmentsByRange", Value::Dictionary(marks.collect())),
            ("string", self.string.clone().into()),
        ]);
        serialized("WFTextTokenString", value)
    }
}

impl From<&str> for Text {
    fn from(template: &str) -> Self {
        Self::new(template)
    }
}

/// A variable by itself: whatever it holds, and not the text of it.
pub(crate) fn lone(name: &str) -> Value {
    serialized("WFTextTokenAttachment", variable(name))
}

/// What an action has brought, known by the action's own id.
pub(crate) fn output(id: &str) -> Value {
    let value =
        dictionary([("OutputName", "Output".into()), ("OutputUUID", id.into()), ("Type", "ActionOutput".into())]);
    serialized("WFTextTokenAttachment", value)
}

fn variable(name: &str) -> Dictionary {
    match name {
        INPUT => dictionary([("Type", "ExtensionInput".into())]),
        _ => dictionary([("Type", "Variable".into()), ("VariableName", name.into())]),
    }
}

pub(crate) fn serialized(kind: &str, value: Dictionary) -> Value {
    dictionary([("Value", value.into()), ("WFSerializationType", kind.into())]).into()
}

pub(crate) fn dictionary<const N: usize>(entries: [(&str, Value); N]) -> Dictionary {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_braces_is_a_variable_and_the_rest_is_text() {
        let text = Text::new("Bearer {session}");
        assert_eq!(
            (text.string.as_str(), text.marks.as_slice()),
            ("Bearer \u{FFFC}", [(7, "session".to_owned())].as_slice())
        );
        assert_eq!(Text::new("a { b").value(), "a { b".into());
    }

    #[test]
    fn marks_are_counted_as_the_app_counts() {
        // A family is eleven units, of which a char is one or two.
        let text = Text::new("👨‍👩‍👧‍👦{a}é{b}");
        let at: Vec<usize> = text.marks.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [11, 13]);
    }
}
