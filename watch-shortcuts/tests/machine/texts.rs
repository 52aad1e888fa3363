//! Texts, variables and inputs.

use crate::plists::*;
use truce_shortcuts::machine::{Machine, Outcome, Why};

#[test]
fn a_text_has_its_values_where_their_placeholders_are() {
    let both = [("{1, 1}", output("A")), ("{4, 1}", variable("B"))];
    let set = action("setvariable", [("WFVariableName", "B".into()), ("WFInput", lone(output("A")))]);
    assert_eq!(shown(vec![text("A", "x"), set, show(tokens("(\u{FFFC}, \u{FFFC})", both))]), ["(x, x)"]);
}

#[test]
fn places_are_counted_in_utf16_units() {
    // Three people of two units each, and two joiners.
    let family = "👨\u{200D}👩\u{200D}👧";
    let token = tokens(&format!("{family}é{HERE}!"), [("{9, 1}", output("A"))]);
    assert_eq!(shown(vec![text("A", "ü"), show(token)]), [format!("{family}éü!")]);
    for wrong in ["{6, 1}", "{19, 1}"] {
        let token = tokens(&format!("{family}é{HERE}!"), [(wrong, output("A"))]);
        let no_attachment = Why::NoAttachment { key: "Text".to_owned(), at: 9 };
        assert_eq!(stopped(vec![text("A", "ü"), show(token)], vec![]), (2, no_attachment));
    }
}

#[test]
fn a_placeholder_without_a_value_is_refused() {
    let why = Why::NoAttachment { key: "Text".to_owned(), at: 1 };
    assert_eq!(stopped(vec![show(format!("a{HERE}"))], vec![]), (1, why.clone()));
    assert_eq!(stopped(vec![show(tokens(&format!("a{HERE}"), []))], vec![]), (1, why));
}

#[test]
fn a_value_without_a_placeholder_is_refused() {
    for range in ["{0, 1}", "{0, 2}", "{0,1}", "0", "{-1, 1}", "{9, 1}"] {
        let why = Why::NoPlaceholder { key: "Text".to_owned(), range: range.to_owned() };
        assert_eq!(stopped(vec![text("A", ""), show(tokens("a", [(range, output("A"))]))], vec![]), (2, why));
    }
    let twice = tokens(&HERE.to_string(), [("{0, 1}", output("A")), ("{00, 1}", output("A"))]);
    assert!(matches!(stopped(vec![text("A", ""), show(twice)], vec![]).1, Why::NoPlaceholder { .. }));
}

#[test]
fn what_changes_a_value_is_refused() {
    let mut changed = output("A");
    let aggrandizements = plist::Value::Array(vec![]);
    changed.as_dictionary_mut().unwrap().insert("Aggrandizements".to_owned(), aggrandizements);
    let why = Why::UnknownParameter("Text.Aggrandizements".to_owned());
    assert_eq!(stopped(vec![text("A", ""), show(only(changed))], vec![]), (2, why));
}

#[test]
fn the_date_and_other_unknown_values_are_refused() {
    for kind in ["CurrentDate", "Clipboard", "Ask"] {
        let value = only(dictionary([("Type", kind.into())]));
        assert_eq!(stopped(vec![show(value)], vec![]), (1, unsupported("Text", kind)));
    }
}

#[test]
fn the_input_of_the_shortcut_is_a_text_or_nothing() {
    let bytes =
        xml(&shortcut(vec![action("output", [("WFOutput", only(dictionary([("Type", "ExtensionInput".into())])))])]));
    for (input, output) in [(Some("in"), "in"), (None, "")] {
        let mut machine = Machine::read(&bytes, input.map(str::to_owned)).unwrap();
        assert_eq!(drive(&mut machine, vec![]).1, Ok(Outcome::Gave(output.to_owned())));
    }
}

#[test]
fn an_omitted_input_is_the_output_of_the_action_before() {
    let set = action("setvariable", [("WFVariableName", "V".into())]);
    let comment = action("comment", [("WFCommentActionText", "between".into())]);
    assert_eq!(shown(vec![text("A", "a"), text("B", "b"), comment, set, show(only(variable("V")))]), ["b"]);
}

#[test]
fn an_omitted_input_after_an_action_without_an_output_is_refused() {
    let set = || action("setvariable", [("WFVariableName", "V".into())]);
    assert_eq!(stopped(vec![set()], vec![]), (1, Why::NoInput));
    assert_eq!(stopped(vec![text("A", "a"), show("b"), set()], vec![]), (3, Why::NoInput));
}

#[test]
fn a_variable_that_was_not_set_stops_with_its_name() {
    let why = Why::UnsetVariable("Say".to_owned());
    assert_eq!(stopped(vec![show(only(variable("Say")))], vec![]), (1, why.clone()));
    assert_eq!(stopped(vec![action("getvariable", [("WFVariable", lone(variable("Say")))])], vec![]), (1, why));
}

#[test]
fn a_variable_is_what_it_was_set_to_last() {
    let set = |of: &str| action("setvariable", [("WFVariableName", "V".into()), ("WFInput", lone(output(of)))]);
    let get = action("getvariable", [("UUID", "G".into()), ("WFVariable", lone(variable("V")))]);
    let actions = vec![text("A", "a"), text("B", "b"), set("A"), set("B"), get, show(only(output("G")))];
    assert_eq!(shown(actions), ["b"]);
}

#[test]
fn an_output_that_nothing_gave_is_refused() {
    let why = Why::NoOutput("later".to_owned());
    assert_eq!(stopped(vec![show(only(output("later"))), text("later", "")], vec![]), (1, why));
}

#[test]
fn a_text_that_doubles_does_not_fill_the_memory() {
    let doubled = tokens("\u{FFFC}\u{FFFC}", [("{0, 1}", output("A")), ("{1, 1}", output("A"))]);
    let begin = part("repeat.count", "R", 0, [("WFRepeatCount", 100.into())]);
    let actions = vec![text("A", "twice"), begin, text("A", doubled), part("repeat.count", "R", 2, [])];
    assert_eq!(stopped(actions, vec![]), (3, Why::TooLong));
}
