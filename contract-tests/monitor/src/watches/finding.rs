//! What a look has come to, for people and for programs.

use serde::Serialize;
use truce_alarms::{Level, Watch};

/// What came of one look at one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub watch: Watch,
    /// The deployment.
    pub target: String,
    /// What of it, as an alert would call it.
    pub about: String,
    /// How it is.
    pub level: Level,
    /// What was seen; or why nothing was.
    pub found: String,
    /// What to do, in a sentence; empty where there is nothing to be done.
    pub mend: String,
    /// What finds it in the function's log, where one answer showed it.
    pub request_id: Option<String>,
    /// The deployment that it was compared with.
    pub beside: Option<String>,
}

impl Finding {
    pub(super) fn well(watch: Watch, about: impl Into<String>, found: impl Into<String>) -> Self {
        Self::of(watch, Level::Well, about, found, "")
    }

    pub(super) fn not_seen(watch: Watch, about: impl Into<String>, why: impl Into<String>) -> Self {
        Self::of(watch, Level::NotSeen, about, why, "")
    }

    pub(super) fn of(
        watch: Watch,
        level: Level,
        about: impl Into<String>,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            watch,
            target: String::new(),
            about: about.into(),
            level,
            found: found.into(),
            mend: mend.into(),
            request_id: None,
            beside: None,
        }
    }

    pub(super) fn by(mut self, request_id: &str) -> Self {
        self.request_id = Some(request_id.to_owned()).filter(|id| id != "none" && !id.is_empty());
        self
    }

    pub(super) fn at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        // Some of it somebody else's server has said: nothing of that moves a cursor.
        self.found.retain(|letter| !letter.is_control());
        self
    }

    /// Whether a round with it has not held.
    pub fn is_wrong(&self) -> bool {
        self.level == Level::Wrong
    }
}
