//! When what the journeys meet is an alarm.
//!
//! A monitor runs the journeys of the contract against deployments, about once a minute and for ever. This crate is what it thinks
//! with: an error budget and how fast it burns ([`burn`]), whether a journey takes longer than it used to ([`latency`]), what was looked at
//! besides ([`watch`]), and a ledger of alerts that open once and resolve by themselves ([`ledger`]). `docs/monitor.md` has the rules, their sources, and the
//! figures of the benchmark.
//!
//! ```
//! use std::{num::NonZeroU32, time::Duration};
//! use truce_alarms::{Budget, Evidence, Key, Kind, Latency, Ledger, Pace, Seen, Verdict};
//!
//! let key = |kind| Key { target: "https://truce.example".into(), journey: "joining".into(), kind };
//! let (mut budget, mut latency, mut ledger) =
//!     (Budget::new("99.5".parse()?, NonZeroU32::new(60).ok_or("0")?), Latency::new(), Ledger::default());
//!
//! // A minute in which the journey failed.
//! let (now, failed, took) = (1_795_500_000, true, Duration::from_millis(412));
//! let evidence = |sentence| Evidence {
//!     step: "Ana redeems her code".into(),
//!     sentence,
//!     request_id: Some("5f1c".into()),
//!     reproduce: "cargo run -p truce-contract -- --url https://truce.example --only joining".into(),
//! };
//! budget.observe(now, u32::from(!failed), u32::from(failed));
//! let burning = budget.burning(now);
//! for pace in Pace::ALL {
//!     let seen = match burning.iter().find(|burning| burning.pace == pace) {
//!         Some(burning) => Seen::Wrong(evidence(burning.to_string())),
//!         None => Seen::Well,
//!     };
//!     assert_eq!(ledger.observe(now, &key(Kind::Burning(pace)), seen), None, "one failure is no alarm");
//! }
//! if !failed {
//!     match latency.observe(now, took) {
//!         Verdict::Slower(slower) => ledger.observe(now, &key(Kind::Slower), Seen::Wrong(evidence(slower.to_string()))),
//!         Verdict::Learning | Verdict::Usual | Verdict::NewUsual(_) => ledger.observe(now, &key(Kind::Slower), Seen::Well),
//!     };
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here has a clock, reads or writes anything, or waits: the time is passed in as Unix seconds, and may go backwards.
//! [`Budget`], [`Latency`] and [`Ledger`] are read and written by serde; one that was written and read goes on as if nothing had been.

pub mod burn;
pub mod latency;
pub mod ledger;
pub mod objective;
pub mod run_length;
pub mod watch;

mod samples;

pub use self::{
    burn::{Budget, Burning, Pace},
    latency::{Latency, Slower, Verdict},
    ledger::{Alert, AlertId, Event, Evidence, Key, Kind, Ledger, Seen},
    objective::{NotAnObjective, Objective},
    watch::{Level, Means, Severity, Sightings, Watch},
};
