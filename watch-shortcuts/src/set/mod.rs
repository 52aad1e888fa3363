//! The five, each as its story.
//!
//! What they have in common is here: whose session it is, what an answer holds, and what is done with one.

mod agreements;
mod check;
mod join;
mod leave;
mod send;

use crate::action::{
    Call, Choose, Comment, Dictate, Entry, Exit, Feel, Forget, GetText, Keep, Kept, Nothing, Show, Speak,
};
use crate::story::{Shortcut, Story};
use crate::{Address, Addresses};

/// Where the session is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// In the app's own store, which all shortcuts of a person share: iOS 27, watchOS 27 and later. Only those have all five.
    Kept,
    /// In a text at the beginning of each shortcut, which its owner puts there: what came before. It is empty in what is shared.
    Pasted,
}

/// Under which name the session is kept, and how far its inbox was read.
const SESSION: &str = "truce.session";
const CURSOR: &str = "truce.cursor";

/// What each looks like. What Apple calls a drawing nobody has written down; these are the numbers that people found.
mod icon {
    use crate::story::Icon;

    pub(super) const QR_CODE: Icon = Icon { glyph: 61_522, colour: 0x1B9A_F7FF };
    pub(super) const MICROPHONE: Icon = Icon { glyph: 59_780, colour: 0x19BD_03FF };
    pub(super) const EAR: Icon = Icon { glyph: 61_481, colour: 0xFE99_49FF };
    pub(super) const CHECK_MARK: Icon = Icon { glyph: 59_690, colour: 0x55DA_E1FF };
    pub(super) const HAND: Icon = Icon { glyph: 59_751, colour: 0xA9A9_A9FF };
}

/// How often something may be asked back, or put more softly.
const TURNS: u32 = 6;

/// All that there are for `session`.
pub fn all(at: &Addresses, session: Session) -> Vec<Shortcut> {
    let mut all = vec![join::shortcut(at, session), send::shortcut(at, session)];
    all.extend((session == Session::Kept).then(|| check::shortcut(at)));
    all.extend([agreements::shortcut(at, session), leave::shortcut(at, session)]);
    all
}

impl Story {
    /// `{session}` is whose it is; who has none is told where to get one.
    fn as_member(&mut self, session: Session) {
        match session {
            Session::Kept => self.does(Kept(SESSION)).called("session"),
            Session::Pasted => {
                self.does(Comment("Put your session into the empty text below. It is yours alone: do not share this shortcut afterwards."));
                self.does(GetText("".into())).called("session");
            }
        }
        let missing = match session {
            Session::Kept => "Join first: scan your code with Truce Join.",
            Session::Pasted => "Put your session into this shortcut first: Truce Join copies it.",
        };
        self.without("session", |s| s.ends(Feel::Failure, missing));
    }

    /// Calls, and takes the answer apart: every answer has these, whatever became of it.
    fn asks(&mut self, call: Call) {
        self.does(call).called("answer");
        for key in ["ok", "code", "say", "draft"] {
            self.does(Entry { of: "answer", key }).called(key);
            // What comes straight from a dictionary is blank to an If.
            self.does(GetText(format!("{{{key}}}").as_str().into())).called(key);
        }
        self.does(Entry { of: "answer", key: "menu" }).called("menu");
    }

    /// What did not go well is said, and that is all.
    fn stops_unless_ok(&mut self) {
        self.when("{ok}", "no", |s| s.ends(Feel::Failure, "{say}"));
    }

    /// What was said is heard back until it is sent or given up; that is the end of the run.
    fn settles(&mut self, at: &Addresses, session: Session) {
        let mediate = at.mediate.at("/mediate");
        self.repeat(TURNS, |s| {
            s.stops_unless_ok();
            // Without one there is nothing left to answer: it is sent, or given up, or for a person.
            s.without("draft", |s| s.is_over(at, session));
            s.either(
                "{code}",
                "tell-me-more",
                |s| {
                    s.does(Speak("{say}".into()));
                    s.does(Show("{say}".into()));
                    s.does(Dictate).called("said");
                    s.asks(Call::post(&mediate, [("text", "{said}"), ("draft", "{draft}")]).as_member());
                },
                |s| {
                    s.does(Choose { prompt: "{say}".into(), from: "menu" }).called("choice");
                    s.asks(Call::post(&mediate, [("choice", "{choice}"), ("draft", "{draft}")]).as_member());
                },
            );
        });
        self.ends(Feel::Failure, "That took too many turns. Say it again.");
    }

    fn is_over(&mut self, at: &Addresses, session: Session) {
        self.either("{code}", "sent", |s| drop(s.does(Feel::Success)), |s| drop(s.does(Feel::Failure)));
        self.does(Show("{say}".into()));
        if session == Session::Kept {
            self.renews(&at.redeem);
        }
        self.does(Nothing);
        self.does(Exit);
    }

    /// A session that is used holds longer. Nobody waits for it: whatever there was to say was said.
    fn renews(&mut self, redeem: &Address) {
        self.does(Call::post(&redeem.at("/redeem"), []).as_member()).called("answer");
        self.does(Entry { of: "answer", key: "code" }).called("code");
        self.when("{code}", "renewed", |s| {
            s.does(Entry { of: "answer", key: "session" }).called("session");
            s.does(Keep { key: SESSION, text: "{session}".into() });
        });
    }

    /// Felt, read, and over.
    fn ends(&mut self, feel: Feel, text: &str) {
        self.does(feel);
        self.does(Show(text.into()));
        self.does(Nothing);
        self.does(Exit);
    }

    /// Nothing of a person's is left on the device.
    fn forgets(&mut self) {
        self.does(Forget(SESSION));
        self.does(Forget(CURSOR));
    }
}
