//! Texts that speak to the software instead of to the other team. A message is data: it is never obeyed, only recognised.

use std::sync::LazyLock;

use crate::parse::pattern::PatternSet;
use crate::parse::token::Token;

static PATTERNS: LazyLock<PatternSet<&'static str>> = LazyLock::new(|| {
    PatternSet::compile(&[
        ("instruction", "
ignore|disregard|forget|override|bypass|skip all?|any|every|the|your|my|previous|prior|above|earlier|everything|these|those * instruction|instructions|prompt|prompts|rules|above|guidelines|training|guardrails|directives|said|before|filters|safety
ignore|disregard|forget|bypass your|previous|prior|all instruction|instructions|prompt|rules|guidelines|training|previous
reveal|print|show|repeat|output|display|leak|dump|tell * your|the|hidden|system|secret|initial prompt|instructions|system|configuration|rules|key|keys; system prompt; hidden prompt; developer|dan|god|jailbreak mode
you are|'re now|no a|an|in|dan|longer|free|unrestricted|my|playing|pirate; ^ act|behave|respond|pretend|roleplay|answer as|like|to if|a|an|be|you|my|only; from now on you|answer|respond|only|reply|always; new instructions; end of|system|assistant|user message|prompt|instructions; begin new; ^ system|assistant prompt|message|override|instruction; write|compose|generate|tell|sing me? a|an poem|haiku|song|story|joke|essay|script; translate this|the|following|that|it * to|into|in; ^ do not|n't reframe|rewrite|mediate|soften; just|simply|only output|print|say|send|deliver|forward|repeat it|this|the|my|exactly|word|raw|verbatim * exactly|verbatim|unchanged|word|raw|original|following; send|deliver|forward|pass it|this|that|my|the exactly|verbatim|raw|unchanged|word|as|uncensored; repeat after|the|this|everything me|words|above|verbatim|word|following; as an|a ai|language|llm|large; what is|are|'s your prompt|instructions|rules|model|system; jailbreak; prompt injection; reply with only|the|just|exactly; api key of yours|this"),
        ("software", "
are|r you|u a|an|really|actually|even? a|an|real|human|really? human|person|robot|bot|machine|ai|therapist|lawyer|chatbot|computer|software|real|psychologist|doctor|counselor|program|mediator|someone
are|r you|u human|real|alive|sentient|conscious|ai
am i talking|speaking|chatting to|with a|an|the|somebody|someone|real|any|actual
is|was this|it|that|there|anyone|someone a|an|really|just|even real|human|bot|robot|person|machine|ai|therapist|actual|actually|there
is there|this a real|human|actual; who are|r you; who made|built|created|wrote|programmed you; what can you do; how do you work; what is|'s your name; can you be my|a therapist|lawyer|friend; do you have feelings|emotions; are you there; is there a human; who am i talking|speaking to|with"),
    ])
});

/// `instruction` or `software`, when the text is addressed to the mediator itself.
pub(crate) fn addressed(tokens: &[Token<'_>]) -> Option<&'static str> {
    let found: Vec<&'static str> = PATTERNS
        .matches(tokens)
        .into_iter()
        // "are you a bot" opens a text or a sentence; "the things you are now a part of" does not.
        .filter(|(at, _, kind)| *kind == "instruction" || opens(tokens, *at) && tokens.len() <= 14)
        .map(|(.., kind)| kind)
        .collect();
    if found.contains(&"instruction") { Some("instruction") } else { found.first().copied() }
}

fn opens(tokens: &[Token<'_>], at: usize) -> bool {
    at <= 2 || tokens[at - 1].after != ' '
}
