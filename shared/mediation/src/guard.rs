//! The guard rails around wordings that are not ours, such as a language model's: what does not pass here is as if it had not been said.
//!
//! A model is only ever asked for another wording of what the embedded engine has understood and would send. It decides nothing: what needs
//! a person, what is asked back and what is refused is settled before, and what it says is read as its receiver would read it.

use crate::classify::heat;
use crate::classify::language::{Language, language};
use crate::classify::to_software;
use crate::lexicon::tag;
use crate::parse::facts;
use crate::parse::normalise::normalise;
use crate::parse::token::{Token, tokenize};
use crate::realise::menu;
use crate::safety::{self, Verdict};
use crate::{MAX_CHARS, Mediation, Mediator, Plan, check, plan, steps};
use std::fmt;

/// Why a wording is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// There is nothing to be reworded, or no wording.
    Nothing,
    /// It is no sentence, too long, or not in English.
    Form,
    /// A number, a date or a name got lost, or came from nowhere.
    Facts,
    /// It has little to do with what was said.
    Unrelated,
    /// It blames, insults, exaggerates, or claims to know what others think.
    Sting,
    /// It needs a person.
    Risk,
    /// It asks for nothing that can be agreed to.
    Request,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "there is no wording",
            Self::Form => "it is no short sentence in English",
            Self::Facts => "a fact got lost or was made up",
            Self::Unrelated => "it has little to do with what was said",
            Self::Sting => "it blames",
            Self::Risk => "it needs a person",
            Self::Request => "it asks for nothing that can be agreed to",
        })
    }
}

impl std::error::Error for Rejected {}

impl Mediator {
    /// The same mediation of `text` in the words of `wording`, if they are fit to be shown to its sender. What it asks for, and the answers
    /// that are offered, are read from these words.
    ///
    /// # Errors
    /// [`Rejected`]; then the mediation stays as it is.
    pub fn reworded(&self, text: &str, mediation: &Mediation, wording: &str) -> Result<Mediation, Rejected> {
        let (wording, source) = (normalise(wording), normalise(text));
        if !mediation.may_be_reworded() || wording.is_empty() {
            return Err(Rejected::Nothing);
        }
        let (tokens, source) = (tokenize(&wording), tokenize(&source));
        if !is_short_sentence(&wording) || language(&tokens, &wording) != Language::English {
            return Err(Rejected::Form);
        }
        if safety::judge(&tokens, Language::English) != Verdict::Calm {
            return Err(Rejected::Risk);
        }
        if !check::keeps(&tokens, facts::facts(&source)) || !invents_nothing(&tokens, &source) {
            return Err(Rejected::Facts);
        }
        if to_software::addressed(&tokens).is_some() || !is_related(&tokens, &source) {
            return Err(Rejected::Unrelated);
        }
        let frames = plan::read(&tokens);
        if !check::no_sting(&tokens) || heat::is_heated(&tokens, &frames) {
            return Err(Rejected::Sting);
        }
        let request = steps::asked(&tokens, &frames).ok_or(Rejected::Request)?;
        let mut reworded = Mediation::deliverable(Plan::Reframe, mediation.category, wording.clone());
        reworded.menu = menu::menu(plan::topic::topic(&source), &request, true);
        reworded.request = Some(request);
        reworded.heard.clone_from(&mediation.heard);
        reworded.feelings.clone_from(&mediation.feelings);
        reworded.needs.clone_from(&mediation.needs);
        reworded.engine = "model";
        Ok(reworded)
    }
}

fn is_short_sentence(wording: &str) -> bool {
    wording.chars().count() <= MAX_CHARS && wording.ends_with(['.', '?', '!'])
}

/// Every number, time and name was said by the sender.
fn invents_nothing(tokens: &[Token<'_>], source: &[Token<'_>]) -> bool {
    let said = |token: &Token<'_>| source.iter().any(|said| said.lower == token.lower);
    let begins = |at: usize| at == 0 || tokens[at - 1].after != ' ' && tokens[at - 1].after != ',';
    let is_name = |at: usize| tokens[at].is(tag::CAPITAL) && !begins(at) && !tokens[at].is(tag::ME);
    check::invents_nothing(tokens, source) && (0..tokens.len()).all(|at| !is_name(at) || said(&tokens[at]))
}

/// Whether it speaks of anything that the sender spoke of: at least one word of substance has the same beginning.
fn is_related(tokens: &[Token<'_>], source: &[Token<'_>]) -> bool {
    const BEGINNING: usize = 4;
    let substance = |token: &&Token<'_>| {
        token.is(tag::NOUN | tag::V_BASE | tag::V_PAST | tag::FIXED | tag::NAME)
            && token.lower.chars().count() >= BEGINNING
    };
    let beginning = |token: &Token<'_>| token.lower.chars().take(BEGINNING).collect::<String>();
    let said: Vec<String> = source.iter().filter(substance).map(beginning).collect();
    tokens.iter().filter(substance).any(|token| said.contains(&beginning(token)))
}
