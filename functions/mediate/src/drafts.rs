//! What waits for its owner's answer. It travels with the client, sealed; the server keeps nothing.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use truce_function::auth::Member;
use truce_function::{Environment, Problem};
use truce_mediation::{QuickReply, Request};
use truce_session::{Draft, SealError};

pub(crate) const SEND: &str = "Send it";
pub(crate) const SOFTER: &str = "Softer";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const GO_ON: &str = "No, go on";
pub(crate) const GET_HELP: &str = "Yes, get help";
/// Answers to the question whether somebody is in danger.
pub(crate) const SAFETY: [&str; 2] = [GO_ON, GET_HELP];

/// What a draft holds.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "kebab-case")]
pub(crate) enum Waiting {
    /// A message waits for "Send it".
    Outgoing(Outgoing),
    /// A question was asked back; what was said so far waits for the answer.
    Unclear { text: String, answers: Option<Asked> },
    /// The sender was asked whether somebody is in danger.
    Unsure { text: String, answers: Option<Asked> },
    /// A message was received and waits for a reply.
    Received { asked: Asked, replies: Vec<QuickReply> },
}

/// A message that waits for its sender's yes.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    /// Names the entry it becomes: softening keeps it, so that one complaint is delivered once whatever is tapped.
    pub(crate) id: String,
    pub(crate) message: String,
    pub(crate) request: Option<Request>,
    pub(crate) replies: Vec<QuickReply>,
    /// What it answers, if it is a reply.
    pub(crate) answers: Option<Asked>,
    /// Whether it could be put more softly.
    pub(crate) softer: bool,
}

impl Outgoing {
    /// What can be done with it.
    pub(crate) fn menu(&self) -> &'static [&'static str] {
        if self.softer { &[SEND, SOFTER, CANCEL] } else { &[SEND, CANCEL] }
    }
}

/// The message that is being answered.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) team: String,
    pub(crate) member: String,
    pub(crate) request: Option<Request>,
}

/// Seals a draft for a member.
///
/// # Errors
/// `None` when it is too long to be carried around.
pub(crate) fn seal(env: &Environment, member: &Member, waiting: Waiting) -> Result<Option<String>, Problem> {
    let draft = Draft::new(&member.session.claims, waiting);
    let host = env.settings().public_url.host();
    match env.keys().seal(&draft, host, env.now(), &mut |bytes| env.random().fill(bytes)) {
        Ok(sealed) => Ok(Some(sealed.expose().to_owned())),
        Err(SealError::TooLong { .. }) => Ok(None),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// Opens a draft of this member's.
///
/// # Errors
/// 400 `draft-invalid` when it is not one, is too old, or is somebody else's.
pub(crate) fn open(env: &Environment, member: &Member, token: &str) -> Result<Waiting, Problem> {
    let opened = env
        .keys()
        .open::<Draft<Waiting>>(token, env.settings().public_url.host(), env.now())
        .map_err(|_| draft_invalid())?;
    if !opened.claims.belongs_to(&member.session.claims) {
        return Err(draft_invalid());
    }
    Ok(opened.claims.content)
}

fn draft_invalid() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "draft-invalid",
        "The draft does not hold",
        "That one is gone. Say it once more, please.",
    )
    .detail("a `draft` holds for 15 minutes, for the session it was given to, and goes back unchanged")
}
