//! **Truce Join**: a scanned code becomes a session.

use super::{CURSOR, SESSION, Session, icon};
use crate::Addresses;
use crate::action::{Call, Copy, Entry, Feel, Forget, GetText, Keep, Scan, Show};
use crate::story::{Shortcut, Where};

/// On an iPhone, as a Watch has no camera. It is started by the join page with the invite, or by hand.
pub(super) fn shortcut(at: &Addresses, session: Session) -> Shortcut {
    Shortcut::told("Truce Join", "Scan the code you were given. It is good once.", icon::QR_CODE, Where::Phone, |s| {
        s.does(GetText("{input}".into())).called("invite");
        s.without("invite", |s| s.does(Scan).called("invite"));
        s.asks(Call::post(&at.redeem.at("/redeem"), [("invite", "{invite}")]));
        s.stops_unless_ok();
        s.does(Entry { of: "answer", key: "session" }).called("session");
        match session {
            Session::Kept => {
                s.does(Keep { key: SESSION, text: "{session}".into() });
                s.does(Forget(CURSOR));
            }
            Session::Pasted => {
                s.does(Copy("session"));
                s.does(Show("Your session is copied. Paste it into the empty text of the other shortcuts.".into()));
            }
        }
        s.ends(Feel::Success, "{say}");
    })
}
