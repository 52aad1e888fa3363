//! What the sealed tokens must hold, one module for each promise.
//!
//! The numbers in the comments are those of the list of security requirements in the project's documentation.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may unwrap as the test may: a panic is the report")]

mod agreement;
mod keys;
mod lifetimes;
mod names;
mod purposes;
mod redaction;
mod rotation;
mod round_trips;
mod sessions;
mod sizes;
mod support;
mod tampering;
mod vectors;
