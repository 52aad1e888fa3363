//! Words, with what is known about them. Anything that must survive word for word (numbers, times, ids, quotes, code,
//! links) becomes one token marked [`tag::FIXED`].

use std::borrow::Cow;

use crate::lexicon::{Info, lookup, tag};

/// One word, number, quote, link or emoji.
#[derive(Clone)]
pub(crate) struct Token<'a> {
    /// As it is written out again.
    pub(crate) text: &'a str,
    /// For looking up and comparing.
    pub(crate) lower: Cow<'a, str>,
    pub(crate) info: Info,
    /// Joined to the token before without a space (`did` + `n't`).
    pub(crate) glued: bool,
    /// Punctuation that follows: `.` `!` `?` `,` `;` `:` `—` or a space for none.
    pub(crate) after: char,
}

impl Token<'_> {
    pub(crate) fn is(&self, tags: u64) -> bool {
        self.info.any(tags)
    }

    pub(crate) fn word(&self, word: &str) -> bool {
        self.lower == word
    }

    pub(crate) fn one_of(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_ref())
    }
}

/// Contractions as dictation and quick typists write them, and the two words they stand for.
const CONTRACTIONS: &[(&str, &str, &str)] = &[
    ("dont", "do", "n't"),
    ("doesnt", "does", "n't"),
    ("didnt", "did", "n't"),
    ("cant", "can", "not"),
    ("cannot", "can", "not"),
    ("wont", "wo", "n't"),
    ("isnt", "is", "n't"),
    ("arent", "are", "n't"),
    ("wasnt", "was", "n't"),
    ("werent", "were", "n't"),
    ("hasnt", "has", "n't"),
    ("havent", "have", "n't"),
    ("hadnt", "had", "n't"),
    ("couldnt", "could", "n't"),
    ("shouldnt", "should", "n't"),
    ("wouldnt", "would", "n't"),
    ("aint", "is", "n't"),
    ("ain't", "is", "n't"),
    ("im", "I", "'m"),
    ("ive", "I", "'ve"),
    ("youre", "you", "'re"),
    ("youve", "you", "'ve"),
    ("theyre", "they", "'re"),
    ("theyve", "they", "'ve"),
    ("weve", "we", "'ve"),
    ("thats", "that", "'s"),
    ("whats", "what", "'s"),
    ("hes", "he", "'s"),
    ("shes", "she", "'s"),
    ("gonna", "going", "to"),
    ("gotta", "got", "to"),
    ("wanna", "want", "to"),
    ("whos", "who", "'s"),
    ("theres", "there", "'s"),
    ("y'all", "you", "all"),
    ("dunno", "don't", "know"),
    ("gimme", "give", "me"),
];

const ENDINGS: &[&str] = &["n't", "'re", "'ve", "'ll", "'m", "'d", "'s"];

/// Splits a normalised text.
pub(crate) fn tokenize(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 4);
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.trim_start_matches(' ');
        if let Some((fixed, tail)) = quoted(rest) {
            push(&mut tokens, fixed, Info::tagged(tag::FIXED), false);
            rest = tail;
            continue;
        }
        let end = rest.find(' ').unwrap_or(rest.len());
        let (chunk, tail) = rest.split_at(end);
        chunk_into(&mut tokens, chunk);
        rest = tail;
    }
    name_people(&mut tokens);
    tokens
}

/// A quotation or code span at the start, and what follows it. Only short ones: an unclosed quote must not eat the text.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mark = text.chars().next().filter(|c| matches!(c, '"' | '`'))?;
    let close = text[1..].find(mark)? + 2;
    (close <= 122 && close > 2).then(|| text.split_at(close))
}

fn chunk_into<'a>(tokens: &mut Vec<Token<'a>>, chunk: &'a str) {
    if chunk.starts_with("http://") || chunk.starts_with("https://") || chunk.starts_with("www.") {
        let trimmed = chunk.trim_end_matches(['.', ',', '!', '?', ')', ';']);
        push(tokens, trimmed, Info::tagged(tag::FIXED), false);
        return;
    }
    let opened = chunk.trim_start_matches(|c: char| is_punctuation(c) && c != '`');
    if opened.len() < chunk.len() {
        mark_after(tokens, &chunk[..chunk.len() - opened.len()]);
    }
    let word = opened.trim_end_matches(|c: char| is_punctuation(c) && c != '%');
    let trailing = &opened[word.len()..];
    // "fast,then" and "late...again": a stop between letters separates words, inside numbers and names of files it does not.
    if let Some(at) = inner_break(word) {
        let (first, second) = word.split_at(at);
        chunk_into(tokens, first);
        mark_after(tokens, &second[..1]);
        chunk_into(tokens, &opened[at + 1..]);
        return;
    }
    if !word.is_empty() {
        push_word(tokens, word);
    }
    mark_after(tokens, trailing);
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '!'
            | '?'
            | ';'
            | ':'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '"'
            | '\''
            | '\u{2014}'
            | '*'
            | '_'
            | '~'
            | '<'
            | '>'
            | '|'
            | '='
    ) || (c == '-')
}

fn inner_break(word: &str) -> Option<usize> {
    let at = word.find([',', '!', '?', ';', '\u{2014}'])?;
    if word[at..].starts_with('\u{2014}') {
        return None;
    }
    let before = word[..at].chars().next_back()?;
    let after = word[at + 1..].chars().next()?;
    (before.is_alphabetic() && (after.is_alphabetic() || is_punctuation(after))).then_some(at)
}

fn mark_after(tokens: &mut [Token<'_>], marks: &str) {
    let Some(last) = tokens.last_mut() else { return };
    for c in marks.chars() {
        let stronger = match c {
            '?' => true,
            '!' => last.after != '?',
            '.' | ';' => !matches!(last.after, '?' | '!'),
            ',' | ':' | '\u{2014}' | '(' | ')' | '-' => last.after == ' ',
            _ => false,
        };
        if stronger {
            last.after = if matches!(c, '(' | ')' | '-') { ',' } else { c };
        }
    }
}

fn push<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str, info: Info, glued: bool) {
    let lower = if text.bytes().any(|b| b.is_ascii_uppercase() || b >= 0x80) {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    tokens.push(Token { text, lower, info, glued, after: ' ' });
}

fn push_word<'a>(tokens: &mut Vec<Token<'a>>, word: &'a str) {
    if !word.chars().any(char::is_alphanumeric) {
        if !word.is_ascii() {
            push(tokens, word, Info::tagged(tag::EMOJI), false);
        }
        return;
    }
    if is_fixed(word) {
        push(tokens, word, Info::tagged(tag::FIXED | numeric(word)), false);
        return;
    }
    let lower = word.to_ascii_lowercase();
    if let Some((_, first, second)) = CONTRACTIONS.iter().find(|(form, ..)| *form == lower) {
        push(tokens, first, lookup(&first.to_lowercase()), false);
        push(tokens, second, lookup(second), second.contains('\''));
        return;
    }
    if lower.is_ascii()
        && let Some(ending) = ENDINGS.iter().find(|e| lower.ends_with(**e) && lower.len() > e.len())
    {
        let cut = word.len() - ending.len();
        push_plain(tokens, &word[..cut], false);
        push_plain(tokens, &word[cut..], true);
        return;
    }
    push_plain(tokens, word, false);
}

fn push_plain<'a>(tokens: &mut Vec<Token<'a>>, word: &'a str, glued: bool) {
    push(tokens, word, Info::default(), glued);
    let Some(token) = tokens.last_mut() else { return };
    token.info = lookup(&token.lower);
    if token.info.tags == 0 {
        let danger = token.info.danger;
        token.info = morphology(&token.lower);
        token.info.danger = danger;
    }
    if word.starts_with(char::is_uppercase) {
        token.info.tags |= tag::CAPITAL;
        if word.len() > 1 && !word.chars().any(char::is_lowercase) {
            token.info.tags |= tag::SHOUT;
        }
    }
}

/// Words no table has: their endings still say a little.
fn morphology(word: &str) -> Info {
    let mut info = Info::default();
    if word.len() > 5 && word.is_ascii() {
        if word.ends_with("ed") {
            info.tags = tag::V_PAST | tag::V_PP;
        } else if word.ends_with("ing") {
            info.tags = tag::V_ING;
        } else if word.ends_with("ly") {
            info.tags = tag::ADV;
        }
        if word.ends_with("able") || word.ends_with("less") || word.ends_with("ous") {
            info.tags |= tag::COMMON;
        }
    }
    info
}

/// Numbers, times, versions, ids, paths, handles, identifiers: kept letter for letter.
fn is_fixed(word: &str) -> bool {
    let bytes = word.as_bytes();
    let digit = bytes.iter().any(u8::is_ascii_digit);
    let odd = word.contains(['/', '\\', '@', '#', '_', '`', '$', '\u{20ac}', '\u{a3}'])
        && word.chars().any(char::is_alphanumeric);
    let dotted = word.contains('.') && !word.starts_with('.') && word.split('.').all(|part| !part.is_empty());
    let camel = word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    digit || odd || dotted || camel
}

fn numeric(word: &str) -> u64 {
    if word.starts_with(|c: char| c.is_ascii_digit()) { tag::NUM } else { 0 }
}

/// Capitals inside a sentence that no table knows, and known first names, are names: facts.
fn name_people(tokens: &mut [Token<'_>]) {
    let mut sentence_start = true;
    let shouting = tokens.iter().filter(|t| t.is(tag::SHOUT)).count() * 3 > tokens.len();
    for token in tokens.iter_mut() {
        let capital = token.is(tag::CAPITAL) && !(shouting && token.is(tag::SHOUT));
        let tags = token.info.tags;
        let known = tags & !(tag::CAPITAL | tag::SHOUT | tag::NAME) != 0 || token.info.verb().is_some();
        if capital && !known && (!sentence_start || tags & tag::NAME != 0 || token.text.len() > 3) {
            token.info.tags |= tag::NAME;
        } else if tags & tag::NAME != 0 && known && (!capital || sentence_start) {
            // "mark it done", "will you": a common word that is also a name stays a word.
            token.info.tags &= !tag::NAME;
        }
        sentence_start = matches!(token.after, '.' | '!' | '?');
    }
}
