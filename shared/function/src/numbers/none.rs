//! Where nothing is counted.

use super::{Asked, Words};
use crate::Synthetic;
use axum::extract::Request;
use http::StatusCode;
use std::time::Duration;

/// What is counted: nothing.
#[derive(Debug, Clone, Copy)]
pub struct Numbers;

/// A request that is being answered.
#[derive(Debug, Clone, Copy)]
pub struct Underway;

// As the ones that count, so that whoever calls them need not know.
#[allow(clippy::unused_self, clippy::trivially_copy_pass_by_ref)]
impl Numbers {
    pub(crate) fn of(_: &str) -> Self {
        Self
    }

    pub(crate) fn begins(&self, _: &str, _: &Request) -> Underway {
        Underway
    }

    pub(crate) fn throttled(&self, _: &'static str, _: Synthetic) {}

    /// The model was asked, and it took so long.
    pub fn asked(&self, _: Asked, _: Duration) {}

    /// Somebody got words.
    pub fn worded(&self, _: Words, _: Synthetic) {}
}

#[allow(clippy::unused_self)]
impl Underway {
    pub(crate) fn answered(self, _: StatusCode, _: Duration) {}
}
