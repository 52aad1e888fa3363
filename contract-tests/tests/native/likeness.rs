//! Reports can be held against each other: what differs between two runs is what differs between two hosts.

use crate::server::Plan;
use crate::{Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use tempfile::TempDir;
use truce_contract::{Addresses, Function, Journey, JourneyReport, Target, differences, journeys};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("two_servers_answer_every_journey_alike", two_servers_answer_every_journey_alike),
        of_this_host("a_report_holds_no_secret", a_report_holds_no_secret),
        of_this_host("an_address_for_each_function_is_as_good_as_one", an_address_for_each_function_is_as_good_as_one),
    ]
}

/// The themes that take no time to speak of; the others differ in nothing that is compared here.
fn quick() -> Vec<Journey> {
    let quick =
        ["sign-up", "mediation", "replies", "agreements", "leaving", "revoking", "negotiation", "health", "pages"];
    journeys::all().into_iter().filter(|journey| quick.contains(&journey.theme)).collect()
}

async fn reports(target: &Target) -> Vec<JourneyReport> {
    journeys::run_all(target, &quick(), 4, |_| {}).await
}

async fn two_servers_answer_every_journey_alike() -> Result<(), Problem> {
    let (here, there) = (TempDir::new()?, TempDir::new()?);
    let (one, other) = (Plan::on(here.path()).start()?, Plan::on(there.path()).start()?);
    let (one, other) = (reports(&one.target()).await, reports(&other.target()).await);
    ensure(one.len() == other.len() && one.len() > 30, format!("more than 30 reports, got {}", one.len()))?;
    let found: Vec<String> = one.iter().zip(&other).flat_map(|(one, other)| differences(one, other)).collect();
    ensure(found.is_empty(), found.join("\n"))
}

async fn a_report_holds_no_secret() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let target = server.target();
    let told: Vec<String> = reports(&target).await.iter().map(|report| format!("{report:?}\n{report}")).collect();
    let told = told.join("\n");
    ensure(told.contains("<session>") && told.contains("<draft>"), "placeholders where the secrets were")?;
    ensure(!told.contains(target.organiser_key.reveal()), "no organiser's key in a report")?;
    ensure(!told.contains("v3.local."), "no token in a report")?;
    let digits = told.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    ensure(digits < 60, format!("no invite in a report, got {digits} digits in a row"))
}

async fn an_address_for_each_function_is_as_good_as_one() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let url = format!("http://{}", server.address);
    let mut target = server.target();
    target.addresses = Addresses::Each(vec![url; Function::ALL.len()]);
    let journeys: Vec<Journey> = quick().into_iter().filter(|journey| journey.theme == "sign-up").collect();
    let reports = journeys::run_all(&target, &journeys, 4, |_| {}).await;
    let failed: Vec<String> = reports.iter().filter(|report| !report.passed()).map(ToString::to_string).collect();
    ensure(failed.is_empty() && reports.len() == journeys.len(), failed.join("\n"))
}
