//! Says it anew. `phrase` writes words back out of tokens, `observe` turns a frame round so that it tells what happened
//! without telling who is to blame, `ask` finds or makes a request, `compose` puts sentences together, `menu` and `soften`
//! do what their names say.

pub(crate) mod ask;
pub(crate) mod compose;
pub(crate) mod inflect;
pub(crate) mod menu;
pub(crate) mod observe;
pub(crate) mod phrase;
pub(crate) mod soften;
