//! **Truce Leave**: the session ends, here and everywhere.

use super::{ICON, Session};
use crate::Addresses;
use crate::action::{Call, Confirm, Feel};
use crate::story::{Shortcut, Where};

pub(super) fn shortcut(at: &Addresses, session: Session) -> Shortcut {
    let told = Shortcut {
        name: "Truce Leave",
        about: "End your session. To come back you need a new code.",
        place: Where::Watch,
        icon: ICON,
        takes_input: false,
        actions: Vec::new(),
    };
    told.told(|s| {
        s.as_member(session);
        s.does(Confirm { title: "Leave?", message: "Your session ends. To come back you need a new code." });
        s.asks(Call::delete(&at.redeem.at("/redeem")).as_member());
        s.stops_unless_ok();
        if session == Session::Kept {
            s.forgets();
        }
        s.ends(Feel::Success, "{say}");
    })
}
