//! What may be replied to a step, and where that leads.

use super::flow::Flow;
use super::step::{Outcome, Reply};
use super::stopped::Why;
use super::value::Value;
use super::web;

/// What an action waits for.
#[derive(Clone)]
pub(super) enum Expected {
    Done,
    DoneOrCancelled,
    Said,
    /// One of these texts.
    Choice(Vec<String>),
    /// The case of a menu that begins there.
    Case(Vec<usize>),
    Answer,
    Stored,
    Output,
}

impl Expected {
    /// A person who cancels ends the run, which is no error.
    pub(super) fn receive(self, reply: Reply) -> Result<Flow, Why> {
        match (self, reply) {
            (Self::Done | Self::DoneOrCancelled, Reply::Done) => Ok(Flow::Silent),
            (Self::DoneOrCancelled | Self::Said | Self::Choice(_) | Self::Case(_), Reply::Cancelled) => {
                Ok(Flow::End(Outcome::Cancelled))
            }
            (Self::Said, Reply::Said(text)) => Ok(Flow::Gives(Value::Text(text))),
            (Self::Choice(mut options), Reply::Chosen(at)) if at < options.len() => {
                Ok(Flow::Gives(Value::Text(options.swap_remove(at))))
            }
            (Self::Case(cases), Reply::Chosen(at)) if at < cases.len() => Ok(Flow::To(cases[at])),
            (Self::Answer, Reply::Answered { content_type, body }) => web::answer(&content_type, body).map(Flow::Gives),
            (Self::Answer, Reply::NoNetwork) => Err(Why::Network),
            (Self::Stored, Reply::Stored(text)) | (Self::Output, Reply::Output(text)) => {
                Ok(Flow::Gives(text.map_or(Value::Nothing, Value::Text)))
            }
            (expected, _) => Err(Why::Reply(expected.name())),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Done => "that it was done",
            Self::DoneOrCancelled => "that it was done or cancelled",
            Self::Said => "what was said",
            Self::Choice(_) | Self::Case(_) => "one of the options",
            Self::Answer => "an answer of the network",
            Self::Stored => "what is stored",
            Self::Output => "what the other Shortcut gave",
        }
    }
}
