//! Runs a built Shortcut, as the Shortcuts app would, one step at a time.
