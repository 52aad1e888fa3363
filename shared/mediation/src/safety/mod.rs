//! The gate: what must never be reframed or delivered, because a person is needed.
//!
//! Frightening words are ordinary at work (`kill the process`, `we got hit by the outage`), so a word decides nothing here.
//! A rule looks at who does it, what, and to whom. Idioms are recognised first and taken out of view; what is left is
//! matched against the rules. Escalating too much teaches people to talk elsewhere, too little delivers a threat.

mod idioms;
mod rules;
mod shapes;

use std::sync::LazyLock;

use crate::parse::pattern::PatternSet;
use crate::parse::token::Token;

static IDIOMS: LazyLock<PatternSet<()>> = LazyLock::new(|| PatternSet::compile(&[((), idioms::IDIOMS)]));
static RULES: LazyLock<PatternSet<&'static str>> = LazyLock::new(|| {
    let all: Vec<_> = rules::RULES.iter().chain(shapes::SHAPES).copied().collect();
    PatternSet::compile(&all)
});

/// The category of risk, if there is one; the gravest wins.
pub(crate) fn risk(tokens: &[Token<'_>]) -> Option<&'static str> {
    let mut seen: Vec<&'static str> = Vec::new();
    let matches: Vec<_> = RULES.matches(tokens).collect();
    if matches.is_empty() {
        return None;
    }
    let idioms: Vec<_> = IDIOMS.matches(tokens).collect();
    for (start, end, category) in matches {
        // An idiom takes a rule out of view only where they share words: "kill the process or I kill you" has both.
        let covered =
            idioms.iter().any(|(from, to, ())| *from <= start && start < *to || start <= *from && *from < end);
        if !covered || category == "slur" {
            seen.push(if category == "slur" { "discrimination" } else { category });
        }
    }
    rules::GRAVEST_FIRST.iter().copied().find(|category| seen.contains(category))
}
