//! Dictionaries, and what becomes of a value where another kind is needed.

use crate::plists::*;
use plist::Value;
use truce_shortcuts::machine::{Reply, Step, Why};

fn get(json_text: &str, key: &str) -> Vec<Value> {
    let mut actions = json("D", json_text).to_vec();
    actions.extend([value_for("V", "D", key), show(only(output("V")))]);
    actions
}

#[test]
fn a_key_can_be_a_path() {
    assert_eq!(shown(get(r#"{"a": {"b": {"c": "deep"}}}"#, "a.b.c")), ["deep"]);
}

#[test]
fn a_missing_last_key_is_nothing() {
    assert_eq!(shown(get("{}", "a")), [""]);
    assert_eq!(shown(get(r#"{"a": {}}"#, "a.b")), [""]);
}

#[test]
fn a_missing_key_on_the_way_stops() {
    for json in ["{}", r#"{"a": "text"}"#, r#"{"a": [{"b": 1}]}"#, r#"{"a": null}"#] {
        let why = Why::NoSuchKey { missing: "a".to_owned(), path: "a.b".to_owned() };
        assert_eq!(stopped(get(json, "a.b"), vec![]), (3, why));
    }
}

#[test]
fn a_key_without_a_name_is_refused() {
    for key in ["", "a.", ".a", "a..b"] {
        let json = r#"{"a": {"": {"b": ""}}, "": {"a": ""}}"#;
        assert_eq!(
            stopped(get(json, key), vec![]).1,
            shape("WFDictionaryKey", "a key, or keys with dots between them")
        );
    }
}

#[test]
fn only_a_value_is_had_from_a_dictionary() {
    let all = [("WFInput", lone(output("D"))), ("WFGetDictionaryValueType", "All Keys".into())];
    let mut actions = json("D", "{}").to_vec();
    actions.push(action("getvalueforkey", all));
    assert_eq!(stopped(actions, vec![]), (3, unsupported("WFGetDictionaryValueType", "All Keys")));
}

#[test]
fn numbers_become_texts_and_nothing_an_empty_one() {
    assert_eq!(shown(get(r#"{"n": 3}"#, "n")), ["3"]);
    assert_eq!(shown(get(r#"{"n": 3.0}"#, "n")), ["3"]);
    assert_eq!(shown(get(r#"{"n": -2.5}"#, "n")), ["-2.5"]);
    let nothing = action("nothing", [("UUID", "N".into())]);
    assert_eq!(shown(vec![nothing, show(only(output("N")))]), [""]);
}

#[test]
fn booleans_lists_and_dictionaries_become_no_text() {
    for (json, from) in [("true", "a boolean"), ("[]", "a list"), ("{}", "a dictionary")] {
        let why = Why::Coercion { from, to: "a text" };
        assert_eq!(stopped(get(&format!(r#"{{"v": {json}}}"#), "v"), vec![]), (4, why));
    }
}

#[test]
fn a_null_is_refused() {
    let why = Why::Coercion { from: "null", to: "a value" };
    assert_eq!(stopped(get(r#"{"v": null}"#, "v"), vec![]), (3, why));
}

#[test]
fn a_text_that_is_no_dictionary_stops_where_one_is_detected() {
    for text in ["", "no", "[]", "1", "{} {}"] {
        let why = Why::Coercion { from: "a text that is no JSON object", to: "a dictionary" };
        assert_eq!(stopped(json("D", text).to_vec(), vec![]), (2, why));
    }
}

#[test]
fn a_text_has_no_keys() {
    let why = Why::Coercion { from: "a text", to: "a dictionary" };
    assert_eq!(stopped(vec![text("D", "{}"), value_for("V", "D", "a")], vec![]), (2, why));
}

#[test]
fn one_of_a_list_is_chosen_as_a_text() {
    let list = [("UUID", "C".into()), ("WFInput", lone(output("V"))), ("WFChooseFromListActionPrompt", "Reply".into())];
    let mut actions = json("D", r#"{"l": ["yes", "no", 3]}"#).to_vec();
    actions.extend([value_for("V", "D", "l"), action("choosefromlist", list), show(only(output("C")))]);
    let (steps, _) = run(actions, vec![Reply::Chosen(1)]);
    let options = ["yes", "no", "3"].map(str::to_owned).to_vec();
    assert_eq!(steps[0], Step::Choose { prompt: "Reply".to_owned(), options });
    assert_eq!(steps[1], Step::Show { text: "no".to_owned() });
}

#[test]
fn nothing_can_be_chosen_from_an_empty_list_or_from_no_list() {
    let choose = |json_text: &str| {
        let mut actions = json("D", json_text).to_vec();
        actions.extend([value_for("V", "D", "l"), action("choosefromlist", [("WFInput", lone(output("V")))])]);
        stopped(actions, vec![])
    };
    assert_eq!(choose(r#"{"l": []}"#), (4, Why::NothingToChoose));
    assert_eq!(choose(r#"{"l": "yes"}"#), (4, Why::Coercion { from: "a text", to: "a list" }));
    assert_eq!(choose(r#"{"l": [true]}"#), (4, Why::Coercion { from: "a boolean", to: "a text" }));
}

#[test]
fn a_dictionary_has_items_of_every_type() {
    let nested = || field([(0, "in", tokens("x", []))]);
    let array = wrapped(
        "WFArrayParameterState",
        Value::Array(vec!["one".into(), dictionary([("WFItemType", 3.into()), ("WFValue", "2".into())])]),
    );
    let items = field([
        (0, "text", only(output("A"))),
        (1, "once", nested()),
        (1, "twice", wrapped("WFDictionaryFieldValue", nested())),
        (2, "array", array),
        (3, "number", tokens("7", [])),
        (3, "plain", 8.into()),
        (4, "boolean", wrapped("WFNumberSubstitutableState", true.into())),
        (4, "plainly", false.into()),
    ]);
    let call = action(
        "downloadurl",
        [
            ("WFURL", "https://h.example".into()),
            ("WFHTTPMethod", "POST".into()),
            ("WFHTTPBodyType", "JSON".into()),
            ("WFJSONValues", items),
        ],
    );
    let (steps, _) = run(vec![text("A", "a"), call], vec![Reply::NoNetwork]);
    let Some(Step::Call(request)) = steps.first() else { panic!("{steps:?}") };
    let expected = serde_json::json!({
        "text": "a", "once": {"in": "x"}, "twice": {"in": "x"}, "array": ["one", 2], "number": 7, "plain": 8,
        "boolean": true, "plainly": false,
    });
    assert_eq!(request.body.as_ref(), Some(&expected));
}

#[test]
fn an_item_of_another_type_is_refused() {
    let make = |items| stopped(vec![action("dictionary", [("WFItems", items)])], vec![]);
    assert_eq!(make(field([(5, "file", "x".into())])), (1, unsupported("WFItems.WFItemType", "5")));
    assert!(matches!(make(field([(4, "boolean", "true".into())])).1, Why::Shape { .. }));
    assert!(matches!(make(field([(3, "number", "many".into())])).1, Why::Coercion { .. }));
    assert_eq!(make(field([(0, "a", "x".into()), (0, "a", "y".into())])), (1, Why::KeyTwice("a".to_owned())));
}

fn item<const N: usize>(list: &str, parameters: [(&str, Value); N]) -> Vec<Value> {
    let mut actions = json("D", &format!(r#"{{"l": {list}}}"#)).to_vec();
    actions.extend([value_for("V", "D", "l"), action("getitemfromlist", parameters)]);
    actions.extend([action("setvariable", [("WFVariableName", "I".into())]), show(only(variable("I")))]);
    actions
}

#[test]
fn an_item_of_a_list_is_counted_from_one() {
    let at = |index: i64| [("WFItemSpecifier", "Item At Index".into()), ("WFItemIndex", index.into())];
    let list = r#"["a", "b", "c"]"#;
    assert_eq!(shown(item(list, at(1))), ["a"]);
    assert_eq!(shown(item(list, at(3))), ["c"]);
    assert_eq!(shown(item(list, [])), ["a"]);
    assert_eq!(shown(item(list, [("WFItemSpecifier", "First Item".into())])), ["a"]);
    assert_eq!(shown(item(list, [("WFItemSpecifier", "Last Item".into())])), ["c"]);
    for index in [0_i64, 4] {
        let why = Why::NoItem { index: index.unsigned_abs(), count: 3 };
        assert_eq!(stopped(item(list, at(index)), vec![]), (4, why));
    }
    assert_eq!(
        stopped(item("[]", [("WFItemSpecifier", "Last Item".into())]), vec![]).1,
        Why::NoItem { index: 0, count: 0 }
    );
    assert!(matches!(stopped(item(list, at(-1)), vec![]), (4, Why::Shape { .. })));
    let random = [("WFItemSpecifier", "Random Item".into())];
    assert_eq!(stopped(item(list, random), vec![]), (4, unsupported("WFItemSpecifier", "Random Item")));
    assert_eq!(stopped(item(r#""a""#, []), vec![]), (4, Why::Coercion { from: "a text", to: "a list" }));
}

#[test]
fn what_is_appended_comes_after_all_that_a_variable_has() {
    let append = |text: &str| action("appendvariable", [("WFVariableName", "V".into()), ("WFInput", text.into())]);
    let set = action("setvariable", [("WFVariableName", "V".into()), ("WFInput", lone(output("V")))]);
    let choose = || action("choosefromlist", [("WFInput", lone(variable("V")))]);
    let options = |actions: Vec<Value>| match run(actions, vec![Reply::Chosen(0)]).0.pop() {
        Some(Step::Choose { options, .. }) => options,
        other => panic!("{other:?}"),
    };
    let of = |json_text: &str| {
        let mut actions = json("D", json_text).to_vec();
        actions.extend([value_for("V", "D", "v"), set.clone(), append("c"), choose()]);
        options(actions)
    };
    assert_eq!(of(r#"{"v": ["a", "b"]}"#), ["a", "b", "c"]);
    assert_eq!(of(r#"{"v": []}"#), ["c"]);
    assert_eq!(of(r#"{"v": "a"}"#), ["a", "c"]);
    assert_eq!(of("{}"), ["c"]);
    assert_eq!(options(vec![append("a"), append("b"), choose()]), ["a", "b"]);
}

#[test]
fn a_list_that_nobody_could_choose_from_stops() {
    let group = |mode, parameters: &[(&str, Value)]| match parameters {
        [(key, value)] => part("repeat.count", "G", mode, [(*key, value.clone())]),
        _ => part("repeat.count", "G", mode, []),
    };
    let append = action("appendvariable", [("WFVariableName", "V".into()), ("WFInput", "a".into())]);
    let actions = vec![group(0, &[("WFRepeatCount", 2000.into())]), append, group(2, &[])];
    assert_eq!(stopped(actions, vec![]), (2, Why::TooLong));
}
