//! What kind of text this is, before anything is made of it: readable English or not, data or an instruction to the
//! software, civil or heated.

pub(crate) mod heat;
pub(crate) mod language;
pub(crate) mod noise;
pub(crate) mod risk;
pub(crate) mod to_software;
