//! The actions that are known, what each may be told, and where it runs.

/// One of them.
#[derive(Debug)]
pub(super) struct Known {
    /// After `is.workflow.actions.`.
    pub(super) name: &'static str,
    /// Besides [`ALWAYS`].
    pub(super) keys: &'static [&'static str],
    /// A Watch shows no shortcut with one that does not.
    pub(super) on_watch: bool,
    /// What of it is shown or said.
    pub(super) shown: &'static [&'static str],
}

/// What every action may be told.
pub(super) const ALWAYS: [&str; 4] = ["UUID", "GroupingIdentifier", "WFControlFlowMode", "CustomOutputName"];

const fn known(name: &'static str, keys: &'static [&'static str], shown: &'static [&'static str]) -> Known {
    Known { name, keys, on_watch: true, shown }
}

const STORED: &[&str] = &["WFStoredContentKey", "WFStoredContentGlobalValue"];

/// All of them.
pub(super) const ALL: [Known; 24] = [
    known(
        "alert",
        &["WFAlertActionTitle", "WFAlertActionMessage", "WFAlertActionCancelButtonShown"],
        &["WFAlertActionTitle", "WFAlertActionMessage"],
    ),
    known("appendvariable", &["WFInput", "WFVariableName"], &[]),
    known("choosefromlist", &["WFInput", "WFChooseFromListActionPrompt"], &["WFChooseFromListActionPrompt"]),
    known("choosefrommenu", &["WFMenuPrompt", "WFMenuItems", "WFMenuItemTitle"], &["WFMenuPrompt"]),
    known("comment", &["WFCommentActionText"], &[]),
    known("conditional", &["WFInput", "WFCondition", "WFConditionalActionString"], &[]),
    known("deletestoredcontent", STORED, &[]),
    known("detect.dictionary", &["WFInput"], &[]),
    known("dictatetext", &["WFDictateTextStopListening"], &[]),
    known(
        "downloadurl",
        &["WFURL", "WFHTTPMethod", "ShowHeaders", "WFHTTPHeaders", "WFHTTPBodyType", "WFJSONValues"],
        &[],
    ),
    known("exit", &[], &[]),
    known("getstoredcontent", STORED, &[]),
    known("gettext", &["WFTextActionText"], &[]),
    known("getvalueforkey", &["WFDictionaryKey", "WFGetDictionaryValueType", "WFInput"], &[]),
    known("getvariable", &["WFVariable"], &[]),
    known("nothing", &[], &[]),
    known(
        "notification",
        &["WFNotificationActionBody", "WFNotificationActionSound", "WFNotificationActionTitle"],
        &["WFNotificationActionBody", "WFNotificationActionTitle"],
    ),
    known("repeat.count", &["WFRepeatCount"], &[]),
    Known { name: "scanbarcode", keys: &["AppIntentDescriptor", "WFScanCodeActionMode"], on_watch: false, shown: &[] },
    known("setstoredcontent", &["WFInput", "WFStoredContentKey", "WFStoredContentGlobalValue"], &[]),
    known("setvariable", &["WFInput", "WFVariableName"], &[]),
    known("showresult", &["Text"], &["Text"]),
    known("speaktext", &["WFText", "WFSpeakTextWait"], &["WFText"]),
    known("vibrate", &["WFVibrateHapticType"], &[]),
];

/// The one of that name.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    ALL.iter().find(|known| known.name == name)
}
