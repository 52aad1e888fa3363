//! What is done outside of a machine, and the replies to it.

use crate::plists::*;
use plist::Value;
use truce_shortcuts::machine::{Machine, Outcome, Reply, Request, Step, Stopped, Why};

fn call() -> Value {
    action(
        "downloadurl",
        [
            ("UUID", "C".into()),
            ("WFURL", "https://h.example/x".into()),
            ("ShowHeaders", 1.into()),
            ("WFHTTPMethod", "POST".into()),
            ("WFHTTPHeaders", field([(0, "B", tokens("Bearer x", [])), (0, "A", "text/plain".into())])),
            ("WFHTTPBodyType", "JSON".into()),
            ("WFJSONValues", field([(0, "text", "é".into())])),
        ],
    )
}

fn asked(step: Value, reply: Reply) -> (Step, Option<String>) {
    let (steps, ended) = run(vec![step, action("output", [("WFOutput", only(output("C")))])], vec![reply]);
    let gave = match ended {
        Ok(Outcome::Gave(text)) => Some(text),
        _ => None,
    };
    (steps.into_iter().next().expect("a step"), gave)
}

#[test]
fn a_call_has_its_method_its_headers_in_their_order_and_its_body() {
    let headers = [("B", "Bearer x"), ("A", "text/plain")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request = Request {
        method: "POST".to_owned(),
        url: "https://h.example/x".to_owned(),
        headers: headers.to_vec(),
        body: Some(serde_json::json!({"text": "é"})),
    };
    assert_eq!(asked(call(), answered("text/plain", "")).0, Step::Call(request));
}

#[test]
fn a_plain_call_is_a_get_without_a_body() {
    let get = action("downloadurl", [("WFURL", "http://h.example".into())]);
    let Step::Call(request) = asked(get, Reply::NoNetwork).0 else { panic!() };
    assert_eq!((request.method.as_str(), request.headers.len(), request.body), ("GET", 0, None));
}

#[test]
fn what_is_no_call_is_refused() {
    let of = |parameters: [(&str, Value); 2]| stopped(vec![action("downloadurl", parameters)], vec![]).1;
    let url = || ("WFURL", Value::from("https://h.example"));
    assert_eq!(
        of([("WFURL", "h.example".into()), ("ShowHeaders", true.into())]),
        Why::NoAddress("h.example".to_owned())
    );
    assert_eq!(of([url(), ("WFHTTPMethod", "get".into())]), unsupported("WFHTTPMethod", "get"));
    assert_eq!(of([url(), ("WFHTTPBodyType", "Form".into())]), unsupported("WFHTTPBodyType", "Form"));
    assert_eq!(of([url(), ("WFHTTPBodyType", "JSON".into())]), Why::Missing("WFJSONValues".to_owned()));
    assert_eq!(of([url(), ("WFJSONValues", field([]))]), Why::Missing("WFHTTPBodyType".to_owned()));
    let header = field([(4, "A", true.into())]);
    assert_eq!(of([url(), ("WFHTTPHeaders", header)]), shape("WFHTTPHeaders", "a dictionary of texts"));
    let mut get = call();
    let parameters = get.as_dictionary_mut().unwrap().get_mut("WFWorkflowActionParameters").unwrap();
    parameters.as_dictionary_mut().unwrap().insert("WFHTTPMethod".to_owned(), "GET".into());
    assert_eq!(stopped(vec![get], vec![]), (1, unsupported("WFHTTPBodyType", "JSON of a GET")));
}

#[test]
fn every_answer_is_one_and_only_the_network_fails() {
    let (_, ended) = run(vec![call(), show("on")], vec![answered("application/problem+json", r#"{"status": 404}"#)]);
    assert_eq!(ended, Ok(Outcome::Finished));
    assert_eq!(stopped(vec![call(), show("on")], vec![Reply::NoNetwork]), (1, Why::Network));
}

#[test]
fn json_of_every_type_becomes_a_dictionary() {
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"] {
        let actions = vec![call(), value_for("V", "C", "say"), show(only(output("V")))];
        let (steps, _) = run(actions, vec![answered(kind, r#"{"say": "ok"}"#)]);
        assert_eq!(steps[1], Step::Show { text: "ok".to_owned() });
    }
}

#[test]
fn what_is_no_json_becomes_a_text_file_that_has_no_keys() {
    for (kind, body) in [("application/json", "{"), ("text/html", "{}"), ("", "{}"), ("application/jsonp", "{}")] {
        let why = Why::Coercion { from: "a text file", to: "a dictionary" };
        assert_eq!(stopped(vec![call(), value_for("V", "C", "say")], vec![answered(kind, body)]), (2, why));
        assert_eq!(asked(call(), answered(kind, body)).1.as_deref(), Some(body));
    }
}

#[test]
fn json_that_is_no_object_and_bytes_that_are_no_text_stop() {
    let list = Why::Coercion { from: "JSON that is no object", to: "a dictionary" };
    assert_eq!(stopped(vec![call()], vec![answered("application/json", "[]")]), (1, list));
    let bytes = Reply::Answered { content_type: "image/png".to_owned(), body: vec![0x89] };
    let no_text = Why::Coercion { from: "an answer that is not UTF-8", to: "a text" };
    assert_eq!(stopped(vec![call()], vec![bytes]), (1, no_text));
}

#[test]
fn what_is_said_typed_or_scanned_is_a_text() {
    let uuid = || ("UUID", Value::from("C"));
    let dictate = action("dictatetext", [uuid(), ("WFDictateTextStopListening", "After Pause".into())]);
    let ask = action("ask", [uuid(), ("WFAskActionPrompt", "Code?".into()), ("WFInputType", "Text".into())]);
    let scan = action("scanbarcode", [uuid(), ("WFScanCodeActionMode", false.into())]);
    for (step, expected) in
        [(dictate, Step::Dictate), (ask, Step::Ask { prompt: "Code?".to_owned() }), (scan, Step::Scan)]
    {
        assert_eq!(asked(step, said("é")), (expected, Some("é".to_owned())));
    }
    let number = action("ask", [("WFInputType", "Number".into())]);
    assert_eq!(stopped(vec![number], vec![]), (1, unsupported("WFInputType", "Number")));
}

#[test]
fn who_cancels_ends_the_run() {
    let mut list = json("D", r#"{"l": ["a"]}"#).to_vec();
    list.extend([value_for("V", "D", "l"), action("choosefromlist", [])]);
    let items = ("WFMenuItems", Value::Array(vec!["a".into()]));
    let case = part("choosefrommenu", "M", 1, [("WFMenuItemTitle", "a".into())]);
    let menu = vec![part("choosefrommenu", "M", 0, [items]), case, part("choosefrommenu", "M", 2, [])];
    let alone = ["dictatetext", "ask", "alert", "scanbarcode"].map(|name| vec![action(name, [])]);
    for mut actions in alone.into_iter().chain([list, menu]) {
        actions.push(show("on"));
        assert_eq!(run(actions, vec![Reply::Cancelled]).1, Ok(Outcome::Cancelled));
    }
}

#[test]
fn an_alert_without_the_button_cannot_be_cancelled() {
    let alert = || {
        let text = [("WFAlertActionTitle", "T".into()), ("WFAlertActionMessage", "M".into())];
        let [title, message] = text;
        action("alert", [title, message, ("WFAlertActionCancelButtonShown", false.into())])
    };
    let (steps, ended) = run(vec![alert()], vec![Reply::Done]);
    assert_eq!(steps, [Step::Alert { title: "T".to_owned(), message: "M".to_owned(), cancel: false }]);
    assert_eq!(ended, Ok(Outcome::Finished));
    assert_eq!(stopped(vec![alert()], vec![Reply::Cancelled]), (1, Why::Reply("that it was done")));
}

#[test]
fn what_a_person_takes_in_is_done() {
    let notify = [("WFNotificationActionTitle", "T".into()), ("WFNotificationActionBody", "B".into())];
    let steps = vec![
        action("notification", notify),
        action("speaktext", [("WFText", "aloud".into()), ("WFSpeakTextWait", true.into())]),
        action("vibrate", [("WFVibrateHapticType", "Success".into())]),
        action("delay", [("WFDelayTime", 3.into())]),
        action("delay", [("WFDelayTime", 0.5.into())]),
        action("openurl", [("WFInput", tokens("https://h.example/", []))]),
    ];
    let expected = [
        Step::Notify { title: "T".to_owned(), body: "B".to_owned() },
        Step::Speak { text: "aloud".to_owned() },
        Step::Vibrate { kind: "Success".to_owned() },
        Step::Wait { seconds: 3.0 },
        Step::Wait { seconds: 0.5 },
        Step::Open { url: "https://h.example/".to_owned() },
    ];
    assert_eq!(run(steps, vec![Reply::Done; 6]), (expected.to_vec(), Ok(Outcome::Finished)));
    assert!(matches!(stopped(vec![action("delay", [("WFDelayTime", (-1).into())])], vec![]).1, Why::Shape { .. }));
}

#[test]
fn the_store_has_what_was_put_there() {
    let key = || ("WFStoredContentKey", Value::from("k"));
    let global = || ("WFStoredContentGlobalValue", Value::from(true));
    let get = || action("getstoredcontent", [("UUID", "C".into()), key(), global()]);
    let get_step = Step::Get { key: "k".to_owned(), global: true };
    assert_eq!(asked(get(), Reply::Stored(Some("v".to_owned()))), (get_step.clone(), Some("v".to_owned())));
    assert_eq!(asked(get(), Reply::Stored(None)), (get_step, Some(String::new())));
    let set = action("setstoredcontent", [key(), global(), ("WFInput", "v".into())]);
    let delete = action("deletestoredcontent", [key()]);
    let (steps, _) = run(vec![set, delete], vec![Reply::Done, Reply::Done]);
    let set = Step::Set { key: "k".to_owned(), value: "v".to_owned(), global: true };
    assert_eq!(steps, [set, Step::Delete { key: "k".to_owned(), global: false }]);
}

#[test]
fn another_shortcut_is_run_by_its_name() {
    let other =
        dictionary([("workflowName", "Other".into()), ("isSelf", false.into()), ("workflowIdentifier", "1".into())]);
    let run = action("runworkflow", [("UUID", "C".into()), ("WFWorkflow", other), ("WFInput", "in".into())]);
    let step = Step::Run { shortcut: "Other".to_owned(), input: Some("in".to_owned()) };
    assert_eq!(asked(run, Reply::Output(Some("out".to_owned()))), (step, Some("out".to_owned())));
}

#[test]
fn a_run_ends_where_it_exits_or_gives() {
    assert_eq!(run(vec![action("exit", []), show("on")], vec![]), (vec![], Ok(Outcome::Exited)));
    let output = action("output", [("WFOutput", tokens("out", []))]);
    assert_eq!(run(vec![output, show("on")], vec![]), (vec![], Ok(Outcome::Gave("out".to_owned()))));
}

#[test]
fn a_reply_that_does_not_fit_is_refused() {
    let mut list = json("D", r#"{"l": ["a"]}"#).to_vec();
    list.extend([value_for("V", "D", "l"), action("choosefromlist", [])]);
    assert_eq!(stopped(list, vec![Reply::Chosen(1)]), (4, Why::Reply("one of the options")));
    assert_eq!(stopped(vec![call()], vec![said("x")]), (1, Why::Reply("an answer of the network")));
    assert_eq!(stopped(vec![action("ask", [])], vec![Reply::Done]), (1, Why::Reply("what was said")));
}

fn after(machine: &mut Machine, reply: Option<Reply>) -> Result<Step, Why> {
    machine.next(reply).map_err(|stopped| stopped.why)
}

#[test]
fn a_reply_belongs_to_a_step() {
    assert_eq!(after(&mut machine(vec![show("")]), Some(Reply::Done)), Err(Why::NothingAsked));
    let mut asked = machine(vec![show("")]);
    assert!(after(&mut asked, None).is_ok());
    assert_eq!(after(&mut asked, None), Err(Why::NoReply));
}

#[test]
fn what_is_over_stays_over() {
    let mut ended = machine(vec![action("exit", [])]);
    let mut broken = machine(vec![action("unknown", [])]);
    for reply in [None, None, Some(Reply::Done)] {
        assert_eq!(after(&mut ended, reply.clone()), Ok(Step::Ended(Outcome::Exited)));
        assert_eq!(after(&mut broken, reply), Err(Why::UnknownAction));
    }
}

#[test]
fn a_copy_goes_on_from_the_same_step() {
    let mut first = machine(vec![action("ask", [("UUID", "A".into())]), show(only(output("A")))]);
    assert!(first.next(None).is_ok());
    let mut second = first.clone();
    for (machine, text) in [(&mut first, "one"), (&mut second, "two")] {
        assert_eq!(machine.next(Some(said(text))), Ok(Step::Show { text: text.to_owned() }));
    }
}

#[test]
fn what_is_unknown_is_refused_by_name() {
    assert_eq!(stopped(vec![show(""), action("getclipboard", [])], vec![]), (2, Why::UnknownAction));
    assert_eq!(stopped(vec![identified("com.example.ask", dictionary([]))], vec![]), (1, Why::UnknownAction));
    let with = |key: &str| action("ask", [(key, "x".into())]);
    let why = Why::UnknownParameter("WFAskActionDefaultAnswer".to_owned());
    assert_eq!(stopped(vec![with("WFAskActionDefaultAnswer")], vec![]), (1, why));
    for known in ["UUID", "GroupingIdentifier", "CustomOutputName"] {
        assert_eq!(run(vec![with(known)], vec![said("")]).1, Ok(Outcome::Finished));
    }
}

#[test]
fn a_stop_says_where_and_why() {
    let stopped: Stopped = run(vec![show(""), show(only(variable("Say")))], vec![]).1.unwrap_err();
    let sentence = r#"action 2, is.workflow.actions.showresult: the variable "Say" is read before it is set"#;
    assert_eq!(stopped.to_string(), sentence);
}
