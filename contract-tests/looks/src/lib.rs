//! What a deployment shows of itself to whoever looks: where it is, its certificates, its clock, its keys by name.
//!
//! `truce doctor` looks once and says what to mend; `truce monitor` looks in every round and says what has become due. What to say is theirs: here is
//! what both see, and when a certificate is due for both.

#![forbid(unsafe_code)]

pub mod certificate;
pub mod clock;
pub mod place;
pub mod ring;

pub use self::{
    certificate::{Due, Judged, Limits, NoAuthority, NotShown, Shown, Term, believing, refused, shown},
    clock::Apart,
    place::{Place, bases},
    ring::Ring,
};
