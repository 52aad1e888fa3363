//! **Truce Agreements**: what was agreed last.

use super::{Session, icon};
use crate::Addresses;
use crate::action::{Call, Exit, Nothing, Show, Speak};
use crate::story::{Shortcut, Where};

pub(super) fn shortcut(at: &Addresses, session: Session) -> Shortcut {
    Shortcut::told("Truce Agreements", "Hear what was agreed last.", icon::CHECK_MARK, Where::Watch, |s| {
        s.as_member(session);
        s.asks(Call::get(&at.mediate.at("/mediate?view=agreements")).as_member());
        s.stops_unless_ok();
        s.does(Speak("{say}".into()));
        s.does(Show("{say}".into()));
        s.does(Nothing);
        s.does(Exit);
    })
}
