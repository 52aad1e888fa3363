//! Where alarms go: signed webhooks, Slack, Alertmanager, a command.
//!
//! An event is put into an [`Outbox`] in the monitor's file by the transaction that keeps what was told; a [`Post`] takes it from there to each
//! [`Destination`], in order, for about three days ([`Policy`]), under an id that is the same for every try. So nothing is lost when the monitor falls, nothing is
//! told twice to who looks at ids, and nobody waits for who is slow. `docs/monitor.md` says what goes out, and what a receiver may answer.
//!
//! What may be changed here: how it is told, and to whom. What may not: what a [`Notice`] holds, without the table in `docs/monitor.md`; and that no
//! address, secret or argument is ever in an error, in `Debug`, or in what is [`Said`].

#![forbid(unsafe_code)]

mod address;
mod alertmanager;
mod command;
mod destination;
mod notice;
mod outbox;
mod policy;
mod post;
mod settings;
mod signature;
mod slack;

pub use address::{Address, NotAnAddress};
pub use destination::{Came, Destination, To};
pub use notice::{Data, Notice, NoticeKind};
pub use outbox::Outbox;
pub use policy::Policy;
pub use post::{Goes, Post, Said, Say, try_once};
pub use settings::{AlertError, AlertSettings, AlertTable, NotAnAlert};
pub use signature::{NotASecret, Secrets};
