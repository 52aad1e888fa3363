//! The gate: what must never be reframed or delivered, because a person is needed.
//!
//! Frightening words are ordinary at work (`kill the process`, `we got hit by the outage`), so a word decides nothing here.
//! A rule looks at who does it, what, and to whom. Idioms are recognised first and taken out of view; what is left is
//! matched against the rules. Escalating too much teaches people to talk elsewhere, too little delivers a threat.

mod idioms;
mod rules;
mod shapes;

use std::ops::Range;
use std::sync::LazyLock;

use crate::classify::language::Language;
use crate::classify::risk::risk;
use crate::parse::pattern::PatternSet;
use crate::parse::token::Token;

static IDIOMS: LazyLock<PatternSet<()>> = LazyLock::new(|| PatternSet::compile(&[((), idioms::IDIOMS)]));
static RULES: LazyLock<PatternSet<&'static str>> = LazyLock::new(|| {
    let all: Vec<_> = rules::RULES.iter().chain(shapes::SHAPES).copied().collect();
    PatternSet::compile(&all)
});

/// What the gate makes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing that needs a person.
    Calm,
    /// It may need one: the sender is asked before anything is made of it. What it would be.
    Unsure(&'static str),
    /// A person is needed, for this.
    Grave(&'static str),
}

/// From this probability on, the head alone decides that a person is needed. Chosen on the blind sets in `tests/corpus`: about
/// 2 % of the ordinary talk there is stopped.
const GRAVE: f32 = 0.85;
/// From here on the sender is asked.
const UNSURE: f32 = 0.4;
/// A rule is believed unless the head finds what it saw ordinary; below the second one, it is not even asked about.
const RULE_HOLDS: f32 = 0.4;
const RULE_UNSURE: f32 = 0.1;

/// Rules and head together. The gravest part decides: a threat at the end of a long complaint is a threat.
///
/// The head has learned from English: of anything else it knows nothing, and the rules alone decide.
pub(crate) fn judge(tokens: &[Token<'_>], language: Language) -> Verdict {
    let seen = rules(tokens);
    let ruled =
        rules::GRAVEST_FIRST.iter().copied().find(|category| seen.iter().any(|rule| rule.category == *category));
    if language != Language::English {
        return ruled.map_or(Verdict::Calm, Verdict::Grave);
    }
    let around = seen.iter().map(|rule| rule.from.saturating_sub(AROUND)..(rule.to + AROUND).min(tokens.len()));
    let parts = std::iter::once(0..tokens.len()).chain(parts(tokens)).chain(around);
    let look = |part: Range<usize>| risk(&tokens[part.clone()], &categories(&seen, &part));
    let gravest = parts.map(look).max_by(|one, other| one.probability.total_cmp(&other.probability));
    let Some(risk) = gravest else { return Verdict::Calm };
    match ruled {
        Some(category) if risk.probability >= RULE_HOLDS => Verdict::Grave(category),
        Some(category) if risk.probability >= RULE_UNSURE => Verdict::Unsure(category),
        _ if risk.probability >= GRAVE => Verdict::Grave(risk.category),
        _ if risk.probability >= UNSURE => Verdict::Unsure(risk.category),
        _ => Verdict::Calm,
    }
}

/// A sentence shorter than this says too little by itself, in words.
const SENTENCE: usize = 4;
/// Dictated text has no sentences: what is longer is also looked at in windows, in words.
const WINDOW: usize = 30;
/// What a rule saw is also looked at by itself, with this many words on either side.
const AROUND: usize = 6;

/// The sentences of a text of several, and windows over what has none.
fn parts(tokens: &[Token<'_>]) -> impl Iterator<Item = Range<usize>> {
    let ends =
        (1..=tokens.len()).filter(|end| *end == tokens.len() || matches!(tokens[*end - 1].after, '.' | '!' | '?'));
    let sentences = ends.scan(0, |from, end| Some(std::mem::replace(from, end)..end));
    let several = sentences.filter(|part| part.len() >= SENTENCE && part.len() < tokens.len());
    let long = tokens.len() > WINDOW + WINDOW / 2;
    let last = tokens.len().saturating_sub(WINDOW);
    let windows = (0..=last).step_by(WINDOW / 2).chain([last]).filter(move |_| long).map(|from| from..from + WINDOW);
    several.chain(windows)
}

/// What a rule saw, and where.
struct Seen {
    from: usize,
    to: usize,
    category: &'static str,
}

/// The categories of the rules that match.
#[cfg(feature = "training")]
pub(crate) fn seen(tokens: &[Token<'_>]) -> Vec<&'static str> {
    categories(&rules(tokens), &(0..tokens.len()))
}

/// The categories of the rules that match within `part`, each once.
fn categories(seen: &[Seen], part: &Range<usize>) -> Vec<&'static str> {
    let inside = seen.iter().filter(|rule| part.start <= rule.from && rule.to <= part.end);
    let mut categories: Vec<_> = inside.map(|rule| rule.category).collect();
    categories.sort_unstable();
    categories.dedup();
    categories
}

fn rules(tokens: &[Token<'_>]) -> Vec<Seen> {
    let matches = RULES.matches(tokens);
    if matches.is_empty() {
        return Vec::new();
    }
    let idioms = IDIOMS.matches(tokens);
    // An idiom takes a rule out of view only where they share words: "kill the process or I kill you" has both.
    let covered = |from: usize, to: usize| {
        idioms.iter().any(|(start, end, ())| *start <= from && from < *end || from <= *start && *start < to)
    };
    let kept = matches.into_iter().filter(|(from, to, category)| *category == "slur" || !covered(*from, *to));
    kept.map(|(from, to, category)| {
        let category = if category == "slur" { "discrimination" } else { category };
        Seen { from, to: to.min(tokens.len()), category }
    })
    .collect()
}
