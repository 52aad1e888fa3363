//! What a mediation is made of. Nothing here prints what people said: `Debug` shows kinds and lengths only, because
//! debug output ends up in logs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Said anew; [`Mediation::message`] is what would be delivered.
    Reframe,
    /// Already something the other side can hear; passes unchanged.
    Civil,
    /// It is not clear what happened; [`Mediation::say`] is one short question to the sender.
    Ask,
    /// There is nothing to deliver: empty, not English, unreadable, an instruction to the software.
    Decline,
    /// A person is needed. Nothing is reframed and nothing is delivered.
    Escalate,
}

/// What a quick reply does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyKind {
    /// Yes to the request: becomes an agreement.
    Accept,
    /// Not quite, but something else.
    Counter,
    /// No.
    Decline,
    /// A question back.
    Question,
}

/// One short answer that the receiver can tap.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// What tapping it means.
    pub kind: ReplyKind,
    /// What is shown, at most about 30 characters.
    pub text: String,
}

/// What the message asks for. Accepting it makes an agreement.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Reads well after "Backend agreed: ", for example "share the API spec".
    pub what: String,
    /// As the sender said it, for example "Thursday".
    pub by_when: Option<String>,
}

/// What the mediator made of one message.
#[derive(Clone, Serialize)]
pub struct Mediation {
    /// What to do.
    pub plan: Plan,
    /// Stable, kebab-case. Escalations name the risk, refusals the reason, messages the topic.
    pub category: &'static str,
    /// What the sender's Watch shows: at most [`crate::MAX_CHARS`] characters, ends as a sentence.
    pub say: String,
    /// What would be delivered; empty unless the plan is [`Plan::Reframe`] or [`Plan::Civil`].
    pub message: String,
    /// Quick replies for the receiver of `message`; empty when there is nothing to answer.
    pub menu: Vec<QuickReply>,
    /// One line for the sender: what was understood, with the feeling and the need.
    pub heard: String,
    /// Feelings named or heard, in the mediator's own words.
    pub feelings: Vec<&'static str>,
    /// Needs behind the message.
    pub needs: Vec<&'static str>,
    /// What is asked for, if anything is.
    pub request: Option<Request>,
    /// Which engine found the words: `embedded`, or `model` after [`crate::Mediator::reworded`].
    pub engine: &'static str,
}

impl Mediation {
    /// Whether this asks if somebody is in danger. The sender's answer goes to [`crate::Mediator::mediate_reassured`] or
    /// [`crate::Mediator::turn_to_person`].
    pub fn is_safety_check(&self) -> bool {
        self.category == crate::steps::SAFETY_CHECK
    }

    /// Whether other words may be looked for: it is understood, nobody is in danger, and it would be said anew anyway.
    pub fn may_be_reworded(&self) -> bool {
        self.plan == Plan::Reframe
    }

    /// A mediation that delivers nothing: a question, a refusal or an escalation.
    pub(crate) fn quiet(plan: Plan, category: &'static str, say: impl Into<String>) -> Self {
        Self {
            plan,
            category,
            say: say.into(),
            message: String::new(),
            menu: Vec::new(),
            heard: String::new(),
            feelings: Vec::new(),
            needs: Vec::new(),
            request: None,
            engine: "embedded",
        }
    }

    /// The other way round from [`Mediation::quiet`]: a message that can be delivered.
    pub(crate) fn deliverable(plan: Plan, category: &'static str, message: String) -> Self {
        Self { say: message.clone(), message, ..Self::quiet(plan, category, "") }
    }
}

impl fmt::Debug for QuickReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuickReply").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("dated", &self.by_when.is_some()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mediation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mediation")
            .field("plan", &self.plan)
            .field("category", &self.category)
            .field("message_chars", &self.message.chars().count())
            .field("menu", &self.menu.len())
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}
