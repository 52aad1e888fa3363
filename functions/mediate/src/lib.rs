//! The mediate function.
