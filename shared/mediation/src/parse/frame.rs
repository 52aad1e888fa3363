//! Who did what to what, how often, and whether they did it at all: one clause, taken apart just far enough to be said
//! from the other end.

use super::clause::{Clause, verb_position};
use super::token::Token;
use crate::lexicon::{self, CARRYING, NEGATING, Verb, tag};

/// Who a clause is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    I,
    We,
    /// The other side: you, they, your team.
    Them,
    /// One person without a name, or somebody.
    Someone,
    /// Somebody with a name, or a team by its name: who is a fact.
    Named,
    /// A thing, or `it`, `this`, `there`.
    Thing,
    /// None: a command or a fragment.
    None,
}

/// When, as far as wording needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tense {
    Present,
    Past,
    Perfect,
    Progressive,
    PastProgressive,
    Keeps,
    Will,
    Cannot,
    Would,
    /// `should have done`.
    Missed,
}

/// How often it is said to happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Often {
    Unsaid,
    Never,
    Always,
    Sometimes,
}

/// One clause taken apart. Positions are indices into the tokens it was parsed from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) clause: Clause,
    pub(crate) subject: Subject,
    pub(crate) subject_at: (usize, usize),
    pub(crate) tense: Tense,
    pub(crate) negated: bool,
    pub(crate) often: Often,
    pub(crate) verb: Option<&'static Verb>,
    /// The verb is a form of `be` that links, or the clause is already passive.
    pub(crate) linking: bool,
    /// Where the verb group starts; the main verb; what follows it.
    pub(crate) group: usize,
    pub(crate) rest: usize,
    pub(crate) question: bool,
    /// The subject said nobody did it.
    pub(crate) nobody: bool,
}

/// Takes a clause apart. A clause with no verb has none.
pub(crate) fn parse(tokens: &[Token<'_>], clause: Clause, earlier: Option<&Frame>) -> Frame {
    let mut start = clause.start;
    while start + 1 < clause.end && skippable(tokens, start) {
        start += 1;
    }
    let mut frame = Frame {
        clause,
        subject: Subject::None,
        subject_at: (start, start),
        tense: Tense::Present,
        negated: false,
        often: Often::Unsaid,
        verb: None,
        linking: false,
        group: start,
        rest: clause.end,
        question: clause.close == '?',
        nobody: false,
    };
    let inverted = find_inverted(tokens, start, clause.end);
    if let Some((aux, subject)) = inverted {
        frame.question = true;
        frame.group = aux;
        let end = subject_end(tokens, subject, clause.end);
        read_subject(&mut frame, tokens, subject, end);
        let mut group = Group { do_or_modal: Some(aux), ..Group::default() };
        group.note(&mut frame, tokens, aux);
        if tokens.get(aux + 1).is_some_and(|t| t.is(tag::NEG)) && aux + 1 < subject {
            frame.negated = true;
        }
        group.read(&mut frame, tokens, end);
        // "do you ever read it" says that it is not read.
        let rhetorical =
            !tokens[start].is(tag::WH) && frame.subject == Subject::Them && frame.verb.is_some() && !frame.linking;
        if rhetorical
            && tokens[end.min(clause.end)..frame.rest.max(end).min(clause.end)]
                .iter()
                .any(|t| t.one_of(&["ever", "even"]))
        {
            frame.negated = true;
        }
    } else if let Some(verb) = shared_verb(tokens, start, clause).or_else(|| find_verb(tokens, start, clause.end)) {
        frame.group = verb;
        read_subject(&mut frame, tokens, start, verb);
        if verb == start
            && clause.shares_subject
            && let Some(earlier) = earlier
        {
            frame.subject = earlier.subject;
            frame.subject_at = earlier.subject_at;
            frame.nobody = earlier.nobody;
        }
        Group::default().read(&mut frame, tokens, verb);
    }
    // "if you had read it": it was not read.
    if tokens[clause.start].word("if")
        && frame.subject == Subject::Them
        && frame.tense == Tense::Past
        && frame.verb.is_some()
        && tokens[frame.group].word("had")
    {
        frame.negated = !frame.negated;
    }
    for _ in 0..3 {
        if !unwrap_carrier(&mut frame, tokens) {
            break;
        }
    }
    frame
}

fn skippable(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if token.is(tag::EMOJI) {
        return true;
    }
    if token.is(tag::PERSON | tag::AUX) || token.is(tag::DET) && !token.word("that") {
        return false;
    }
    let opening = token.word("if")
        || token.is(tag::INTERJ | tag::CONJ | tag::INTENS)
        || token.one_of(&[
            "please",
            "once",
            "again",
            "honestly",
            "yet",
            "instead",
            "meanwhile",
            "today",
            "that",
            "still",
            "then",
            "now",
            "also",
        ]);
    let next = &tokens[at + 1];
    let verb_next =
        token.is(tag::V_BASE) && (next.is(tag::DET | tag::POSS | tag::OBJPRON | tag::PREP) && token.after == ' ');
    opening && !verb_next && !(token.is(tag::IT) && (next.is(tag::AUX) || next.is(tag::V_S | tag::V_PAST)))
}

/// `why did you …`, `can't you …`, `is the build …`: where the helper and the subject are.
fn find_inverted(tokens: &[Token<'_>], start: usize, end: usize) -> Option<(usize, usize)> {
    let mut at = start;
    while at < end && tokens[at].one_of(&["why", "how", "when", "where", "what", "who"]) {
        at += 1;
    }
    while at < end && at > start && tokens[at].is(tag::INTENS) {
        at += 1;
    }
    if !tokens.get(at)?.is(tag::AUX)
        || at >= end
        || (at > start && tokens[start].one_of(&["who", "what"]) && !tokens.get(at + 1)?.is(tag::PERSON))
    {
        return None;
    }
    let mut subject = at + 1;
    while subject < end && tokens[subject].is(tag::NEG) && !tokens[subject].word("no") && !tokens[subject].is(tag::NOUN)
    {
        subject += 1;
    }
    let found =
        subject < end && tokens[subject].is(tag::PERSON | tag::IT | tag::DET | tag::POSS | tag::NAME | tag::TEAM);
    let do_needs_verb =
        !tokens[at].is(tag::DO | tag::HAVE) || tokens[subject.min(end - 1)].is(tag::PERSON | tag::IT) || at > start;
    (found && do_needs_verb).then_some((at, subject))
}

fn subject_end(tokens: &[Token<'_>], at: usize, end: usize) -> usize {
    if tokens[at].is(tag::PERSON | tag::IT) && !tokens[at].is(tag::DET) {
        return (at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is(tag::TEAMNOUN)))).min(end);
    }
    let mut i = at + 1;
    while i < end {
        let token = &tokens[i];
        let noun_like = tokens[i - 1].is(tag::NOUN | tag::TEAMNOUN | tag::NAME | tag::TEAM | tag::FIXED);
        if token.is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::NEG | tag::V_ING | tag::BADADJ | tag::ADV | tag::AUX)
            || (noun_like && !token.is(tag::NOUN | tag::TEAMNOUN | tag::FIXED))
        {
            break;
        }
        i += 1;
    }
    i
}

/// `and changed it again`: the clause opens with its verb.
fn shared_verb(tokens: &[Token<'_>], start: usize, clause: Clause) -> Option<usize> {
    let mut at = start;
    while at < clause.end
        && tokens[at].is(tag::ADV | tag::INTENS | tag::NEVER | tag::ALWAYS | tag::FREQ | tag::NEG)
        && !tokens[at].is(tag::VERB)
    {
        at += 1;
    }
    (clause.shares_subject && at < clause.end && tokens[at].is(tag::FINITE | tag::AUX)).then_some(start)
}

/// Where the verb group starts.
fn find_verb(tokens: &[Token<'_>], start: usize, end: usize) -> Option<usize> {
    let mut second = None;
    let mut i = start;
    while i < end {
        let token = &tokens[i];
        // "whoever deployed it broke it": the second verb is the one.
        if i == start && token.word("whoever") {
            i = relative_end(tokens, i, end);
            continue;
        }
        // "design never gives us": a team, not a command.
        if i == start
            && token.is(tag::TEAM)
            && tokens.get(i + 1).is_some_and(|t| {
                i + 1 < end
                    && (t.is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::AUX)
                        || t.is(tag::V_S | tag::V_PAST) && !t.is(tag::NOUN))
            })
        {
            i += 1;
            continue;
        }
        if i > start
            && token.is(tag::WH | tag::SUBORD)
            && !token.word("that")
            && second.is_none()
            && tokens[start].is(tag::DET | tag::POSS)
        {
            // A relative clause inside the subject: its verb is not ours. Jump over it.
            i = relative_end(tokens, i, end);
            continue;
        }
        if token.is(tag::AUX) && !possessive(tokens, i) && !(token.word("do") && i > start && tokens[i - 1].word("to"))
        {
            return Some(group_start(tokens, start, i));
        }
        if token.is(tag::FINITE) && verb_position(tokens, start, i) && !(i > start && tokens[i - 1].word("to")) {
            if !token.is(tag::NOUN)
                || i == start
                || tokens[i - 1].is(tag::PERSON | tag::NEVER | tag::ALWAYS | tag::FREQ)
            {
                return Some(group_start(tokens, start, i));
            }
            second = second.or(Some(i));
        }
        i += 1;
    }
    second.map(|at| group_start(tokens, start, at))
}

fn relative_end(tokens: &[Token<'_>], at: usize, end: usize) -> usize {
    let mut i = at + 1;
    let mut verbs = 0;
    while i < end {
        if tokens[i].is(tag::FINITE | tag::AUX) && verb_position(tokens, at, i) {
            verbs += 1;
            let chained = tokens[i - 1].is(tag::AUX);
            if verbs > 1 && !chained {
                return i;
            }
        }
        i += 1;
    }
    at + 1
}

fn possessive(tokens: &[Token<'_>], at: usize) -> bool {
    if !tokens[at].word("'s") || at == 0 {
        return false;
    }
    let pronoun =
        tokens[at - 1].is(tag::PERSON | tag::IT | tag::WH) || tokens[at - 1].one_of(&["it", "let", "here", "there"]);
    !pronoun
        && tokens.get(at + 1).is_some_and(|t| {
            !t.is(tag::DET
                | tag::NEG
                | tag::V_ING
                | tag::V_PP
                | tag::BADADJ
                | tag::ADV
                | tag::FREQ
                | tag::NEVER
                | tag::ALWAYS
                | tag::PREP)
        })
}

fn group_start(tokens: &[Token<'_>], start: usize, verb: usize) -> usize {
    let mut at = verb;
    while at > start
        && tokens[at - 1].is(tag::NEVER | tag::ALWAYS | tag::FREQ | tag::INTENS | tag::ADV)
        && !tokens[at - 1].is(tag::NOUN | tag::TIME | tag::PREP)
        && tokens[at - 1].after == ' '
    {
        at -= 1;
    }
    at
}

fn read_subject(frame: &mut Frame, tokens: &[Token<'_>], start: usize, end: usize) {
    frame.subject_at = (start, end);
    let Some(first) = tokens.get(start).filter(|_| end > start) else { return };
    let words = &tokens[start..end];
    let has = |tags: u64| words.iter().any(|t| t.is(tags));
    let no_one = first.word("no") && words.get(1).is_some_and(|t| t.word("one"));
    let not_one = first.word("not") && words.get(1).is_some_and(|t| t.one_of(&["one", "a"]));
    let theirs = words.iter().any(|t| t.one_of(&["your", "their"]));
    frame.nobody = first.is(tag::NOBODY) || no_one || not_one || first.word("neither");
    let next_relative = words.get(1).is_some_and(|t| t.is(tag::WH | tag::SUBORD));
    frame.subject = if frame.nobody {
        frame.negated = true;
        Subject::Them
    } else if first.is(tag::ME) {
        Subject::I
    } else if first.is(tag::WE) || (has(tag::ME | tag::WE) && words.iter().any(|t| t.word("and"))) {
        Subject::We
    } else if first.is(tag::YOU | tag::THEY | tag::EVERYONE) && !next_relative {
        Subject::Them
    } else if theirs
        && words.last().is_some_and(|t| {
            t.is(tag::TEAMNOUN | tag::INSULT)
                || t.one_of(&["people", "team", "manager", "boss", "lead", "intern", "interns"])
        })
    {
        Subject::Them
    } else if first.is(tag::HESHE | tag::SOMEONE)
        || has(tag::INSULT)
        || words.last().is_some_and(|t| t.one_of(&["person", "guy", "people", "shift", "staff"]))
    {
        Subject::Someone
    } else if has(tag::NAME) && !has(tag::DET | tag::POSS) && words.len() <= 4 {
        Subject::Named
    } else if words.iter().all(|t| t.is(tag::TEAM | tag::TEAMNOUN | tag::DET | tag::POSS))
        && has(tag::TEAM | tag::TEAMNOUN)
        && !has(tag::IT)
    {
        if first.word("our") || first.word("my") { Subject::We } else { Subject::Named }
    } else {
        Subject::Thing
    };
}

#[derive(Default)]
struct Group {
    do_or_modal: Option<usize>,
    be: bool,
    have: bool,
    past: bool,
    modal: Option<Tense>,
    did: bool,
    should: bool,
}

impl Group {
    fn note(&mut self, frame: &mut Frame, tokens: &[Token<'_>], at: usize) {
        let token = &tokens[at];
        let word = token.lower.as_ref();
        match word {
            "did" => (self.did, self.past) = (true, true),
            "do" | "does" => self.did = true,
            "was" | "were" => (self.be, self.past) = (true, true),
            "had" => (self.have, self.past) = (true, true),
            "will" | "'ll" | "wo" | "shall" => self.modal = Some(Tense::Will),
            "can" | "ca" | "could" => self.modal = Some(Tense::Cannot),
            "would" | "'d" | "should" | "might" | "may" | "must" => {
                self.modal = Some(Tense::Would);
                self.should = word == "should";
            }
            "have" | "has" | "'ve" => self.have = true,
            "having" | "being" => {}
            _ => self.be = true,
        }
        if word == "'s" && tokens.get(at + 1).is_some_and(|t| t.word("been")) {
            (self.be, self.have) = (false, true);
        }
        frame.rest = at + 1;
    }

    fn read(mut self, frame: &mut Frame, tokens: &[Token<'_>], from: usize) {
        let end = frame.clause.end;
        let mut at = from;
        let mut main = None;
        while at < end {
            let token = &tokens[at];
            let next_verbal = tokens.get(at + 1).is_some_and(|t| {
                t.is(tag::NEG
                    | tag::NEVER
                    | tag::V_PP
                    | tag::V_ING
                    | tag::ADV
                    | tag::ALWAYS
                    | tag::FREQ
                    | tag::V_BASE
                    | tag::INTENS
                    | tag::BE
                    | tag::HAVE)
            }) && at + 1 < end;
            if token.is(tag::NEVER) {
                (frame.negated, frame.often) = (true, Often::Never);
            } else if token.is(tag::ALWAYS) && !token.word("forever") {
                frame.often = Often::Always;
            } else if token.is(tag::FREQ) {
                frame.often = Often::Sometimes;
            } else if token.one_of(&["n't", "not"]) {
                frame.negated = true;
            } else if token.is(tag::BE | tag::MODAL) && !possessive(tokens, at)
                || (token.is(tag::HAVE | tag::DO)
                    && next_verbal
                    && !(token.is(tag::HAVE) && tokens[at + 1].is(tag::V_BASE) && !tokens[at + 1].is(tag::V_PP)))
            {
                self.note(frame, tokens, at);
            } else if token.is(tag::VERB)
                && !(self.be && !token.is(tag::V_ING | tag::V_PP))
                && !(token.is(tag::V_ING)
                    && !self.be
                    && main.is_none()
                    && at != from
                    && self.do_or_modal.is_none()
                    && !self.have)
                && !(self.be && token.is(tag::BADADJ | tag::FEEL))
            {
                main = Some(at);
                break;
            } else if token.is(tag::INTENS | tag::ADV)
                && !token.is(tag::PREP)
                && !(self.be && token.one_of(&["late", "early", "here", "there", "down", "up", "offline"]))
                && !(self.be
                    && tokens
                        .get(at + 1)
                        .is_none_or(|t| !t.is(tag::VERB | tag::NEG | tag::ADV | tag::INTENS | tag::NEVER)))
            {
            } else {
                break;
            }
            at += 1;
            frame.rest = at;
        }
        self.settle(frame, tokens, main);
    }

    fn settle(self, frame: &mut Frame, tokens: &[Token<'_>], main: Option<usize>) {
        let Some(at) = main else {
            frame.linking = self.be;
            frame.verb = if self.be {
                lexicon::verb("be")
            } else if self.have {
                lexicon::verb("have")
            } else {
                None
            };
            frame.tense = if self.past {
                Tense::Past
            } else if self.have && self.be {
                Tense::Perfect
            } else {
                self.modal.unwrap_or(Tense::Present)
            };
            return;
        };
        let token = &tokens[at];
        frame.rest = at + 1;
        frame.verb = token.info.verb();
        frame.linking = self.be && token.is(tag::V_PP) && !token.is(tag::V_ING);
        frame.tense = match () {
            () if self.modal == Some(Tense::Would) && self.have => Tense::Missed,
            () if self.modal == Some(Tense::Cannot) && self.have => Tense::Missed,
            () if self.modal.is_some() => self.modal.unwrap_or(Tense::Would),
            () if self.be && token.is(tag::V_ING) => {
                if self.past {
                    Tense::PastProgressive
                } else {
                    Tense::Progressive
                }
            }
            () if self.have => {
                if self.past {
                    Tense::Past
                } else {
                    Tense::Perfect
                }
            }
            () if self.past => Tense::Past,
            () if !self.did && token.is(tag::V_PAST) && !token.is(tag::V_BASE) => Tense::Past,
            () if !self.did
                && token.is(tag::V_PAST)
                && token.is(tag::V_BASE)
                && frame.subject == Subject::Them
                && frame.often == Often::Unsaid =>
            {
                Tense::Past
            }
            () => Tense::Present,
        };
    }
}

/// `forgot to test`, `keeps changing`, `could not be bothered to write`: goes on to the verb that happened, or did not.
fn unwrap_carrier(frame: &mut Frame, tokens: &[Token<'_>]) -> bool {
    let Some(verb) = frame.verb else { return false };
    let (at, end) = (frame.rest, frame.clause.end);
    let base = verb.base.as_str();
    if base == "have"
        && let Some(to) = (at..end.min(at + 5)).find(|i| tokens[*i].word("to"))
    {
        let virtue = tokens[at..to].iter().any(|t| {
            t.one_of(&["decency", "courtesy", "guts", "nerve", "audacity", "time", "grace", "gall", "sense", "balls"])
        });
        return virtue && move_to(frame, tokens, to + 1);
    }
    if base == "take"
        && tokens.get(at + 1).is_some_and(|t| t.one_of(&["time", "trouble", "effort", "liberty"]))
        && tokens.get(at + 2).is_some_and(|t| t.word("to"))
    {
        return move_to(frame, tokens, at + 3);
    }
    let mut next = at;
    while next < end && tokens[next].is(tag::ADV | tag::INTENS) {
        next += 1;
    }
    if frame.linking || base == "be" {
        if let Some(to) = (at..end.min(at + 5)).find(|i| tokens[*i].word("to")) {
            let unable = tokens[at..to].iter().any(|t| t.word("too"));
            let bothered = tokens[at.saturating_sub(1)..to].iter().any(|t| t.one_of(&["bothered", "arsed"]));
            let going = tokens[at.saturating_sub(1)..to].iter().any(|t| t.word("going"));
            if (unable || bothered || going) && tokens.get(to + 1).is_some_and(|t| t.is(tag::V_BASE)) {
                frame.negated |= unable || bothered;
                if going {
                    frame.tense = Tense::Will;
                }
                frame.linking = false;
                if frame.tense == Tense::Cannot {
                    frame.tense = Tense::Past;
                }
                return move_to(frame, tokens, to + 1);
            }
        }
        return false;
    }
    if base == "keep" && tokens.get(next).is_some_and(|t| t.is(tag::V_ING)) {
        frame.tense = Tense::Keeps;
        return move_to(frame, tokens, next);
    }
    if base == "stop" && tokens.get(next).is_some_and(|t| t.is(tag::V_ING)) && frame.subject != Subject::None {
        let moved = move_to(frame, tokens, next);
        frame.negated ^= moved;
        return moved;
    }
    if base == "go" && tokens.get(at).is_some_and(|t| t.one_of(&["and", "ahead"])) {
        let skip = if tokens[at].word("ahead") { 2 } else { 1 };
        return move_to(frame, tokens, at + skip);
    }
    let carries = CARRYING.contains(&base) || NEGATING.contains(&base);
    if !carries || next >= end {
        return false;
    }
    let inner = if tokens[next].word("to") {
        next + 1
    } else if tokens[next].is(tag::V_ING) {
        next
    } else {
        return false;
    };
    if matches!(frame.subject, Subject::I | Subject::We | Subject::Thing | Subject::None) {
        return false;
    }
    let moved = move_to(frame, tokens, inner);
    if moved && NEGATING.contains(&base) {
        frame.negated = !frame.negated || frame.often == Often::Always;
    }
    moved
}

fn move_to(frame: &mut Frame, tokens: &[Token<'_>], mut at: usize) -> bool {
    while at < frame.clause.end && tokens[at].is(tag::ADV | tag::INTENS) && !tokens[at].is(tag::VERB) {
        at += 1;
    }
    let Some(verb) = tokens.get(at).filter(|t| at < frame.clause.end && t.is(tag::VERB)).and_then(|t| t.info.verb())
    else {
        return false;
    };
    frame.verb = Some(verb);
    frame.rest = at + 1;
    true
}
