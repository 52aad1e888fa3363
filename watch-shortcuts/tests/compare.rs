//! What has come beside what was built: the same, or which action is not.

use plist::{Dictionary, Value};
use proptest::prelude::*;
use std::sync::LazyLock;
use truce_shortcuts::compare::{Comparison, Difference, Incomparable, Step, compare};
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, file};

static BUILT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let at = Addresses::one(&Address::new("https://truce.example").expect("an address"));
    file::bytes(&set::all(&at, Session::Kept)[1])
});

fn root() -> Dictionary {
    Value::from_reader_xml(&BUILT[..]).ok().and_then(Value::into_dictionary).expect("a property list")
}

fn compared(root: Dictionary) -> Comparison {
    let mut bytes = Vec::new();
    Value::from(root).to_writer_binary(&mut bytes).expect("to memory");
    compare(&BUILT, &bytes).expect("a Shortcut")
}

/// After a change to the actions.
fn changed(change: impl FnOnce(&mut Vec<Value>)) -> Comparison {
    let mut root = root();
    change(root.get_mut("WFWorkflowActions").and_then(Value::as_array_mut).expect("actions"));
    compared(root)
}

/// After a change to what is around them.
fn around(change: impl FnOnce(&mut Dictionary)) -> Comparison {
    let mut root = root();
    change(&mut root);
    compared(root)
}

fn not_same(comparison: &Comparison) -> Vec<&Step> {
    assert!(!comparison.is_same());
    comparison.steps.iter().filter(|step| !matches!(step, Step::Same { .. })).collect()
}

fn told(action: &mut Value) -> &mut Dictionary {
    let told = action.as_dictionary_mut().and_then(|action| action.get_mut("WFWorkflowActionParameters"));
    told.and_then(Value::as_dictionary_mut).expect("told")
}

fn at(actions: &[Value], name: &str) -> usize {
    let named = |action: &Value| {
        let identifier =
            action.as_dictionary().and_then(|action| action.get("WFWorkflowActionIdentifier")?.as_string());
        identifier.is_some_and(|identifier| identifier.ends_with(name))
    };
    actions.iter().position(named).expect(name)
}

#[test]
fn how_it_is_written_makes_no_difference() {
    let comparison = compared(root());
    assert!(comparison.is_same() && comparison.remarks.is_empty());
    let backwards = around(|root| {
        let mut entries: Vec<_> = std::mem::take(root).into_iter().collect();
        entries.reverse();
        *root = entries.into_iter().collect();
    });
    assert_eq!(backwards, comparison);
    let empty = |root: &mut Dictionary| {
        for key in ["WFQuickActionSurfaces", "WFWorkflowHasOutputFallback", "WFWorkflowImportQuestions"] {
            root.remove(key);
        }
    };
    assert!(around(empty).is_same());
}

#[test]
fn what_has_no_effect_is_said_and_no_more() {
    let comparison = around(|root| {
        root.insert("WFWorkflowName".to_owned(), "Truce".into());
        root.insert("WFWorkflowClientVersion".to_owned(), "9000".into());
        root.remove("WFWorkflowIcon");
    });
    assert!(comparison.is_same());
    assert_eq!(
        comparison.remarks,
        [
            "WFWorkflowClientVersion is \"9000\", which has no effect on what it does.",
            "WFWorkflowIcon is left out, which has no effect on what it does.",
            "WFWorkflowName is \"Truce\", which has no effect on what it does.",
        ]
    );
}

#[test]
fn what_is_around_the_actions_has_an_effect() {
    let asks = around(|root| drop(root.insert("WFWorkflowImportQuestions".to_owned(), vec![Value::from(1)].into())));
    assert!(!asks.is_same() && asks.around[0].key == "WFWorkflowImportQuestions");
    let nowhere = around(|root| drop(root.insert("WFWorkflowTypes".to_owned(), Vec::<Value>::new().into())));
    assert_eq!(
        nowhere.around,
        [Difference { key: "WFWorkflowTypes".to_owned(), wanted: Some("[\"Watch\"]".to_owned()), found: None }]
    );
}

#[test]
fn one_more_is_one_more_and_what_follows_is_the_same() {
    let more = changed(|actions| actions.insert(3, actions[0].clone()));
    let [Step::Added { number: 4, what }] = not_same(&more)[..] else { panic!("{more:?}") };
    assert_eq!(what, "Get stored content \"truce.session\"");
    let less = changed(|actions| drop(actions.remove(at(actions, "dictatetext"))));
    let [Step::Missing { what }] = not_same(&less)[..] else { panic!("{less:?}") };
    assert_eq!(what, "Dictate text");
}

#[test]
fn another_address_is_shown_beside_ours() {
    let evil = changed(|actions| {
        let call = at(actions, "downloadurl");
        told(&mut actions[call]).insert("WFURL".to_owned(), "https://evil.example/mediate".into());
    });
    let [Step::Differs { what, differences, .. }] = not_same(&evil)[..] else { panic!("{evil:?}") };
    assert_eq!(what, "Get contents of \"https://evil.example/mediate\" (\"POST\")");
    let quoted = |address: &str| Some(format!("\"{address}/mediate\""));
    let (wanted, found) = (quoted("https://truce.example"), quoted("https://evil.example"));
    assert_eq!(*differences, [Difference { key: "WFURL".to_owned(), wanted, found }]);
}

#[test]
fn nothing_hides_beside_what_is_known() {
    let hidden = changed(|actions| {
        actions[0].as_dictionary_mut().expect("an action").insert("WFMore".to_owned(), true.into());
    });
    let [Step::Differs { differences, .. }] = not_same(&hidden)[..] else { panic!("{hidden:?}") };
    assert_eq!(differences[0].key, "WFMore");
    let untold = changed(|actions| {
        actions[0].as_dictionary_mut().expect("an action").insert("WFWorkflowActionParameters".to_owned(), "x".into());
    });
    let [Step::Differs { differences, .. }] = not_same(&untold)[..] else { panic!("{untold:?}") };
    assert_eq!(differences[0].key, "WFWorkflowActionParameters");
}

#[test]
fn what_reads_alike_is_shown_as_it_is_kept() {
    let other = changed(|actions| {
        let set = at(actions, "setvariable");
        let input = told(&mut actions[set]).get_mut("WFInput").and_then(Value::as_dictionary_mut).expect("an input");
        let value = input.get_mut("Value").and_then(Value::as_dictionary_mut).expect("a value");
        value.insert("OutputUUID".to_owned(), "0".into());
    });
    let [Step::Differs { differences, .. }] = not_same(&other)[..] else { panic!("{other:?}") };
    let found = differences[0].found.as_deref().expect("found");
    assert!(
        found.starts_with("{\"Value\": {")
            && found.contains("\"OutputUUID\": \"0\"")
            && differences[0].wanted.as_deref() != Some(found)
    );
}

#[test]
fn two_long_texts_are_shown_from_where_they_part() {
    let long = |end: &str| format!("{}{end}", "a".repeat(1000));
    let with = |end| {
        let mut root = root();
        let actions = root.get_mut("WFWorkflowActions").and_then(Value::as_array_mut).expect("actions");
        let show = at(actions, "showresult");
        told(&mut actions[show]).insert("Text".to_owned(), long(end).into());
        let mut bytes = Vec::new();
        Value::from(root).to_writer_xml(&mut bytes).expect("to memory");
        bytes
    };
    let comparison = compare(&with("one"), &with("other")).expect("a Shortcut");
    let [Step::Differs { differences, .. }] = not_same(&comparison)[..] else { panic!("{comparison:?}") };
    assert!(differences[0].found.as_deref().is_some_and(|found| found.ends_with("other\"")));
    assert!(differences[0].wanted.as_deref().is_some_and(|wanted| wanted.ends_with("one\"")));
}

#[test]
fn nothing_gives_orders_to_a_terminal() {
    let order = "\x1b]0;owned\x07\u{202E}\n";
    let evil = changed(|actions| {
        let first = actions[0].as_dictionary_mut().expect("an action");
        first.insert(order.to_owned(), order.into());
        first.insert("WFWorkflowActionIdentifier".to_owned(), order.into());
        let set = at(actions, "setvariable");
        told(&mut actions[set]).insert("WFVariableName".to_owned(), Value::Data(order.into()));
        told(&mut actions[set]).insert(order.to_owned(), order.into());
    });
    let mut texts = Vec::new();
    for step in not_same(&evil) {
        match step {
            Step::Same { what, .. } | Step::Added { what, .. } | Step::Missing { what } => texts.push(what),
            Step::Differs { what, differences, .. } => {
                let all = differences.iter().flat_map(|one| [Some(&one.key), one.wanted.as_ref(), one.found.as_ref()]);
                texts.extend(all.flatten().chain([what]));
            }
        }
    }
    assert!(
        texts.len() > 6 && !texts.iter().any(|text| text.contains(['\x1b', '\x07', '\u{202E}', '\n'])),
        "{texts:?}"
    );
}

#[test]
fn what_is_no_shortcut_is_not_compared() {
    assert!(matches!(compare(&BUILT, b"<plist><dict/></plist>"), Err(Incomparable::Broken(_))));
    let mut root = root();
    let action = root.get("WFWorkflowActions").and_then(Value::as_array).expect("actions")[0].clone();
    root.insert("WFWorkflowActions".to_owned(), Value::Array(vec![action; 2001]));
    let mut bytes = Vec::new();
    Value::from(root).to_writer_binary(&mut bytes).expect("to memory");
    assert_eq!(compare(&BUILT, &bytes), Err(Incomparable::TooMany(2001)));
}

/// Changes the `left`th of what is in a value and has nothing in it; says how many are left to be counted.
fn change(value: &mut Value, left: usize) -> Option<usize> {
    match value {
        Value::Array(values) if !values.is_empty() => {
            values.iter_mut().try_fold(left, |left, value| change(value, left))
        }
        Value::Dictionary(values) if !values.is_empty() => {
            values.values_mut().try_fold(left, |left, value| change(value, left))
        }
        _ if left > 0 => Some(left - 1),
        leaf => {
            *leaf = match leaf {
                Value::String(text) => format!("{text} ").into(),
                Value::Boolean(is) => (!*is).into(),
                Value::Integer(number) => (number.as_signed().expect("small") + 1).into(),
                _ => "other".into(),
            };
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_an_action_is_told_can_be_another(which in any::<prop::sample::Index>()) {
        let comparison = changed(|actions| {
            let mut copy = Value::Array(actions.clone());
            let count = usize::MAX - change(&mut copy, usize::MAX).expect("all of them are counted");
            let mut all = Value::Array(std::mem::take(actions));
            assert_eq!(change(&mut all, which.index(count)), None);
            *actions = all.into_array().expect("actions");
        });
        prop_assert!(!comparison.is_same());
        let differ = |step: &Step| matches!(step, Step::Differs { differences, .. } if differences.is_empty());
        prop_assert!(!comparison.steps.iter().any(differ));
    }
}
