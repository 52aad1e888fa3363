//! Truce on a wrist: the Shortcuts, written as code.
//!
//! [`set`] tells the five as stories, in the words of [`action`] and [`Story`]; [`file`](mod@file) makes of them what the Shortcuts app reads, the same bytes
//! every time; [`lint`] looks at those bytes as they are, for what a Watch would stumble over; [`machine`] runs them; [`compare`] says whether what
//! has come from somebody is one of them.

pub mod action;
pub mod address;
pub mod compare;
pub mod file;
pub mod lint;
pub mod machine;
pub mod set;
#[cfg(feature = "signed")]
pub mod signed;
mod story;
mod text;

pub use address::{Address, Addresses, Wrong};
pub use story::{Icon, Output, Shortcut, Story, Where};
pub use text::Text;
