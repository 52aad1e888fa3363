//! Whether the time is the same here and there, whether Truce answers at all, and whether what it needs does.

use super::Visit;
use super::caller::Answer;
use super::finding::Finding;
use crate::failure::Failure;
use std::time::Duration;
use truce_looks::{Apart, bases, clock};

const CLOCK: &str = "clock";
/// What clocks that are kept are never apart.
const KEPT: Duration = Duration::from_secs(2);
/// What the lifetimes of tokens allow for between machines (docs/security.md).
const ALLOWED: Duration = Duration::from_secs(30);

/// Compares the clocks.
pub(super) async fn clocks(visit: &mut Visit) -> Result<(), Failure> {
    for base in bases(&visit.addresses) {
        let url = format!("{base}/health");
        // The first one makes the connection, which would be counted as the way.
        let _ = visit.caller.get(&url).await;
        let finding = match visit.caller.get(&url).await {
            Ok(answer) => compared(base, &answer),
            Err(why) => Finding::not_looked_at(CLOCK, format!("{base}: {why}")),
        };
        visit.report.tell(finding)?;
    }
    Ok(())
}

fn compared(base: &str, answer: &Answer) -> Finding {
    // A REST API of AWS gives it on under another name.
    let date = answer.header("date").or_else(|| answer.header("x-amzn-remapped-date"));
    let date = date.and_then(clock::read);
    let Some(date) = date else {
        return Finding::warn(
            CLOCK,
            format!("{base} says no date"),
            "Let `Date` of the answers through: without it nobody sees a clock that is wrong.",
        );
    };
    let Apart { surely: sure, behind } = Apart::of(date, answer.at, answer.took);
    let way = if behind { "behind" } else { "ahead of" };
    let mend = "Set the clocks by NTP, there and here: how long invites, sessions and drafts hold is told by them.";
    if sure <= KEPT {
        return Finding::ok(CLOCK, format!("{base} is less than {} s from here", KEPT.as_secs()));
    }
    let found = format!("{base} is {} s {way} this machine", sure.as_secs());
    if sure > ALLOWED { Finding::wrong(CLOCK, found, mend) } else { Finding::warn(CLOCK, found, mend) }
}

/// Whether anything there is Truce.
pub(super) async fn alive(visit: &mut Visit) -> Result<bool, Failure> {
    let mut ours = false;
    for base in bases(&visit.addresses) {
        let answer = visit.caller.get(&format!("{base}/health")).await;
        ours |= answer.as_ref().is_ok_and(Answer::is_ours);
        let finding = match answer {
            Ok(answer) if answer.is_ours() && answer.code() == "alive" => {
                Finding::ok("alive", format!("{base} is Truce"))
            }
            Ok(answer) => Finding::wrong("alive", format!("{base}/health: {}", answer.came()), elsewhere(&answer)),
            Err(why) => Finding::wrong(
                "alive",
                format!("{base}/health: {why}"),
                "See that it runs: its log and the edge's say more.",
            ),
        };
        visit.report.tell(finding)?;
    }
    if !ours {
        // It may be this one path that is led elsewhere.
        ours = visit.caller.get(&visit.url("/redeem")).await.is_ok_and(|answer| answer.is_ours());
    }
    Ok(ours)
}

fn elsewhere(answer: &Answer) -> String {
    let leads = answer.header("location").filter(|to| to.starts_with("https://") && !to.contains('?'));
    match leads {
        Some(to) => format!(
            "Name where it leads, {}: a Watch that is sent on loses what it sends.",
            to.trim_end_matches("/health")
        ),
        None => "Something else answers there: name another address, or see that the edge leads /health to Truce."
            .to_owned(),
    }
}

/// Whether what it needs is there.
pub(super) async fn ready(visit: &mut Visit) -> Result<(), Failure> {
    for base in bases(&visit.addresses) {
        let finding = match visit.caller.get(&format!("{base}/health?probe=ready")).await {
            Ok(answer) => readiness(base, &answer),
            Err(why) => Finding::wrong(
                "ready",
                format!("{base}: {why}"),
                "See that the store answers: TRUCE_STORE says where it is (docs/stores.md).",
            ),
        };
        visit.report.tell(finding)?;
    }
    Ok(())
}

fn readiness(base: &str, answer: &Answer) -> Finding {
    let told = answer.list("dependencies").iter().map(|one| {
        let text = |key: &str| one.get(key).and_then(|value| value.as_str()).unwrap_or("?");
        let took = one.get("round_trip_ms").and_then(serde_json::Value::as_f64).unwrap_or_default();
        format!("{} {}, {took} ms", text("name"), text("state"))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    if answer.status == 200 && answer.code() == "ready" {
        return Finding::ok("ready", format!("{base}: {told}"));
    }
    let mend = if answer.code() == "not-ready" && told.is_empty() {
        "It is going down: wait until another has taken its place, and look again."
    } else {
        "See that the store runs and that TRUCE_STORE leads to it (docs/stores.md): the function's log says why it does not."
    };
    let told = if told.is_empty() { answer.came() } else { format!("{}: {told}", answer.came()) };
    Finding::wrong("ready", format!("{base}: {told}"), mend)
}
