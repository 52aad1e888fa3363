//! W3C trace context (<https://www.w3.org/TR/trace-context/>): a request belongs to a trace that may have begun elsewhere.

use crate::Random;
use std::fmt::Write as _;

/// The trace a request belongs to, and our own span in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    /// The caller's span, if it named one.
    #[cfg(feature = "traces")]
    pub(crate) parent_id: Option<String>,
    flags: u8,
}

/// Whether a span is recorded, among the flags of a trace.
#[cfg(feature = "traces")]
const SAMPLED: u8 = 1;

impl TraceContext {
    /// Goes on with the caller's trace when its header is well formed, begins one otherwise.
    pub(crate) fn from_header(header: Option<&str>, random: &dyn Random) -> Self {
        let caller = header.and_then(parse);
        Self {
            trace_id: caller.map_or_else(|| hex::<16>(random), |(trace_id, ..)| trace_id.to_owned()),
            span_id: hex::<8>(random),
            #[cfg(feature = "traces")]
            parent_id: caller.map(|(_, parent_id, _)| parent_id.to_owned()),
            flags: caller.map_or(0, |(.., flags)| flags),
        }
    }

    pub(crate) fn to_header(&self) -> String {
        format!("00-{}-{}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

#[cfg(feature = "traces")]
impl TraceContext {
    /// Whether the caller's span is recorded, by what it says; `None` when it named none.
    pub(crate) fn caller_samples(&self) -> Option<bool> {
        self.parent_id.as_ref().map(|_| self.flags & SAMPLED != 0)
    }

    /// Says whether our span is recorded. What else the flags say is the trace's, and stays.
    pub(crate) fn sample(&mut self, sampled: bool) {
        self.flags = (self.flags & !SAMPLED) | u8::from(sampled);
    }
}

/// Version 00 exactly; a later version is read as far as 00 goes, as the standard asks.
fn parse(header: &str) -> Option<(&str, &str, u8)> {
    let mut parts = header.trim().split('-');
    let (version, trace_id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let not_zero = |part: &str| part.bytes().any(|b| b != b'0');
    let well_formed = is_hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && is_hex(trace_id, 32)
        && not_zero(trace_id)
        && is_hex(parent, 16)
        && not_zero(parent)
        && is_hex(flags, 2);
    let flags = u8::from_str_radix(flags, 16).ok()?;
    well_formed.then_some((trace_id, parent, flags))
}

/// `BYTES` random bytes as lower-case hex.
pub(crate) fn hex<const BYTES: usize>(random: &dyn Random) -> String {
    let mut bytes = [0; BYTES];
    random.fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(BYTES * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    const WELL_FORMED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_well_formed_trace_is_continued_with_a_span_of_our_own() {
        let context = TraceContext::from_header(Some(WELL_FORMED), &SystemRandom);
        assert_eq!(context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(context.span_id, "00f067aa0ba902b7");
        #[cfg(feature = "traces")]
        assert_eq!(context.parent_id.as_deref(), Some("00f067aa0ba902b7"));
        assert!(context.to_header().ends_with("-01"));
    }

    #[test]
    fn a_malformed_trace_is_replaced_not_repeated() {
        for header in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-<script>-00f067aa0ba902b7-01",
        ] {
            let context = TraceContext::from_header(Some(header), &SystemRandom);
            assert_ne!(context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736", "{header}");
            assert!(parse(&context.to_header()).is_some());
        }
    }
}
