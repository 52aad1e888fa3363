//! Small phrase patterns over tokens, compiled once. A pattern is words with spaces between them:
//!
//! - `a|b` either word; `a?` may be missing; `*` up to three words, `**` up to eight, never over the end of a sentence;
//! - `kill+` any form of the verb; `<person>` somebody (see [`Class`]);
//! - `***` any number of words of the same sentence; `<harm>`, `<body>`, … a class of `lexicon::danger`;
//! - `^` at the start of a clause, `$` at the end of the text or of a sentence.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::token::Token;
use crate::lexicon::{Fnv, danger, tag, verb};

/// What a `<…>` stands for.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// you, him, her, them, a name, everybody.
    Person,
    /// you, they, he, she, a name.
    Other,
    /// A number in digits or words.
    Number,
    /// Any verb's -ing form.
    Ing,
    /// A name.
    Name,
    /// A class of dangerous words.
    Danger(u32),
}

/// A word of the patterns, by number: numbers are compared where words would be, several times for each token.
type Word = u32;

/// What no pattern names.
const UNKNOWN: Word = 0;

enum Part {
    /// Any of these words, or any of these classes.
    Words(Vec<Word>, Vec<Class>),
    Gap(usize),
    Start,
    End,
}

struct Element {
    part: Part,
    optional: bool,
}

impl Element {
    /// Whether a text with all that is there has a word that it could stand for.
    fn may_fit(&self, there: &There) -> bool {
        let Part::Words(words, classes) = &self.part else { return true };
        let class_is_there = |class: &Class| match class {
            Class::Danger(class) => there.danger & class != 0,
            _ => true,
        };
        self.optional || words.iter().any(|word| there.words[*word as usize]) || classes.iter().any(class_is_there)
    }
}

/// What is anywhere in a text.
struct There {
    words: Vec<bool>,
    danger: u32,
}

/// One compiled pattern and what it stands for.
pub(crate) struct Pattern<T> {
    elements: Vec<Element>,
    pub(crate) means: T,
}

/// Patterns, kept by their first word so that most are never tried.
pub(crate) struct PatternSet<T> {
    words: HashMap<Box<str>, Word, BuildHasherDefault<Fnv>>,
    /// For each word the patterns that begin with it.
    by_word: Vec<Vec<usize>>,
    anywhere: Vec<usize>,
    patterns: Vec<Pattern<T>>,
}

impl<T: Copy> PatternSet<T> {
    /// Compiles lists of patterns, each list with its meaning; patterns in a list are separated by `;` or line ends.
    pub(crate) fn compile(lists: &[(T, &str)]) -> Self {
        let mut set =
            Self { words: HashMap::default(), by_word: vec![Vec::new()], anywhere: Vec::new(), patterns: Vec::new() };
        for (means, list) in lists {
            for source in list.split([';', '\n']).map(str::trim).filter(|s| !s.is_empty()) {
                set.add(source, *means);
            }
        }
        set
    }

    fn add(&mut self, source: &str, means: T) {
        let elements: Vec<Element> = source.split_whitespace().map(|source| self.element(source)).collect();
        let index = self.patterns.len();
        match elements.first() {
            Some(Element { part: Part::Words(words, classes), optional: false }) if classes.is_empty() => {
                for word in words {
                    self.by_word[*word as usize].push(index);
                }
            }
            _ => self.anywhere.push(index),
        }
        self.patterns.push(Pattern { elements, means });
    }

    /// Every match: where it starts, where it ends, what it means.
    pub(crate) fn matches(&self, tokens: &[Token<'_>]) -> Vec<(usize, usize, T)> {
        let number = |token: &Token<'_>| self.words.get(token.lower.as_ref()).copied().unwrap_or(UNKNOWN);
        let words: Vec<Word> = tokens.iter().map(number).collect();
        let mut there = There { words: vec![false; self.by_word.len()], danger: 0 };
        for (word, token) in words.iter().zip(tokens) {
            there.words[*word as usize] = true;
            there.danger |= token.info.danger;
        }
        let text = Text { tokens, words: &words };
        // Most patterns name a word that is nowhere in the text: found out once, not at every token.
        let mut possible: Vec<Option<bool>> = vec![None; self.patterns.len()];
        let mut matches = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for index in self.by_word[*word as usize].iter().chain(&self.anywhere) {
                let pattern = &self.patterns[*index];
                if *possible[*index]
                    .get_or_insert_with(|| pattern.elements.iter().all(|element| element.may_fit(&there)))
                    && let Some(end) = run(&pattern.elements, &text, at)
                {
                    matches.push((at, end, pattern.means));
                }
            }
        }
        matches
    }

    fn number(&mut self, word: Box<str>) -> Word {
        #[allow(clippy::cast_possible_truncation)] // thousands of words
        let next = self.by_word.len() as Word;
        let number = *self.words.entry(word).or_insert(next);
        if number == next {
            self.by_word.push(Vec::new());
        }
        number
    }

    fn element(&mut self, source: &str) -> Element {
        let optional = source.len() > 1 && source.ends_with('?');
        let source = if optional { &source[..source.len() - 1] } else { source };
        let part = match source {
            "*" => Part::Gap(3),
            "**" => Part::Gap(8),
            "***" => Part::Gap(60),
            "$" => Part::End,
            "^" => Part::Start,
            _ => {
                let (classes, words): (Vec<&str>, Vec<&str>) =
                    source.split('|').partition(|word| word.starts_with('<'));
                let words = words.into_iter().flat_map(forms).map(|word| self.number(word)).collect();
                Part::Words(words, classes.into_iter().filter_map(class).collect())
            }
        };
        Element { part, optional }
    }
}

fn class(name: &str) -> Option<Class> {
    match name {
        "<person>" => Some(Class::Person),
        "<other>" => Some(Class::Other),
        "<number>" => Some(Class::Number),
        "<ing>" => Some(Class::Ing),
        "<name>" => Some(Class::Name),
        _ => danger::class(name).map(Class::Danger),
    }
}

fn forms(word: &str) -> Vec<Box<str>> {
    let Some(base) = word.strip_suffix('+') else { return vec![word.into()] };
    match verb(base) {
        Some(v) => vec![
            base.into(),
            v.s.as_str().into(),
            v.past.as_str().into(),
            v.participle.as_str().into(),
            v.ing.as_str().into(),
        ],
        None => vec![
            base.into(),
            format!("{base}s").into(),
            format!("{base}ed").into(),
            format!("{base}ing").into(),
            format!("{}ing", base.trim_end_matches('e')).into(),
            format!("{base}d").into(),
        ],
    }
}

/// Tokens, and the numbers of their words.
struct Text<'t, 's> {
    tokens: &'t [Token<'s>],
    words: &'t [Word],
}

fn run(elements: &[Element], text: &Text<'_, '_>, at: usize) -> Option<usize> {
    let Some((first, rest)) = elements.split_first() else { return Some(at) };
    let tokens = text.tokens;
    match &first.part {
        Part::Start => (at == 0 || tokens[at - 1].after != ' ' || tokens[at - 1].is(tag::CONJ))
            .then_some(())
            .and_then(|()| run(rest, text, at)),
        Part::End => (at == 0 || at >= tokens.len() || matches!(tokens[at - 1].after, '.' | '!' | '?'))
            .then_some(())
            .and_then(|()| run(rest, text, at)),
        Part::Gap(most) => gap(rest, text, at, *most),
        part @ Part::Words(..) => {
            let here = tokens.get(at).filter(|token| fits(part, text.words[at], token)).and_then(|token| {
                // A pattern does not reach over the end of a sentence.
                if !rest.is_empty()
                    && matches!(token.after, '.' | '!' | '?')
                    && rest.iter().any(|e| !e.optional && !matches!(e.part, Part::End))
                {
                    return None;
                }
                run(rest, text, at + 1)
            });
            here.or_else(|| if first.optional { run(rest, text, at) } else { None })
        }
    }
}

fn gap(rest: &[Element], text: &Text<'_, '_>, at: usize, most: usize) -> Option<usize> {
    for skipped in 0..=most {
        if let Some(end) = run(rest, text, at + skipped) {
            return Some(end);
        }
        if text.tokens.get(at + skipped).is_none_or(|token| matches!(token.after, '.' | '!' | '?')) {
            return None;
        }
    }
    None
}

fn fits(part: &Part, word: Word, token: &Token<'_>) -> bool {
    match part {
        Part::Words(words, classes) => {
            word != UNKNOWN && words.contains(&word) || classes.iter().any(|class| belongs(*class, token))
        }
        Part::Gap(_) | Part::Start | Part::End => false,
    }
}

fn belongs(class: Class, token: &Token<'_>) -> bool {
    match class {
        Class::Person => {
            token.is(tag::YOU | tag::NAME | tag::EVERYONE | tag::SOMEONE | tag::INSULT)
                || token.one_of(&["him", "her", "them", "yourself", "himself", "anyone"])
        }
        Class::Other => token.is(tag::YOU | tag::THEY | tag::HESHE | tag::NAME | tag::TEAM | tag::SOMEONE),
        Class::Number => token.is(tag::NUM),
        Class::Ing => token.is(tag::V_ING),
        Class::Name => token.is(tag::NAME),
        Class::Danger(class) => token.info.danger & class != 0,
    }
}
