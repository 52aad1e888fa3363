//! A built Shortcut runs here as it would in the app; each test states what of that it is about.

mod blocks;
mod file;
mod outside;
mod plists;
mod random;
mod texts;
mod values;
