//! Who called, as whoever stands in front has written it down.

use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The last address in `X-Forwarded-For`: the one that the nearest in front has seen itself and put there. What stands before
/// it is the client's to write, so this is only for who knows that somebody stands in front.
pub(super) fn caller(headers: &HeaderMap) -> Option<String> {
    let last = headers.get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    // Some put the port there as well.
    let address = last.parse::<SocketAddr>().map(|address| address.ip()).or_else(|_| last.parse::<IpAddr>()).ok()?;
    Some(address.to_string())
}
