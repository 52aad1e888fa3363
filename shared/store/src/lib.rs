//! The few things that outlive a request: spent invites, revocations, the room log.
