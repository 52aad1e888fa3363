//! Whether an action could run at all, for whoever looks at it without running it.
//!
//! Nothing is known here of any action: each is run as it is, by itself, with one value in the place of all others, and with another kind of
//! value after that. What stops it because of how it is written stops it each time.

use super::actions;
use super::blocks::Blocks;
use super::file::Action;
use super::memory::Memory;
use super::stopped::Why;
use super::value::Value;
use serde_json::{Map, Value as Json};

/// What is wrong with how the action at `at` is written, whatever the values in it turn out to be.
pub(crate) fn misfits(actions: &[Action], at: usize, blocks: &Blocks) -> Vec<Why> {
    let stops = kinds().map(|kind| actions::act(actions, at, blocks, &mut Memory::of(kind)).err());
    let always = |why: &Why| stops.iter().all(|other| other.as_ref() == Some(why));
    let mut found = Vec::new();
    for why in stops.iter().flatten() {
        if (is_written(why) || always(why)) && !found.contains(why) {
            found.push(why.clone());
        }
    }
    found
}

/// One of each kind that a value can be of.
fn kinds() -> [Value; 4] {
    let text = || "1".to_owned();
    [
        Value::Text(text()),
        Value::Number(1.into()),
        Value::Dictionary(Map::new()),
        Value::Raw(Json::Array(vec![Json::String(text())])),
    ]
}

/// What no value could mend. What comes before it in an action may stop for another reason, which is why every kind is tried.
const fn is_written(why: &Why) -> bool {
    matches!(
        why,
        Why::Missing(_)
            | Why::Shape { .. }
            | Why::Unsupported { .. }
            | Why::NoAttachment { .. }
            | Why::NoPlaceholder { .. }
            | Why::UnknownParameter(_)
            | Why::KeyTwice(_)
            | Why::MenuCases
    )
}
