//! Which parameters an action is known to have. One that is not here may change what the action does, so it is refused.

use super::stopped::Why;
use plist::{Dictionary, Value};

/// What every action may have: none of it changes what the action does.
const ANY: &[&str] = &["UUID", "GroupingIdentifier", "CustomOutputName"];

/// What of `parameters` is not known of the action `name`; `None` where the action is not known itself.
pub(crate) fn unknown<'a>(name: &str, parameters: &'a Dictionary) -> Option<Vec<&'a str>> {
    let mode = parameters.get("WFControlFlowMode").and_then(Value::as_signed_integer);
    let known = known(name, mode)?;
    let keys = parameters.keys().map(String::as_str);
    Some(keys.filter(|key| !known.contains(key) && !ANY.contains(key)).collect())
}

/// Refuses what is not known of the action `name`.
pub(super) fn check(name: &str, parameters: &Dictionary) -> Result<(), Why> {
    let unknown = unknown(name, parameters).ok_or(Why::UnknownAction)?;
    unknown.first().map_or(Ok(()), |key| Err(Why::UnknownParameter((*key).to_owned())))
}

fn known(name: &str, mode: Option<i64>) -> Option<&'static [&'static str]> {
    block(name, mode).or_else(|| person(name)).or_else(|| value(name)).or_else(|| outside(name))
}

/// Middles and ends have next to nothing.
const fn block(name: &str, mode: Option<i64>) -> Option<&'static [&'static str]> {
    Some(match (name.as_bytes(), mode) {
        (b"conditional", Some(0)) => &["WFControlFlowMode", "WFInput", "WFCondition", "WFConditionalActionString"],
        (b"repeat.count", Some(0)) => &["WFControlFlowMode", "WFRepeatCount"],
        (b"choosefrommenu", Some(0)) => &["WFControlFlowMode", "WFMenuItems", "WFMenuPrompt"],
        (b"choosefrommenu", Some(1)) => &["WFControlFlowMode", "WFMenuItemTitle"],
        (b"conditional" | b"repeat.count" | b"choosefrommenu", _) => &["WFControlFlowMode"],
        _ => return None,
    })
}

/// What a person sees, hears, says or feels.
fn person(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "alert" => &["WFAlertActionTitle", "WFAlertActionMessage", "WFAlertActionCancelButtonShown"],
        "ask" => &["WFAskActionPrompt", "WFInputType", "WFAllowsMultilineText"],
        "choosefromlist" => &["WFInput", "WFChooseFromListActionPrompt"],
        "dictatetext" => &["WFDictateTextStopListening", "WFSpeechLanguage"],
        "notification" => &["WFNotificationActionTitle", "WFNotificationActionBody", "WFNotificationActionSound"],
        "scanbarcode" => &["AppIntentDescriptor", "WFScanCodeActionMode"],
        "showresult" => &["Text"],
        "speaktext" => &["WFText", "WFSpeakTextWait"],
        "vibrate" => &["WFVibrateHapticType"],
        _ => return None,
    })
}

/// What is computed.
fn value(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "comment" => &["WFCommentActionText"],
        "detect.dictionary" => &["WFInput"],
        "dictionary" => &["WFItems"],
        "exit" | "nothing" => &[],
        "gettext" => &["WFTextActionText"],
        "getitemfromlist" => &["WFInput", "WFItemSpecifier", "WFItemIndex"],
        "getvalueforkey" => &["WFInput", "WFDictionaryKey", "WFGetDictionaryValueType"],
        "getvariable" => &["WFVariable"],
        "output" => &["WFOutput"],
        "appendvariable" | "setvariable" => &["WFInput", "WFVariableName"],
        _ => return None,
    })
}

/// What is done elsewhere.
fn outside(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "delay" => &["WFDelayTime"],
        "deletestoredcontent" | "getstoredcontent" => &["WFStoredContentKey", "WFStoredContentGlobalValue"],
        "downloadurl" => &["WFURL", "WFHTTPMethod", "WFHTTPHeaders", "ShowHeaders", "WFHTTPBodyType", "WFJSONValues"],
        "openurl" => &["WFInput"],
        "setclipboard" => &["WFInput", "WFLocalOnly"],
        "runworkflow" => &["WFInput", "WFWorkflow"],
        "setstoredcontent" => &["WFInput", "WFStoredContentKey", "WFStoredContentGlobalValue"],
        _ => return None,
    })
}
