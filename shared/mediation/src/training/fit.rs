//! Logistic regression by adaptive gradients: plain, sparse, in a fixed order.

use super::Example;
use crate::classify::risk::features::BITS;
use crate::classify::risk::{CATEGORY_BITS, sigmoid};

/// Times all examples are seen.
const ROUNDS: usize = 24;
/// The step, before a bucket's own history shortens it.
const STEP: f32 = 0.5;
/// How strongly weights are held near zero, per example seen.
const DECAY: f32 = 2e-6;

/// A bias and a weight for each bucket.
pub(super) struct Linear {
    pub(super) bias: f32,
    pub(super) weights: Vec<f32>,
}

/// The same, a byte a weight.
pub(super) struct Quantised {
    pub(super) scale: f32,
    pub(super) weights: Vec<i8>,
}

impl Linear {
    pub(super) fn logit(&self, features: &[(u32, f32)]) -> f32 {
        self.bias + features.iter().map(|(bucket, value)| self.weights[*bucket as usize] * value).sum::<f32>()
    }

    /// What is beyond the largest byte is cut: a few weights are far larger than all others.
    pub(super) fn quantised(&self) -> Quantised {
        let mut sizes: Vec<f32> = self.weights.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
        sizes.sort_unstable_by(f32::total_cmp);
        let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 2000)).copied().unwrap_or(1.0);
        let scale = largest / 127.0;
        #[allow(clippy::cast_possible_truncation)] // clamped to what a byte holds
        let weights = self.weights.iter().map(|weight| (weight / scale).round().clamp(-127.0, 127.0) as i8).collect();
        Quantised { scale, weights }
    }

    /// As it will answer: with weights that have been bytes.
    pub(super) fn after_quantising(self) -> Self {
        let Quantised { scale, weights } = self.quantised();
        Self { bias: self.bias, weights: weights.into_iter().map(|weight| f32::from(weight) * scale).collect() }
    }
}

/// Risk or not. Both sides weigh the same, however many there are of each.
pub(super) fn risk(examples: &[&Example]) -> Linear {
    let rows: Vec<_> = examples.iter().map(|example| (example.all.as_slice(), example.risky)).collect();
    fit(&rows, 1 << BITS)
}

/// This category against the others, among what is a risk.
pub(super) fn category(examples: &[&Example], category: usize) -> Linear {
    let risky = examples.iter().filter(|example| example.category.is_some());
    let rows: Vec<_> = risky.map(|example| (example.words.as_slice(), example.category == Some(category))).collect();
    fit(&rows, 1 << CATEGORY_BITS)
}

fn fit(rows: &[(&[(u32, f32)], bool)], buckets: usize) -> Linear {
    let mut model = Linear { bias: 0.0, weights: vec![0.0; buckets] };
    let mut seen = vec![1e-3_f32; buckets];
    let mut seen_bias = 1e-3_f32;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut shuffle = Shuffle(0x2545_f491_4f6c_dd1d);
    for _ in 0..ROUNDS {
        shuffle.all(&mut order);
        for at in &order {
            let (features, wanted) = rows[*at];
            let got = sigmoid(model.logit(features));
            let error = got - f32::from(u8::from(wanted));
            seen_bias += error * error;
            model.bias -= STEP * error / seen_bias.sqrt();
            for (bucket, value) in features {
                let bucket = *bucket as usize;
                let weight = &mut model.weights[bucket];
                let gradient = error * value + DECAY * *weight;
                seen[bucket] += gradient * gradient;
                *weight -= STEP * gradient / seen[bucket].sqrt();
            }
        }
    }
    model
}

/// xorshift: the same order every time.
struct Shuffle(u64);

impl Shuffle {
    fn all(&mut self, order: &mut [usize]) {
        for at in (1..order.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            #[allow(clippy::cast_possible_truncation)] // less than `at`
            order.swap(at, (self.0 % (at as u64 + 1)) as usize);
        }
    }
}
