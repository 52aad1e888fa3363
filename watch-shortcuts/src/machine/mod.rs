//! Runs a built Shortcut, as the Shortcuts app would, one step at a time.
//!
//! A [`Machine`] is read from a property list and asked for its [`next`](Machine::next) step; whoever drives it does that step, be it a
//! test, a server or a page, and comes back with the [`Reply`]. It has no clock, no network and no store of its own.
//!
//! It never guesses. An action, a parameter or a kind of value that is not known here stops the run and says so, as a Shortcut that
//! does something else on a wrist than it does here is worse than one that does not run here. So does what the app is lenient
//! about: the output of an action that has not run, and an omitted input after an action that has no output.
//!
//! Four rules are decided here, as nobody has written down what the app does. A condition compares exactly, with upper and lower case. An
//! empty text has no value for it, nor has what came out of a dictionary and has not been through a text. A null in a dictionary is
//! refused when it is read. What is under a key is found by its path alone: a key with a dot in it is out of reach.

mod actions;
mod blocks;
mod dictionaries;
mod file;
mod fits;
mod flow;
mod known;
mod limits;
mod memory;
mod parameters;
mod reply;
mod step;
mod stopped;
mod tokens;
mod value;
mod web;

pub(crate) use blocks::Blocks;
pub(crate) use file::Action;
pub(crate) use fits::misfits;
pub(crate) use known::unknown;
pub use step::{Outcome, Reply, Request, Step};
pub use stopped::{Broken, Fault, Stopped, Why};

use flow::Flow;
use memory::Memory;
use plist::Value as Plist;
use reply::Expected;
use std::fmt;

/// A run is stopped after that many actions, as no run on a wrist is that long and one that never ends is a mistake.
pub const MAX_ACTIONS: usize = 10_000;

/// The property list in `bytes`, whatever it is, within the limits of what is read here.
pub(crate) fn root(bytes: &[u8]) -> Result<Plist, Broken> {
    file::root(bytes)
}

/// What is in the Shortcut in `bytes`, and its actions, whose blocks fit together: for whoever looks at it without running it.
pub(crate) fn parts(bytes: &[u8]) -> Result<(Plist, Vec<Action>, Blocks), Broken> {
    let root = file::root(bytes)?;
    let actions = file::actions(&root)?;
    let blocks = Blocks::pair(&actions)?;
    Ok((root, actions, blocks))
}

/// A Shortcut that runs. A copy of it goes on from the same action.
#[derive(Clone)]
pub struct Machine {
    actions: Vec<Action>,
    blocks: Blocks,
    memory: Memory,
    at: usize,
    ran: usize,
    expected: Option<Expected>,
    over: Option<Result<Outcome, Stopped>>,
}

impl Machine {
    /// The Shortcut in `bytes`, a property list as XML or binary, before its first action. `input` is its `Shortcut Input`.
    ///
    /// # Errors
    /// [`Broken`]: it is no property list, no Shortcut, or its blocks do not fit together. Nothing has run then.
    pub fn read(bytes: &[u8], input: Option<String>) -> Result<Self, Broken> {
        let actions = file::actions(&file::root(bytes)?)?;
        let blocks = Blocks::pair(&actions)?;
        Ok(Self { actions, blocks, memory: Memory::new(input), at: 0, ran: 0, expected: None, over: None })
    }

    /// Which action it is at, from 1: the one that asked for the last step.
    pub fn at(&self) -> usize {
        self.at + 1
    }

    /// Runs until something has to be done outside, or the run ends. The first call has no reply, every other one has the reply to the
    /// step before. A run that is over stays over: it says the same again, whatever is replied.
    ///
    /// # Errors
    /// [`Stopped`]: the action that cannot be run, and why.
    pub fn next(&mut self, reply: Option<Reply>) -> Result<Step, Stopped> {
        if let Some(over) = &self.over {
            return over.clone().map(Step::Ended);
        }
        let step = self.resume(reply).map_err(|why| self.stopped(why));
        self.over = match &step {
            Ok(Step::Ended(outcome)) => Some(Ok(outcome.clone())),
            Ok(_) => None,
            Err(stopped) => Some(Err(stopped.clone())),
        };
        step
    }

    fn resume(&mut self, reply: Option<Reply>) -> Result<Step, Why> {
        let mut flow = match (self.expected.take(), reply) {
            (None, None) => self.act()?,
            (Some(expected), Some(reply)) => expected.receive(reply)?,
            (Some(_), None) => return Err(Why::NoReply),
            (None, Some(_)) => return Err(Why::NothingAsked),
        };
        loop {
            if let Some(step) = self.follow(flow) {
                return Ok(step);
            }
            flow = self.act()?;
        }
    }

    /// Runs the action that it is at; after the last one the run is at its end.
    fn act(&mut self) -> Result<Flow, Why> {
        if self.at == self.actions.len() {
            return Ok(Flow::End(Outcome::Finished));
        }
        if self.ran == MAX_ACTIONS {
            return Err(Why::Endless);
        }
        self.ran += 1;
        actions::act(&self.actions, self.at, &self.blocks, &mut self.memory)
    }

    /// Goes where an action led; a step is for whoever drives.
    fn follow(&mut self, flow: Flow) -> Option<Step> {
        match flow {
            Flow::Gives(value) => {
                let uuid = self.actions.get(self.at).and_then(Action::uuid);
                self.memory.gave(uuid, value);
                self.at += 1;
            }
            Flow::Keeps => self.at += 1,
            Flow::Silent => self.go(self.at + 1),
            Flow::To(at) => self.go(at),
            Flow::Wait(step, expected) => {
                self.expected = Some(expected);
                return Some(step);
            }
            Flow::End(outcome) => return Some(Step::Ended(outcome)),
        }
        None
    }

    fn go(&mut self, at: usize) {
        self.memory.previous = None;
        self.at = at;
    }

    fn stopped(&self, why: Why) -> Stopped {
        let identifier = self.actions.get(self.at).map(|action| action.identifier.clone());
        Stopped { number: self.at + 1, identifier: identifier.unwrap_or_default(), why }
    }
}

/// Without what it remembers: there may be a session in it.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("at", &self.at).field("over", &self.over).finish_non_exhaustive()
    }
}
