//! The journeys, for ever: what is watched, how often, what it costs, and what came of it.
//!
//! The journeys themselves are those of the contract ([`truce_contract`]), in rooms of the monitor's own whose names say so, and each is ended with
//! what was begun on it: no invite of a round is good after it, and no session. Besides them it looks at what no journey shows ([`Watches`]). The monitor keeps one thing, the
//! [`History`]; what it is alarmed by, a [`Judge`] says.

mod discreet;
mod history;
mod judge;
mod numbers;
mod plan;
mod settings;
mod view;
mod watches;

pub use discreet::discreet;
pub use history::{
    Entry, History, HistoryError, Incident, KEPT, Known, Latest, Place, Reader, Span, Tally, Told, Took,
};
pub use judge::{Judge, LOOKS_BACK, Round, THE_STORE, THE_TARGET};
pub use numbers::Numbers;
pub use plan::{Plan, PlanError, Selected, WATCHED};
pub use settings::{Settings, SettingsError, TargetSettings, target};
pub use truce_alarms as alarms;
pub use truce_notify as notify;
pub use view::View;
pub use watches::{Finding, Looked, WatchSettings, Watches};

/// What the names of its rooms begin with.
pub const ROOMS: &str = "monitor";
/// What it calls itself where it asks: functions keep what it asks out of people's numbers by this.
pub const AGENT: &str = concat!("truce-monitor/", env!("CARGO_PKG_VERSION"));
