//! Write a function once, run it on every host.
