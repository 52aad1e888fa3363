//! What a machine asks for, and what it is told.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

/// What has to be done outside for a run to go on. Each says which [`Reply`] fits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Step {
    /// Listen. [`Reply::Said`] or [`Reply::Cancelled`].
    Dictate,
    /// Have something typed. [`Reply::Said`] or [`Reply::Cancelled`].
    Ask {
        /// The question, empty if there is none.
        prompt: String,
    },
    /// Have one of these chosen, from a menu or a list. [`Reply::Chosen`] or [`Reply::Cancelled`].
    Choose {
        /// What is above them, empty if there is nothing.
        prompt: String,
        /// There is at least one.
        options: Vec<String>,
    },
    /// Show an alert. [`Reply::Done`], or [`Reply::Cancelled`] if it can be.
    Alert {
        /// Empty if there is none.
        title: String,
        /// What it says.
        message: String,
        /// Whether there is a button that ends the run.
        cancel: bool,
    },
    /// Show a result. [`Reply::Done`].
    Show {
        /// The result.
        text: String,
    },
    /// Send a notification. [`Reply::Done`].
    Notify {
        /// Empty if there is none.
        title: String,
        /// What it says.
        body: String,
    },
    /// Say it aloud. [`Reply::Done`].
    Speak {
        /// What is said.
        text: String,
    },
    /// Have the wrist feel it. [`Reply::Done`].
    Vibrate {
        /// Which of the system's haptics, such as `Success`.
        kind: String,
    },
    /// Scan a code. [`Reply::Said`] or [`Reply::Cancelled`].
    Scan,
    /// Let time pass. [`Reply::Done`].
    Wait {
        /// Finite, and not below zero.
        seconds: f64,
    },
    /// Call the network. [`Reply::Answered`] or [`Reply::NoNetwork`].
    Call(Request),
    /// Look into the store. [`Reply::Stored`].
    Get {
        /// Under which name.
        key: String,
        /// Whether all Shortcuts share it.
        global: bool,
    },
    /// Put it into the store. [`Reply::Done`].
    Set {
        /// Under which name.
        key: String,
        /// What is there from now on.
        value: String,
        /// Whether all Shortcuts share it.
        global: bool,
    },
    /// Remove it from the store, if it is there. [`Reply::Done`].
    Delete {
        /// Under which name.
        key: String,
        /// Whether all Shortcuts share it.
        global: bool,
    },
    /// Put it where it can be pasted from. [`Reply::Done`].
    Copy {
        /// What is there from now on.
        text: String,
        /// Whether other devices of the same person may not have it.
        only_here: bool,
    },
    /// Open a web address. [`Reply::Done`].
    Open {
        /// As it was written; nobody has looked whether it is one.
        url: String,
    },
    /// Run another Shortcut. [`Reply::Output`].
    Run {
        /// Its name.
        shortcut: String,
        /// Its `Shortcut Input`.
        input: Option<String>,
    },
    /// The run is over.
    Ended(Outcome),
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// It begins with `https://` or `http://`.
    pub url: String,
    /// In the order in which they were written.
    pub headers: Vec<(String, String)>,
    /// As JSON, if there is one.
    pub body: Option<Json>,
}

/// What came of a [`Step`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Reply {
    /// It was done.
    Done,
    /// What was dictated, typed or scanned.
    Said(String),
    /// Which option was chosen, from 0.
    Chosen(usize),
    /// The person does not want to go on.
    Cancelled,
    /// There was an answer, whatever its status: a Shortcut cannot see that.
    Answered {
        /// Its `Content-Type`, with or without parameters.
        content_type: String,
        /// All of it; written down, a text.
        #[serde(deserialize_with = "bytes")]
        body: Vec<u8>,
    },
    /// There was no answer.
    NoNetwork,
    /// What the store has under that name.
    Stored(Option<String>),
    /// What the other Shortcut gave.
    Output(Option<String>),
}

/// How a run ended that was not stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "how", content = "value", rename_all = "kebab-case")]
pub enum Outcome {
    /// After the last action.
    Finished,
    /// By an action that exits.
    Exited,
    /// By an action that stops and gives this.
    Gave(String),
    /// By a person.
    Cancelled,
}

fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(from).map(String::into_bytes)
}
