//! The quick replies: one yes, one counter-offer, one question, made for this message.

use crate::lexicon::topics::Topic;
use crate::{QuickReply, ReplyKind, Request};

/// Longest reply that a Watch shows on one line.
const MAX_REPLY: usize = 30;

/// Replies to a message that asks for `request`.
pub(crate) fn menu(topic: &Topic, request: &Request, explicit: bool) -> Vec<QuickReply> {
    let [yes, counter, question] = topic.replies;
    let (yes, counter, question) = if let Some(when) = &request.by_when {
        let long = when.chars().count() > 10;
        (
            if long {
                "Yes, in time".to_owned()
            } else {
                format!("Yes, by {when}")
                    .replace("by today", "today")
                    .replace("by tomorrow", "tomorrow")
                    .replace("by tonight", "tonight")
            },
            if long { "Can we do it later?".to_owned() } else { format!("Can we do it after {when}?") },
            "What is it needed for?".to_owned(),
        )
    } else if explicit {
        let first = request.what.split(' ').next().unwrap_or_default();
        let negative = first == "not";
        let verb = if negative || first.is_empty() {
            "Yes, agreed".to_owned()
        } else {
            format!("Yes, we'll {first} {}", pronoun(&request.what))
        };
        (
            verb,
            if negative { "Not always, can we talk?" } else { "Yes, but not right now" }.to_owned(),
            if negative { "What happens when we do?" } else { "When do you need it?" }.to_owned(),
        )
    } else {
        (agree(&request.what).unwrap_or_else(|| yes.to_owned()), counter.to_owned(), question.to_owned())
    };
    let counter_kind = ReplyKind::Counter;
    vec![reply(ReplyKind::Accept, &yes), reply(counter_kind, &counter), reply(ReplyKind::Question, &question)]
}

/// A yes in the words of what it says yes to.
fn agree(what: &str) -> Option<String> {
    const OFFERED: &[(&str, &str)] = &[
        ("settle who", "Yes, let's settle that"),
        ("settle it", "Yes, let's settle that"),
        ("settle on a check", "Yes, let's add a check"),
        ("settle on a date", "Yes, let's set a date"),
        ("settle", "Yes, let's agree on that"),
        ("share a date", "Yes, we'll share a date"),
        ("say early", "Yes, we'll tell you early"),
        ("say when", "Yes, we'll tell you when"),
        ("give notice", "Yes, we'll tell you first"),
        ("check before", "Yes, we'll check first"),
        ("look at it together", "Yes, let's look at it"),
        ("look at who", "Yes, let's look at that"),
        ("find the cause", "Yes, let's find the cause"),
        ("find a", "Yes, let's find a way"),
        ("talk about", "Yes, let's talk about it"),
        ("sit down", "Yes, let's talk"),
        ("go through", "Yes, let's go through it"),
        ("try it", "Yes, let's try that"),
        ("name everyone", "Yes, we'll name everyone"),
        ("decide", "Yes, let's decide together"),
    ];
    if let Some((_, yes)) = OFFERED.iter().find(|(start, _)| what.starts_with(start)) {
        return Some((*yes).to_owned());
    }
    let verb = what.split(' ').next().filter(|verb| !verb.is_empty())?;
    let many = what.split(' ').next_back().is_some_and(|noun| noun.ends_with('s') && !noun.ends_with("ss"));
    Some(format!("Yes, we'll {verb} {}", if many { "them" } else { "it" }))
}

fn pronoun(what: &str) -> &'static str {
    match what.split(' ').nth(1) {
        Some("me" | "us" | "to" | "with" | "at" | "for" | "on" | "up" | "how") | None => "do that",
        Some(_)
            if what.split(' ').next().is_some_and(|verb| {
                matches!(
                    verb,
                    "give"
                        | "send"
                        | "share"
                        | "fix"
                        | "review"
                        | "check"
                        | "write"
                        | "update"
                        | "test"
                        | "add"
                        | "read"
                        | "answer"
                        | "deliver"
                        | "finish"
                        | "rename"
                        | "merge"
                        | "approve"
                        | "move"
                        | "clean"
                        | "document"
                )
            }) =>
        {
            "it"
        }
        Some(_) => "do that",
    }
}

fn reply(kind: ReplyKind, text: &str) -> QuickReply {
    let text = text.replace("share do that", "do that").replace("send do that", "do that");
    let text = match text.strip_prefix("Yes, we'll ").filter(|rest| rest.ends_with(" do that")) {
        Some(_) => "Yes, we'll do that".to_owned(),
        None => text,
    };
    let text = if text.chars().count() > MAX_REPLY { "Yes, we can do that".to_owned() } else { text };
    QuickReply { kind, text }
}
