//! Sealed tokens: invites, sessions, drafts; the key ring; lifetimes.
