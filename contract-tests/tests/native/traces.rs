//! What a server tells a collector over everything that people do with it.

use crate::collector::{Collector, Span, said, value};
use crate::server::Plan;
use crate::{AT_ONCE, Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use tempfile::TempDir;
use truce_contract::{Journey, journeys};

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
    vec![of_this_host(
        "spans_say_nothing_but_what_is_on_the_list_whatever_people_do",
        spans_say_nothing_but_what_is_on_the_list_whatever_people_do,
    )]
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
    for span in &spans {
        ensure(is_known(span), format!("nothing but what is on the list, got: {span:?}"))?;
    }
    Ok(())
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
