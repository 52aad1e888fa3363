//! Clauses about the other side, turned round so that they tell what happened and not who is to blame.

use super::arguments::{arguments, noun_phrase, subjective};
use super::sound;
use super::tail::{inner_clause, tail_text};
use super::{Observation, Wanted, append, observe, plain, stay_active};
use crate::lexicon::{self, CARRYING, EXPERIENCED, NEGATING, NOMINAL, Verb, tag};
use crate::parse::clause::Clause;
use crate::parse::frame::{self, Frame, Often, Subject, Tense};
use crate::parse::token::Token;
use crate::realise::inflect::{Number, Sense, active, number, passive};
use crate::realise::phrase::{Voice, write};

pub(super) fn turn_round(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
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
    if frame.linking && verb.base == "suppose" {
        return supposed(tokens, frame);
    }
    if let Some(seen) = nobody_did(tokens, frame, verb) {
        return Some(seen);
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
    if !sound::turns(verb, &participle, words) {
        return None;
    }
    if tokens[frame.clause.start].word("if") && frame.tense != Tense::Past {
        return None;
    }
    if words.iter().any(|t| t.is(tag::JUDGE | tag::INSULT | tag::PROFANE) && !t.is(tag::BADADJ))
        || words[0].one_of(&["yourself", "yourselves", "themselves", "himself", "herself"])
    {
        return None;
    }
    if frame.subject == Subject::Named && matches!(verb.base.as_str(), "get" | "have" | "need") {
        return stay_active(tokens, frame);
    }
    if EXPERIENCED.contains(&verb.base.as_str()) {
        return people(tokens, frame, verb);
    }
    let participle = if verb.base == "ignore" && !words.iter().any(|t| sound::ANSWERABLE.contains(&t.lower.as_ref())) {
        "overlooked".to_owned()
    } else {
        participle
    };
    let sense = Sense { tense: frame.tense, negated: frame.negated, often: frame.often };
    let subject = subjective(words);
    if subject.is_empty() {
        return None;
    }
    let many = match subject.as_str() {
        "I" => Number::I,
        "things" | "people" | "we" | "they" => Number::Many,
        // "every test" has become "tests".
        _ if words[0].one_of(&["every", "each"]) && !subject.starts_with('e') => Number::Many,
        _ => number(words),
    };
    let group = passive(&participle, many, sense);
    let mut text = format!("{subject} {group}");
    let tail = by_whom(&mut text, tokens, frame, words, tail);
    let tail_text = tail_text(tokens, tail, frame.clause.end);
    append(&mut text, &tail_text);
    let mut seen = plain(frame, text);
    if frame.negated
        && !verb.harm
        && !matches!(verb.base.as_str(), "tell" | "inform" | "notify" | "ask" | "show" | "call")
        && !matches!(subject.as_str(), "I" | "we" | "he" | "she")
    {
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

/// Says who did it where that is a fact; where the rest begins.
fn by_whom(text: &mut String, tokens: &[Token<'_>], frame: &Frame, object: &[Token<'_>], tail: usize) -> usize {
    if frame.subject != Subject::Named {
        return tail;
    }
    let (from, to) = frame.subject_at;
    // "design sends us mockups": we are sent mockups by design, not sent by design mockups.
    let second = if object[0].is(tag::OBJPRON) { noun_phrase(tokens, tail, frame.clause.end) } else { tail };
    append(text, &write(&tokens[tail.min(second)..second], Voice::Observation));
    text.push_str(" by ");
    text.push_str(&write(&tokens[from..to], Voice::Observation));
    second.max(tail)
}

/// `none of them was reviewed`, `nobody said anything`.
fn nobody_did(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
    if frame.linking && frame.nobody {
        let were = if frame.tense == Tense::Past { "were" } else { "are" };
        let mut text = format!("they {were} not {}", verb.participle);
        append(&mut text, &tail_text(tokens, frame.rest, frame.clause.end));
        return Some(plain(frame, text));
    }
    if frame.negated
        && matches!(verb.base.as_str(), "say" | "mention")
        && tokens
            .get(frame.rest)
            .is_some_and(|t| frame.rest < frame.clause.end && t.one_of(&["anything", "something", "a"]))
    {
        return Some(plain(frame, "nothing was said".to_owned()));
    }
    None
}

/// `they never deliver on time`: no object, but a noun for what they do.
pub(super) fn nominal(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
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
    let back = usize::from(verb.base == "roll" && tokens.get(frame.rest).is_some_and(|t| t.word("back")));
    let off = usize::from(verb.base == "sign" && tokens.get(frame.rest).is_some_and(|t| t.one_of(&["off", "it"])));
    let from = (frame.rest + back + off).min(frame.clause.end);
    // "complains we are late": a clause without its `that` cannot hang on a noun.
    if tokens[from..frame.clause.end].first().is_some_and(|t| t.is(tag::PERSON | tag::POSS | tag::DET)) {
        return None;
    }
    append(&mut text, &tail_text(tokens, from, frame.clause.end));
    Some(plain(frame, text))
}

/// Verbs with a wording of their own.
pub(super) fn special(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
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
pub(super) fn linked(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
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
pub(super) fn people(tokens: &[Token<'_>], frame: &Frame, verb: &Verb) -> Option<Observation> {
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

/// `you were supposed to send the contract`: that it was expected is said, that it was not done is not.
fn supposed(tokens: &[Token<'_>], frame: &Frame) -> Option<Observation> {
    let expected = tokens.get(frame.rest.checked_sub(1)?)?;
    let verb =
        tokens.get(frame.rest + 1).filter(|t| frame.rest + 1 < frame.clause.end && t.is(tag::V_BASE))?.info.verb()?;
    let inner = Frame { rest: frame.rest + 2, ..*frame };
    let (object, tail, participle) = arguments(tokens, &inner, verb);
    if object.0 == object.1 {
        return None;
    }
    let words = &tokens[object.0..object.1];
    let were = match (number(words), frame.tense) {
        (Number::Many, Tense::Past) => "were",
        (_, Tense::Past) => "was",
        (Number::Many, _) => "are",
        _ => "is",
    };
    let not = if frame.negated { "not " } else { "" };
    let mut text = format!("{} {were} {not}{} to be {participle}", subjective(words), expected.lower);
    append(&mut text, &tail_text(tokens, tail, frame.clause.end));
    Some(plain(frame, text))
}
