//! Truce on a wrist: the Shortcuts, written as code.

pub mod machine;
