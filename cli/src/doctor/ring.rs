//! Which keys each function has, by id, as it tells whoever has an organiser's key. Through an edge it is the health function that tells.

use super::Visit;
use super::finding::Finding;
use crate::failure::Failure;
use reqwest::Method;
use std::time::{SystemTime, UNIX_EPOCH};
use truce_contract::Secret;
use truce_looks::Ring;
use truce_looks::ring::{SAME, apart, places};

const KEYS: &str = "keys";

/// Asks each address.
pub(super) async fn look(visit: &mut Visit, key: &Secret) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut rings = Vec::new();
    for (function, names) in places(&visit.addresses) {
        let url = format!("{}/health?probe=ready", visit.addresses.base(function));
        let answer = visit.caller.send(Method::GET, &url, Some(key), None).await.ok();
        let Some(ring) = answer.and_then(|answer| Ring::read(&names, answer.value("keys"))) else {
            let why = format!("{names} does not tell which it has: it is not ready, or of an earlier version");
            visit.report.tell(Finding::not_looked_at(KEYS, why))?;
            continue;
        };
        rings.push(ring);
    }
    let Some(first) = rings.first() else { return Ok(()) };
    let names: Vec<&str> = rings.iter().map(|ring| ring.of.as_str()).collect();
    visit.report.tell(match apart(&rings, now) {
        Some(found) => Finding::wrong(KEYS, found, SAME),
        None => Finding::ok(KEYS, format!("{}: {}", names.join(", "), first.in_words(now))),
    })
}
