//! The store, as the functions see it: whether it is there, and how long it takes. Readiness says both.

use super::Finding;
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

/// Asks.
pub(super) async fn ask(world: &World) -> Outcome<Store> {
    let answer = world.does("the monitor asks how long the store takes", Call::get("/health?probe=ready")).await?;
    let expected = "a store that is up, with its round trip";
    if answer.code() == "not-ready" {
        let dependencies = answer.list("dependencies")?;
        let is_down = dependencies.iter().any(|one| one["name"] == NAME && one["state"] == "down");
        let failure = answer.failure(expected, if is_down { "it is down".to_owned() } else { answer.summary() });
        return if is_down { Ok(Store::Down(failure)) } else { Err(failure) };
    }
    let ready = answer.expect_code("ready")?;
    let dependencies = ready.list("dependencies")?;
    let store = dependencies.iter().find(|one| one["name"] == NAME && one["state"] == "up");
    let took = store.and_then(|store| store["round_trip_ms"].as_f64()).filter(|took| *took >= 0.0);
    took.map(Store::Up).ok_or_else(|| ready.failure(expected, ready.summary()))
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
