//! Figures on sentences of writers that the fit has not seen: what one person writes resembles itself.

use super::fit::{self, Linear};
use super::{Example, Writer};
use crate::classify::risk::{CATEGORIES, sigmoid};

/// Probabilities of examples that were held out, with what they are.
#[derive(Default)]
pub struct Figures {
    scored: Vec<(f32, bool, String)>,
    categories: (usize, usize),
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.scored.extend(other.scored);
        self.categories.0 += other.categories.0;
        self.categories.1 += other.categories.1;
    }

    fn note(&mut self, fitted: &Fitted, example: &Example) {
        let probability = sigmoid(fitted.risk.logit(&example.all));
        self.scored.push((probability, example.risky, example.label.clone()));
        if let Some(category) = example.category {
            let logit = |category: &usize| fitted.categories[*category].logit(&example.words);
            let best = (0..CATEGORIES.len()).max_by(|one, other| logit(one).total_cmp(&logit(other)));
            self.categories.0 += usize::from(best == Some(category));
            self.categories.1 += 1;
        }
    }

    /// The share of `label`, or of every risk for none, at or above `threshold`.
    pub fn share(&self, label: Option<&str>, threshold: f32) -> f64 {
        let of: Vec<f32> = self
            .scored
            .iter()
            .filter(|(_, risky, name)| label.map_or(*risky, |label| name == label))
            .map(|(probability, ..)| *probability)
            .collect();
        let above = of.iter().filter(|probability| **probability >= threshold).count();
        #[allow(clippy::cast_precision_loss)] // thousands
        let share = above as f64 / of.len().max(1) as f64;
        share
    }

    /// The share of risks whose category is right.
    #[allow(clippy::cast_precision_loss)] // thousands
    pub fn category(&self) -> f64 {
        self.categories.0 as f64 / self.categories.1.max(1) as f64
    }
}

/// Fits on `writers` and measures on `others`, one by one.
pub fn on_others(writers: &[Writer], others: &[Writer], mut done: impl FnMut(&str, &Figures)) {
    let examples: Vec<&Example> = writers.iter().flat_map(|writer| &writer.examples).collect();
    let fitted = Fitted::to(&examples);
    for other in others {
        done(&other.name, &fitted.on(&other.examples));
    }
}

/// Both heads, as they will answer.
struct Fitted {
    risk: Linear,
    categories: Vec<Linear>,
}

impl Fitted {
    fn to(examples: &[&Example]) -> Self {
        let category = |category| fit::category(examples, category).after_quantising();
        Self { risk: fit::risk(examples).after_quantising(), categories: (0..CATEGORIES.len()).map(category).collect() }
    }

    fn on(&self, examples: &[Example]) -> Figures {
        let mut figures = Figures::default();
        for example in examples {
            figures.note(self, example);
        }
        figures
    }
}

/// Fits once for each writer, without them, and measures on them.
pub fn across_writers(writers: &[Writer], mut done: impl FnMut(&str, &Figures)) -> Figures {
    let mut all = Figures::default();
    for out in writers {
        let rest = writers.iter().filter(|writer| writer.name != out.name).flat_map(|writer| &writer.examples);
        let figures = Fitted::to(&rest.collect::<Vec<_>>()).on(&out.examples);
        done(&out.name, &figures);
        all.add(figures);
    }
    all
}
