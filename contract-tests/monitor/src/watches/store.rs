//! The store, as the functions see it: whether it is there, and how long it takes. Readiness says both.

use super::Finding;
use serde_json::Value;
use truce_alarms::{Level, Watch};
use truce_contract::{Call, Failure, Outcome, World};

const ABOUT: &str = "the store";
/// As readiness names it.
const NAME: &str = "store";
const MEND: &str = "Look at the store itself, at the network to it, and at TRUCE_STORE: `truce doctor` asks the same, and docs/stores.md has what each needs.";

/// What readiness says of it.
pub(super) enum Store {
    /// It is there; its round trip, in milliseconds.
    Up(f64),
    /// A function does not reach it.
    Down(Failure),
}

/// Asks. What else comes than readiness is not quoted: it may be what somebody has said elsewhere.
pub(super) async fn ask(world: &World) -> Outcome<Store> {
    let asked = Call::get("/health?probe=ready");
    let answer = world.does("the monitor asks how long the store takes", asked).await.map_err(unquoted)?;
    let expected = "a store that is up, with its round trip";
    let dependencies = answer.value("dependencies").and_then(Value::as_array).cloned().unwrap_or_default();
    let store = |state| dependencies.iter().find(|one| one["name"] == NAME && one["state"] == state);
    if answer.code() == "not-ready" && store("down").is_some() {
        return Ok(Store::Down(answer.failure(expected, "it is down")));
    }
    let up = store("up").filter(|_| answer.code() == "ready");
    let took = up.and_then(|store| store["round_trip_ms"].as_f64()).filter(|took| *took >= 0.0);
    took.map(Store::Up).ok_or_else(|| answer.failure(expected, format!("{} without it", answer.status())))
}

/// Why there was no answer; of one that is not as it has to be, only that.
fn unquoted(failure: Failure) -> Failure {
    let got = if failure.expected == "an answer" { failure.got } else { "an answer that is none of Truce".to_owned() };
    Failure { got, ..failure }
}

pub(super) fn look(came: &Outcome<Store>) -> Finding {
    match came {
        Ok(Store::Up(took)) => Finding::well(Watch::Store, ABOUT, format!("it took {took:.1} ms")),
        Ok(Store::Down(failure)) => {
            let found = "no function reaches it: nobody gets in, and nothing is sent";
            Finding::of(Watch::Store, Level::Wrong, ABOUT, found, MEND).by(&failure.request_id)
        }
        // Whoever is not there at all has no store to speak of, and that is told.
        Err(Failure { got, .. }) => Finding::of(Watch::Store, Level::NotSeen, ABOUT, got.clone(), ""),
    }
}
