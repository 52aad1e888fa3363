//! The port on Redis (6 or later) or Valkey: what is kept, and what is asked. Who carries it there is a [`Line`]: a
//! connection of our own, or Spin's.
//!
//! | key | type | what |
//! |---|---|---|
//! | `truce:spent:ID` | string | `UNTIL ATTEMPT`: kept until when, and which call spent it |
//! | `truce:revoked:ID` | string | `UNTIL` |
//! | `truce:{room:NAME}:last` | string | the number of the room's newest entry |
//! | `truce:{room:NAME}:entries` | hash | by id: `NUMBER UNTIL RECORD`, the record as in [`crate::record`] |
//! | `truce:{room:NAME}:log` | sorted set | ids by number |
//! | `truce:{room:NAME}:agreements` | sorted set | ids of those that carry an agreement, by number |
//! | `truce:{room:NAME}:expiries` | sorted set | ids by `UNTIL` |
//! | `truce:ping` | string | what [`Store::ping`] writes |
//!
//! The braces put all of a room into one slot, so a cluster can run the scripts. `UNTIL` is compared with the caller's
//! `now`; Redis itself drops a key [an hour later](crate::numbering::MARGIN), counted from `now` and not by its own
//! clock. Entries of a room leave a few at a time, whenever something is appended to it.
//!
//! Scripts are sent by their hash. They return flat lists, because that is all that Spin passes on.

mod keys;
#[cfg(feature = "redis")]
mod native;
mod over;
mod script;
mod trouble;

pub(crate) use self::over::{Command, Reply};
pub(crate) use self::over::{Line, OverRedis};
#[cfg(all(feature = "spin", target_arch = "wasm32"))]
pub(crate) use self::trouble::CODES;
pub(crate) use self::trouble::Trouble;

/// A store on a Redis or Valkey server.
///
/// What has been answered is as safe as the server keeps it: set `appendonly yes` with `appendfsync always`, and
/// `maxmemory-policy noeviction`, or an invite may be used again after a power cut or when memory runs out.
#[cfg(feature = "redis")]
pub type RedisStore = OverRedis<native::Connection>;
