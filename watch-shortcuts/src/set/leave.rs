//! **Truce Leave**: the session ends, here and everywhere.

use super::{Session, icon};
use crate::Addresses;
use crate::action::{Call, Confirm, Feel};
use crate::story::{Shortcut, Where};

pub(super) fn shortcut(at: &Addresses, session: Session) -> Shortcut {
    Shortcut::told(
        "Truce Leave",
        "End your session. To come back you need a new code.",
        icon::HAND,
        Where::Watch,
        |s| {
            s.as_member(session);
            s.does(Confirm { title: "Leave?", message: "Your session ends. To come back you need a new code." });
            s.asks(Call::delete(&at.redeem.at("/redeem")).as_member());
            s.stops_unless_ok();
            if session == Session::Kept {
                s.forgets();
            }
            s.ends(Feel::Success, "{say}");
        },
    )
}
