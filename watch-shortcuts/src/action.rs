//! What a shortcut can do, in our words. An action is one small type: what Apple calls it, and what it is told.
//!
//! None of them is made up: what each is called and told is what the app itself writes. To add one, write it here, and have
//! [`crate::machine`] run it.

use crate::Text;
use crate::text::{dictionary, lone, serialized};
use plist::{Dictionary, Value};

/// Before the name of every action of Apple's own.
pub(crate) const PREFIX: &str = "is.workflow.actions.";

/// What an action is told.
pub type Parameters = Dictionary;

/// One action.
pub trait Action {
    /// As Apple calls it, after `is.workflow.actions.`.
    const NAME: &'static str;

    /// What it is told.
    fn parameters(&self) -> Parameters;
}

/// Listens until there is a pause.
pub struct Dictate;

/// Looks for a code with the camera.
pub struct Scan;

/// A text, with what is in braces put in.
pub struct GetText(pub Text);

/// What stands under a key of the dictionary in a variable. It is text only once it was put into one.
pub struct Entry {
    /// The variable.
    pub of: &'static str,
    /// The key.
    pub key: &'static str,
}

/// Gives a variable its value.
pub(crate) struct SetVariable {
    pub(crate) name: &'static str,
    pub(crate) to: Value,
}

/// Puts what a text says after all that is in a variable.
pub struct Append {
    /// The variable.
    pub name: &'static str,
    /// The text.
    pub text: Text,
}

/// Has one of a list chosen. Whoever chooses none ends the run.
pub struct Choose {
    /// What is asked.
    pub prompt: Text,
    /// The variable with the list.
    pub from: &'static str,
}

/// Asks, with a button for yes and one that ends the run.
pub struct Confirm {
    /// In large letters.
    pub title: &'static str,
    /// What it is about.
    pub message: &'static str,
}

/// Shows a text until somebody has read it.
pub struct Show(pub Text);

/// Says it aloud.
pub struct Speak(pub Text);

/// Is felt.
pub enum Feel {
    /// It is done.
    Success,
    /// It is not.
    Failure,
}

/// Calls a function.
pub struct Call {
    method: &'static str,
    url: Text,
    session: bool,
    body: Option<Vec<(&'static str, Text)>>,
}

/// What is kept under a name, for all shortcuts of a person: iOS 27 and later.
pub struct Kept(pub &'static str);

/// Keeps a text under a name.
pub struct Keep {
    /// The name.
    pub key: &'static str,
    /// The text.
    pub text: Text,
}

/// Forgets what is kept under a name.
pub struct Forget(pub &'static str);

/// Puts what is in a variable where it can be pasted from, on this device and no other.
pub struct Copy(pub &'static str);

/// Brings nothing: without it the last answer would be handed on to whoever has started the shortcut.
pub struct Nothing;

/// Ends the run.
pub struct Exit;

/// Says something to whoever opens the shortcut in the app.
pub struct Comment(pub &'static str);

impl Call {
    /// Asks.
    pub fn get(url: &str) -> Self {
        Self { method: "GET", url: url.into(), session: false, body: None }
    }

    /// Sends a body, key by key.
    pub fn post<const N: usize>(url: &str, body: [(&'static str, &str); N]) -> Self {
        let body = body.into_iter().map(|(key, text)| (key, text.into())).collect();
        Self { method: "POST", url: url.into(), session: false, body: Some(body) }
    }

    /// Takes back.
    pub fn delete(url: &str) -> Self {
        Self { method: "DELETE", url: url.into(), session: false, body: None }
    }

    /// As who the session says.
    #[must_use]
    pub fn as_member(mut self) -> Self {
        self.session = true;
        self
    }
}

impl Action for Call {
    const NAME: &'static str = "downloadurl";

    fn parameters(&self) -> Parameters {
        let mut told = dictionary([("WFHTTPMethod", self.method.into()), ("WFURL", self.url.value())]);
        if self.session {
            let header = [("Authorization", Text::new("Bearer {session}"))];
            told.insert("ShowHeaders".to_owned(), 1.into());
            told.insert("WFHTTPHeaders".to_owned(), fields(&header));
        }
        if let Some(body) = &self.body {
            told.insert("WFHTTPBodyType".to_owned(), "JSON".into());
            told.insert("WFJSONValues".to_owned(), fields(body));
        }
        told
    }
}

/// A dictionary of texts.
fn fields(entries: &[(&str, Text)]) -> Value {
    const TEXT: i64 = 0;
    let items = entries.iter().map(|(key, text)| {
        let item =
            dictionary([("WFItemType", TEXT.into()), ("WFKey", Text::new(key).tokens()), ("WFValue", text.tokens())]);
        Value::Dictionary(item)
    });
    let value = dictionary([("WFDictionaryFieldValueItems", Value::Array(items.collect()))]);
    serialized("WFDictionaryFieldValue", value)
}

/// What most are: a name, and a few parameters.
macro_rules! action {
    ($type:ty, $name:literal, $self:ident => [$($key:literal: $value:expr),* $(,)?]) => {
        impl Action for $type {
            const NAME: &'static str = $name;

            fn parameters(&$self) -> Parameters {
                dictionary([$(($key, $value)),*])
            }
        }
    };
}

action!(Dictate, "dictatetext", self => ["WFDictateTextStopListening": "After Pause".into()]);
action!(Scan, "scanbarcode", self => [
    "AppIntentDescriptor": dictionary([
        ("ActionRequiresAppInstallation", true.into()),
        ("AppIntentIdentifier", "scanbarcode".into()),
        ("BundleIdentifier", "com.apple.VisionAppIntents".into()),
        ("Name", "VisionAppIntents".into()),
        ("TeamIdentifier", "0000000000".into()),
    ]).into(),
    "WFScanCodeActionMode": false.into(),
]);
action!(GetText, "gettext", self => ["WFTextActionText": self.0.value()]);
action!(Entry, "getvalueforkey", self => [
    "WFDictionaryKey": self.key.into(),
    "WFGetDictionaryValueType": "Value".into(),
    "WFInput": lone(self.of),
]);
action!(SetVariable, "setvariable", self => ["WFInput": self.to.clone(), "WFVariableName": self.name.into()]);
action!(Append, "appendvariable", self => ["WFInput": self.text.tokens(), "WFVariableName": self.name.into()]);
action!(Choose, "choosefromlist", self => ["WFChooseFromListActionPrompt": self.prompt.value(), "WFInput": lone(self.from)]);
action!(Confirm, "alert", self => [
    "WFAlertActionCancelButtonShown": true.into(),
    "WFAlertActionMessage": self.message.into(),
    "WFAlertActionTitle": self.title.into(),
]);
action!(Show, "showresult", self => ["Text": self.0.value()]);
action!(Speak, "speaktext", self => ["WFSpeakTextWait": true.into(), "WFText": self.0.value()]);
action!(Feel, "vibrate", self => ["WFVibrateHapticType": match self {
    Self::Success => "Success".into(),
    Self::Failure => "Failure".into(),
}]);
action!(Kept, "getstoredcontent", self => ["WFStoredContentGlobalValue": true.into(), "WFStoredContentKey": self.0.into()]);
action!(Keep, "setstoredcontent", self => [
    "WFInput": self.text.value(),
    "WFStoredContentGlobalValue": true.into(),
    "WFStoredContentKey": self.key.into(),
]);
action!(Forget, "deletestoredcontent", self => ["WFStoredContentGlobalValue": true.into(), "WFStoredContentKey": self.0.into()]);
action!(Copy, "setclipboard", self => ["WFInput": lone(self.0), "WFLocalOnly": true.into()]);
action!(Nothing, "nothing", self => []);
action!(Exit, "exit", self => []);
action!(Comment, "comment", self => ["WFCommentActionText": self.0.into()]);
