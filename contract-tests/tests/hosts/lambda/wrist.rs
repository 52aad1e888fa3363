//! What goes wrong on a wrist whose functions are on AWS Lambda.

use super::{Gateway, TABLE, behind, functions, missing, settings_for};
use crate::services::Service;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;
use truce_contract::trouble::{self, LIMIT};

/// An instance counts for itself: with one, what is allowed is what is set. With more it is up to as many times that.
const ONE: usize = 1;
/// As many as a person at a time keeps busy, and one in hand.
const SOME: usize = 2;

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| Trial::test(format!("lambda::wrist::{name}"), test);
    if missing().is_some() {
        return Vec::new();
    }
    vec![trial("is_slowed_down", slowed_down), trial("is_told_that_the_store_is_away", the_store_is_away)]
}

fn slowed_down() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    let table = Service::dynamodb(TABLE, &runtime)?;
    let settings = settings_for(&table)?.with("TRUCE_ATTEMPTS_PER_MINUTE", LIMIT.to_string());
    let (target, _fronts) = behind(Gateway::FunctionUrl, &functions(&settings, ONE)?, &runtime)?;
    Ok(runtime.block_on(trouble::are_slowed_down(target))?)
}

/// The table's server is killed, and started again on what it has kept.
fn the_store_is_away() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    let table = Service::dynamodb_that_keeps(TABLE, &runtime)?;
    let (target, _fronts) = behind(Gateway::FunctionUrl, &functions(&settings_for(&table)?, SOME)?, &runtime)?;
    let (goes, comes_back) = table.away_and_back();
    Ok(runtime.block_on(trouble::lose_the_store(target, goes, &comes_back))?)
}
