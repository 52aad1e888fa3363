//! Which keys a deployment has, as each function tells its organisers: by id and state, and never a key.
//!
//! Through an edge, which leads `/health` to one function, it is the ring of that one; where each has an address of its own, that of each.
//! What is told comes from outside: what is not as it has to be is none.

use jiff::Timestamp;
use serde_json::Value;
use std::fmt;
use truce_contract::{Addresses, Function};
use truce_session::{KeyId, KeyState};

/// A key, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Its id: four characters.
    pub id: String,
    /// What it is for.
    pub state: KeyState,
}

/// The keys of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The functions there, by name.
    pub of: String,
    /// In the order in which they are told.
    pub keys: Vec<Key>,
}

/// More keys than any deployment has: what has more is no ring.
const MOST: usize = 64;

/// What to do about functions that do not have the same.
pub const SAME: &str =
    "Give all functions the same TRUCE_KEYS, and start those anew that have others (docs/running.md, Keys).";

/// Where rings are asked for: each base URL once, with a function there and the names of all who are.
pub fn places(addresses: &Addresses) -> Vec<(Function, String)> {
    if let Addresses::One(_) = addresses {
        return vec![(Function::Health, Function::Health.name().to_owned())];
    }
    let mut places: Vec<(Function, String)> = Vec::new();
    for function in Function::ALL {
        let base = addresses.base(*function);
        match places.iter_mut().find(|(known, _)| addresses.base(*known) == base) {
            Some((_, names)) => *names = format!("{names}, {}", function.name()),
            None => places.push((*function, function.name().to_owned())),
        }
    }
    places
}

impl Key {
    /// Whether its time is over, and it opens nothing.
    pub fn is_over(&self, now: u64) -> bool {
        !self.state.opens_at(now)
    }

    fn read(told: &Value) -> Option<Self> {
        let id: KeyId = told["id"].as_str()?.parse().ok()?;
        let state = match told["state"].as_str()? {
            "active" => KeyState::Active,
            "accepted" => KeyState::Accepted,
            "retiring" => {
                let until: Timestamp = told["until"].as_str()?.parse().ok()?;
                KeyState::RetiringUntil(u64::try_from(until.as_second()).unwrap_or_default())
            }
            _ => return None,
        };
        Some(Self { id: id.to_string(), state })
    }
}

impl Ring {
    /// What the functions called `of` have told; none where they tell nothing, or not as they should.
    pub fn read(of: &str, keys: Option<&Value>) -> Option<Self> {
        let keys = keys?.as_array()?.iter().map(Key::read).collect::<Option<Vec<_>>>()?;
        let one_seals = keys.iter().filter(|key| key.state == KeyState::Active).count() == 1;
        (one_seals && keys.len() <= MOST).then(|| Self { of: of.to_owned(), keys })
    }

    /// In words, without who has it.
    pub fn in_words(&self, now: u64) -> String {
        let told = self.keys.iter().map(|key| match key.state {
            KeyState::RetiringUntil(until) if key.is_over(now) => {
                format!("{} is over since {}: `truce keys tidy` drops it", key.id, moment(until))
            }
            KeyState::RetiringUntil(until) => format!("{} opens until {}", key.id, moment(until)),
            KeyState::Accepted => format!("{} opens, and does not seal", key.id),
            KeyState::Active => format!("{} seals", key.id),
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// What counts of it: in no order, and without what is over.
    fn counts(&self, now: u64) -> Vec<&Key> {
        let mut keys: Vec<&Key> = self.keys.iter().filter(|key| !key.is_over(now)).collect();
        keys.sort();
        keys
    }
}

/// With who has it, and keys as a ring spells them.
impl fmt::Display for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.of)?;
        for (number, Key { id, state }) in self.keys.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            match state {
                KeyState::Active => write!(f, "{comma} {id} active")?,
                KeyState::Accepted => write!(f, "{comma} {id} accepted")?,
                KeyState::RetiringUntil(until) => write!(f, "{comma} {id} retiring until {}", moment(*until))?,
            }
        }
        Ok(())
    }
}

/// Who has which, where they have not all the same. What is over is the same as what is not there.
pub fn apart(rings: &[Ring], now: u64) -> Option<String> {
    let differ = rings.windows(2).any(|pair| pair[0].counts(now) != pair[1].counts(now));
    let told = || rings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    differ.then(|| format!("functions do not have the same keys: {}", told()))
}

/// A second since 1970, as people and programs write it.
pub fn moment(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.unwrap_or(Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW: u64 = 1_795_500_000;

    fn ring(of: &str, keys: &[(&str, KeyState)]) -> Ring {
        let keys = keys.iter().map(|(id, state)| Key { id: (*id).to_owned(), state: *state });
        Ring { of: of.to_owned(), keys: keys.collect() }
    }

    #[test]
    fn what_is_not_as_it_is_described_is_no_ring() {
        let active = || json!({"id": "k7mq", "state": "active"});
        let read = |keys: Value| Ring::read("health", Some(&keys));
        let all = json!([active(), {"id": "a-_2", "state": "accepted"}, {"id": "f9x1", "state": "retiring", "until": "2026-11-24T06:00:00Z"}]);
        let expected =
            [("k7mq", KeyState::Active), ("a-_2", KeyState::Accepted), ("f9x1", KeyState::RetiringUntil(NOW))];
        assert_eq!(read(all), Some(ring("health", &expected)));
        assert_eq!(Ring::read("health", None), None);
        let many = |number: usize| (0..number).map(|number| json!({"id": format!("{number:04}"), "state": "accepted"}));
        let with = |number| read([active()].into_iter().chain(many(number)).collect());
        assert!(with(MOST - 1).is_some() && with(MOST).is_none());
        for other in [
            json!([]),
            json!("keys"),
            json!([active(), active()]),
            json!([active(), {"id": "f9x1", "state": "retiring"}]),
            json!([active(), {"id": "f9x1", "state": "retiring", "until": "soon"}]),
            json!([active(), {"id": "f9x1", "state": "lost"}]),
            json!([{"id": "\u{1b}[2J", "state": "active"}]),
            json!([{"id": "k7mq:c2VjcmV0", "state": "active"}]),
        ] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn functions_that_share_an_address_have_one_ring() {
        let each = |urls: [&str; 4]| Addresses::read(&urls).map(|addresses| places(&addresses)).expect("addresses");
        let names = |places: Vec<(Function, String)>| places.into_iter().map(|(_, names)| names).collect::<Vec<_>>();
        let (a, b) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
        assert_eq!(names(each([a, b, b, a])), ["issue-qr, health", "redeem-token, mediate"]);
        assert_eq!(names(places(&Addresses::One(a.to_owned()))), ["health"]);
    }

    #[test]
    fn it_is_told_who_has_which() {
        let here = ring("issue-qr", &[("k7mq", KeyState::Active), ("f9x1", KeyState::RetiringUntil(NOW))]);
        let there = ring("mediate", &[("k7mq", KeyState::Accepted), ("f9x1", KeyState::Active)]);
        let told = apart(&[here.clone(), there], NOW).expect("they are not the same");
        assert!(
            told.ends_with(
                "issue-qr: k7mq active, f9x1 retiring until 2026-11-24T06:00:00Z; mediate: k7mq accepted, f9x1 active"
            ),
            "{told}"
        );
        let tidied = ring("mediate", &[("k7mq", KeyState::Active)]);
        assert_eq!(apart(&[here.clone(), tidied.clone()], NOW), None, "what is over makes no difference");
        assert!(apart(&[here.clone(), tidied], NOW - 1).is_some());
        assert_eq!(
            here.in_words(NOW),
            "k7mq seals; f9x1 is over since 2026-11-24T06:00:00Z: `truce keys tidy` drops it"
        );
    }

    fn keys() -> impl Strategy<Value = Vec<Key>> {
        let state = prop_oneof![
            Just(KeyState::Active),
            Just(KeyState::Accepted),
            (NOW - 2..NOW + 3).prop_map(KeyState::RetiringUntil)
        ];
        proptest::collection::vec(("[a-c]", state).prop_map(|(id, state)| Key { id, state }), 0..4)
    }

    proptest! {
        #[test]
        fn rings_are_apart_if_and_only_if_they_do_not_open_and_seal_alike(one in keys(), other in keys(), turn in 0_usize..4) {
            let [one, other] = [one, other].map(|keys| Ring { of: "f".into(), keys });
            let is_apart = |one: &Ring, other: &Ring| apart(&[one.clone(), other.clone()], NOW).is_some();
            prop_assert_eq!(is_apart(&one, &other), is_apart(&other, &one));
            let mut turned = one.clone();
            let by = turn.min(turned.keys.len());
            turned.keys.rotate_left(by);
            prop_assert!(!is_apart(&one, &turned), "in another order it is the same");
            let live = |ring: &Ring| {
                let mut live: Vec<_> = ring.keys.iter().filter(|key| match key.state {
                    KeyState::RetiringUntil(until) => until > NOW,
                    _ => true,
                }).cloned().collect();
                live.sort();
                live
            };
            prop_assert_eq!(is_apart(&one, &other), live(&one) != live(&other));
        }
    }
}
