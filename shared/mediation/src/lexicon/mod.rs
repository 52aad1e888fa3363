//! What the mediator knows about words. The tables are data, one file a kind; this file only looks words up.

pub(crate) mod danger;
mod demands;
mod verbs;
mod words;

pub(crate) mod heat;
pub(crate) mod topics;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

pub(crate) use demands::DEMANDS;
pub(crate) use verbs::{CARRYING, EXPERIENCED, NEGATING, NOMINAL, PLAINER, WITH_PREPOSITION};

/// One bit a word class; a word may have several.
pub(crate) mod tag {
    macro_rules! bits {
        ($($name:ident = $bit:expr),* $(,)?) => { $(pub(crate) const $name: u64 = 1 << $bit;)* };
    }
    bits! {
        ME = 0, WE = 1, YOU = 2, THEY = 3, HESHE = 4, NOBODY = 5, EVERYONE = 6, SOMEONE = 7, IT = 8, OBJPRON = 9,
        DET = 10, POSS = 11, BE = 12, HAVE = 13, DO = 14, MODAL = 15, NEG = 16, NEVER = 17, ALWAYS = 18, FREQ = 19,
        PREP = 20, CONJ = 21, SUBORD = 22, WH = 23, INTENS = 24, PROFANE = 25, INSULT = 26, BADADJ = 27, JUDGE = 28,
        TIME = 29, UNIT = 30, NUM = 31, TEAM = 32, TEAMNOUN = 33, GOOD = 34, POLITE = 35, FEEL = 36, INTERJ = 37,
        ADV = 38, NOUN = 39, COMMON = 40, NAME = 41,
        V_BASE = 42, V_S = 43, V_PAST = 44, V_PP = 45, V_ING = 46, HARM = 47,
        // Set by the tokenizer, not by a table.
        FIXED = 50, CAPITAL = 51, SHOUT = 52, EMOJI = 53,
    }
    /// Any form of a verb.
    pub(crate) const VERB: u64 = V_BASE | V_S | V_PAST | V_PP | V_ING;
    /// Verb forms that can stand as the only verb of a clause.
    pub(crate) const FINITE: u64 = V_BASE | V_S | V_PAST;
    /// Words that help another verb.
    pub(crate) const AUX: u64 = BE | HAVE | DO | MODAL;
    /// Personal subjects.
    pub(crate) const PERSON: u64 = ME | WE | YOU | THEY | HESHE | NOBODY | EVERYONE | SOMEONE;
}

/// The forms of one verb.
#[derive(Debug)]
pub(crate) struct Verb {
    pub(crate) base: String,
    pub(crate) s: String,
    pub(crate) past: String,
    pub(crate) participle: String,
    pub(crate) ing: String,
    pub(crate) harm: bool,
}

/// What is known about one word.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Info {
    pub(crate) tags: u64,
    /// Index into the verbs plus one; zero is none.
    verb: u16,
    /// See [`danger`].
    pub(crate) danger: u32,
}

impl Info {
    /// Something no table knows, marked by what the tokenizer saw.
    pub(crate) fn tagged(tags: u64) -> Self {
        Self { tags, verb: 0, danger: 0 }
    }

    /// The verb this word is a form of.
    pub(crate) fn verb(self) -> Option<&'static Verb> {
        let index = usize::from(self.verb).checked_sub(1)?;
        LEXICON.verbs.get(index)
    }

    /// Whether the word belongs to any of these classes.
    pub(crate) fn any(self, tags: u64) -> bool {
        self.tags & tags != 0
    }
}

/// Looks up a lower-case word.
pub(crate) fn lookup(word: &str) -> Info {
    LEXICON.words.get(word).copied().unwrap_or_default()
}

/// The verb with this base form.
pub(crate) fn verb(base: &str) -> Option<&'static Verb> {
    lookup(base).verb()
}

struct Lexicon {
    words: HashMap<Box<str>, Info, BuildHasherDefault<Fnv>>,
    verbs: Vec<Verb>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::build);

impl Lexicon {
    fn build() -> Self {
        let mut lexicon = Self { words: HashMap::default(), verbs: Vec::new() };
        for (tags, list) in words::CLASSES {
            lexicon.add_words(*tags, list);
        }
        lexicon.add_words(tag::NOUN, words::NOUNS);
        lexicon.add_words(tag::NAME, words::NAMES);
        lexicon.add_words(tag::COMMON, words::COMMON);
        for (class, list) in danger::CLASSES {
            for word in list.split_whitespace() {
                lexicon.words.entry(word.into()).or_default().danger |= class;
            }
        }
        for group in verbs::IRREGULAR.split(',') {
            lexicon.add_verb(group);
        }
        for base in verbs::REGULAR.split_whitespace() {
            lexicon.add_verb(base);
        }
        lexicon
    }

    fn add_words(&mut self, tags: u64, list: &str) {
        for word in list.split_whitespace() {
            self.words.entry(word.into()).or_default().tags |= tags;
        }
    }

    fn add_verb(&mut self, group: &str) {
        let mut parts = group.split_whitespace();
        let Some(head) = parts.next() else { return };
        let base = head.trim_end_matches(['!', '*']);
        if lookup_in(&self.words, base).verb != 0 {
            return;
        }
        let harm = head.contains('!');
        let stem = stem(base, head.contains('*'));
        let past = parts.next().map_or_else(|| regular_past(base, &stem), str::to_owned);
        let participle = parts.next().map_or_else(|| past.clone(), str::to_owned);
        let ing = parts.next().map_or_else(|| regular_ing(base, &stem), str::to_owned);
        let verb = Verb { s: third_person(base), base: base.to_owned(), past, participle, ing, harm };
        let index = u16::try_from(self.verbs.len() + 1).unwrap_or(0);
        let extra = if harm { tag::HARM } else { 0 };
        let forms: [(&str, u64); 5] = [
            (&verb.base, tag::V_BASE),
            (&verb.s, tag::V_S),
            (&verb.past, tag::V_PAST),
            (&verb.participle, tag::V_PP),
            (&verb.ing, tag::V_ING),
        ];
        for (form, bit) in forms {
            let info = self.words.entry(form.into()).or_default();
            info.tags |= bit | extra;
            if info.verb == 0 {
                info.verb = index;
            }
        }
        self.verbs.push(verb);
    }
}

fn lookup_in(words: &HashMap<Box<str>, Info, BuildHasherDefault<Fnv>>, word: &str) -> Info {
    words.get(word).copied().unwrap_or_default()
}

fn stem(base: &str, double: bool) -> String {
    let mut stem = base.to_owned();
    if double && let Some(last) = base.chars().last() {
        stem.push(last);
    }
    stem
}

fn ends_in_consonant_y(base: &str) -> bool {
    base.ends_with('y') && !["ay", "ey", "oy", "uy"].iter().any(|end| base.ends_with(end))
}

fn regular_past(base: &str, stem: &str) -> String {
    if ends_in_consonant_y(base) {
        format!("{}ied", &base[..base.len() - 1])
    } else if base.ends_with('e') {
        format!("{base}d")
    } else {
        format!("{stem}ed")
    }
}

fn regular_ing(base: &str, stem: &str) -> String {
    if base.ends_with('e') && !base.ends_with("ee") && base.len() > 2 {
        format!("{}ing", &base[..base.len() - 1])
    } else {
        format!("{stem}ing")
    }
}

fn third_person(base: &str) -> String {
    match base {
        "be" => "is".to_owned(),
        "have" => "has".to_owned(),
        _ if ends_in_consonant_y(base) => format!("{}ies", &base[..base.len() - 1]),
        _ if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| base.ends_with(end)) => format!("{base}es"),
        _ => format!("{base}s"),
    }
}

/// FNV-1a. The table is fixed and short words are looked up by the hundred, so a hash that resists attackers buys nothing.
#[derive(Default)]
pub(crate) struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut hash = if self.0 == 0 { 0xcbf2_9ce4_8422_2325 } else { self.0 };
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.0 = hash;
    }
}
