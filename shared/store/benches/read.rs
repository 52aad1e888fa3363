//! Reading a room's log at a cursor.
fn main() {}
