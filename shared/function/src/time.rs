//! Instants as the wire writes them.

/// `seconds` since 1970 as RFC 3339 in UTC, `2026-01-02T03:04:05Z`.
pub fn rfc3339(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn instants_are_rfc_3339_in_utc() {
        assert_eq!(super::rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(super::rfc3339(1_767_323_045), "2026-01-02T03:04:05Z");
    }
}
