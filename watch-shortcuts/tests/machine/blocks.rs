//! Conditions, loops and menus.

use crate::plists::*;
use plist::Value;
use truce_shortcuts::machine::{Broken, Fault, MAX_ACTIONS, Machine, Outcome, Reply, Step, Why};

/// What is shown of `yes` and `no`, where the condition is about the text `of`.
fn branch(of: &str, code: i64, compared: Option<&str>) -> String {
    decided(vec![text("A", of)], code, compared)
}

fn decided(mut actions: Vec<Value>, code: i64, compared: Option<&str>) -> String {
    actions.push(condition("I", output("A"), code, compared));
    actions.extend([show("yes"), part("conditional", "I", 1, []), show("no"), part("conditional", "I", 2, [])]);
    shown(actions).concat()
}

#[test]
fn a_condition_compares_exactly() {
    assert_eq!(branch("ok", 4, Some("ok")), "yes");
    assert_eq!(branch("ok", 4, Some("OK")), "no");
    assert_eq!(branch("ok", 5, Some("OK")), "yes");
    assert_eq!(branch("ok", 5, Some("ok")), "no");
    assert_eq!(branch("a token", 99, Some("tok")), "yes");
    assert_eq!(branch("a token", 99, Some("Tok")), "no");
    assert_eq!(branch("a token", 999, Some("Tok")), "yes");
    assert_eq!(branch("a token", 999, Some("tok")), "no");
}

#[test]
fn an_empty_text_has_no_value() {
    for (text, has, has_not) in [("a", "yes", "no"), ("", "no", "yes")] {
        assert_eq!(branch(text, 100, None), has);
        assert_eq!(branch(text, 101, None), has_not);
    }
}

#[test]
fn a_value_of_a_dictionary_is_blank_until_it_has_been_through_a_text() {
    let mut raw = json("D", r#"{"say": "ok"}"#).to_vec();
    raw.push(value_for("A", "D", "say"));
    assert_eq!(decided(raw.clone(), 4, Some("ok")), "no");
    assert_eq!(decided(raw.clone(), 4, Some("")), "yes");
    assert_eq!(decided(raw.clone(), 100, None), "no");
    assert_eq!(decided(raw.clone(), 101, None), "yes");
    // Through a variable it stays what it is.
    let mut kept = raw.clone();
    kept.push(action("setvariable", [("UUID", "A".into()), ("WFVariableName", "V".into())]));
    assert_eq!(decided(kept, 4, Some("ok")), "no");
    raw.push(text("A", only(output("A"))));
    assert_eq!(decided(raw.clone(), 4, Some("ok")), "yes");
    assert_eq!(decided(raw, 100, None), "yes");
}

#[test]
fn another_condition_is_refused() {
    let actions = vec![text("A", ""), condition("I", output("A"), 8, Some("a")), part("conditional", "I", 2, [])];
    assert_eq!(stopped(actions, vec![]), (2, unsupported("WFCondition", "8")));
}

#[test]
fn a_condition_compares_nothing_but_texts() {
    let mut actions = json("A", "{}").to_vec();
    actions.extend([condition("I", output("A"), 4, Some("a")), part("conditional", "I", 2, [])]);
    assert_eq!(stopped(actions, vec![]), (3, Why::Coercion { from: "a dictionary", to: "a text to compare" }));
}

#[test]
fn the_input_of_a_condition_is_wrapped_twice() {
    let plain = part("conditional", "I", 0, [("WFInput", lone(output("A"))), ("WFCondition", 100.into())]);
    let actions = vec![text("A", ""), plain, part("conditional", "I", 2, [])];
    assert!(matches!(stopped(actions, vec![]), (2, Why::UnknownParameter(_))));
    let omitted = part("conditional", "I", 0, [("WFCondition", 100.into())]);
    let actions = vec![text("A", "a"), omitted, show("yes"), part("conditional", "I", 2, [])];
    assert_eq!(shown(actions), ["yes"]);
}

#[test]
fn a_condition_without_otherwise_goes_on_after_its_end() {
    let inner = condition("I", output("A"), 4, Some("b"));
    assert_eq!(
        shown(vec![text("A", "a"), inner, show("in"), part("conditional", "I", 2, []), show("after")]),
        ["after"]
    );
}

#[test]
fn a_loop_counts_from_one_and_the_one_within_it_has_a_name_of_its_own() {
    let begin = |group: &str, count: i64| part("repeat.count", group, 0, [("WFRepeatCount", count.into())]);
    let both = [("{0, 1}", variable("Repeat Index")), ("{2, 1}", variable("Repeat Index 2"))];
    let numbers = tokens("\u{FFFC}.\u{FFFC}", both);
    let ends = |group: &str| part("repeat.count", group, 2, []);
    let actions =
        vec![begin("R", 2), begin("S", 3), show(numbers), ends("S"), ends("R"), begin("T", 0), show(""), ends("T")];
    assert_eq!(shown(actions), ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]);
}

#[test]
fn the_index_of_a_loop_is_not_there_outside_and_cannot_be_set() {
    let why = Why::UnsetVariable("Repeat Index".to_owned());
    assert_eq!(stopped(vec![show(only(variable("Repeat Index")))], vec![]), (1, why));
    let set = action("setvariable", [("WFVariableName", "Repeat Index".into())]);
    assert_eq!(stopped(vec![text("A", ""), set], vec![]), (2, Why::Reserved("Repeat Index".to_owned())));
}

#[test]
fn a_loop_counts_in_whole_numbers() {
    for count in [Value::from(-1), 1.5.into(), "3".into(), true.into()] {
        let actions = vec![part("repeat.count", "R", 0, [("WFRepeatCount", count)]), part("repeat.count", "R", 2, [])];
        assert!(matches!(stopped(actions, vec![]), (1, Why::Shape { .. })));
    }
}

#[test]
fn a_run_that_would_not_end_is_stopped() {
    let endless = |count: usize| {
        let begin = part("repeat.count", "R", 0, [("WFRepeatCount", i64::try_from(count).unwrap().into())]);
        run(vec![begin, part("repeat.count", "R", 2, [])], vec![]).1
    };
    assert_eq!(endless(MAX_ACTIONS - 1), Ok(Outcome::Finished));
    assert_eq!(endless(MAX_ACTIONS).unwrap_err().why, Why::Endless);
    assert_eq!(endless(usize::try_from(i64::MAX).unwrap()).unwrap_err().why, Why::Endless);
}

fn menu(cases: [&str; 2]) -> Vec<Value> {
    let items = Value::Array(vec!["Agree".into(), tokens("Done", [])]);
    let case = |title: &str| part("choosefrommenu", "M", 1, [("WFMenuItemTitle", title.into())]);
    let begin = part("choosefrommenu", "M", 0, [("WFMenuItems", items), ("WFMenuPrompt", "Reply".into())]);
    let [first, second] = cases;
    let end = part("choosefrommenu", "M", 2, []);
    vec![begin, case(first), show("first"), case(second), show("second"), end, show("after")]
}

#[test]
fn a_menu_runs_the_case_that_was_chosen_and_no_other() {
    for (chosen, shown) in [(0, "first"), (1, "second")] {
        let (steps, ended) = run(menu(["Agree", "Done"]), vec![Reply::Chosen(chosen)]);
        let options = vec!["Agree".to_owned(), "Done".to_owned()];
        let texts = [shown, "after"].map(|text| Step::Show { text: text.to_owned() });
        assert_eq!(steps[0], Step::Choose { prompt: "Reply".to_owned(), options });
        assert_eq!((&steps[1..], ended), (&texts[..], Ok(Outcome::Finished)));
    }
}

#[test]
fn the_cases_of_a_menu_are_its_items() {
    for cases in [["Done", "Agree"], ["Agree", "done"]] {
        assert_eq!(stopped(menu(cases), vec![]), (1, Why::MenuCases));
    }
    let mut without = menu(["Agree", "Done"]);
    without.drain(3..5);
    assert_eq!(stopped(without, vec![]), (1, Why::MenuCases));
}

#[test]
fn blocks_are_nested() {
    let mut actions = vec![text("A", "a"), condition("I", output("A"), 4, Some("a"))];
    actions.push(part("repeat.count", "R", 0, [("WFRepeatCount", 2.into())]));
    actions.extend(menu(["Agree", "Done"]));
    actions.extend([part("repeat.count", "R", 2, []), part("conditional", "I", 1, []), show("no")]);
    actions.push(part("conditional", "I", 2, []));
    let (steps, ended) = run(actions, vec![Reply::Chosen(1), Reply::Chosen(0)]);
    let shown = steps.into_iter().filter_map(|step| match step {
        Step::Show { text } => Some(text),
        _ => None,
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["second", "after", "first", "after"]);
    assert_eq!(ended, Ok(Outcome::Finished));
}

#[test]
fn blocks_that_do_not_fit_together_are_refused_before_anything_runs() {
    let begin = |group: &str| part("repeat.count", group, 0, [("WFRepeatCount", 1.into())]);
    let end = |group: &str| part("repeat.count", group, 2, []);
    let otherwise = || part("conditional", "I", 1, []);
    let condition = || condition("I", output("A"), 100, None);
    let alone = action("conditional", [("WFControlFlowMode", 0.into())]);
    let menu = || part("choosefrommenu", "M", 0, []);
    let cases = [
        (vec![show(""), begin("R")], 2, Fault::Open),
        (vec![begin("R"), begin("S"), end("S")], 1, Fault::Open),
        (vec![end("R")], 1, Fault::Orphan),
        (vec![otherwise()], 1, Fault::Orphan),
        (vec![begin("R"), part("conditional", "R", 2, [])], 2, Fault::Orphan),
        (vec![begin("R"), begin("S"), end("R"), end("S")], 3, Fault::Crossed),
        (vec![begin("R"), end("R"), begin("R"), end("R")], 3, Fault::Twice),
        (vec![begin("R"), begin("R"), end("R"), end("R")], 2, Fault::Twice),
        (vec![condition(), otherwise(), otherwise()], 3, Fault::Middle),
        (vec![begin("R"), part("repeat.count", "R", 1, [])], 2, Fault::Middle),
        (vec![part("conditional", "I", 3, [])], 1, Fault::NoMode),
        (vec![alone], 1, Fault::NoMode),
        (vec![menu(), show("")], 2, Fault::BeforeCase),
        (vec![menu(), begin("R")], 2, Fault::BeforeCase),
    ];
    for (actions, at, expected) in cases {
        let broken = Machine::read(&xml(&shortcut(actions)), None).unwrap_err();
        let Broken::Block { number, fault, .. } = broken else { panic!("{broken}") };
        assert_eq!((number, fault), (at, expected));
    }
}
