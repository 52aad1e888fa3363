//! Words back out of tokens: without what stings, without absolutes, from where the receiver stands.

use crate::lexicon::tag;
use crate::parse::token::Token;

/// How a phrase is to be written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Voice {
    /// Part of an observation: whose it is does not matter, `your spec` becomes `the spec`.
    Observation,
    /// Part of a request, said to the other side.
    Request,
}

/// Writes these tokens as the receiver should read them.
pub(crate) fn write(tokens: &[Token<'_>], voice: Voice) -> String {
    let mut out = String::with_capacity(tokens.len() * 6);
    let mut at = 0;
    while at < tokens.len() {
        at += write_one(&mut out, tokens, at, voice);
    }
    let trimmed = out.trim_matches([' ', ',', '\u{2014}', ':']).len();
    let start = out.len() - out.trim_start_matches([' ', ',', '\u{2014}', ':']).len();
    out[start..]
        .chars()
        .take(out[start..].chars().count().min(trimmed))
        .collect::<String>()
        .trim_end_matches([' ', ',', ':', '\u{2014}'])
        .to_owned()
}

fn write_one(out: &mut String, tokens: &[Token<'_>], at: usize, voice: Voice) -> usize {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    if token.is(tag::EMOJI) || dropped(tokens, at) {
        return 1;
    }
    if token.is(tag::NEVER) {
        return never(out, tokens, at);
    }
    if token.word("every") && next.is_some_and(|t| t.word("single")) {
        return every(out, tokens, at, 2);
    }
    if token.one_of(&["each", "every"]) && next.is_some_and(|t| t.word("time")) {
        let last = tokens.len() == at + 2;
        add(out, if last { "many times" } else { "often when" }, false);
        return 2;
    }
    if token.one_of(&["every", "each"]) && next.is_some_and(|t| !t.is(tag::UNIT | tag::TIME | tag::NUM)) {
        return every(out, tokens, at, 1);
    }
    if token.word("all") && next.is_some_and(|t| t.word("the")) && tokens.get(at + 2).is_some_and(|t| t.word("time")) {
        add(out, "often", false);
        return 3;
    }
    let word = replacement(tokens, at, voice);
    if token.glued && !word.is_empty() && !out.is_empty() && word == token.text {
        out.push_str(word);
    } else {
        add(out, &plain_case(token, word, at == 0), false);
    }
    if matches!(token.after, ',' | ':' | '\u{2014}' | ';') && at + 1 < tokens.len() {
        out.push(',');
    }
    1
}

/// SHOUTED words of everyday English come down; names, ids and acronyms stay.
fn plain_case(token: &Token<'_>, word: &str, first: bool) -> String {
    // A capital in the middle of a sentence is a name we do not know.
    if !first && token.is(tag::CAPITAL) && !token.is(tag::SHOUT) {
        return word.to_owned();
    }
    if token.is(tag::SHOUT) && token.word("hr") {
        return word.to_owned();
    }
    let known = token.info.tags & !(tag::CAPITAL | tag::SHOUT | tag::NOUN | tag::TEAM) != 0 || token.text.len() > 5;
    if token.is(tag::FIXED | tag::NAME | tag::TIME | tag::ME) || !token.is(tag::CAPITAL) || word != token.text {
        return word.to_owned();
    }
    if token.is(tag::SHOUT) && !known {
        return word.to_owned();
    }
    if token.is(tag::SHOUT) || known || token.is(tag::NOUN) { word.to_lowercase() } else { word.to_owned() }
}

fn add(out: &mut String, word: &str, glued: bool) {
    if word.is_empty() {
        return;
    }
    if !out.is_empty() && !glued {
        out.push(' ');
    }
    out.push_str(word);
}

fn dropped(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if token.is(tag::FIXED | tag::NAME) {
        return false;
    }
    if token.is(tag::PROFANE) {
        return true;
    }
    if token.is(tag::INTENS) {
        return !token.is(tag::UNIT)
            && !(token.word("just") && tokens.get(at + 1).is_some_and(|t| t.is(tag::NUM)))
            && !token.word("already");
    }
    // "your useless spec": the judgement goes, the spec stays. "is wrong" is not ours to rewrite here.
    let attributive = tokens.get(at + 1).is_some_and(|t| t.is(tag::NOUN | tag::BADADJ | tag::TEAMNOUN | tag::FIXED))
        && at > 0
        && tokens[at - 1].is(tag::DET
            | tag::POSS
            | tag::BADADJ
            | tag::INTENS
            | tag::NUM
            | tag::PREP
            | tag::V_ING
            | tag::VERB);
    token.is(tag::BADADJ) && attributive && !token.one_of(&["wrong", "bad", "slow", "cheap", "broken"])
}

/// `never` is a fact and an absolute: the not stays, the never goes.
fn never(out: &mut String, tokens: &[Token<'_>], at: usize) -> usize {
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    if before.is_some_and(|t| t.is(tag::BE) && t.one_of(&["is", "are", "am", "'s", "'re", "'m"])) {
        add(out, "often not", false);
        return 1;
    }
    if before.is_some_and(|t| t.is(tag::AUX)) {
        add(out, "not", false);
        return 1;
    }
    let Some((next, verb)) = tokens.get(at + 1).and_then(|t| t.info.verb().map(|v| (t, v))) else {
        add(out, "not", false);
        return 1;
    };
    let helper = if next.is(tag::V_S) {
        "often does not"
    } else if next.is(tag::V_BASE) {
        "often do not"
    } else if next.is(tag::V_PAST) {
        "did not"
    } else {
        "not"
    };
    add(out, helper, false);
    if helper == "not" {
        return 1;
    }
    add(out, &verb.base, false);
    2
}

/// `every single meeting` becomes `meetings`; `every single day` keeps its day.
fn every(out: &mut String, tokens: &[Token<'_>], at: usize, skip: usize) -> usize {
    let noun = at + skip;
    let Some(first) = tokens.get(noun) else { return skip };
    if first.word("time") {
        add(out, "many times", false);
        return skip + 1;
    }
    if first.is(tag::UNIT | tag::TIME) || first.one_of(&["morning", "night", "evening"]) {
        add(out, "every", false);
        return skip;
    }
    if first.word("one") {
        add(out, "each", false);
        return skip;
    }
    let mut end = noun;
    while tokens.get(end + 1).is_some_and(|t| t.is(tag::NOUN) && !t.is(tag::PREP)) && tokens[end].after == ' ' {
        end += 1;
    }
    for token in &tokens[noun..end] {
        add(out, token.text, false);
    }
    let head = &tokens[end].lower;
    add(out, &plural(head), false);
    end + 1 - at
}

fn plural(noun: &str) -> String {
    if noun.ends_with('s') && !noun.ends_with("ss") {
        noun.to_owned()
    } else if noun.ends_with("ss") || noun.ends_with("ch") || noun.ends_with("sh") || noun.ends_with('x') {
        format!("{noun}es")
    } else if noun.ends_with('y') && !["ay", "ey", "oy"].iter().any(|e| noun.ends_with(e)) {
        format!("{}ies", &noun[..noun.len() - 1])
    } else {
        format!("{noun}s")
    }
}

fn replacement<'t>(tokens: &'t [Token<'_>], at: usize, voice: Voice) -> &'t str {
    let token = &tokens[at];
    let first = at == 0;
    match token.lower.as_ref() {
        "your" | "their" if voice == Voice::Observation => "the",
        "their" => "your",
        "them" if addressed(tokens, at) => "you",
        "them" => "them",
        "they" | "u" | "ya" => "you",
        "themselves" => "yourselves",
        "i" => "I",
        "'m" => "'m",
        "always" | "constantly" | "continually" | "perpetually" | "invariably" => "often",
        "forever" => "a long time",
        "endlessly" | "nonstop" => "repeatedly",
        "everyone" | "everybody" => "people",
        "everything" => "a lot",
        "nothing" if !first => "nothing",
        "n't" if tokens[at.saturating_sub(1)].word("ca") => "n't",
        "asap" => "as soon as possible",
        "pls" | "plz" => "please",
        _ => token.text,
    }
}

/// `them` is the other team where something is told or given to it, and things elsewhere.
fn addressed(tokens: &[Token<'_>], at: usize) -> bool {
    const TOLD: &[&str] = &[
        "tell", "ask", "give", "send", "show", "remind", "invite", "help", "call", "email", "ping", "warn", "inform",
        "pay", "wait",
    ];
    at.checked_sub(1).is_some_and(|i| {
        let before = &tokens[i];
        before.one_of(&["for", "to", "with", "from"])
            || before.info.verb().is_some_and(|v| TOLD.contains(&v.base.as_str()))
    })
}

/// The first letter as a sentence needs it.
pub(crate) fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first)
            if !text.starts_with("http")
                && !text
                    .split(' ')
                    .next()
                    .is_some_and(|word| word.contains(|c: char| c.is_ascii_digit() || c == '_')) =>
        {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
