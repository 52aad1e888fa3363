//! What happened, said without an accused: `you broke the build on Tuesday` becomes `the build was broken on Tuesday`.

use super::inflect::{Number, Sense, active, number, passive};
use super::phrase::{Voice, write};
use crate::lexicon::{self, CARRYING, NEGATING, NOMINAL, PLAINER, Verb, WITH_PREPOSITION, tag};
use crate::parse::clause::Clause;
use crate::parse::frame::{self, Frame, Often, Subject, Tense};
use crate::parse::token::Token;

/// Something that happened, in the receiver's terms.
#[derive(Clone)]
pub(crate) struct Observation {
    /// Starts in lower case (unless with a name), no full stop.
    pub(crate) text: String,
    /// A generalisation: to be said as how it looks from here.
    pub(crate) attributed: bool,
    /// A judgement's subject rather than an event: only used when there is nothing better.
    pub(crate) weak: bool,
    /// What was not done, and can be asked for: `review my PR`.
    pub(crate) wanted: Option<Wanted>,
    pub(crate) because: bool,
    pub(crate) clause: Clause,
}

/// A verb that was not done to an object.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) verb: &'static str,
    pub(crate) object: String,
    pub(crate) many: bool,
    pub(crate) often: bool,
    pub(crate) participle: String,
}

/// Turns one frame round. `None` when it tells of nothing that can be said this way.
pub(crate) fn observe(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let opening = &tokens[frame.clause.start];
    let hanging = opening.one_of(&[
        "when",
        "since",
        "while",
        "although",
        "unless",
        "until",
        "once",
        "as",
        "however",
        "whereas",
        "though",
        "which",
        "maybe",
        "either",
        "especially",
        "in",
        "made",
        "other",
    ]) || opening.one_of(&["what", "which", "how"]) && frame.clause.end > frame.clause.start + 2;
    if hanging {
        return None;
    }
    let mut seen = match frame.subject {
        Subject::I | Subject::We | Subject::Thing => stay_active(tokens, frame),
        Subject::None => fragment(tokens, frame),
        _ => turn_round(tokens, frame),
    }?;
    seen.because = frame.clause.because;
    (!seen.text.is_empty()).then_some(seen)
}

fn plain(frame: &Frame, text: String) -> Observation {
    let attributed = matches!(frame.often, Often::Never | Often::Always)
        || (frame.subject == Subject::Them && frame.tense == Tense::Keeps);
    Observation { text, attributed, weak: false, wanted: None, because: false, clause: frame.clause }
}

fn turn_round(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    if frame.negated
        && frame.verb.is_none_or(|v| v.base == "do")
        && frame.rest >= frame.clause.end
        && frame.subject != Subject::Named
    {
        let text = if frame.tense == Tense::Past { "that did not happen" } else { "that does not happen" };
        return Some(plain(frame, text.to_owned()));
    }
    let verb = frame.verb?;
    if frame.linking && verb.base == "be" {
        return linked(tokens, frame);
    }
    let able = matches!(frame.tense, Tense::Cannot | Tense::Would)
        && frame.subject == Subject::Them
        && !frame.nobody
        && !(frame.negated && frame.question);
    if able {
        return None;
    }
    let carries = tokens.get(frame.rest).is_some_and(|t| frame.rest < frame.clause.end && t.word("to"))
        && (NEGATING.contains(&verb.base.as_str()) || CARRYING.contains(&verb.base.as_str()));
    if frame.linking || verb.base == "be" || carries {
        return None;
    }
    if let Some(seen) = special(tokens, frame, verb) {
        return Some(seen);
    }
    let (object, tail, participle) = arguments(tokens, frame, verb);
    if object.0 == object.1 {
        return nominal(tokens, frame, verb).or_else(|| people(tokens, frame, verb));
    }
    let words = &tokens[object.0..object.1];
    if tokens[frame.clause.start].word("if") && frame.tense != Tense::Past {
        return None;
    }
    if words.iter().any(|t| t.is(tag::JUDGE | tag::INSULT))
        || words[0].one_of(&["yourself", "yourselves", "themselves", "himself", "herself"])
    {
        return None;
    }
    if matches!(
        verb.base.as_str(),
        "have"
            | "want"
            | "need"
            | "think"
            | "know"
            | "believe"
            | "like"
            | "love"
            | "hate"
            | "care"
            | "mean"
            | "cost"
            | "get"
            | "let"
            | "make"
            | "become"
            | "say"
            | "claim"
            | "argue"
            | "insist"
            | "feel"
            | "seem"
            | "try"
            | "play"
            | "wish"
            | "hope"
            | "cause"
            | "act"
    ) {
        return people(tokens, frame, verb);
    }
    let sense = Sense { tense: frame.tense, negated: frame.negated, often: frame.often };
    let subject = subjective(words);
    if subject.is_empty() {
        return None;
    }
    let many = match subject.as_str() {
        "I" => Number::I,
        "things" | "people" | "we" | "they" => Number::Many,
        _ => number(words),
    };
    let group = passive(&participle, many, sense);
    let mut text = format!("{subject} {group}");
    if frame.subject == Subject::Named {
        let (from, to) = frame.subject_at;
        text.push_str(" by ");
        text.push_str(&write(&tokens[from..to], Voice::Observation));
    }
    let tail_text = tail_text(tokens, tail, frame.clause.end);
    append(&mut text, &tail_text);
    let mut seen = plain(frame, text);
    if frame.negated && !verb.harm && !matches!(subject.as_str(), "I" | "we" | "he" | "she") {
        seen.wanted = Some(Wanted {
            verb: &verb.base,
            object: subject,
            many: many == Number::Many,
            often: matches!(frame.often, Often::Never | Often::Sometimes) || frame.tense == Tense::Present,
            participle,
        });
    }
    Some(seen)
}

fn append(text: &mut String, more: &str) {
    if !more.is_empty() {
        if !more.starts_with(',') {
            text.push(' ');
        }
        text.push_str(more);
    }
}

fn subjective(words: &[Token<'_>]) -> String {
    if words.len() == 1 {
        match words[0].lower.as_ref() {
            "me" => return "I".to_owned(),
            "us" => return "we".to_owned(),
            "him" => return "he".to_owned(),
            "her" => return "she".to_owned(),
            "them" => return "they".to_owned(),
            "everyone" | "everybody" | "people" => return "people".to_owned(),
            "anyone" | "anybody" | "someone" | "somebody" => return "people".to_owned(),
            "anything" | "something" | "everything" | "shit" | "stuff" => return "things".to_owned(),
            _ => {}
        }
    }
    write(words, Voice::Observation)
}

/// The object, what follows it, and the participle with its particle.
fn arguments(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> ((usize, usize), usize, String) {
    let end = frame.clause.end;
    let mut at = frame.rest;
    while at < end && (tokens[at].is(tag::INTENS | tag::PROFANE) && !tokens[at].is(tag::DET)) {
        at += 1;
    }
    let mut participle = PLAINER
        .iter()
        .find(|(base, _)| *base == verb.base)
        .map_or_else(|| verb.participle.clone(), |(_, plain)| (*plain).to_owned());
    if let Some(token) = tokens.get(at).filter(|_| at < end) {
        let after = tokens.get(at + 1).filter(|_| at + 1 < end);
        if let Some((_, _, said)) =
            WITH_PREPOSITION.iter().find(|(base, prep, _)| *base == verb.base && token.word(prep))
        {
            if after.is_some_and(|t| !t.is(tag::TIME)) {
                participle = (*said).to_owned();
                at += 1 + usize::from(after.is_some_and(|t| t.word("on")));
            }
        } else if token.one_of(&["down", "up", "out", "off", "over", "away", "back", "apart", "around"])
            && after.is_some_and(|t| t.is(tag::DET | tag::POSS | tag::NOUN | tag::FIXED | tag::NAME))
            && !after.is_some_and(|t| t.is(tag::TIME))
        {
            if PLAINER.iter().all(|(base, _)| *base != verb.base) {
                participle = format!("{participle} {}", token.lower);
            }
            at += 1;
        }
    }
    let object_end = noun_phrase(tokens, at, end);
    let mut tail = object_end;
    // "messed it up", "screwed the release up": the particle went with the verb that is no longer there.
    if tail < end && PLAINER.iter().any(|(base, _)| *base == verb.base) && tokens[tail].one_of(&["up", "over"]) {
        tail += 1;
    }
    ((at, object_end), tail, participle)
}

/// Where the noun phrase that starts here ends; where it starts when there is none.
pub(crate) fn noun_phrase(tokens: &[Token<'_>], start: usize, end: usize) -> usize {
    let Some(first) = tokens.get(start).filter(|_| start < end) else { return start };
    let starts = first.is(tag::DET
        | tag::POSS
        | tag::NOUN
        | tag::NAME
        | tag::FIXED
        | tag::NUM
        | tag::OBJPRON
        | tag::TEAM
        | tag::BADADJ
        | tag::V_ING
        | tag::SOMEONE
        | tag::EVERYONE
        | tag::IT
        | tag::CAPITAL)
        || first.info.tags & !tag::COMMON == 0
        || first.one_of(&["anything", "something", "everything", "prod"]);
    let time_first = (first.is(tag::TIME) || time_phrase(tokens, start, end))
        && !tokens.get(start + 2).is_some_and(|t| start + 2 < end && t.word("of"));
    if !starts
        || time_first
        || first.is(tag::ADV | tag::SUBORD | tag::WH) && !first.is(tag::DET | tag::NOUN)
        || first.is(tag::PREP)
        || first.word("to")
        || first.is(tag::NEG) && !first.word("no")
    {
        return start;
    }
    if first.is(tag::OBJPRON) && !(first.word("her") && tokens.get(start + 1).is_some_and(|t| t.is(tag::NOUN)))
        || first.word("it")
    {
        return start + 1;
    }
    let mut at = start + 1;
    while at < end {
        let token = &tokens[at];
        if tokens[at - 1].after != ' ' && !list_goes_on(tokens, at, end) {
            break;
        }
        let told = start > 0
            && tokens[start - 1].info.verb().is_some_and(|v| {
                matches!(v.base.as_str(), "tell" | "promise" | "inform" | "assure" | "remind" | "warn")
            });
        if told && token.is(tag::PERSON) || token.is(tag::BADADJ) && tokens[at - 1].is(tag::NOUN) {
            break;
        }
        if token.is(tag::WH)
            || token.word("that") && at + 1 < end && tokens[at + 1].is(tag::PERSON | tag::AUX | tag::FINITE)
        {
            return relative(tokens, at + 1, end);
        }
        if token.is(tag::PERSON) && !token.is(tag::IT) && tokens[at - 1].is(tag::NOUN | tag::COMMON) {
            return relative(tokens, at + 1, end);
        }
        if token.word("and") || token.word("or") {
            if tokens.get(at + 1).is_some_and(|t| {
                at + 1 < end && (t.is(tag::NOUN | tag::DET | tag::POSS | tag::NAME | tag::FIXED)) && !t.is(tag::TIME)
            }) {
                at += 1;
                continue;
            }
            break;
        }
        let dated = token.word("from")
            && tokens.get(at + 1).is_some_and(|t| at + 1 < end && t.is(tag::TIME))
            && !tokens[at..end].iter().any(|t| t.word("to"));
        if dated && tokens[at - 1].is(tag::NOUN) {
            at += 2;
            continue;
        }
        if token.one_of(&["of", "about"]) && at + 1 < end || owned_object(tokens, start, at, end) {
            at += 1;
            continue;
        }
        if token.is(tag::PREP | tag::SUBORD | tag::CONJ) || token.word("to") || time_phrase(tokens, at, end) {
            break;
        }
        let after_determiner = tokens[at - 1].is(tag::DET | tag::POSS | tag::PREP);
        if token.is(tag::TIME)
            && !tokens.get(at + 1).is_some_and(|t| at + 1 < end && t.is(tag::NOUN))
            && !after_determiner
        {
            break;
        }
        let plain_adverb = token.is(tag::ADV)
            && token.lower.ends_with("ly")
            && !token.one_of(&["daily", "weekly", "nightly", "early", "monthly", "only"]);
        if plain_adverb
            || token.is(tag::ADV | tag::NEG | tag::AUX | tag::FREQ | tag::OBJPRON)
                && !after_determiner
                && !token.is(tag::NOUN)
        {
            break;
        }
        at += 1;
    }
    at
}

fn list_goes_on(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
    tokens[at - 1].after == ','
        && tokens[at..end].iter().take(4).any(|t| t.word("and"))
        && tokens[at].is(tag::NOUN | tag::DET | tag::POSS)
}

/// `comments on my PR`, `questions about it`: the preposition belongs to the noun.
fn owned_object(tokens: &[Token<'_>], start: usize, at: usize, end: usize) -> bool {
    let head = &tokens[at - 1];
    at > start
        && at + 1 < end
        && tokens[at].one_of(&["on", "for", "from", "in"])
        && !time_phrase(tokens, at + 1, end)
        && !tokens[at + 1].is(tag::TIME | tag::NUM)
        && (head.one_of(&[
            "comment",
            "comments",
            "review",
            "feedback",
            "question",
            "questions",
            "decision",
            "notes",
            "requests",
            "request",
            "reason",
            "documentation",
            "docs",
            "spec",
            "specs",
            "design",
            "ticket",
            "tickets",
            "bug",
            "bugs",
            "credit",
            "budget",
            "access",
        ]) && tokens[at + 1].is(tag::DET | tag::POSS | tag::FIXED))
}

fn relative(tokens: &[Token<'_>], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end
        && !tokens[at].is(tag::TIME | tag::CONJ)
        && !time_phrase(tokens, at, end)
        && !tokens[at].one_of(&["without", "before", "after", "until", "because", "again"])
    {
        at += 1;
        if tokens[at - 1].after != ' ' {
            break;
        }
    }
    at
}

/// `three times`, `last week`, `this morning`, `at 5`.
fn time_phrase(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
    let Some(next) = tokens.get(at + 1).filter(|_| at + 1 < end) else { return false };
    let token = &tokens[at];
    (token.is(tag::NUM) && next.is(tag::UNIT))
        || (token.one_of(&["last", "this", "next", "every", "each", "all", "a"])
            && next.is(tag::UNIT | tag::TIME)
            && !tokens.get(at + 2).is_some_and(|t| at + 2 < end && t.is(tag::NOUN)))
}

/// What follows, with an inner `that you changed it` turned round as well.
fn tail_text(tokens: &[Token<'_>], from: usize, end: usize) -> String {
    let mut text = String::new();
    let cut = inner_clause(tokens, from, end);
    append(&mut text, &tidy_tail(tokens, from, cut.unwrap_or(end)));
    if let Some(at) = cut
        && let Some(inner) = turned_inner(tokens, at, end)
    {
        append(&mut text, &inner);
    }
    text.trim().to_owned()
}

/// A subordinate clause about the other side inside this one.
fn inner_clause(tokens: &[Token<'_>], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|i| {
        tokens[*i].is(tag::SUBORD | tag::WH)
            && tokens.get(i + 1).is_some_and(|t| {
                *i + 1 < end
                    && (t.is(tag::YOU | tag::THEY | tag::HESHE | tag::NOBODY) || t.one_of(&["your", "their", "no"]))
            })
            && tokens.get(i + 2).is_some_and(|_| i + 2 < end)
    })
}

fn turned_inner(tokens: &[Token<'_>], at: usize, end: usize) -> Option<String> {
    let clause = Clause { start: at + 1, end, shares_subject: false, because: false, close: ' ' };
    let inner = observe(tokens, &frame::parse(tokens, clause, None))?;
    if inner.weak {
        return None;
    }
    let joint =
        if tokens[at].is(tag::WH) && !tokens[at].is(tag::SUBORD) { return None } else { tokens[at].lower.to_string() };
    Some(format!("{joint} {}", inner.text))
}

/// Tails that only said who did it, or how little they thought of it.
fn tidy_tail(tokens: &[Token<'_>], from: usize, end: usize) -> String {
    let mut text = write(&tokens[from..end], Voice::Observation);
    for (accusing, instead) in [
        (" because of you", ""),
        ("because of you", ""),
        ("thanks to you", ""),
        ("without telling us", "without us being told"),
        ("without telling me", "without me being told"),
        ("without telling anyone", "without anyone being told"),
        ("without telling anybody", "without anyone being told"),
        ("without telling", "without a word to"),
        ("without asking us", "without us being asked"),
        ("without asking me", "without me being asked"),
        ("without asking anyone", "without anyone being asked"),
        ("without asking anybody", "without anyone being asked"),
        ("without asking", "without us being asked"),
        ("without checking with us", "without us being asked"),
        ("without checking with", "without a check with"),
        ("without checking", "without a check"),
        ("without testing it", "without a test"),
        ("without testing", "without a test of"),
        ("without reading it", "without it being read"),
        ("without reading", "without a look at"),
        ("without informing us", "without us being told"),
        ("without informing", "without a word to"),
        ("without warning us", "without a warning"),
        ("without consulting", "without a word to"),
        ("without waiting for", "before"),
        ("without talking to", "without a word to"),
        ("without saying anything", "without a word"),
        ("without saying", "without a word about"),
        ("without looking at", "without a look at"),
        ("without looking", "without a look"),
        ("without asking for", "without a request for"),
    ] {
        if let Some(at) = text.find(accusing) {
            let end = at + accusing.len();
            if text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric()) {
                text.replace_range(at..end, instead);
                break;
            }
        }
    }
    text.trim().to_owned()
}

/// `they never deliver on time`: no object, but a noun for what they do.
fn nominal(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
    let (_, noun, does, many) = NOMINAL.iter().find(|(base, ..)| *base == verb.base)?;
    let (head, particle) = does.split_once(' ').unwrap_or((does, ""));
    let number = if *many { Number::Many } else { Number::One };
    let group =
        active(lexicon::verb(head)?, number, Sense { tense: frame.tense, negated: frame.negated, often: frame.often });
    let mut text = format!("{noun} {group}");
    append(&mut text, particle);
    if frame.subject == Subject::Named && verb.base != "listen" {
        let (from, to) = frame.subject_at;
        text = text.replacen(noun, &format!("{noun} from {}", write(&tokens[from..to], Voice::Observation)), 1);
    }
    append(&mut text, &tail_text(tokens, frame.rest, frame.clause.end));
    Some(plain(frame, text))
}

/// Verbs with a wording of their own.
fn special(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
    let rest = &tokens[frame.rest..frame.clause.end];
    let first = rest.first();
    let base = verb.base.as_str();
    let comes = base == "show" && first.is_some_and(|t| t.word("up"))
        || base == "turn" && first.is_some_and(|t| t.word("up"))
        || matches!(base, "come" | "attend" | "join" | "appear");
    let on_time = rest.iter().any(|t| t.word("time"));
    if comes && frame.negated && on_time {
        return people(tokens, frame, verb);
    }
    if comes && frame.negated {
        let mut at = frame.rest + usize::from(matches!(base, "show" | "turn"));
        if tokens.get(at).is_some_and(|t| t.one_of(&["to", "for", "at", "in"])) {
            at += 1;
        }
        let noun_end = noun_phrase(tokens, at, frame.clause.end);
        let seen = if matches!(frame.often, Often::Never) {
            "often do not see"
        } else if frame.tense == Tense::Present {
            "do not see"
        } else {
            "did not see"
        };
        let place = if noun_end > at {
            format!("I {seen} you at {}", write(&tokens[at..noun_end], Voice::Observation))
        } else {
            format!("I {seen} you there")
        };
        let mut text = place;
        append(&mut text, &tail_text(tokens, noun_end.max(at), frame.clause.end));
        return Some(plain(frame, text));
    }
    if (comes || matches!(base, "arrive" | "stroll" | "wander")) && rest.iter().any(|t| t.word("late")) {
        let skip = usize::from(first.is_some_and(|t| t.one_of(&["up", "in"])));
        let often = frame.often != Often::Unsaid || matches!(frame.tense, Tense::Present | Tense::Keeps);
        let mut text = if often { "people often arrive".to_owned() } else { "people arrived".to_owned() };
        append(&mut text, &tail_text(tokens, frame.rest + skip, frame.clause.end));
        return Some(plain(frame, text));
    }
    if base == "wait" && frame.negated {
        return None;
    }
    if base == "do" && first.is_some_and(|t| t.word("nothing")) {
        let mut text =
            if frame.tense == Tense::Past { "nothing was done".to_owned() } else { "nothing is being done".to_owned() };
        append(&mut text, &tail_text(tokens, frame.rest + 1, frame.clause.end));
        return Some(plain(frame, text));
    }
    if matches!(base, "make" | "have")
        && first.is_some_and(|t| t.is(tag::OBJPRON))
        && rest.get(1).is_some_and(|t| t.is(tag::V_BASE) && !t.is(tag::FEEL))
        && !frame.negated
    {
        let who = subjective(&rest[..1]);
        let has = if frame.tense == Tense::Past { "had" } else { "have" };
        let mut text = format!("{who} {has} to");
        append(&mut text, &tail_text(tokens, frame.rest + 1, frame.clause.end));
        return Some(plain(frame, text));
    }
    if base == "expect" && first.is_some_and(|t| t.is(tag::OBJPRON)) && !frame.negated {
        let mut text = format!(
            "{} {}",
            subjective(&rest[..1]),
            if first.is_some_and(|t| t.word("me")) { "am expected" } else { "are expected" }
        );
        append(&mut text, &tail_text(tokens, frame.rest + 1, frame.clause.end));
        return Some(plain(frame, text));
    }
    if base == "say" || base == "promise" && rest.first().is_some_and(|t| t.is(tag::TIME | tag::NUM | tag::PREP)) {
        let quoted = rest.iter().any(|t| t.is(tag::TIME | tag::NUM | tag::FIXED));
        if quoted && frame.subject == Subject::Named {
            let mut text = write(&tokens[frame.subject_at.0..frame.clause.end], Voice::Observation);
            if text.is_empty() {
                text.push(' ');
            }
            return Some(plain(frame, text));
        }
        if quoted
            && !frame.negated
            && inner_clause(tokens, frame.rest.saturating_sub(1), frame.clause.end).is_none()
            && !rest.iter().any(|t| t.is(tag::PERSON))
        {
            return Some(plain(frame, format!("we were told {}", write(rest, Voice::Observation))));
        }
        if let Some(subject) = rest.iter().position(|t| t.is(tag::YOU | tag::THEY | tag::HESHE)).filter(|at| {
            *at <= 1 && !frame.negated && (quoted || rest.iter().any(|t| t.one_of(&["would", "'d", "will", "'ll"])))
        }) {
            let clause = Clause { start: frame.rest + subject, ..frame.clause };
            let promised = frame::parse(tokens, clause, None);
            let inner = nominal(tokens, &promised, promised.verb?).or_else(|| observe(tokens, &promised))?;
            return Some(plain(frame, format!("we were told {}", inner.text)));
        }
    }
    None
}

/// `you were 20 minutes late to standup`.
fn linked(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let rest = &tokens[frame.rest..frame.clause.end];
    let late = rest.iter().position(|t| t.one_of(&["late", "behind", "overdue"]))?;
    if rest
        .iter()
        .take(late)
        .any(|t| !t.is(tag::NUM | tag::UNIT | tag::ADV | tag::INTENS | tag::DET | tag::ALWAYS | tag::FREQ | tag::NEG))
    {
        return None;
    }
    let amount = write(&rest[..=late], Voice::Observation);
    let was = match frame.tense {
        Tense::Past => "was",
        Tense::Perfect => "has been",
        _ if frame.often != Often::Unsaid => "is often",
        _ => "is",
    };
    let mut at = frame.rest + late + 1;
    let mut subject = "the start".to_owned();
    let again = at < frame.clause.end && tokens[at].word("again");
    at += usize::from(again);
    if let Some(token) =
        tokens.get(at).filter(|t| at < frame.clause.end && t.one_of(&["to", "for", "with", "on", "in", "at"]))
    {
        let end = noun_phrase(tokens, at + 1, frame.clause.end);
        if end > at + 1 {
            let thing = write(&tokens[at + 1..end], Voice::Observation);
            subject = if token.one_of(&["with", "on"]) { thing } else { format!("arrival at {thing}") };
            at = end;
        }
    }
    let was = if number(&tokens[at.saturating_sub(1)..at]) == Number::Many && !subject.starts_with("arrival") {
        was.replace("was", "were").replace("has", "have").replace("is", "are")
    } else {
        was.to_owned()
    };
    let mut text = format!("{subject} {was} {amount}{}", if again { " again" } else { "" });
    append(&mut text, &tail_text(tokens, at, frame.clause.end));
    Some(plain(frame, text))
}

/// The last resort for what has no object: `people leave early`, hard to bear but true whoever they are.
fn people(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
    let rest = &tokens[frame.rest..frame.clause.end];
    let concrete = rest
        .iter()
        .any(|t| t.is(tag::NOUN | tag::TIME | tag::NUM | tag::FIXED | tag::NAME) || t.one_of(&["early", "late"]));
    let mental = matches!(
        verb.base.as_str(),
        "think"
            | "want"
            | "care"
            | "believe"
            | "know"
            | "like"
            | "love"
            | "hate"
            | "act"
            | "say"
            | "tell"
            | "claim"
            | "pretend"
            | "seem"
            | "feel"
            | "mean"
            | "need"
            | "wish"
            | "hope"
            | "lie"
            | "be"
            | "mind"
            | "become"
            | "deserve"
            | "try"
            | "get"
            | "suck"
            | "let"
            | "play"
            | "have"
    );
    if !concrete || mental || rest.iter().any(|t| t.is(tag::JUDGE | tag::INSULT)) {
        return None;
    }
    let named = frame.subject == Subject::Named;
    let subject = if named {
        write(&tokens[frame.subject_at.0..frame.subject_at.1], Voice::Observation)
    } else {
        "people".to_owned()
    };
    let number = if named { number(&tokens[frame.subject_at.0..frame.subject_at.1]) } else { Number::Many };
    let group = active(verb, number, Sense { tense: frame.tense, negated: frame.negated, often: frame.often });
    let mut text = format!("{subject} {group}");
    append(&mut text, &tail_text(tokens, frame.rest, frame.clause.end));
    Some(plain(frame, text))
}

/// A clause about me, us or a thing stays as it is, with the sting out.
fn stay_active(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    frame.verb?;
    let (start, end) = (frame.subject_at.0, frame.clause.end);
    let words = &tokens[start..end];
    if words.iter().any(|t| t.is(tag::INSULT)) {
        return None;
    }
    if let Some(at) = judgement(tokens, frame) {
        return weak_judgement(tokens, frame, at);
    }
    if frame.group < frame.clause.start || start < frame.clause.start {
        return shared_subject(tokens, frame);
    }
    if words.len() < 2 || (frame.rest >= end && words.len() < 3 && frame.subject != Subject::Thing) {
        return None;
    }
    if tokens[start].word("if") || frame.clause.start < start && tokens[frame.clause.start].word("if") {
        return None;
    }
    if frame.question && tokens[frame.clause.start].word("where") {
        let relative = (frame.subject_at.0 + 1..end).find(|at| tokens[*at].is(tag::YOU | tag::THEY));
        let mut text =
            format!("I am still waiting for {}", write(&tokens[start..relative.unwrap_or(end)], Voice::Observation));
        if let Some(at) = relative {
            append(&mut text, &write(&tokens[at + 1..end], Voice::Observation));
        }
        return Some(plain(frame, text));
    }
    let inner = inner_clause(tokens, start + 1, end);
    let body_end = inner.unwrap_or(end);
    let mut text =
        if frame.question { uninverted(tokens, frame, body_end) } else { tidy_tail(tokens, start, body_end) };
    if let Some(at) = inner {
        match turned_inner(tokens, at, end) {
            Some(turned) => append(&mut text, &turned),
            None if tokens[at..end].iter().any(|t| t.is(tag::FIXED | tag::NAME | tag::TIME | tag::NUM)) => return None,
            None if tokens[at].one_of(&["that", "what", "how", "who", "where", "why"]) => return None,
            None => {}
        }
    }
    let vague = frame.subject == Subject::Thing
        && tokens[start].is(tag::IT)
        && frame.linking
        && !(frame.negated && words.len() <= 3)
        && !words.iter().any(|t| t.is(tag::FIXED | tag::NUM | tag::TIME | tag::NAME | tag::NOUN));
    let mut seen = plain(frame, text);
    seen.weak = vague;
    Some(seen)
}

/// `why is the build always broken` as a statement.
fn uninverted(tokens: &[Token<'_>], frame: &Frame, end: usize) -> String {
    let (from, to) = frame.subject_at;
    if frame.group >= from {
        return tidy_tail(tokens, from, end);
    }
    let aux = &tokens[frame.group];
    let mut text = write(&tokens[from..to], Voice::Observation);
    let negated = frame.negated && tokens[frame.group + 1].one_of(&["n't", "not"]);
    if aux.is(tag::DO)
        && !negated
        && let Some(verb) = frame.verb
    {
        let past = aux.word("did");
        let form = if past {
            &verb.past
        } else if aux.word("does") {
            &verb.s
        } else {
            &verb.base
        };
        append(&mut text, form);
        append(&mut text, &tidy_tail(tokens, frame.rest, end));
        return text;
    }
    append(&mut text, &aux.lower);
    if negated {
        append(&mut text, "not");
    }
    append(&mut text, &tidy_tail(tokens, to, end));
    text
}

/// `I was paged and had to fix it`: the second half, with the subject of the first.
fn shared_subject(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let (from, to) = frame.subject_at;
    let mut text = write(&tokens[from..to], Voice::Observation);
    append(&mut text, &tail_text(tokens, frame.group.max(frame.clause.start), frame.clause.end));
    Some(plain(frame, text))
}

/// Where the predicate judges, if it does.
fn judgement(tokens: &[Token<'_>], frame: &Frame) -> Option<usize> {
    let from = if frame.linking { frame.rest } else { return None };
    let mut at = from;
    while at < frame.clause.end && tokens[at].is(tag::ADV | tag::INTENS | tag::DET | tag::FREQ | tag::ALWAYS | tag::NEG)
        || tokens.get(at).is_some_and(|t| {
            at < frame.clause.end && t.one_of(&["so", "such", "too", "pretty", "more", "like", "kind", "sort", "of"])
        })
    {
        at += 1;
    }
    (at < frame.clause.end
        && tokens[at].is(tag::BADADJ | tag::JUDGE | tag::PROFANE)
        && !tokens[at].one_of(&["slow", "wrong", "impossible", "broken", "bad"])
        && !tokens[from..at].iter().any(|t| t.is(tag::NEG)))
    .then_some(at)
}

/// `the handoff was garbage`: nothing that happened, but something to talk about.
fn weak_judgement(tokens: &[Token<'_>], frame: &Frame, at: usize) -> Option<Observation> {
    let (from, to) = frame.subject_at;
    let words = tokens.get(from..to)?;
    let concrete = words.iter().any(|t| t.is(tag::NOUN | tag::FIXED | tag::NAME))
        && !(words.len() <= 2
            && words[0].one_of(&["your", "their"])
            && words.last().is_some_and(|t| {
                t.one_of(&["code", "work", "team", "attitude", "service", "stuff", "job", "process", "side", "people"])
            }));
    if !concrete || words.iter().any(|t| t.is(tag::IT | tag::JUDGE) && !t.is(tag::DET)) {
        return None;
    }
    let mut text = format!("I have concerns about {}", write(words, Voice::Observation));
    let rest: Vec<_> = tokens[at + 1..frame.clause.end]
        .iter()
        .skip_while(|t| !t.is(tag::PREP | tag::TIME | tag::SUBORD))
        .cloned()
        .collect();
    append(&mut text, &write(&rest, Voice::Observation));
    let mut seen = plain(frame, text);
    seen.weak = true;
    seen.attributed = false;
    Some(seen)
}

/// Words without a verb of their own: `3 weeks for a button`, `still no answer`, `paged at 3am again`.
fn fragment(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let (start, end) = (frame.subject_at.0, frame.clause.end);
    let words = &tokens[start..end];
    let first = words.first()?;
    if words.iter().any(|t| t.is(tag::INSULT | tag::JUDGE | tag::PROFANE | tag::PERSON) && !t.is(tag::IT)) {
        return None;
    }
    let body = tail_text(tokens, start, end);
    let has_fact = (start..end).any(|i| crate::parse::facts::is_fact(tokens, i));
    let no = words.iter().take(3).position(|t| t.word("no"));
    // "great job deleting the database": what the praise was for is what happened.
    let gerund = words
        .iter()
        .take(6)
        .take_while(|t| {
            t.is(tag::GOOD | tag::INTERJ | tag::YOU | tag::TEAMNOUN)
                || t.one_of(&["for", "on", "job", "work", "once", "way", "you", "all"])
        })
        .count();
    if let Some(verb) = words.get(gerund).filter(|t| t.is(tag::V_ING)).and_then(|t| t.info.verb()).filter(|v| {
        !matches!(v.base.as_str(), "wait" | "chase" | "fix" | "ask" | "clean" | "redo" | "be" | "have" | "sit")
    }) {
        let done = Frame {
            subject: Subject::Them,
            tense: Tense::Past,
            verb: Some(verb),
            linking: false,
            rest: start + gerund + 1,
            ..*frame
        };
        return turn_round(tokens, &done);
    }
    // "too lazy to update the docs": what was not done.
    if first.word("too")
        && let Some(to) = words.iter().take(4).position(|t| t.word("to"))
        && let Some(verb) = words.get(to + 1).and_then(|t| t.info.verb())
    {
        let done = Frame {
            subject: Subject::Them,
            tense: Tense::Past,
            negated: true,
            verb: Some(verb),
            linking: false,
            rest: start + to + 2,
            ..*frame
        };
        return turn_round(tokens, &done);
    }
    let text = if words.len() < 2 {
        return None;
    } else if first.one_of(&[
        "left",
        "paged",
        "woken",
        "blocked",
        "stuck",
        "ignored",
        "excluded",
        "interrupted",
        "forced",
        "told",
        "kept",
        "called",
        "dragged",
        "shut",
        "cut",
    ]) {
        format!("I was {body}")
    } else if first.is(tag::V_ING) && first.one_of(&["waiting", "chasing", "fixing", "asking", "cleaning", "redoing"]) {
        format!("I have been {body}")
    } else if first.word("still") && words[1].is(tag::V_ING) {
        format!("I am {body}")
    } else if let Some(no) = no {
        let phrase = &words[no + 1..];
        let stop = noun_phrase(phrase, 0, phrase.len());
        if stop == 0 {
            return None;
        }
        let is = if number(&phrase[..stop]) == Number::Many { "are" } else { "is" };
        let still = if words[..no].iter().any(|t| t.word("still")) { "still " } else { "" };
        format!("there {is} {still}{}", tail_text(tokens, start + no, end))
    } else if first.is(tag::NUM) && words[1].is(tag::UNIT) && words.get(2).is_some_and(|t| t.one_of(&["for", "to"])) {
        format!("it took {body}")
    } else if first.word("another") && words[1].is(tag::NOUN) {
        format!("there was {body}")
    } else if has_fact && frame.verb.is_none() && words.len() >= 3 {
        format!("this is about {body}")
    } else {
        return None;
    };
    let mut seen = plain(frame, text);
    seen.weak = seen.text.starts_with("this is about");
    Some(seen)
}

/// `fixing your bugs` as something I have been doing.
pub(crate) fn continued(tokens: &[Token<'_>], at: usize, end: usize) -> Option<String> {
    let words = &tokens[at..end];
    if words.len() < 2 && !words[0].one_of(&["asking", "waiting", "guessing"])
        || words.iter().any(|t| t.is(tag::INSULT | tag::JUDGE))
        || words[0].one_of(&["being", "having"])
    {
        return None;
    }
    let body = tail_text(tokens, at, end);
    Some(format!("I have been {body}"))
}
