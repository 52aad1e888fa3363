//! From dictated text to frames. Dictation has no punctuation and no capitals to lean on, so every step here works on
//! words first and takes punctuation as a hint.

pub(crate) mod clause;
pub(crate) mod facts;
pub(crate) mod frame;
pub(crate) mod normalise;
pub(crate) mod pattern;
pub(crate) mod token;
