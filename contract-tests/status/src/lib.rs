//! The status page of a monitor: now, the last day and the last ninety days, for people and for programs.
//!
//! What the monitor's history holds ([`truce_monitor::Known`]) becomes a [`Status`], and that becomes a page, JSON and a feed. Nothing here keeps or decides anything: what is an
//! alarm the monitor has said. A page has no script and nothing from elsewhere; names come from settings, and are text wherever they are written.

mod atom;
mod board;
mod chart;
mod html;
mod markup;
mod model;
mod words;

pub use board::{Board, Clock, router};
pub use model::{At, Day, IncidentStatus, JourneyStatus, Now, Point, State, Status, TargetStatus, Uptime, Watched};
