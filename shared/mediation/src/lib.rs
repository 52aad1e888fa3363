//! The mediator: hears a complaint, puts it so that the other side can listen.
