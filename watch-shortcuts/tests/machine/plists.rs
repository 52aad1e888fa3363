//! Builds small Shortcuts, and runs them with replies that are known before.

use plist::{Dictionary, Value};
use truce_shortcuts::machine::{Machine, Outcome, Reply, Step, Stopped, Why};

/// Where a value goes in a text.
pub(crate) const HERE: char = '\u{FFFC}';

pub(crate) fn dictionary<const N: usize>(of: [(&str, Value); N]) -> Value {
    Value::Dictionary(of.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

pub(crate) fn action<const N: usize>(name: &str, parameters: [(&str, Value); N]) -> Value {
    identified(&format!("is.workflow.actions.{name}"), dictionary(parameters))
}

pub(crate) fn identified(identifier: &str, parameters: Value) -> Value {
    dictionary([("WFWorkflowActionIdentifier", identifier.into()), ("WFWorkflowActionParameters", parameters)])
}

pub(crate) fn output(uuid: &str) -> Value {
    dictionary([("Type", "ActionOutput".into()), ("OutputUUID", uuid.into())])
}

pub(crate) fn variable(name: &str) -> Value {
    dictionary([("Type", "Variable".into()), ("VariableName", name.into())])
}

pub(crate) fn wrapped(kind: &str, value: Value) -> Value {
    dictionary([("WFSerializationType", kind.into()), ("Value", value)])
}

pub(crate) fn lone(attachment: Value) -> Value {
    wrapped("WFTextTokenAttachment", attachment)
}

pub(crate) fn tokens<const N: usize>(string: &str, attachments: [(&str, Value); N]) -> Value {
    let attachments = dictionary(attachments);
    wrapped("WFTextTokenString", dictionary([("string", string.into()), ("attachmentsByRange", attachments)]))
}

/// A text that is one value.
pub(crate) fn only(attachment: Value) -> Value {
    tokens(&HERE.to_string(), [("{0, 1}", attachment)])
}

/// A dictionary, of (type, key, value).
pub(crate) fn field<const N: usize>(items: [(i64, &str, Value); N]) -> Value {
    let item = |(kind, key, value): (i64, &str, Value)| {
        dictionary([("WFItemType", kind.into()), ("WFKey", tokens(key, [])), ("WFValue", value)])
    };
    let items = items.into_iter().map(item).collect();
    wrapped("WFDictionaryFieldValue", dictionary([("WFDictionaryFieldValueItems", Value::Array(items))]))
}

pub(crate) fn text(uuid: &str, text: impl Into<Value>) -> Value {
    action("gettext", [("UUID", uuid.into()), ("WFTextActionText", text.into())])
}

pub(crate) fn show(text: impl Into<Value>) -> Value {
    action("showresult", [("Text", text.into())])
}

pub(crate) fn part<const N: usize>(name: &str, group: &str, at: i64, parameters: [(&str, Value); N]) -> Value {
    let mut parameters: Dictionary = parameters.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    parameters.insert("GroupingIdentifier".to_owned(), group.into());
    parameters.insert("WFControlFlowMode".to_owned(), at.into());
    identified(&format!("is.workflow.actions.{name}"), Value::Dictionary(parameters))
}

pub(crate) fn condition(group: &str, of: Value, condition: i64, text: Option<&str>) -> Value {
    let input = dictionary([("Type", "Variable".into()), ("Variable", lone(of))]);
    let (input, code) = (("WFInput", input), ("WFCondition", condition.into()));
    match text {
        Some(text) => part("conditional", group, 0, [input, code, ("WFConditionalActionString", text.into())]),
        None => part("conditional", group, 0, [input, code]),
    }
}

pub(crate) fn json(uuid: &str, json: &str) -> [Value; 2] {
    let detected = [("UUID", uuid.into()), ("WFInput", lone(output("json")))];
    [text("json", json), action("detect.dictionary", detected)]
}

pub(crate) fn value_for(uuid: &str, of: &str, key: &str) -> Value {
    let of = lone(output(of));
    action("getvalueforkey", [("UUID", uuid.into()), ("WFDictionaryKey", key.into()), ("WFInput", of)])
}

pub(crate) fn shortcut(actions: Vec<Value>) -> Value {
    dictionary([("WFWorkflowActions", Value::Array(actions))])
}

pub(crate) fn xml(shortcut: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    shortcut.to_writer_xml(&mut bytes).expect("a vector takes all");
    bytes
}

pub(crate) fn machine(actions: Vec<Value>) -> Machine {
    Machine::read(&xml(&shortcut(actions)), None).expect("a Shortcut")
}

/// The steps of a run, and how it ended. What is only shown is replied to here.
pub(crate) fn drive(machine: &mut Machine, replies: Vec<Reply>) -> (Vec<Step>, Result<Outcome, Stopped>) {
    let (mut steps, mut replies, mut reply) = (Vec::new(), replies.into_iter(), None);
    loop {
        match machine.next(reply) {
            Ok(Step::Ended(outcome)) => {
                assert_eq!(replies.next(), None, "all is replied that was to be");
                return (steps, Ok(outcome));
            }
            Ok(step @ Step::Show { .. }) => {
                reply = Some(Reply::Done);
                steps.push(step);
            }
            Ok(step) => {
                reply = Some(replies.next().unwrap_or_else(|| panic!("no reply to {step:?}")));
                steps.push(step);
            }
            Err(stopped) => return (steps, Err(stopped)),
        }
    }
}

pub(crate) fn run(actions: Vec<Value>, replies: Vec<Reply>) -> (Vec<Step>, Result<Outcome, Stopped>) {
    drive(&mut machine(actions), replies)
}

/// What a Shortcut shows that nothing has to be replied to.
pub(crate) fn shown(actions: Vec<Value>) -> Vec<String> {
    let (steps, ended) = run(actions, vec![]);
    assert_eq!(ended, Ok(Outcome::Finished));
    let shown = |step| match step {
        Step::Show { text } => text,
        other => panic!("{other:?}"),
    };
    steps.into_iter().map(shown).collect()
}

/// The action that stops it, and why.
pub(crate) fn stopped(actions: Vec<Value>, replies: Vec<Reply>) -> (usize, Why) {
    let stopped = run(actions, replies).1.expect_err("a stop");
    (stopped.number, stopped.why)
}

pub(crate) fn said(text: &str) -> Reply {
    Reply::Said(text.to_owned())
}

pub(crate) fn answered(content_type: &str, body: &str) -> Reply {
    Reply::Answered { content_type: content_type.to_owned(), body: body.into() }
}

pub(crate) fn shape(key: &str, wanted: &'static str) -> Why {
    Why::Shape { key: key.to_owned(), wanted }
}

pub(crate) fn unsupported(key: &str, value: &str) -> Why {
    Why::Unsupported { key: key.to_owned(), value: value.to_owned() }
}
