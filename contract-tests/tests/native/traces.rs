//! What a server tells a collector over everything that people do with it.

use crate::collector::{Collector, Span, said, value};
use crate::server::Plan;
use crate::{AT_ONCE, Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;
use truce_contract::{Call, Journey, World, journeys};

/// How long a span waits for others.
const BATCH_GOES: Duration = Duration::from_secs(2);

const ROUTES: &[&str] = &[
    "/qr",
    "/qr/{id}",
    "/redeem",
    "/j",
    "/install",
    "/mediate",
    "/talk",
    "/health",
    "/watch",
    "/watch/shortcuts",
    "/watch/next",
];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "_OTHER"];
const OPERATIONS: &[&str] =
    &["spend", "is_spent", "revoke", "is_revoked", "append", "read", "entry", "agreements", "ping", "sweep"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host(
            "spans_say_nothing_but_what_is_on_the_list_whatever_people_do",
            spans_say_nothing_but_what_is_on_the_list_whatever_people_do,
        ),
        of_this_host("a_collector_that_is_away_is_told_once", a_collector_that_is_away_is_told_once),
        of_this_host("a_collector_that_is_none_ends_the_start", a_collector_that_is_none_ends_the_start),
    ]
}

/// Three batches that nobody takes, and what is left at the end.
async fn a_collector_that_is_away_is_told_once() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).setting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1").start()?;
    let world = World::at(server.target())?;
    for _ in 0..3 {
        world.does("somebody asks", Call::get("/health")).await?.expect_code("alive")?;
        sleep(BATCH_GOES + Duration::from_millis(300)).await;
    }
    world.does("somebody asks", Call::get("/health")).await?.expect_code("alive")?;
    let log = server.stop()?;
    let told = log.matches("spans did not get to the collector").count();
    ensure(told == 1, format!("one line about it, got {told}: {log}"))
}

async fn a_collector_that_is_none_ends_the_start() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let refused =
        Plan::on(data.path()).setting("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:half-a-secret@c").refused()?;
    ensure(!refused.status.success(), "a start that is refused")?;
    let said = refused.stderr;
    ensure(
        said.contains("OTEL_EXPORTER_OTLP_HEADERS") && !said.contains("half-a-secret"),
        format!("the mend, got {said}"),
    )
}

async fn spans_say_nothing_but_what_is_on_the_list_whatever_people_do() -> Result<(), Problem> {
    let (data, collector) = (TempDir::new()?, Collector::start().await);
    let server = Plan::on(data.path()).setting("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint()).start()?;
    let all: Vec<Journey> = journeys::everything().into_iter().filter(|journey| !journey.patient).collect();
    let reports = journeys::run_all(&server.target(), &all, AT_ONCE, |_| {}).await;
    for report in &reports {
        ensure(report.passed(), format!("{} to pass while spans are recorded", report.name))?;
    }
    server.stop()?;
    let spans = collector.spans();
    let of_store = spans.iter().filter(|span| said(span, "db.system.name").as_deref() == Some("sqlite")).count();
    let waited = spans.iter().any(|span| said(span, "truce.waited").is_some());
    ensure(spans.len() > 500 && of_store > 200 && waited, format!("spans of everything, got {}", spans.len()))?;
    let of_people = spans.iter().find(|span| is_request(span) && said(span, "user_agent.synthetic.type").is_none());
    ensure(of_people.is_none(), format!("every request to be the suite's, got: {of_people:?}"))?;
    for span in &spans {
        ensure(is_known(span), format!("nothing but what is on the list, got: {span:?}"))?;
    }
    Ok(())
}

/// Whether it is what was asked, and not what came of it.
fn is_request(span: &Span) -> bool {
    said(span, "truce.request_id").is_some()
}

/// Whether everything in a span is something that this code chose, or a number.
fn is_known(span: &Span) -> bool {
    let known = |attribute: &KeyValue| {
        let text = value(std::slice::from_ref(attribute), &attribute.key).unwrap_or_default();
        match attribute.key.as_str() {
            "http.request.method" => METHODS.contains(&text.as_str()),
            "http.route" => ROUTES.contains(&text.as_str()),
            "db.operation.name" => OPERATIONS.contains(&text.as_str()),
            "db.system.name" => text == "sqlite",
            "truce.waited" => text == "true",
            "user_agent.synthetic.type" => text == "test",
            "error.type" => ["cancelled", "rejected", "unavailable", "500", "503"].contains(&text.as_str()),
            "http.response.status_code" | "truce.spans_left_out" => text.parse::<u32>().is_ok(),
            // The client's, where it sent one that may be one.
            "truce.request_id" => text.len() <= 64,
            _ => false,
        }
    };
    let name = span.name.split_once(' ').map_or_else(
        || METHODS.contains(&span.name.as_str()),
        |(first, rest)| {
            (first == "store" && OPERATIONS.contains(&rest)) || (METHODS.contains(&first) && ROUTES.contains(&rest))
        },
    );
    let bare = span.events.is_empty() && span.links.is_empty() && span.trace_state.is_empty();
    let silent = span.status.as_ref().is_none_or(|status| status.message.is_empty());
    name && bare && silent && span.attributes.iter().all(known)
}
