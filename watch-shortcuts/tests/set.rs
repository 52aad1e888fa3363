//! The five as files: what a Watch would stumble over is not in them, and they are the same every time.

use plist::{Dictionary, Value};
use truce_shortcuts::machine::{Machine, Reply, Step};
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, Shortcut, file, lint};

const HOST: &str = "https://truce.example";

fn addresses() -> Addresses {
    Addresses::one(&Address::new(HOST).expect("an address"))
}

fn look(bytes: &[u8]) -> Vec<String> {
    let at = addresses();
    lint::look(bytes, &[at.redeem, at.mediate]).iter().map(ToString::to_string).collect()
}

fn both() -> Vec<Shortcut> {
    [Session::Kept, Session::Pasted].into_iter().flat_map(|session| set::all(&addresses(), session)).collect()
}

fn names(session: Session) -> Vec<&'static str> {
    set::all(&addresses(), session).iter().map(|shortcut| shortcut.name).collect()
}

#[test]
fn there_are_five_and_four_where_nothing_can_be_kept() {
    assert_eq!(names(Session::Kept), ["Truce Join", "Truce", "Truce Check", "Truce Agreements", "Truce Leave"]);
    assert_eq!(names(Session::Pasted), ["Truce Join", "Truce", "Truce Agreements", "Truce Leave"]);
}

#[test]
fn nothing_is_found_in_any_of_them() {
    for shortcut in both() {
        assert_eq!(look(&file::bytes(&shortcut)), Vec::<String>::new(), "{}", shortcut.name);
    }
}

#[test]
fn a_file_is_the_same_every_time() {
    let all = || both().iter().map(file::bytes).collect::<Vec<_>>();
    assert_eq!(all(), all());
}

#[test]
fn every_id_in_a_file_is_of_one_action_or_one_block() {
    for shortcut in both() {
        let mut ids = Vec::new();
        for action in actions(&file::bytes(&shortcut)) {
            let told = told(&action);
            ids.extend(told.get("UUID").and_then(Value::as_string).map(str::to_owned));
            if told.get("WFControlFlowMode").and_then(Value::as_signed_integer) == Some(0) {
                ids.extend(told.get("GroupingIdentifier").and_then(Value::as_string).map(str::to_owned));
            }
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), count > 3), (count, true), "{}", shortcut.name);
    }
}

#[test]
fn only_the_one_that_scans_is_not_for_a_watch() {
    for shortcut in both() {
        let text = String::from_utf8(file::bytes(&shortcut)).expect("XML");
        let (is_for_watch, scans) = (text.contains("<string>Watch</string>"), text.contains("scanbarcode"));
        assert!(is_for_watch != scans, "{}", shortcut.name);
    }
}

/// What is found in `name`'s file after `change`.
fn broken(name: &str, change: impl Fn(&mut Vec<Value>)) -> String {
    let shortcut =
        set::all(&addresses(), Session::Kept).into_iter().find(|shortcut| shortcut.name == name).expect(name);
    let mut root = Value::from_reader(std::io::Cursor::new(file::bytes(&shortcut))).expect("a property list");
    let root_dictionary = root.as_dictionary_mut().expect("a dictionary");
    change(root_dictionary.get_mut("WFWorkflowActions").and_then(Value::as_array_mut).expect("actions"));
    let mut bytes = Vec::new();
    root.to_writer_xml(&mut bytes).expect("to memory");
    look(&bytes).join("\n")
}

fn actions(bytes: &[u8]) -> Vec<Value> {
    let root = Value::from_reader(std::io::Cursor::new(bytes)).expect("a property list");
    root.as_dictionary().and_then(|root| root.get("WFWorkflowActions")?.as_array()).expect("actions").clone()
}

fn told(action: &Value) -> &Dictionary {
    action.as_dictionary().and_then(|action| action.get("WFWorkflowActionParameters")?.as_dictionary()).expect("told")
}

fn is(action: &Value, name: &str) -> bool {
    let identifier = action.as_dictionary().and_then(|action| action.get("WFWorkflowActionIdentifier")?.as_string());
    identifier == Some(&format!("is.workflow.actions.{name}"))
}

/// Tells the first `name` that `key` is `value`.
fn tell(actions: &mut [Value], name: &str, key: &str, value: impl Into<Value>) {
    let action = actions.iter_mut().find(|action| is(action, name)).expect(name);
    let told =
        action.as_dictionary_mut().and_then(|action| action.get_mut("WFWorkflowActionParameters")?.as_dictionary_mut());
    told.expect("told").insert(key.to_owned(), value.into());
}

fn remove(actions: &mut Vec<Value>, name: &str) {
    let at = actions.iter().position(|action| is(action, name)).expect(name);
    actions.remove(at);
}

fn found(found: &str, what: &str) {
    assert!(found.contains(what), "{found:?} does not say {what:?}");
}

#[test]
fn an_action_or_a_key_that_is_not_known_is_found() {
    let change = |actions: &mut Vec<Value>| {
        let action = actions[0].as_dictionary_mut().expect("an action");
        action.insert("WFWorkflowActionIdentifier".to_owned(), "is.workflow.actions.getclipboard".into());
    };
    found(&broken("Truce", change), "`getclipboard` is not known");
    found(&broken("Truce", |actions| tell(actions, "dictatetext", "WFVolume", 11)), "not told `WFVolume`");
}

#[test]
fn a_value_of_another_kind_is_found() {
    for (name, action, key, value, what) in [
        ("Truce", "repeat.count", "WFRepeatCount", "6".into(), "WFRepeatCount has to be a number"),
        ("Truce", "repeat.count", "WFRepeatCount", 2.5.into(), "WFRepeatCount has to be a whole number"),
        ("Truce", "repeat.count", "WFRepeatCount", true.into(), "WFRepeatCount has to be a text or a variable"),
        ("Truce", "showresult", "Text", 7.into(), "Text has to be a text or a variable"),
        ("Truce", "showresult", "Text", "\u{FFFC}".into(), "Text has a placeholder at 0 and no value for it"),
        ("Truce", "downloadurl", "WFHTTPMethod", variable(), "WFHTTPMethod has to be a word"),
        ("Truce", "downloadurl", "WFHTTPMethod", "FETCH".into(), "WFHTTPMethod has the value FETCH"),
        ("Truce", "downloadurl", "WFHTTPHeaders", "Bearer".into(), "WFHTTPHeaders has to be a dictionary"),
        ("Truce", "vibrate", "WFVibrateHapticType", 1.into(), "WFVibrateHapticType has to be a word"),
        ("Truce", "setvariable", "WFVariableName", false.into(), "WFVariableName has to be a text"),
        ("Truce", "conditional", "WFInput", "yes".into(), "WFInput has to be a variable within a variable"),
        ("Truce", "conditional", "WFCondition", "4".into(), "WFCondition has to be a number"),
        ("Truce", "conditional", "WFCondition", 7.into(), "WFCondition has the value 7"),
        ("Truce Join", "scanbarcode", "AppIntentDescriptor", "a".into(), "AppIntentDescriptor has to be a dictionary"),
        ("Truce Join", "scanbarcode", "WFScanCodeActionMode", 0.into(), "WFScanCodeActionMode has to be a boolean"),
        // What comes before it, the list, has to be one first.
        ("Truce", "choosefromlist", "WFChooseFromListActionPrompt", 7.into(), "Prompt has to be a text"),
        ("Truce Leave", "alert", "WFAlertActionCancelButtonShown", "yes".into(), "Shown has to be a boolean"),
        ("Truce Leave", "deletestoredcontent", "WFStoredContentGlobalValue", 1.into(), "Value has to be a boolean"),
    ] {
        found(&broken(name, |actions| tell(actions, action, key, value.clone())), what);
    }
}

#[test]
fn a_comment_that_is_no_text_is_found() {
    let change = |actions: &mut Vec<Value>| {
        let told = Dictionary::from_iter([("WFCommentActionText", 7)]);
        let mut comment = Dictionary::from_iter([("WFWorkflowActionIdentifier", "is.workflow.actions.comment")]);
        comment.insert("WFWorkflowActionParameters".to_owned(), told.into());
        actions.insert(0, comment.into());
    };
    found(&broken("Truce", change), "action 1: its parameter WFCommentActionText has to be a text");
}

#[test]
fn a_field_of_another_kind_is_found() {
    for (kind, value, what) in [
        (9, "a".into(), "WFJSONValues.WFItemType has the value 9"),
        (0, 7.into(), "WFJSONValues has to be a text"),
        (1, "a".into(), "WFJSONValues has to be a dictionary"),
        (2, "a".into(), "WFJSONValues has to be a dictionary whose arrays are some"),
        (3, "a".into(), "a text without a number in it does not become a number"),
        (4, "a".into(), "WFJSONValues has to be a dictionary whose booleans are some"),
    ] {
        let change = |actions: &mut Vec<Value>| {
            let item = Dictionary::from_iter([
                ("WFItemType", Value::from(kind)),
                ("WFKey", "text".into()),
                ("WFValue", Value::clone(&value)),
            ]);
            let items = Dictionary::from_iter([("WFDictionaryFieldValueItems", Value::Array(vec![item.into()]))]);
            tell(actions, "downloadurl", "WFJSONValues", wrapped("WFDictionaryFieldValue", items));
        };
        found(&broken("Truce", change), what);
    }
}

#[test]
fn a_parameter_that_is_missing_is_found() {
    let change = |actions: &mut Vec<Value>| {
        let at = actions.iter().position(|action| is(action, "downloadurl")).expect("a call");
        let action = actions[at].as_dictionary_mut().expect("an action");
        let told = action.get_mut("WFWorkflowActionParameters").and_then(Value::as_dictionary_mut).expect("told");
        told.remove("WFHTTPBodyType");
    };
    found(&broken("Truce", change), "WFHTTPBodyType is missing");
}

/// One that has a value everywhere in the file.
fn variable() -> Value {
    wrapped("WFTextTokenAttachment", Dictionary::from_iter([("Type", "ExtensionInput")]))
}

fn wrapped(kind: &str, value: Dictionary) -> Value {
    Dictionary::from_iter([("Value", Value::from(value)), ("WFSerializationType", kind.into())]).into()
}

#[test]
fn what_a_watch_cannot_do_is_found() {
    let join = set::all(&addresses(), Session::Kept).remove(0);
    let scan = actions(&file::bytes(&join)).into_iter().find(|action| is(action, "scanbarcode")).expect("it scans");
    found(&broken("Truce", |actions| actions.insert(0, scan.clone())), "a Watch cannot do `scanbarcode`");
}

#[test]
fn a_block_that_does_not_end_is_found() {
    found(&broken("Truce", |actions| actions.truncate(actions.len() - 5)), "repeat.count: its block is not closed");
    let crossed = |actions: &mut Vec<Value>| {
        let at = actions.iter().rposition(|action| is(action, "conditional")).expect("a block");
        actions.remove(at);
    };
    found(&broken("Truce", crossed), "a block within it is not closed before it");
}

#[test]
fn a_variable_that_may_have_no_value_is_found() {
    found(&broken("Truce", |actions| remove(actions, "dictatetext")), "there is no action");
    found(&broken("Truce", |actions| remove(actions, "setvariable")), "the variable `session` may have no value yet");
}

#[test]
fn a_variable_that_only_one_branch_gives_is_found() {
    // Without the one before it, only who scans has an invite.
    let change = |actions: &mut Vec<Value>| {
        tell(actions, "setvariable", "WFVariableName", "other");
    };
    found(&broken("Truce Join", change), "the variable `invite` may have no value yet");
}

#[test]
fn a_key_within_a_key_is_found() {
    let change = |actions: &mut Vec<Value>| tell(actions, "getvalueforkey", "WFDictionaryKey", "agreements.what");
    found(&broken("Truce", change), "a key within a key");
}

#[test]
fn somebody_elses_host_is_found() {
    for url in ["https://truce.example.evil/mediate", "https://evil.example/mediate", "http://truce.example/mediate"] {
        found(&broken("Truce", |actions| tell(actions, "downloadurl", "WFURL", url)), "not of this deployment");
    }
    let change = |actions: &mut Vec<Value>| tell(actions, "showresult", "Text", "see http://truce.example");
    found(&broken("Truce", change), "without TLS");
}

#[test]
fn a_secret_is_found() {
    let change = |actions: &mut Vec<Value>| tell(actions, "comment", "WFCommentActionText", "v3.local.AAAA");
    let comment = |actions: &mut Vec<Value>| {
        let action = actions.iter().find(|action| is(action, "showresult")).expect("one").clone();
        actions.insert(0, action);
        actions[0]
            .as_dictionary_mut()
            .expect("an action")
            .insert("WFWorkflowActionIdentifier".to_owned(), "is.workflow.actions.comment".into());
        change(actions);
    };
    found(&broken("Truce", comment), "an invite or a session");
    let digits = "7".repeat(200);
    let invite = |actions: &mut Vec<Value>| tell(actions, "showresult", "Text", format!("or {digits}"));
    found(&broken("Truce", invite), "an invite or a session");
}

#[test]
fn what_does_not_fit_a_screen_is_found() {
    let long = "a".repeat(141);
    found(&broken("Truce", |actions| tell(actions, "showresult", "Text", long.as_str())), "141 characters");
    let four: Vec<Value> = ["a", "b", "c", "d"].map(Value::from).to_vec();
    let menu = |actions: &mut Vec<Value>| tell(actions, "choosefromlist", "WFMenuItems", four.clone());
    found(&broken("Truce", menu), "3 buttons at most");
}

#[test]
fn what_comes_straight_from_a_dictionary_is_found_in_an_if() {
    // The text that stands between is gone, and what it was made from takes its place.
    let change = |actions: &mut Vec<Value>| {
        let entry = actions.iter().position(|action| is(action, "getvalueforkey")).expect("an entry");
        let id = told(&actions[entry]).get("UUID").and_then(Value::as_string).expect("an id").to_owned();
        let at = actions
            .iter()
            .rposition(|action| is(action, "conditional") && told(action).contains_key("WFInput"))
            .expect("an If");
        let mut text = told(&actions[at]).clone();
        set_output(&mut text, &id);
        actions[at]
            .as_dictionary_mut()
            .expect("an action")
            .insert("WFWorkflowActionParameters".to_owned(), text.into());
    };
    found(&broken("Truce", change), "blank to an If");
}

/// Whatever output it is told of: another.
fn set_output(told: &mut Dictionary, id: &str) {
    for (key, value) in told.iter_mut() {
        match value {
            Value::Dictionary(inner) => set_output(inner, id),
            value if key == "OutputUUID" => *value = id.into(),
            _ => {}
        }
    }
}

#[test]
fn where_nothing_can_be_kept_the_session_is_copied_and_stays_on_the_device() {
    let join = set::all(&addresses(), Session::Pasted).remove(0);
    let mut machine = Machine::read(&file::bytes(&join), Some("123".to_owned())).expect("a Shortcut");
    let answer = r#"{"ok": "yes", "code": "redeemed", "say": "You're in.", "menu": [], "draft": "", "session": "s-1"}"#;
    let (mut reply, mut copied) = (None, Vec::new());
    loop {
        reply = Some(match machine.next(reply.take()).expect("it runs") {
            Step::Ended(_) => break,
            Step::Call(_) => {
                Reply::Answered { content_type: "application/json".to_owned(), body: answer.as_bytes().to_vec() }
            }
            Step::Copy { text, only_here } => {
                copied.push((text, only_here));
                Reply::Done
            }
            Step::Set { .. } => panic!("it keeps something"),
            _ => Reply::Done,
        });
    }
    assert_eq!(copied, [("s-1".to_owned(), true)]);
}
