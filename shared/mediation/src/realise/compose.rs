//! Puts observation, feeling, need and request together, several ways, and takes the best that passes the check.

use super::ask::{Asked, offered, wanted};
use super::observe::Observation;
use super::phrase::capitalise;
use crate::check;
use crate::parse::token::Token;
use crate::plan::Brief;
use crate::{MAX_CHARS, Request};

/// How long a message may be, and whether it says why it matters.
#[derive(Clone, Copy)]
struct Size {
    most: usize,
    explained: bool,
}

/// Short reads well on a wrist and leaves room for a gentler wording: 112 for a long one, 128 for a word. The reason is
/// given up before the room is, and the facts never.
const SIZES: [Size; 4] = [
    Size { most: 112, explained: true },
    Size { most: 128, explained: true },
    Size { most: 128, explained: false },
    Size { most: MAX_CHARS, explained: false },
];

/// A message that passed, and what it asks for.
pub(crate) struct Composed {
    pub(crate) message: String,
    pub(crate) request: Request,
    pub(crate) explicit: bool,
}

/// Why nothing could be composed.
pub(crate) enum Failed {
    /// Nothing was said to have happened.
    NothingSeen,
    /// More happened than fits.
    TooMuch,
}

/// After a request that stands alone.
const THANKS: &[&str] =
    &["That would help me a lot.", "It would make our work easier.", "That would help us, thank you."];

const LEADS: [&str; 3] = ["From where I sit, ", "From our side, ", "The way I see it, "];

/// Best first: everything said, then less and less of the feeling, never less of the facts.
pub(crate) fn compose(brief: &Brief, source: &[Token<'_>]) -> Result<Composed, Failed> {
    if brief.seen.is_empty() && brief.asked.is_none() {
        return Err(Failed::NothingSeen);
    }
    let requests = requests(brief);
    let seen: Vec<&Observation> = brief.seen.iter().collect();
    for chosen in selections(&seen) {
        // The first request is the one that fits best: a full message with it beats a roomy one with the next.
        for (request, size) in requests.iter().flat_map(|request| SIZES.map(|size| (request, size))) {
            if let Some(message) = best(brief, &chosen, request, source, size) {
                return Ok(Composed { message, request: request.request.clone(), explicit: request.explicit });
            }
        }
    }
    Err(Failed::TooMuch)
}

/// Which observations to say: all, then without those that hold neither fact nor negation.
fn selections<'o>(seen: &[&'o Observation]) -> Vec<Vec<&'o Observation>> {
    let mut ways = vec![seen.to_vec()];
    let solid: Vec<&Observation> = seen
        .iter()
        .copied()
        .filter(|s| {
            s.text.contains("not ")
                || s.text.contains("n't ")
                || s.text.chars().any(|c| c.is_ascii_digit() || c.is_uppercase())
        })
        .collect();
    if !solid.is_empty() && solid.len() < seen.len() {
        ways.push(solid);
    }
    if seen.len() > 2 {
        ways.push(seen[..2].to_vec());
        ways.push(seen[1..].to_vec());
    }
    if seen.len() > 1 {
        ways.push(seen[..1].to_vec());
        ways.push(seen[seen.len() - 1..].to_vec());
    }
    // What was not done is a fact too: a shorter message may not leave it out.
    let negations = |way: &[&Observation]| way.iter().filter(|s| s.negates()).count();
    let all = negations(seen);
    ways.retain(|way| negations(way) == all);
    ways
}

fn requests(brief: &Brief) -> Vec<Asked> {
    let mut all = Vec::new();
    if let Some(asked) = &brief.asked {
        all.push(Asked {
            say: asked.say.clone(),
            request: asked.request.clone(),
            explicit: true,
            covers: asked.covers,
        });
        return all;
    }
    if brief.seen.len() <= 2 {
        all.extend(brief.seen.iter().rev().find_map(wanted));
    }
    all.extend(offered(brief.topic, turn(brief)));
    all
}

/// Which of the topic's offers comes first: the one that answers what was seen, else by turns.
fn turn(brief: &Brief) -> usize {
    let says = |words: &[&str]| brief.seen.iter().any(|s| words.iter().any(|word| s.text.contains(word)));
    match brief.topic.name {
        "communication" if says(&["told", "asked", "word", "changed", "moved"]) => 0,
        "communication" if says(&["answer", "repl"]) => 2,
        _ => brief.seed,
    }
}

fn best(brief: &Brief, seen: &[&Observation], request: &Asked, source: &[Token<'_>], size: Size) -> Option<String> {
    let bodies = bodies(brief, seen);
    // A bare request has nothing to explain: say what it would do instead.
    let why = if seen.is_empty() { THANKS } else { brief.topic.why };
    let turn = brief.seed % why.len();
    // Longest reasons first, beginning with a different one for different texts.
    let mut reasons: Vec<String> = (0..why.len()).map(|i| why[(turn + i) % why.len()].to_owned()).collect();
    if let Some(feeling) = brief.feeling {
        reasons.insert(0, format!("I'm {feeling}, and {}", lower_first(why[why.len() - 1])));
        reasons.insert(1, format!("I'm {feeling} about it."));
    }
    if !size.explained {
        reasons.push(String::new());
    }
    for reason in &reasons {
        for body in &bodies {
            for say in request.say.iter().rev().map(String::as_str) {
                if repeats(reason, body) {
                    continue;
                }
                let parts = if body.is_empty() { [say, reason.as_str(), ""] } else { [body.as_str(), reason, say] };
                let message = parts.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ");
                if message.chars().count() <= size.most && check::passes(&message, source, &brief.facts) {
                    return Some(message);
                }
            }
        }
    }
    None
}

fn lower_first(text: &str) -> String {
    if text.starts_with("I ") || text.starts_with("I'") {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Says the same thing twice.
fn repeats(reason: &str, body: &str) -> bool {
    ["plan", "guess", "stuck", "share the load", "hard"].iter().any(|word| reason.contains(word) && body.contains(word))
}

/// The observations as sentences, with and without a lead.
fn bodies(brief: &Brief, seen: &[&Observation]) -> Vec<String> {
    if seen.is_empty() {
        return vec![String::new()];
    }
    let mut bodies = Vec::new();
    let attributed = seen.iter().any(|s| s.attributed);
    let joined = join(seen, true);
    let sentences = join(seen, false);
    if attributed {
        let lead = LEADS[brief.seed % LEADS.len()];
        bodies.push(format!("{lead}{joined}."));
        bodies.push(format!("I see that {joined}."));
    }
    bodies.push(format!("{}.", capitalise(&sentences)));
    bodies.push(format!("{}.", capitalise(&joined)));
    bodies
}

fn join(seen: &[&Observation], flowing: bool) -> String {
    let mut out = String::new();
    for (at, observation) in seen.iter().enumerate() {
        if at > 0 {
            let joint = if observation.because {
                " because "
            } else if at + 1 == seen.len() && (flowing || seen.len() == 2) {
                if out.len() > 40 { ", and " } else { " and " }
            } else if flowing {
                ", "
            } else {
                ". "
            };
            out.push_str(joint);
            out.push_str(&if joint == ". " { capitalise(&observation.text) } else { observation.text.clone() });
        } else {
            out.push_str(&observation.text);
        }
    }
    out
}
