//! The journeys every host must pass.
//!
//! A journey is what a person does and what has to come of it, told against nothing but addresses and an organiser's
//! key: it knows neither what the host is nor what its ports are made of. The same journeys run against the native
//! server, against each other host, through an edge, and for ever from the monitor.
//!
//! ```no_run
//! use truce_contract::{Target, journeys, report};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let target = Target::at("here", "http://127.0.0.1:8787", "an organiser's key of 32 or more characters")?;
//! let reports = journeys::run_all(&target, &journeys::all(), 8, |report| println!("{report}")).await;
//! println!("{}", report::summary(&reports));
//! # Ok(())
//! # }
//! ```
//!
//! A journey reads like the story it checks:
//!
//! ```no_run
//! use truce_contract::{Outcome, World};
//!
//! async fn a_message_reaches_the_other_team(world: World) -> Outcome {
//!     let room = world.room();
//!     let ana = room.join("backend", "Ana").await?;
//!     let bo = room.join("design", "Bo").await?;
//!     let offer = ana.says("they never deliver on time and nobody gives a damn").await?.expect_code("reframed")?;
//!     ana.chooses("Send it", &offer).await?.expect_code("sent")?;
//!     bo.polls().await?.expect_code("message")?.expect_field("message", offer.text("message")?)?;
//!     Ok(())
//! }
//! ```
//!
//! What may be changed here: journeys and expectations, when `docs/wire.md` changes. What may not: a check made
//! weaker because one host does not hold it.

#![forbid(unsafe_code)]

mod call;
mod client;
mod compare;
pub mod contract;
mod expect;
mod function;
pub mod journeys;
mod laws;
mod normalise;
mod people;
pub mod report;
mod room;
mod shape;
mod target;
pub mod trouble;
mod world;
mod wrist;

pub use call::Call;
pub use client::http_client;
pub use compare::{Difference, apart, differences};
pub use expect::{Failure, Outcome, Reply};
pub use function::Function;
pub use journeys::Journey;
pub use people::{Browser, Member};
pub use report::{Dated, Exchange, JourneyReport, Step};
pub use room::{Invite, Room};
pub use shape::Drift;
pub use target::{Addresses, Capabilities, Secret, Target, TargetError};
pub use world::World;
pub use wrist::{Does, Happening, Seen, Wrist};
