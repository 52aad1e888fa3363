//! How entries get their numbers where no counter lasts for ever, and how long what has expired is still kept.
//!
//! A counter that starts again at 1, because it expired with its idle room or because a failover lost the last second,
//! would put new entries before the cursors that clients hold, and they would never see them. So a number is also a
//! time: never below [`floor`] of the second in which the entry is written.

/// Bits below the second: a room may take a million entries in one second before its numbers run ahead of the clock.
const WITHIN_A_SECOND: u32 = 20;

/// How long a product that expires rows by itself keeps one beyond its `keep_until`, in seconds. Its clock is not the
/// caller's, and callers' clocks differ: whether a row exists is decided by comparing it with the caller's `now`, so
/// keeping it longer is never seen, and dropping it early would let an invite be used twice.
pub(crate) const MARGIN: u64 = 3600;

/// How long a room's last number outlives its last entry, in seconds, for a caller whose clock once was far ahead.
pub(crate) const NUMBER_KEPT: u64 = 400 * 24 * 3600;

/// The lowest number of an entry that is written at `now`. Below 2^52, which every number type holds exactly.
pub(crate) fn floor(now: u64) -> u64 {
    now.min(u64::from(u32::MAX)) << WITHIN_A_SECOND
}

/// Marks what one call has written, so that a repetition of it after a lost answer knows its own work.
pub(crate) fn attempt() -> Result<String, crate::StoreError> {
    let random = getrandom::u64().map_err(|_| crate::StoreError::lasting("the system has no randomness to give"))?;
    Ok(format!("{random:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_second_has_higher_numbers_than_a_million_entries_of_an_earlier_one() {
        assert!(floor(2_000_000_001) >= floor(2_000_000_000) + (1 << 20));
        assert!(floor(0) == 0 && floor(u64::MAX) < 1 << 52);
    }

    #[test]
    fn attempts_differ() {
        assert_ne!(attempt(), attempt());
    }
}
