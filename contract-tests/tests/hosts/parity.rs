//! Whether a client could tell one host from another, and the table that says so.

use crate::Reports;
use crate::binary;
use crate::host::Host;
use libtest_mimic::{Failed, Trial};
use std::path::PathBuf;
use truce_contract::{differences, journeys};

/// The table, for people.
const FILE: &str = "docs/host-parity.md";
/// Set to anything, the table is written anew instead of looked at.
const WRITE: &str = "TRUCE_WRITE_PARITY";
/// As many differences are shown of one host.
const SHOWN: usize = 20;

/// Each host against the native server; and the table, where everything ran that belongs into it.
pub(crate) fn trials(reports: &Reports) -> Vec<Trial> {
    let others = Host::ALL.into_iter().filter(|host| *host != Host::Native);
    let mut trials: Vec<Trial> = others
        .filter_map(|host| {
            let pairs = pairs(reports, host);
            (!pairs.is_empty()).then(|| {
                let name = format!("parity::{}_answers_as_native_does", host.name());
                Trial::test(name, move || alike(&pairs))
            })
        })
        .collect();
    if is_whole(reports) {
        let reports = reports.clone();
        trials.push(Trial::test("parity::the_table_is_current", move || is_current(&reports)));
    }
    trials
}

type Pair = (truce_contract::JourneyReport, truce_contract::JourneyReport);

/// The journeys that went well on both: what did not has failed already.
fn pairs(reports: &Reports, host: Host) -> Vec<Pair> {
    let went_well = |host, name| reports.get(&(host, name)).filter(|report| report.passed()).cloned();
    let names = journeys::everything().into_iter().map(|journey| journey.name);
    names.filter_map(|name| Some((went_well(Host::Native, name)?, went_well(host, name)?))).collect()
}

fn alike(pairs: &[Pair]) -> Result<(), Failed> {
    let found: Vec<String> = pairs.iter().flat_map(|(one, other)| differences(one, other)).collect();
    if found.is_empty() {
        return Ok(());
    }
    let rest = found.len().saturating_sub(SHOWN);
    let shown = found.into_iter().take(SHOWN).collect::<Vec<_>>().join("\n");
    Err(format!("{shown}\n{rest} more").into())
}

fn is_whole(reports: &Reports) -> bool {
    let journeys = journeys::everything();
    Host::ALL
        .into_iter()
        .all(|host| journeys.iter().all(|journey| !host.takes(journey) || reports.contains_key(&(host, journey.name))))
}

/// A row for each journey, a column for each host that was asked.
pub(crate) fn table(reports: &Reports) -> String {
    let asked = |host: &Host| reports.keys().any(|(asked, _)| asked == host);
    let hosts: Vec<Host> = Host::ALL.into_iter().filter(asked).collect();
    let row = |first: &str, cells: Vec<&str>| format!("| {first} | {} |\n", cells.join(" | "));
    let mut table = row("journey", hosts.iter().map(|host| host.name()).collect());
    table.push_str(&row("---", vec![":-:"; hosts.len()]));
    for journey in journeys::everything() {
        let cell = |host: &Host| match reports.get(&(*host, journey.name)) {
            Some(report) if report.passed() => "✓",
            Some(_) => "✗",
            None => "–",
        };
        let cells: Vec<&str> = hosts.iter().map(cell).collect();
        if cells.iter().any(|cell| *cell != "–") {
            table.push_str(&row(&format!("{}: {}", journey.theme, journey.name.replace('_', " ")), cells));
        }
    }
    table
}

fn document(reports: &Reports) -> String {
    let legend: Vec<String> = Host::ALL.iter().map(|host| format!("- **{}**: {}\n", host.name(), host.is())).collect();
    let legend = legend.concat();
    format!(
        "# The same journeys on every host\n\n\
         Written by the suite in `contract-tests/tests/hosts` (`cargo xtask test --only hosts`), which fails when it would \
         write something else. ✓: every expectation of the journey held, and status, headers that clients depend on, and body \
         of each answer were those of the native server; what differs from run to run, such as tokens and moments, is left out \
         of the comparison. –: not asked there.\n\nOnly `lambda-*` ends a long poll at its own limit (15 s for an invocation \
         here); every other host grants the full 25 s. Every host but `edge` is told of a language model, a stand-in that has words to one complaint alone.\n\n\
         {legend}\n{}",
        table(reports)
    )
}

fn is_current(reports: &Reports) -> Result<(), Failed> {
    if reports.values().any(|report| !report.passed()) {
        return Err("a journey failed: there is nothing to write down before it is mended".into());
    }
    let path: PathBuf = binary::workspace().join(FILE);
    let now = document(reports);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, now)?;
        return Ok(());
    }
    if std::fs::read_to_string(&path).unwrap_or_default() == now {
        return Ok(());
    }
    Err(format!("{FILE} says something else than what was found; with {WRITE}=1 it is written anew").into())
}
