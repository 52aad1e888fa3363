//! How much a text sounds like one that needs a person, learned from examples.
//!
//! Rules know what they were told; people say the same in a hundred other ways ("nice house, would be a shame in this dry
//! summer"). This is a logistic regression over hashed features, trained by `cargo xtask train` on the sentences in
//! `training/`, with weights of one byte each. `docs/mediator-model.md` is its card: data, figures, limits.

pub(crate) mod features;

use std::sync::LazyLock;

use self::features::{BITS, Features, WEIGHTS, features};
use crate::parse::token::Token;

/// The categories a text can be of, in the order of their weights.
pub(crate) const CATEGORIES: [&str; 8] =
    ["threat", "self-harm", "harassment", "discrimination", "stalking", "blackmail", "weapons", "bullying"];

/// Of a feature's bucket, the bits that the category's smaller table looks at.
pub(crate) const CATEGORY_BITS: u32 = 13;

/// Tables of bytes: how much each bucket speaks for a risk, and for each category.
pub(crate) struct Model {
    risk: Table,
    categories: Vec<Table>,
}

struct Table {
    bias: f32,
    /// What one step of a byte is worth.
    scale: f32,
    weights: &'static [u8],
}

/// How the weights begin: the format's name and version.
pub(crate) const MAGIC: [u8; 4] = *b"TRM1";

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    // Checked in beside this file and read by a test: it is whole.
    Model::parse(include_bytes!("weights.bin")).expect("the weights are whole")
});

impl Model {
    /// Reads what training wrote.
    fn parse(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&MAGIC)?;
        let risk = Table::parse(&mut rest, 1 << BITS)?;
        let categories =
            CATEGORIES.iter().map(|_| Table::parse(&mut rest, 1 << CATEGORY_BITS)).collect::<Option<_>>()?;
        rest.is_empty().then_some(Self { risk, categories })
    }

    fn probability(&self, features: &Features) -> f32 {
        let sum: f32 =
            features.groups.iter().zip(WEIGHTS).map(|(group, weight)| weight * self.risk.sum(group, 0)).sum();
        sigmoid(self.risk.bias + self.risk.scale * sum / features.length.max(1.0))
    }

    fn category(&self, features: &Features) -> &'static str {
        let [words, ..] = &features.groups;
        let length = features.length.max(1.0);
        let scored = CATEGORIES.iter().zip(&self.categories);
        let scored = scored
            .map(|(name, table)| (*name, table.bias + table.scale * table.sum(words, BITS - CATEGORY_BITS) / length));
        scored.max_by(|one, other| one.1.total_cmp(&other.1)).map_or(CATEGORIES[0], |(name, _)| name)
    }
}

impl Table {
    fn parse(rest: &mut &'static [u8], length: usize) -> Option<Self> {
        let (head, tail) = rest.split_first_chunk::<8>()?;
        let number = |at: usize| f32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (weights, tail) = tail.split_at_checked(length)?;
        *rest = tail;
        Some(Self { bias: number(0), scale: number(4), weights })
    }

    #[allow(clippy::cast_precision_loss)] // far below 2^24
    fn sum(&self, buckets: &[u16], shift: u32) -> f32 {
        let weight = |bucket: &u16| i32::from(self.weights[usize::from(*bucket >> shift)].cast_signed());
        buckets.iter().map(weight).sum::<i32>() as f32
    }
}

/// By `libm`'s exponential, not the platform's: every host comes to the same probability, and training to the same bytes.
pub(crate) fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-logit))
}

/// What the head makes of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Risk {
    /// From 0, surely ordinary, to 1, surely for a person.
    pub(crate) probability: f32,
    /// Which kind, if it is one.
    pub(crate) category: &'static str,
}

/// Reads `tokens`, of which `rules` of the safety gate saw something.
pub(crate) fn risk(tokens: &[Token<'_>], rules: &[&str]) -> Risk {
    let features = features(tokens, rules);
    Risk { probability: MODEL.probability(&features), category: MODEL.category(&features) }
}
