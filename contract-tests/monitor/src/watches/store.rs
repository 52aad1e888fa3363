//! How long the store takes, as the functions see it: what readiness says of it.

use super::Finding;
use truce_alarms::{Level, Watch};
use truce_contract::{Call, Failure, Outcome, World};

const ABOUT: &str = "the store";

/// The round trip, in milliseconds.
pub(super) async fn round_trip(world: &World) -> Outcome<f64> {
    let ready = world.does("the monitor asks how long the store takes", Call::get("/health?probe=ready")).await?;
    let ready = ready.expect_code("ready")?;
    let dependencies = ready.list("dependencies")?;
    let store = dependencies.iter().find(|one| one["name"] == "store" && one["state"] == "up");
    let took = store.and_then(|store| store["round_trip_ms"].as_f64()).filter(|took| *took >= 0.0);
    took.ok_or_else(|| ready.failure("a store that is up, with its round trip", ready.summary()))
}

pub(super) fn look(came: &Outcome<f64>) -> Finding {
    match came {
        Ok(took) => Finding::well(Watch::Store, ABOUT, format!("it took {took:.1} ms")),
        // Without a store most journeys fail, and that is told.
        Err(Failure { got, .. }) => Finding::of(Watch::Store, Level::NotSeen, ABOUT, got.clone(), ""),
    }
}
