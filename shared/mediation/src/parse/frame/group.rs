//! The verb group: tense, negation, how often.

use super::subject::possessive;
use super::{Frame, Often, Subject, Tense};
use crate::lexicon::{self, tag};
use crate::parse::token::Token;

#[derive(Default)]
pub(super) struct Group {
    do_or_modal: Option<usize>,
    be: bool,
    have: bool,
    past: bool,
    modal: Option<Tense>,
    did: bool,
    should: bool,
}

impl Group {
    /// The helper stands before the subject, at `aux`.
    pub(super) fn inverted(aux: usize) -> Self {
        Self { do_or_modal: Some(aux), ..Self::default() }
    }

    pub(super) fn note(&mut self, frame: &mut Frame, tokens: &[Token<'_>], at: usize) {
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

    pub(super) fn read(mut self, frame: &mut Frame, tokens: &[Token<'_>], from: usize) {
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
