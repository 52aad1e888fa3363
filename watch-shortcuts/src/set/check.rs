//! **Truce Check**: what the others have said, and what to answer.

use super::{CURSOR, Session, icon};
use crate::Addresses;
use crate::action::{Append, Call, Choose, Dictate, Entry, Exit, Feel, GetText, Keep, Kept, Nothing, Show, Speak};
use crate::story::{Shortcut, Story, Where};

/// How often it asks whether there is something, each time for so many seconds: a call may take 60.
const TIMES: u32 = 3;
const SECONDS: u32 = 20;
/// Beside the quick replies, of which there are three at most.
const OWN: &str = "In my own words";

pub(super) fn shortcut(at: &Addresses) -> Shortcut {
    Shortcut::told(
        "Truce Check",
        "Hear what the other side has said, and answer with a tap or in your own words.",
        icon::EAR,
        Where::Watch,
        |s| {
            let mediate = at.mediate.at("/mediate");
            s.as_member(Session::Kept);
            s.does(Kept(CURSOR)).called("cursor");
            s.repeat(TIMES, |s| {
                s.asks(Call::get(&format!("{mediate}?after={{cursor}}&wait={SECONDS}")).as_member());
                s.stops_unless_ok();
                s.does(Entry { of: "answer", key: "cursor" }).called("cursor");
                s.does(GetText("{cursor}".into())).called("cursor");
                s.when("{code}", "message", |s| heard(s, at));
            });
            s.does(Show("Nothing new.".into()));
            s.renews(&at.redeem);
            s.does(Nothing);
            s.does(Exit);
        },
    )
}

/// It is kept how far the inbox was read only once the message was heard: who lowers the wrist hears it again.
fn heard(s: &mut Story, at: &Addresses) {
    s.does(Feel::Success);
    s.does(Speak("{say}".into()));
    s.does(Show("{say}".into()));
    s.does(Keep { key: CURSOR, text: "{cursor}".into() });
    s.with("draft", |s| answers(s, at));
    s.renews(&at.redeem);
    s.does(Nothing);
    s.does(Exit);
}

fn answers(s: &mut Story, at: &Addresses) {
    let mediate = at.mediate.at("/mediate");
    s.does(Append { name: "menu", text: OWN.into() });
    s.does(Choose { prompt: "{say}".into(), from: "menu" }).called("choice");
    s.when("{choice}", OWN, |s| {
        s.does(Dictate).called("said");
        s.asks(Call::post(&mediate, [("text", "{said}"), ("draft", "{draft}")]).as_member());
        s.settles(at, Session::Kept);
    });
    s.asks(Call::post(&mediate, [("choice", "{choice}"), ("draft", "{draft}")]).as_member());
    s.stops_unless_ok();
    s.does(Feel::Success);
    s.does(Show("{say}".into()));
}
