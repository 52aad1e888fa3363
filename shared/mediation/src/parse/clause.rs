//! Where one statement ends and the next begins. Speech has no full stops, so a clause also ends where a new subject
//! finds its own verb.

use super::token::Token;
use crate::lexicon::tag;

/// A run of tokens that says one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clause {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Joined to the one before by `and`, `but`, `or` without a subject of its own.
    pub(crate) shares_subject: bool,
    /// Joined by `because` and the like.
    pub(crate) because: bool,
    /// What closes it, a space for nothing.
    pub(crate) close: char,
}

/// Splits the tokens; every token but the joining words is in exactly one clause.
pub(crate) fn split(tokens: &[Token<'_>]) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut open = Open::at(0);
    let mut at = 0;
    while at < tokens.len() {
        if at > open.start {
            match boundary(tokens, &open, at) {
                Boundary::No => {}
                Boundary::Here => open = close(&mut clauses, tokens, open, at, at),
                Boundary::Joined { next, shares, because } => {
                    open = close(&mut clauses, tokens, open, at, next);
                    open.shares = shares;
                    open.because = because;
                    at = next;
                    continue;
                }
            }
        }
        let token = &tokens[at];
        open.verb |= token.is(tag::AUX) || (token.is(tag::FINITE) && verb_position(tokens, open.start, at));
        at += 1;
    }
    close(&mut clauses, tokens, open, tokens.len(), tokens.len());
    clauses
}

#[derive(Clone, Copy)]
struct Open {
    start: usize,
    verb: bool,
    shares: bool,
    because: bool,
}

impl Open {
    fn at(start: usize) -> Self {
        Self { start, verb: false, shares: false, because: false }
    }
}

enum Boundary {
    No,
    Here,
    Joined { next: usize, shares: bool, because: bool },
}

fn close(clauses: &mut Vec<Clause>, tokens: &[Token<'_>], open: Open, end: usize, next: usize) -> Open {
    if end > open.start {
        let close = tokens[end - 1].after;
        clauses.push(Clause { start: open.start, end, shares_subject: open.shares, because: open.because, close });
    }
    Open::at(next)
}

fn boundary(tokens: &[Token<'_>], open: &Open, at: usize) -> Boundary {
    let before = tokens[at - 1].after;
    let token = &tokens[at];
    // "whoever wrote this should be ashamed": what they did, then what is thought of it.
    if open.verb
        && tokens[open.start].word("whoever")
        && token.is(tag::MODAL | tag::BE)
        && !tokens[at - 1].is(tag::AUX | tag::NEG)
    {
        return Boundary::Here;
    }
    if matches!(before, '.' | '!' | '?' | ';' | '\u{2014}' | ':') {
        let joined = token.is(tag::CONJ) && at + 1 < tokens.len();
        return if joined {
            Boundary::Joined { next: at + 1, shares: false, because: is_because(token) }
        } else {
            Boundary::Here
        };
    }
    if token.is(tag::CONJ)
        && at + 1 < tokens.len()
        && !(token.word("so") && !starts_clause(tokens, at + 1))
        && !token.word("then")
        && let Some(joined) = joined(tokens, open, at)
    {
        return joined;
    }
    if before == ',' && token.word("no") && open.verb && !tokens[open.start..at].iter().any(|t| t.word("no")) {
        return Boundary::Here;
    }
    if before == ',' && (starts_clause(tokens, at) || (open.verb && imperative(tokens, at))) {
        return Boundary::Here;
    }
    if before == ','
        && token.is(tag::ADV | tag::INTENS)
        && tokens.get(at + 1).is_some_and(|t| t.is(tag::V_PAST) && !t.is(tag::ADV))
    {
        return Boundary::Here;
    }
    // "you told the client we would ship": what was told belongs to the telling.
    let told = tokens[open.start..at].iter().rev().take(4).any(|t| {
        t.info
            .verb()
            .is_some_and(|v| ["tell", "promise", "inform", "assure", "warn", "remind"].contains(&v.base.as_str()))
    });
    if told {
        return Boundary::No;
    }
    if open.verb && new_subject(tokens, at) && starts_clause(tokens, at) { Boundary::Here } else { Boundary::No }
}

fn is_because(token: &Token<'_>) -> bool {
    token.one_of(&["because", "cause", "'cause", "cuz", "cos"])
}

fn joined(tokens: &[Token<'_>], open: &Open, at: usize) -> Option<Boundary> {
    let token = &tokens[at];
    let mut next = at + 1;
    // "and then", "and now": the second word belongs to the joint.
    while next + 1 < tokens.len()
        && tokens[next].one_of(&["then", "now", "so", "because", "also", "yet"])
        && tokens[next].after == ' '
    {
        next += 1;
    }
    if starts_clause(tokens, next) {
        return Some(Boundary::Joined { next, shares: false, because: is_because(token) });
    }
    if !open.verb || !token.one_of(&["and", "but", "or", "then", "yet"]) {
        return None;
    }
    let mut verb = next;
    while verb < tokens.len()
        && tokens[verb].is(tag::ADV | tag::INTENS | tag::NEVER | tag::ALWAYS | tag::FREQ | tag::NEG)
    {
        verb += 1;
    }
    let shares = tokens.get(verb).is_some_and(|t| {
        t.is(tag::AUX)
            || (t.is(tag::V_PAST | tag::V_S) && !t.is(tag::NOUN))
            || (t.is(tag::V_BASE) && !t.is(tag::NOUN | tag::PREP))
            || (t.is(tag::FINITE) && tokens.get(verb + 1).is_some_and(|n| n.is(tag::DET | tag::POSS | tag::OBJPRON)))
    });
    shares.then_some(Boundary::Joined { next, shares: true, because: false })
}

/// A pronoun that can open a clause of its own here, not the object or the relative clause of what came before.
fn new_subject(tokens: &[Token<'_>], at: usize) -> bool {
    let (before, token) = (&tokens[at - 1], &tokens[at]);
    let no_one = token.word("no") && tokens.get(at + 1).is_some_and(|t| t.word("one"));
    if !no_one
        && !token.is(tag::PERSON | tag::IT)
        && !(token.is(tag::INTERJ | tag::WH) && at + 2 < tokens.len() && token.one_of(&["why", "please", "seriously"]))
    {
        return false;
    }
    if token.word("that")
        || (token.is(tag::IT) && token.is(tag::DET) && !tokens.get(at + 1).is_some_and(|t| t.is(tag::BE)))
    {
        return false;
    }
    if before.is(tag::SUBORD | tag::WH | tag::CONJ | tag::DET | tag::POSS | tag::NEVER)
        || (before.is(tag::PREP) && !before.is(tag::ADV))
        || before.is(tag::DO | tag::MODAL | tag::BE)
        || before.word("n't")
    {
        return false;
    }
    if before.is(tag::YOU) && token.is(tag::SOMEONE | tag::EVERYONE) {
        return false;
    }
    let saying = before.info.verb().is_some_and(|v| {
        [
            "say",
            "think",
            "know",
            "tell",
            "hope",
            "wish",
            "want",
            "need",
            "believe",
            "realize",
            "realise",
            "guess",
            "assume",
            "mean",
            "let",
            "make",
            "see",
            "hear",
            "feel",
            "ask",
            "help",
            "pretend",
            "expect",
            "understand",
            "notice",
            "promise",
            "swear",
            "love",
            "hate",
            "act",
        ]
        .contains(&v.base.as_str())
    }) || before.one_of(&["sure", "like", "way", "afraid", "time"]);
    if saying {
        return false;
    }
    // "the worst code I have ever seen": nothing follows its verb.
    let close = (at..tokens.len())
        .find(|i| tokens[*i].after != ' ' || *i + 1 == tokens.len() || tokens[*i + 1].is(tag::CONJ))
        .unwrap_or(at);
    if before.is(tag::NOUN)
        && close > at
        && close <= at + 4
        && tokens[close].is(tag::VERB)
        && !tokens[close].is(tag::NOUN | tag::BADADJ | tag::FEEL)
        && tokens[at + 1..close].iter().all(|t| t.is(tag::AUX | tag::ADV | tag::INTENS))
    {
        return false;
    }
    // "the spec you sent", "the date they promised": a relative clause.
    let relative = before.is(tag::NOUN)
        && tokens.get(at + 1).is_some_and(|t| t.is(tag::V_PAST) && !t.is(tag::AUX))
        && tokens.get(at + 2).is_none_or(|t| t.is(tag::PREP | tag::TIME | tag::AUX | tag::ADV));
    !relative
}

fn starts_clause(tokens: &[Token<'_>], at: usize) -> bool {
    let mut i = at;
    while tokens.get(i).is_some_and(|t| {
        t.is(tag::INTENS | tag::INTERJ) && !t.is(tag::DET | tag::PERSON | tag::V_BASE) && t.after == ' '
    }) && i < at + 3
    {
        i += 1;
    }
    let Some(token) = tokens.get(i) else { return false };
    if token.is(tag::WH) || token.is(tag::SUBORD) && !token.is(tag::PREP | tag::DET) {
        return true;
    }
    let not_one = token.word("not") && tokens.get(i + 1).is_some_and(|t| t.one_of(&["one", "a"]));
    // "it took you 6 weeks": an object with its amount.
    if token.is(tag::PERSON) && tokens.get(i + 1).is_some_and(|t| t.is(tag::NUM)) {
        return false;
    }
    let window = (i + 1)..tokens.len().min(i + 7);
    if not_one
        || token.is(tag::PERSON | tag::IT)
        || (token.word("no") && tokens.get(i + 1).is_some_and(|t| t.word("one")))
    {
        let reach = if token.is(tag::IT) {
            2
        } else if not_one {
            6
        } else {
            4
        };
        return window.take(reach).take_while(|j| tokens[j - 1].after == ' ').any(|j| {
            tokens[j].is(tag::AUX)
                || (tokens[j].is(tag::FINITE)
                    && !tokens[j].is(tag::PREP)
                    && (!token.is(tag::IT) || verb_position(tokens, i, j)))
        });
    }
    if token.is(tag::DET | tag::POSS | tag::NOUN | tag::NAME | tag::TEAM | tag::FIXED | tag::NUM)
        && !token.is(tag::PREP)
    {
        return window
            .take_while(|j| tokens[j - 1].after == ' ' && !tokens[*j].is(tag::SUBORD | tag::CONJ))
            .any(|j| tokens[j].is(tag::AUX) || (tokens[j].is(tag::FINITE) && verb_position(tokens, i, j)));
    }
    false
}

/// A command at the start of a clause: a base form with something to act on.
fn imperative(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    if token.one_of(&["please", "just", "so"]) {
        return imperative(tokens, at + 1);
    }
    token.is(tag::V_BASE)
        && !token.is(tag::PREP | tag::AUX)
        && tokens
            .get(at + 1)
            .is_some_and(|t| t.is(tag::DET | tag::POSS | tag::OBJPRON | tag::IT | tag::V_ING | tag::YOU))
}

/// Whether a word that can be a verb is one here, judged by its neighbours.
pub(crate) fn verb_position(tokens: &[Token<'_>], start: usize, at: usize) -> bool {
    let token = &tokens[at];
    if at == start {
        return token.is(tag::V_BASE) && !token.is(tag::PREP) || token.is(tag::AUX);
    }
    let before = &tokens[at - 1];
    if before.after != ' '
        || before.is(tag::DET | tag::POSS | tag::BADADJ) && !before.is(tag::PERSON | tag::IT)
        || token.is(tag::PREP)
    {
        return false;
    }
    if before.is(tag::PREP) && !before.is(tag::ADV) {
        return before.word("to") && token.is(tag::V_BASE);
    }
    let personal =
        before.is(tag::PERSON | tag::ADV | tag::NEVER | tag::ALWAYS | tag::FREQ | tag::INTENS | tag::AUX | tag::NEG);
    if token.is(tag::NOUN | tag::COMMON) {
        let plural = before.lower.ends_with('s') && !before.lower.ends_with("ss")
            || before.one_of(&["people", "team", "guys", "folks"]);
        return personal
            || (token.is(tag::V_PAST) && !token.is(tag::V_BASE))
            || (token.is(tag::V_S) && !token.is(tag::NOUN))
            || (token.is(tag::V_BASE)
                && plural
                && (!token.is(tag::NOUN)
                    || tokens.get(at + 1).is_some_and(|t| t.is(tag::DET | tag::ADV | tag::OBJPRON | tag::POSS))))
            || (token.is(tag::V_S)
                && before.is(tag::NOUN | tag::NAME | tag::TEAM)
                && tokens.get(at + 1).is_some_and(|t| t.is(tag::DET | tag::POSS | tag::OBJPRON | tag::PREP)));
    }
    token.is(tag::FINITE)
}
