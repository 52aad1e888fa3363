//! What a journey starts from: a deployment, an organiser, and as many rooms as it likes.

use crate::call::escape;
use crate::client::Client;
use crate::report::Step;
use crate::{Call, Outcome, Reply, Room, Target};
use serde_json::json;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// A journey's view of the deployment. Cheap to clone; every clone writes the same record.
#[derive(Clone)]
pub struct World(Arc<Client>);

impl World {
    /// A world of its own at `target`. A journey is given one; a test of one host makes its own.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn at(target: Target) -> Outcome<Self> {
        Client::new(target).map(|client| Self(Arc::new(client)))
    }

    /// The deployment.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// A room nobody else is in, on this run or another.
    pub fn room(&self) -> Room {
        let name = format!("{}-{:016x}", self.target().rooms, random());
        self.0.knows_room(&name);
        Room::named(self.clone(), name)
    }

    /// Does something, as nobody in particular; `step` says what, as a sentence.
    ///
    /// # Errors
    /// When no answer came, or one that breaks a law of every answer.
    pub async fn does(&self, step: &str, call: Call) -> Outcome<Reply> {
        self.0.send(step, call).await
    }

    /// The same, without a record: for crowds, whose order is nobody's promise.
    ///
    /// # Errors
    /// As [`World::does`].
    pub async fn does_in_a_crowd(&self, step: &str, call: Call) -> Outcome<Reply> {
        self.0.send_unrecorded(step, call).await
    }

    /// The same, as the organiser.
    ///
    /// # Errors
    /// As [`World::does`].
    pub async fn organiser_does(&self, step: &str, call: Call) -> Outcome<Reply> {
        let call = call.bearer(&self.0.target.organiser_key);
        self.0.send(step, call).await
    }

    /// The organiser asks for an invite with any body.
    ///
    /// # Errors
    /// As [`World::does`].
    pub async fn organiser_asks_for_an_invite(&self, body: &serde_json::Value) -> Outcome<Reply> {
        self.organiser_does("the organiser asks for an invite", Call::post("/qr").json(body)).await
    }

    /// A body that `POST /qr` takes, for a room of its own.
    pub fn invite_body(&self) -> serde_json::Value {
        json!({"room": self.room().name(), "team": "backend", "member": "Ana"})
    }

    /// Lets time pass.
    pub async fn waits(&self, seconds: u64) {
        self.0.remark(&format!("{seconds} s pass"));
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Puts a remark into the record.
    pub fn remarks(&self, what: &str) {
        self.0.remark(what);
    }

    /// Ends what the journey has begun: every invite that was issued, and so every session. What was said goes with its room, in time.
    ///
    /// # Errors
    /// When one is still good afterwards.
    pub async fn tidies(&self) -> Outcome {
        for id in self.0.issued() {
            let call = Call::delete(format!("/qr/{}", escape(&id))).bearer(&self.0.target.organiser_key);
            let reply = self.0.send_unrecorded("the organiser ends what the journey has begun", call).await?;
            reply.expect_status(200)?;
        }
        Ok(())
    }

    pub(crate) fn issued(&self, id: &str) {
        self.0.keeps_issued(id);
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.0.requests()
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        self.0.steps()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A number that nobody had before. The standard library seeds each `RandomState` from the system's randomness and
/// never gives the same one twice in a process.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
