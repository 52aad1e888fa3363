//! Which keys a process has, as it tells its organisers: whether all functions have the same, and when one ends, is not
//! to be seen otherwise.
//!
//! What is told is what stands in the footer of every token, and until when it opens. Nothing else of a key goes through
//! here, and nobody but an organiser is told (docs/decisions/2026-11-26-keys-are-told-by-id.md).

use crate::auth::Organiser;
use crate::{Environment, Problem, time};
use axum::extract::OptionalFromRequestParts;
use http::request::Parts;
use serde::Serialize;
use truce_session::{KeyId, KeyState};
use utoipa::ToSchema;

/// A key on the ring, without the key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToldKey {
    /// As the footer of each token that it sealed has it.
    #[schema(pattern = "^[A-Za-z0-9_-]{4}$")]
    id: String,
    /// `active` seals and opens; `accepted` opens; `retiring` opens until its end, and is told after it as long as it is there.
    #[schema(pattern = "^(active|accepted|retiring)$")]
    state: &'static str,
    /// When a retiring one ends; RFC 3339.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// The keys of this process, the active one first, if it is an organiser who asks.
///
/// # Errors
/// 401 for a key that does not hold, 429 when that was tried too often.
pub async fn told(parts: &mut Parts, env: &Environment) -> Result<Option<Vec<ToldKey>>, Problem> {
    let organiser = <Organiser as OptionalFromRequestParts<_>>::from_request_parts(parts, env).await?;
    Ok(organiser.map(|_| env.keys().keys().map(ToldKey::from).collect()))
}

impl From<(KeyId, KeyState)> for ToldKey {
    fn from((id, state): (KeyId, KeyState)) -> Self {
        let (state, until) = match state {
            KeyState::Active => ("active", None),
            KeyState::Accepted => ("accepted", None),
            KeyState::RetiringUntil(until) => ("retiring", Some(time::rfc3339(until))),
        };
        Self { id: id.to_string(), state, until }
    }
}

#[cfg(test)]
mod tests {
    use super::ToldKey;
    use serde_json::{Value, json};
    use truce_session::KeyRing;

    fn told(ring: &KeyRing) -> Value {
        serde_json::to_value(ring.keys().map(ToldKey::from).collect::<Vec<_>>()).expect("JSON")
    }

    #[test]
    fn each_key_is_told_by_its_id_and_state_and_none_by_itself() {
        let mut next = 0_u8;
        let random = &mut |bytes: &mut [u8]| {
            for byte in bytes {
                next = next.wrapping_add(7);
                *byte = next;
            }
        };
        let ring = KeyRing::generate(random).expect("a ring");
        let first = ring.active_id().to_string();
        let ring = ring.rotate(1_790_000_000, random).expect("rotated");
        let (ring, third) = ring.introduce(random).expect("introduced");
        let [second, third] = [ring.active_id().to_string(), third.to_string()];
        let told = told(&ring);
        let expected = json!([
            {"id": second, "state": "active"},
            {"id": third, "state": "accepted"},
            {"id": first, "state": "retiring", "until": "2026-10-21T14:13:50Z"},
        ]);
        assert_eq!(told, expected);
        for entry in ring.to_text().lines() {
            let key = entry.split(':').nth(1).expect("a key");
            assert!(!told.to_string().contains(key));
        }
    }
}
