//! The mediator: hears a complaint, puts it so that the other side can listen.
//!
//! [`Mediator::mediate`] takes what somebody dictated and answers with a [`Mediation`]: either a message that the other
//! team can take in, or one short question back, or a kind refusal, or, when a person is needed, who to turn to.
//! It needs no network, no clock and no memory: the same text always gives the same answer. A language model may be asked for
//! other words ([`provider`]), and [`Mediator::reworded`] decides whether they are fit to be shown.
//!
//! The work is done in five steps, one module each, so that each can grow without the others:
//!
//! 1. `parse`: dictated text has no punctuation, so words become tokens, tokens become clauses and clauses become frames
//!    (who, did what, to what, when). Numbers, times, names, ticket ids, quotes, code and links are protected.
//! 2. `safety` and `classify`: what must go to a human; then what each clause does (event, judgement, mind-reading,
//!    demand, feeling).
//! 3. `plan`: pass, reframe, ask, decline or escalate; which events, which need, which request.
//! 4. `realise`: several candidate wordings of different length.
//! 5. `check`: every candidate is read again as the receiver would read it. What does not pass is not sent.
//!
//! Hostility at work is seldom profanity, so words are not deleted from the text: what happened is extracted, and said anew.

// A rule about language reads as it is said: "a conjunction, and not (`so` without a clause after it)". The minimal form
// of the same expression says it to nobody.
#![allow(clippy::nonminimal_bool, clippy::struct_excessive_bools)]

mod check;
mod classify;
mod guard;
mod lexicon;
mod model;
mod parse;
mod plan;
pub mod provider;
mod realise;
mod safety;
mod steps;
#[cfg(feature = "training")]
pub mod training;

use steps::Told;

pub use guard::Rejected;
pub use model::{Mediation, Plan, QuickReply, ReplyKind, Request};

/// The longest text that is shown or delivered, in characters: what a Watch shows without scrolling far.
pub const MAX_CHARS: usize = 140;

/// The embedded mediator: rules and word tables, no network.
#[derive(Clone)]
pub struct Mediator {
    human: String,
}

impl Mediator {
    /// `human`: who to turn to when software must not mediate, for example "your people team".
    pub fn new(human: impl Into<String>) -> Self {
        Self { human: human.into() }
    }

    /// Hears one message and plans what to do with it. Never fails, whatever the text is.
    pub fn mediate(&self, text: &str) -> Mediation {
        steps::mediate(text, &self.human, Told::Nothing)
    }

    /// The same for a sender who was asked ([`Mediation::is_safety_check`]) and said that nobody is in danger. What is
    /// surely grave goes to a person all the same.
    pub fn mediate_reassured(&self, text: &str) -> Mediation {
        steps::mediate(text, &self.human, Told::NobodyInDanger)
    }

    /// For a sender who was asked and said that somebody is: who to turn to.
    pub fn turn_to_person(&self, text: &str) -> Mediation {
        steps::turn_to_person(text, &self.human)
    }

    /// A gentler wording of a message that [`Mediator::mediate`] made, with every fact kept.
    /// Returned unchanged when it cannot be softer.
    pub fn soften(&self, message: &str) -> String {
        realise::soften::soften(message)
    }

    /// What somebody answers in their own words to a message they received.
    /// Short civil answers pass as they are; anything else goes through [`Mediator::mediate`].
    pub fn answer(&self, text: &str) -> Mediation {
        steps::answer(text, &self.human)
    }
}

impl std::fmt::Debug for Mediator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mediator").finish_non_exhaustive()
    }
}
