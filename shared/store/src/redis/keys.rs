//! What keys are called. Names of rooms and ids are taken as they are, whatever is in them: each stands between a fixed
//! beginning and a fixed end, so no two names make the same key.

pub(super) const PING: &str = "truce:ping";

pub(super) fn spent(id: &str) -> String {
    format!("truce:spent:{id}")
}

pub(super) fn revoked(id: &str) -> String {
    format!("truce:revoked:{id}")
}

/// The keys of one room.
pub(super) struct Room<'a>(pub(super) &'a str);

impl Room<'_> {
    fn key(&self, part: &str) -> String {
        // A cluster takes what is between the first brace and the next as the slot's name: `room:` keeps it from being
        // empty, and a brace in the name cuts it short for all keys of the room alike.
        format!("truce:{{room:{}}}:{part}", self.0)
    }

    pub(super) fn entries(&self) -> String {
        self.key("entries")
    }

    pub(super) fn log(&self) -> String {
        self.key("log")
    }

    pub(super) fn agreements(&self) -> String {
        self.key("agreements")
    }

    /// All of them, in the order in which `append.lua` takes them.
    pub(super) fn all(&self) -> Vec<String> {
        vec![self.key("last"), self.entries(), self.log(), self.agreements(), self.key("expiries")]
    }
}
