//! Commits under concurrency.
fn main() {}
