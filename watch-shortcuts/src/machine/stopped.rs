//! Why a Shortcut is not run, or not to its end, in a sentence that a person can act on.

use super::MAX_ACTIONS;
use super::memory::MAX_TEXT;
use thiserror::Error;

/// The action that stopped a run, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("action {number}, {identifier}: {why}")]
pub struct Stopped {
    /// Which one, from 1, as people count.
    pub number: usize,
    /// What kind of action it is.
    pub identifier: String,
    /// What is wrong.
    pub why: Why,
}

/// Why an action cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// The identifier.
    #[error("no such action is known here")]
    UnknownAction,
    /// A parameter that the action is not known to have.
    #[error("its parameter {0} is not known here")]
    UnknownParameter(String),
    /// A parameter that it needs.
    #[error("its parameter {0} is missing")]
    Missing(String),
    /// A parameter of another shape.
    #[error("its parameter {key} has to be {wanted}")]
    Shape {
        /// The parameter.
        key: String,
        /// With an article.
        wanted: &'static str,
    },
    /// A parameter of the right shape that asks for what is not implemented.
    #[error("its parameter {key} has the value {value}, which is not known here")]
    Unsupported {
        /// The parameter.
        key: String,
        /// What it asks for.
        value: String,
    },
    /// U+FFFC without a value for it.
    #[error("its parameter {key} has a placeholder at {at} and no value for it")]
    NoAttachment {
        /// The parameter.
        key: String,
        /// In UTF-16 units.
        at: usize,
    },
    /// A value without U+FFFC at its place.
    #[error("its parameter {key} has a value for {range}, where no placeholder is")]
    NoPlaceholder {
        /// The parameter.
        key: String,
        /// As it is written.
        range: String,
    },
    /// The same key twice in a dictionary.
    #[error("the key {0:?} is there twice")]
    KeyTwice(String),
    /// A variable that was not set before.
    #[error("the variable {0:?} is read before it is set")]
    UnsetVariable(String),
    /// A variable that the app sets itself.
    #[error("the variable {0:?} cannot be set")]
    Reserved(String),
    /// The output of an action that has not run, or has none.
    #[error("no action has given the output {0} yet")]
    NoOutput(String),
    /// An omitted input.
    #[error("it has no input, and the action before it has no output")]
    NoInput,
    /// A value that cannot be had as another kind of value.
    #[error("{from} does not become {to}")]
    Coercion {
        /// What there is, with an article.
        from: &'static str,
        /// What is needed, with an article.
        to: &'static str,
    },
    /// A key on the way to the last one.
    #[error("there is no dictionary under {missing:?} on the way to {path:?}")]
    NoSuchKey {
        /// The one that is not there.
        missing: String,
        /// All of it.
        path: String,
    },
    /// An index beyond the list, or 0.
    #[error("there is no item {index} in a list of {count}")]
    NoItem {
        /// From 1.
        index: u64,
        /// How many there are.
        count: usize,
    },
    /// A list without anything in it.
    #[error("there is nothing to choose from")]
    NothingToChoose,
    /// The cases are not those that can be chosen.
    #[error("the cases of the menu are not its items, in their order")]
    MenuCases,
    /// Not `http` or `https`.
    #[error("{0:?} is no web address")]
    NoAddress(String),
    /// No answer.
    #[error("the network failed")]
    Network,
    /// A reply that does not fit what was asked for.
    #[error("the reply does not fit: {0} is expected")]
    Reply(&'static str),
    /// A step that was not replied to.
    #[error("it waits for a reply")]
    NoReply,
    /// A reply to no step.
    #[error("there is a reply, and nothing was asked")]
    NothingAsked,
    /// A text beyond all measure.
    #[error("a text is longer than {MAX_TEXT} bytes")]
    TooLong,
    /// A run beyond all measure.
    #[error("{MAX_ACTIONS} actions have run: it would not end")]
    Endless,
}

/// Why a file cannot be run at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken {
    /// Neither XML nor binary.
    #[error("it is no property list: {0}")]
    NoPropertyList(String),
    /// More than a Shortcut ever is.
    #[error("it is larger or nested deeper than any Shortcut")]
    TooLarge,
    /// There is no array of them, or nothing in it.
    #[error("it has no actions")]
    NoActions,
    /// One that is not a dictionary with an identifier and parameters.
    #[error("action {0} is none")]
    NoAction(usize),
    /// A block that does not fit together with the others.
    #[error("action {number}, {identifier}: {fault}")]
    Block {
        /// Which action, from 1.
        number: usize,
        /// What kind of action it is.
        identifier: String,
        /// What does not fit.
        fault: Fault,
    },
}

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Neither a beginning, a middle nor an end.
    #[error("it has no mode from 0 to 2, or belongs to no group")]
    NoMode,
    /// Its group has had its beginning.
    #[error("its group begins twice")]
    Twice,
    /// Its group has no beginning, or was closed.
    #[error("its group is not open")]
    Orphan,
    /// Another one within it is still open.
    #[error("a block within it is not closed before it")]
    Crossed,
    /// Such as a third branch.
    #[error("its block has no such part")]
    Middle,
    /// An action that no case of a menu has.
    #[error("it stands before the first case of its menu")]
    BeforeCase,
    /// It has no end.
    #[error("its block is not closed")]
    Open,
}
