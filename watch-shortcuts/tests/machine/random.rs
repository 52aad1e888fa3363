//! Nothing that is read, and nothing that is replied, makes a machine panic.

use crate::plists::*;
use plist::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use truce_shortcuts::machine::{Machine, Reply, Step};

const NAMES: &[&str] = &[
    "alert",
    "appendvariable",
    "ask",
    "choosefromlist",
    "choosefrommenu",
    "comment",
    "conditional",
    "delay",
    "deletestoredcontent",
    "detect.dictionary",
    "dictatetext",
    "dictionary",
    "downloadurl",
    "exit",
    "getstoredcontent",
    "gettext",
    "getvalueforkey",
    "getitemfromlist",
    "getvariable",
    "nothing",
    "notification",
    "openurl",
    "output",
    "repeat.count",
    "runworkflow",
    "setclipboard",
    "scanbarcode",
    "setstoredcontent",
    "setvariable",
    "showresult",
    "speaktext",
    "vibrate",
    "unknown",
];

const KEYS: &[&str] = &[
    "UUID",
    "Text",
    "WFText",
    "WFInput",
    "WFInput",
    "WFInput",
    "WFItems",
    "WFTextActionText",
    "WFVariableName",
    "WFVariable",
    "WFDictionaryKey",
    "WFCondition",
    "WFConditionalActionString",
    "WFRepeatCount",
    "WFMenuItems",
    "WFMenuItemTitle",
    "WFURL",
    "WFHTTPMethod",
    "WFItemSpecifier",
    "WFItemIndex",
    "WFHTTPBodyType",
    "WFJSONValues",
    "WFHTTPHeaders",
    "WFDelayTime",
    "WFStoredContentKey",
    "WFWorkflow",
    "WFOutput",
    "WFAlertActionMessage",
    "GroupingIdentifier",
    "WFControlFlowMode",
];

fn word() -> BoxedStrategy<String> {
    const WORDS: &[&str] =
        &["A", "B", "Repeat Index", "Repeat Index 2", "Repeat Index 0", "a.b", "https://h.example", "JSON", "POST"];
    prop_oneof![
        proptest::sample::select(WORDS).prop_map(str::to_owned),
        Just(format!("👧{HERE}")),
        Just(r#"{"a": {"b": [1, "x"]}}"#.to_owned()),
        any::<String>(),
    ]
    .boxed()
}

fn attachment() -> BoxedStrategy<Value> {
    prop_oneof![
        word().prop_map(|name| variable(&name)),
        word().prop_map(|uuid| output(&uuid)),
        Just(dictionary([("Type", "ExtensionInput".into())])),
        word().prop_map(|kind| dictionary([("Type", kind.into())])),
    ]
    .boxed()
}

fn leaf() -> BoxedStrategy<Value> {
    prop_oneof![
        word().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..102_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        attachment().prop_map(lone),
        attachment().prop_map(only),
        (0..5_usize, attachment()).prop_map(|(at, attachment)| {
            tokens(&format!("👧{HERE}"), [(format!("{{{at}, 1}}").as_str(), attachment)])
        }),
        attachment().prop_map(|of| dictionary([("Type", "Variable".into()), ("Variable", lone(of))])),
    ]
    .boxed()
}

fn parameter() -> BoxedStrategy<Value> {
    let nested = (0..5_i64, word(), leaf());
    prop_oneof![
        4 => leaf(),
        1 => vec(leaf(), 0..3).prop_map(Value::Array),
        1 => nested.prop_map(|(kind, key, value)| field([(kind, &key, value)])),
    ]
    .boxed()
}

fn parameters() -> BoxedStrategy<Value> {
    let one = (proptest::sample::select(KEYS), parameter());
    vec(one, 0..5)
        .prop_map(|all| Value::Dictionary(all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
        .boxed()
}

/// One that is far more often whole than what chance makes.
fn likely() -> BoxedStrategy<Vec<Value>> {
    let set = |value| action("setvariable", [("WFVariableName", "A".into()), ("WFInput", value)]);
    let group = any::<u64>().prop_map(|group| group.to_string());
    let within = (group, 0..4_i64, leaf()).prop_map(|(group, count, of)| {
        let begin = part("repeat.count", &group, 0, [("WFRepeatCount", count.into())]);
        vec![begin, show(only(variable("Repeat Index"))), text("B", of), part("repeat.count", &group, 2, [])]
    });
    let random = (proptest::sample::select(NAMES), parameters());
    prop_oneof![
        3 => leaf().prop_map(|of| vec![text("A", of)]),
        2 => leaf().prop_map(move |of| vec![set(of)]),
        2 => leaf().prop_map(|of| vec![show(of)]),
        1 => Just(json("A", r#"{"a": {"b": [1, "x"]}}"#).to_vec()),
        1 => word().prop_map(|key| vec![value_for("A", "A", &key)]),
        2 => within,
        4 => random.prop_map(|(name, of)| vec![identified(&format!("is.workflow.actions.{name}"), of)]),
    ]
    .boxed()
}

fn reply() -> BoxedStrategy<Reply> {
    let answer = (proptest::sample::select(&["application/json", "text/plain"][..]), word());
    prop_oneof![
        Just(Reply::Done),
        word().prop_map(Reply::Said),
        (0..3_usize).prop_map(Reply::Chosen),
        Just(Reply::Cancelled),
        answer.prop_map(|(kind, body)| answered(kind, &body)),
        Just(Reply::NoNetwork),
        proptest::option::of(word()).prop_map(Reply::Stored),
        proptest::option::of(word()).prop_map(Reply::Output),
    ]
    .boxed()
}

/// What fits is tried first, so that runs come further than their first step.
fn fitting(step: &Step, other: Reply) -> Reply {
    match step {
        Step::Show { .. } | Step::Notify { .. } | Step::Speak { .. } | Step::Set { .. } | Step::Wait { .. } => {
            Reply::Done
        }
        _ => other,
    }
}

fn drive_on(bytes: &[u8], replies: Vec<Reply>) {
    let Ok(mut machine) = Machine::read(bytes, Some("in".to_owned())) else { return };
    let mut step = machine.next(None);
    for reply in replies {
        let Ok(asked) = &step else { return };
        step = machine.next(Some(fitting(asked, reply)));
    }
}

proptest! {
    #[test]
    fn bytes_do_not_panic(bytes in vec(any::<u8>(), 0..400)) {
        drive_on(&bytes, vec![]);
        drive_on(&[b"bplist00", &bytes[..]].concat(), vec![]);
        drive_on(&[b"<plist><dict>", &bytes[..]].concat(), vec![]);
    }

    #[test]
    fn what_is_nearly_a_shortcut_does_not_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), binary in any::<bool>()) {
        let shortcut = shortcut(json("A", r#"{"a": 1}"#).into_iter().chain([show(only(output("json")))]).collect());
        let mut bytes = xml(&shortcut);
        if binary {
            bytes.clear();
            shortcut.to_writer_binary(&mut bytes).unwrap();
        }
        let at = at.index(bytes.len());
        bytes[at] = byte;
        drive_on(&bytes, vec![Reply::Done; 4]);
    }

    #[test]
    fn actions_and_replies_do_not_panic(actions in vec(likely(), 1..8), replies in vec(reply(), 0..8)) {
        drive_on(&xml(&shortcut(actions.concat())), replies);
    }
}
