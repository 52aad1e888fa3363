//! Gentler wordings of a finished message, one step a call, until there is none.

use crate::MAX_CHARS;

/// Each step: what is found, what it becomes. Gratitude and deference work best, so they come first.
const STEPS: &[(&str, &str)] = &[
    ("Could you ", "When you have a moment, could you "),
    ("Could we ", "If you are open to it, could we "),
    ("Could someone on your side ", "When it suits you, could someone on your side "),
    ("Could the next ", "If you are open to it, could the next "),
    ("I'm frustrated", "I'm a bit frustrated"),
    ("I'm angry", "I'm upset"),
    ("I'm worried", "I'm a little worried"),
    ("I'm exhausted", "I'm rather tired"),
    ("I need ", "It would help me to have "),
    ("We need ", "It would help us if we had "),
    ("It hurts,", "It touched me,"),
    ("That is hard for me,", "That is not easy for me,"),
];

/// Shorter forms, for messages that are nearly full.
const SHORT: &[(&str, &str)] = &[
    ("Could you ", "Could you perhaps "),
    ("Could we ", "Could we perhaps "),
    ("Could someone ", "Could someone perhaps "),
];

/// The message, gentler; or the message.
pub(crate) fn soften(message: &str) -> String {
    for (from, to) in STEPS.iter().chain(SHORT) {
        let marker = &to[..to.len().min(14)];
        let done = message.to_lowercase().contains(&marker.to_lowercase())
            || message.contains("perhaps") && to.contains("ould");
        if done
            || to.contains("ould")
                && (message.contains("If you are open")
                    || message.contains("When you have")
                    || message.contains("When it suits"))
        {
            continue;
        }
        if let Some(at) = sentence_start(message, from) {
            let gentler = format!("{}{to}{}", &message[..at], &message[at + from.len()..]);
            if gentler.chars().count() <= MAX_CHARS {
                return gentler;
            }
        }
    }
    for thanks in [" Thank you for hearing me out.", " Thank you."] {
        if !message.contains("hank")
            && message.ends_with(['.', '?', '!'])
            && message.chars().count() + thanks.len() <= MAX_CHARS
        {
            return format!("{message}{thanks}");
        }
    }
    message.to_owned()
}

fn sentence_start(message: &str, phrase: &str) -> Option<usize> {
    message.match_indices(phrase).map(|(at, _)| at).find(|at| {
        *at == 0 || message[..*at].ends_with(". ") || message[..*at].ends_with("? ") || message[..*at].ends_with("! ")
    })
}
