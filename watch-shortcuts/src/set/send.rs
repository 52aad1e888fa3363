//! **Truce**: said, heard back, and sent with a tap.

use super::{Session, icon};
use crate::Addresses;
use crate::action::{Call, Dictate};
use crate::story::{Shortcut, Where};

pub(super) fn shortcut(at: &Addresses, session: Session) -> Shortcut {
    Shortcut::told(
        "Truce",
        "Say what is bothering you, hear it back so that the other side can listen, and send it with a tap.",
        icon::MICROPHONE,
        Where::Watch,
        |s| {
            s.as_member(session);
            s.does(Dictate).called("said");
            s.asks(Call::post(&at.mediate.at("/mediate"), [("text", "{said}")]).as_member());
            s.settles(at, session);
        },
    )
}
