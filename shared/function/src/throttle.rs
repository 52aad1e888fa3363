//! How often somebody may try, within one process.
//!
//! The first line against guessing and flooding; an edge in front counts across processes. A window of one minute,
//! a bounded table, and nothing kept but a hash of who it was.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

const WINDOW_SECONDS: u64 = 60;
/// When more callers than this are known, the window starts anew: memory stays bounded under a flood of addresses.
const CALLERS: usize = 16_384;
/// Of an IPv6 address: a network of its own is the least that anybody is given (RFC 6177).
const HOUSEHOLD: u128 = !0 << 64;

pub(crate) struct Throttle {
    /// Attempts a minute; 0: no limit.
    limit: u32,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    begun: u64,
    attempts: HashMap<[u8; 16], u32>,
}

impl Throttle {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, window: Mutex::default() }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// The seconds to wait, when it was one too many.
    pub(crate) fn count(&self, what: &str, who: &str, now: u64) -> Result<(), u64> {
        self.with(now, |window, limit| {
            let attempts = window.attempts.entry(key(what, who)).or_default();
            *attempts = attempts.saturating_add(1);
            *attempts <= limit
        })
    }

    /// Whether the next attempt would be one too many, without counting it.
    pub(crate) fn check(&self, what: &str, who: &str, now: u64) -> Result<(), u64> {
        self.with(now, |window, limit| window.attempts.get(&key(what, who)).is_none_or(|attempts| *attempts < limit))
    }

    fn with(&self, now: u64, allowed: impl FnOnce(&mut Window, u32) -> bool) -> Result<(), u64> {
        if self.limit == 0 {
            return Ok(());
        }
        let mut window = self.window.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if now >= window.begun.saturating_add(WINDOW_SECONDS) || window.attempts.len() >= CALLERS {
            window.begun = now;
            window.attempts.clear();
        }
        if allowed(&mut window, self.limit) {
            Ok(())
        } else {
            Err((window.begun + WINDOW_SECONDS).saturating_sub(now).max(1))
        }
    }
}

/// Whom an address stands for: in IPv6 a household, or a phone, has the first half of one, and the other half is its to choose.
pub(crate) fn caller(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & HOUSEHOLD).to_string(),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

fn key(what: &str, who: &str) -> [u8; 16] {
    let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(who).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attempt_after_the_limit_waits_for_the_next_minute() {
        let throttle = Throttle::new(2);
        assert_eq!(throttle.count("redeem", "a", 100), Ok(()));
        assert_eq!(throttle.check("redeem", "a", 100), Ok(()));
        assert_eq!(throttle.count("redeem", "a", 110), Ok(()));
        assert_eq!(throttle.check("redeem", "a", 110), Err(50));
        assert_eq!(throttle.count("redeem", "a", 110), Err(50));
        assert_eq!(throttle.count("redeem", "b", 110), Ok(()), "somebody else is not affected");
        assert_eq!(throttle.count("redeem", "a", 160), Ok(()), "a new minute");
    }

    #[test]
    fn memory_stays_bounded_under_a_flood_of_addresses() {
        let throttle = Throttle::new(1);
        for n in 0..(CALLERS * 2) {
            let _ = throttle.count("redeem", &n.to_string(), 0);
        }
        assert!(throttle.window.lock().expect("not poisoned").attempts.len() <= CALLERS);
    }

    #[test]
    fn who_has_many_addresses_is_one_caller() {
        for (address, expected) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("2001:db8:1:3::", "2001:db8:1:3::"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("192.0.2.7", "192.0.2.7"),
            ("", ""),
        ] {
            assert_eq!(caller(address), expected, "{address}");
        }
    }

    #[test]
    fn no_limit_means_no_limit() {
        let throttle = Throttle::new(0);
        assert!((0..1000).all(|_| throttle.count("redeem", "a", 0).is_ok()));
    }
}
