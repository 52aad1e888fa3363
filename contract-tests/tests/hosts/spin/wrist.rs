//! What goes wrong on a wrist whose functions are components. One counts for as long as an instance of it lives, and Spin drops that after an
//! idle second: what slows people down is who stands in front.

use super::edge::{self, Edge};
use super::{Instances, Started};
use crate::services::{self, Service};
use crate::settings::Settings;
use libtest_mimic::{Failed, Trial};
use std::time::Duration;
use tokio::runtime::Runtime;
use truce_contract::trouble::{self, LIMIT};

/// Longer than Spin keeps an instance that nobody needs.
const IDLE: Duration = Duration::from_secs(3);

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| Trial::test(format!("spin::wrist::{name}"), test);
    let mut trials = vec![
        trial("is_slowed_down_by_an_instance_that_lives", slowed_down),
        trial("is_forgotten_with_the_instance", forgotten),
    ];
    if services::redis_server().is_ok() {
        trials.push(trial("is_told_that_the_store_is_away", the_store_is_away));
    }
    match edge::missing() {
        None => trials.push(trial("is_slowed_down_by_the_edge_in_front", too_many)),
        Some(why) => trials.push(missing(why)),
    }
    trials
}

/// With `CI=true` what is missing is a failure.
fn missing(why: String) -> Trial {
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
    let name = format!("spin::wrist::is_slowed_down_by_nobody: {why}");
    Trial::test(name, move || Err(Failed::from(why))).with_ignored_flag(!in_ci)
}

fn counting() -> Result<Settings, String> {
    let settings = Settings::new("spin-sqlite:default".to_owned())?;
    Ok(settings.with("TRUCE_ATTEMPTS_PER_MINUTE", LIMIT.to_string()))
}

fn slowed_down() -> Result<(), Failed> {
    let started = Started::with_instances(&counting()?, Instances::Kept)?;
    Ok(Runtime::new()?.block_on(trouble::are_slowed_down(started.target.clone()))?)
}

fn forgotten() -> Result<(), Failed> {
    let started = Started::with_instances(&counting()?, Instances::Reused)?;
    Ok(Runtime::new()?.block_on(trouble::are_forgotten(started.target.clone(), IDLE))?)
}

/// Killed, and started again with what it has kept.
fn the_store_is_away() -> Result<(), Failed> {
    let redis = Service::redis_that_keeps()?;
    let address = format!("redis://127.0.0.1:{}", redis.port);
    let settings = Settings::new(address.clone())?.with("TRUCE_REDIS", address);
    let started = Started::with_instances(&settings, Instances::Reused)?;
    let (goes, comes_back) = redis.away_and_back();
    Ok(Runtime::new()?.block_on(trouble::lose_the_store(started.target.clone(), goes, &comes_back))?)
}

fn too_many() -> Result<(), Failed> {
    let started = Started::with_instances(&counting()?, Instances::Reused)?;
    let (_edge, target) = Edge::before(&started)?;
    Ok(Runtime::new()?.block_on(trouble::are_too_many(target, LIMIT))?)
}
