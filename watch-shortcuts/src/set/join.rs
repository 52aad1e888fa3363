//! **Truce Join**: a scanned code becomes a session.

use super::{CURSOR, ICON, SESSION};
use crate::Addresses;
use crate::action::{Call, Entry, Feel, Forget, GetText, Keep, Scan};
use crate::story::{Shortcut, Where};

/// On an iPhone, as a Watch has no camera. It is started by the join page with the invite, or by hand.
pub(super) fn shortcut(at: &Addresses) -> Shortcut {
    let told = Shortcut {
        name: "Truce Join",
        about: "Scan the code you were given. It is good once.",
        place: Where::Phone,
        icon: ICON,
        takes_input: true,
        actions: Vec::new(),
    };
    told.told(|s| {
        s.does(GetText("{input}".into())).called("invite");
        s.when("<{invite}>", "<>", |s| s.does(Scan).called("invite"));
        s.asks(Call::post(&at.redeem.at("/redeem"), [("invite", "{invite}")]));
        s.stops_unless_ok();
        s.does(Entry { of: "answer", key: "session" }).called("session");
        s.does(Keep { key: SESSION, text: "{session}".into() });
        s.does(Forget(CURSOR));
        s.ends(Feel::Success, "{say}");
    })
}
