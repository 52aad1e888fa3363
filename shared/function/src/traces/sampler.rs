//! Which traces are recorded: OpenTelemetry's samplers, under its names.

use std::str::FromStr;

/// Decides about one trace, once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sampler {
    /// Whether a caller who is believed has the say.
    follows: bool,
    otherwise: Share,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Share {
    All,
    None,
    /// Traces whose number is below this one.
    Below(u64),
}

impl Default for Sampler {
    fn default() -> Self {
        Self { follows: true, otherwise: Share::All }
    }
}

impl Sampler {
    /// The sampler of that name, for so much of all traces, from 0 to 1; `None` if there is no such name or share.
    pub(crate) fn named(name: &str, share: Option<&str>) -> Option<Self> {
        let (follows, name) = name.strip_prefix("parentbased_").map_or((false, name), |name| (true, name));
        let otherwise = match name {
            "always_on" => Share::All,
            "always_off" => Share::None,
            "traceidratio" => below(share.map_or(Ok(1.0), f64::from_str).ok()?)?,
            _ => return None,
        };
        Some(Self { follows, otherwise })
    }

    /// Whether a trace is recorded: `caller` is what its caller says, if that is believed, and `by_chance` any number.
    pub(crate) fn samples(&self, caller: Option<bool>, by_chance: u64) -> bool {
        match (caller, self.otherwise) {
            (Some(sampled), _) if self.follows => sampled,
            (_, Share::All) => true,
            (_, Share::None) => false,
            (_, Share::Below(bound)) => by_chance < bound,
        }
    }
}

fn below(share: f64) -> Option<Share> {
    if share >= 1.0 {
        return (share <= 1.0).then_some(Share::All);
    }
    // In whole parts of 2^32, which no share is too large for.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^32")]
    (share >= 0.0).then_some(Share::Below(((share * 4_294_967_296.0) as u64) << 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, share: &str) -> Sampler {
        Sampler::named(name, Some(share)).expect("a sampler")
    }

    #[test]
    fn a_caller_who_is_believed_has_the_say_where_the_sampler_follows() {
        for (name, follows) in
            [("parentbased_always_on", true), ("parentbased_traceidratio", true), ("always_on", false)]
        {
            assert!(named(name, "1").samples(Some(true), 0), "{name}");
            assert_eq!(named(name, "1").samples(Some(false), 0), !follows, "{name}");
        }
        assert!(named("parentbased_always_off", "1").samples(Some(true), 0));
        assert!(!named("always_off", "1").samples(Some(true), 0));
        assert_eq!(Sampler::default(), named("parentbased_always_on", ""));
    }

    #[test]
    fn a_share_is_that_much_of_all_numbers() {
        let quarter = named("traceidratio", "0.25");
        let step = u64::MAX / 1000;
        let sampled = (0..1000).filter(|n| quarter.samples(None, n * step)).count();
        assert!((249..=251).contains(&sampled), "{sampled}");
        assert!(!named("traceidratio", "0").samples(None, 0));
        assert!(named("traceidratio", "1").samples(None, u64::MAX));
        assert!(Sampler::named("traceidratio", None).expect("all").samples(None, u64::MAX));
    }

    #[test]
    fn what_is_no_sampler_is_none() {
        for (name, share) in [("", "1"), ("jaeger_remote", "1"), ("traceidratio", "2"), ("traceidratio", "-1")] {
            assert_eq!(Sampler::named(name, Some(share)), None, "{name} {share}");
        }
        assert_eq!(Sampler::named("parentbased_traceidratio", Some("NaN")), None);
        assert_eq!(Sampler::named("traceidratio", Some("half")), None);
    }
}
