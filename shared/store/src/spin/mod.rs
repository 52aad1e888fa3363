//! The port on what Spin gives a component: its SQLite, or Redis by its connections. The same statements and commands as
//! the adapters that open a file or a socket themselves.
//!
//! A component has one thread, and what it holds of the host cannot leave it; `SendWrapper` says so to the compiler and
//! panics if it were ever not so.

mod redis;
mod sqlite;

pub use self::redis::SpinRedisStore;
pub use self::sqlite::SpinSqliteStore;
