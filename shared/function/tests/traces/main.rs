//! What leaves a process about the requests it answers: seen by a collector at the other end of a socket.

mod amiss;
#[path = "../collector/mod.rs"]
mod collector;
mod traced;

use axum::body::Body;
use collector::{Collector, Span, hex, names, said, the, value};
use http::Request;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use std::time::Duration;
use traced::{CALLER, CANARY, TRACE, from_caller, traced, traceparent};
use truce_store::Store as _;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn failed(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code() == SpanStatus::Error)
}

async fn provider() -> MockServer {
    let provider = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&provider).await;
    provider
}

#[tokio::test]
async fn a_request_hangs_from_its_caller_and_what_it_asks_of_the_store_from_it() {
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    let answer = traced.send(from_caller(&format!("/things/{CANARY}"))).await;
    traced.sent().await;
    let spans = collector.spans();
    let (request, store) = (the(&spans, "GET /things/{id}"), the(&spans, "store is_revoked"));
    assert_eq!(traceparent(answer.headers()), ["00", TRACE, &hex(&request.span_id), "01"]);
    assert_eq!((hex(&request.trace_id).as_str(), hex(&request.parent_span_id).as_str()), (TRACE, CALLER));
    assert_eq!((&store.trace_id, &store.parent_span_id), (&request.trace_id, &request.span_id));
    assert_eq!((request.kind(), store.kind()), (SpanKind::Server, SpanKind::Client));
    // Sampled; and that the parent of the one is elsewhere, and of the other here.
    assert_eq!((request.flags, store.flags), (0x301, 0x101));
    for (name, expected) in [
        ("http.request.method", "GET"),
        ("http.route", "/things/{id}"),
        ("http.response.status_code", "200"),
        ("truce.request_id", "abc-1"),
    ] {
        assert_eq!(said(request, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(said(store, "db.system.name").as_deref(), Some("redis"));
    assert_eq!(said(store, "db.operation.name").as_deref(), Some("is_revoked"));
    assert!(request.start_time_unix_nano <= store.start_time_unix_nano);
    assert!(store.end_time_unix_nano <= request.end_time_unix_nano && !failed(request) && !failed(store));
}

/// Whoever reads traces can leave out what the monitor asks.
#[tokio::test]
async fn what_a_test_asks_says_so_in_its_span_and_what_anybody_sent_is_in_none() {
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    for (path, agent) in [("/things/1", format!("truce-monitor/{CANARY}")), ("/waits", format!("Watch/{CANARY}"))] {
        let request = Request::get(path).header("user-agent", agent);
        traced.send(request.body(Body::empty()).expect("a request")).await;
    }
    traced.sent().await;
    let spans = collector.spans();
    let kind = |name| said(the(&spans, name), "user_agent.synthetic.type");
    assert_eq!((kind("GET /things/{id}").as_deref(), kind("GET /waits")), (Some("test"), None));
    assert_eq!(collector.finds(CANARY), None);
}

#[tokio::test]
async fn a_collector_learns_which_process_it_is_and_gets_its_key() {
    let collector = Collector::start().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20key"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
    ];
    let traced = traced(&collector.endpoint(), &settings);
    traced.get("/things/1").await;
    traced.sent().await;
    let arrived = collector.arrived().remove(0);
    assert_eq!(arrived.headers["authorization"], "Bearer key");
    assert_eq!(arrived.headers["content-type"], "application/x-protobuf");
    let of = &arrived.message.resource_spans[0];
    let resource = of.resource.as_ref().expect("a resource");
    assert_eq!(value(&resource.attributes, "service.name").as_deref(), Some("truce-test"));
    assert_eq!(value(&resource.attributes, "deployment.environment.name").as_deref(), Some("test"));
    assert_eq!(of.scope_spans[0].scope.as_ref().map(|scope| scope.name.as_str()), Some("truce"));
}

#[tokio::test]
async fn a_call_hangs_from_its_request_and_only_a_setting_tells_who_is_called_which_trace_it_is() {
    for tells in ["no", "yes"] {
        let (collector, provider) = (Collector::start().await, provider().await);
        let traced = traced(&collector.endpoint(), &[("TRUCE_MODEL_TRACEPARENT", tells)]);
        traced.call(&format!("{}/v1/messages", provider.uri())).await;
        traced.sent().await;
        let spans = collector.spans();
        let (request, call) = (the(&spans, "POST /call"), the(&spans, "POST"));
        assert_eq!((&call.trace_id, &call.parent_span_id), (&request.trace_id, &request.span_id));
        assert_eq!(call.kind(), SpanKind::Client);
        let port = provider.address().port().to_string();
        for (name, expected) in
            [("server.address", "127.0.0.1"), ("server.port", &port), ("http.response.status_code", "200")]
        {
            assert_eq!(said(call, name).as_deref(), Some(expected), "{name}");
        }
        let asked = &provider.received_requests().await.expect("recorded")[0];
        let told = asked.headers.get("traceparent").map(|header| header.to_str().expect("ASCII").to_owned());
        let id = format!("00-{}-{}-01", hex(&call.trace_id), hex(&call.span_id));
        assert_eq!(told, (tells == "yes").then_some(id));
    }
}

#[tokio::test]
async fn what_came_to_nothing_says_why_and_not_more() {
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    traced.store.take_away(true);
    traced.get("/things/1").await;
    traced.get("/panics").await;
    traced.call("http://127.0.0.1:1/").await;
    traced.get(&format!("/nowhere/{CANARY}")).await;
    let strange = Request::builder().method(CANARY).uri("/things/2").body(Body::empty()).expect("a request");
    traced.send(strange).await;
    tokio::time::timeout(Duration::from_millis(50), traced.get("/never")).await.expect_err("nobody waits");
    traced.sent().await;
    let spans = collector.spans();
    for (name, failure) in [
        ("GET /things/{id}", "503"),
        ("store is_revoked", "unavailable"),
        ("GET /panics", "500"),
        ("POST", "unreachable"),
        ("GET /never", "cancelled"),
    ] {
        let span = the(&spans, name);
        assert_eq!(said(span, "error.type").as_deref(), Some(failure), "{name}");
        assert_eq!(failed(span), failure != "cancelled", "{name}");
    }
    let unknown = the(&spans, "GET");
    assert_eq!(
        (said(unknown, "http.response.status_code").as_deref(), said(unknown, "http.route")),
        (Some("404"), None)
    );
    assert!(!failed(unknown), "a client's mistake is none of ours");
    assert_eq!(said(the(&spans, "_OTHER /things/{id}"), "http.request.method").as_deref(), Some("_OTHER"));
    assert_eq!(collector.finds(CANARY), None);
}

#[tokio::test]
async fn a_wait_says_so_and_its_looks_at_the_store_are_not_all_told() {
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    traced.get("/waits").await;
    traced.get("/things/1").await;
    traced.sent().await;
    let spans = collector.spans();
    let waits = the(&spans, "GET /waits");
    assert_eq!(said(waits, "truce.waited").as_deref(), Some("true"));
    let below = spans.iter().filter(|span| span.parent_span_id == waits.span_id).count();
    assert_eq!((below, said(waits, "truce.spans_left_out").as_deref()), (32, Some("18")));
    let other = the(&spans, "GET /things/{id}");
    assert_eq!((said(other, "truce.waited"), said(other, "truce.spans_left_out")), (None, None));
}

#[tokio::test]
async fn who_asks_whether_we_are_well_is_not_recorded_and_whoever_else_asks_is() {
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    for path in ["/health?probe=ready", "/health?probe=open"] {
        let answer = traced.get(path).await;
        assert_eq!(traceparent(answer.headers())[3], "00", "{path}");
    }
    traced.get("/health").await;
    traced.sent().await;
    assert_eq!(names(&collector.spans()), ["GET /health"]);
}

/// Recording costs us: who does not stand in front may say which trace it is, and nothing about that.
#[tokio::test]
async fn a_client_neither_has_itself_recorded_nor_escapes_it() {
    for (sampler, recorded) in [("parentbased_always_off", false), ("parentbased_always_on", true)] {
        let collector = Collector::start().await;
        let traced = traced(&collector.endpoint(), &[("OTEL_TRACES_SAMPLER", sampler)]);
        for flags in ["00", "01"] {
            let mut request = from_caller("/things/1");
            let header = format!("00-{TRACE}-{CALLER}-{flags}").parse().expect("a header");
            request.headers_mut().insert("traceparent", header);
            let answer = traced.send(request).await;
            let said = traceparent(answer.headers());
            assert_eq!((said[1].as_str(), said[3].as_str()), (TRACE, if recorded { "01" } else { "00" }), "{sampler}");
        }
        traced.sent().await;
        assert_eq!(collector.spans().len(), if recorded { 4 } else { 0 }, "{sampler}");
    }
}

/// Nor by a choice of trace that the share of recorded ones has in it, or not in it.
#[tokio::test]
async fn a_share_is_drawn_by_us_and_not_by_who_names_the_trace() {
    let collector = Collector::start().await;
    let settings = [("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.5")];
    let traced = traced(&collector.endpoint(), &settings);
    for trace in ["00000000000000010000000000000000", "ffffffffffffffffffffffffffffffff"] {
        let before = collector.spans().len();
        for _ in 0..200 {
            let request = Request::get("/nowhere").header("traceparent", format!("00-{trace}-{CALLER}-01"));
            traced.send(request.body(Body::empty()).expect("a request")).await;
        }
        traced.sent().await;
        // Of 200 fair draws fewer than 50 or more than 150 come once in 10^12 times.
        let recorded = collector.spans().len() - before;
        assert!((50..=150).contains(&recorded), "{recorded} of {trace}");
    }
}

#[tokio::test]
async fn nothing_that_a_request_brings_gets_to_the_collector() {
    let (collector, provider) = (Collector::start().await, provider().await);
    let traced = traced(&collector.endpoint(), &[("TRUCE_MODEL_TRACEPARENT", "yes")]);
    let everywhere = Request::get(format!("/things/{CANARY}?{CANARY}={CANARY}"))
        .header("authorization", format!("Bearer {CANARY}"))
        .header("cookie", format!("__Host-truce={CANARY}"))
        .header("user-agent", CANARY)
        .header("tracestate", format!("v={CANARY}"))
        .header("baggage", format!("said={CANARY}"))
        .header("x-forwarded-for", CANARY)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01-{CANARY}"))
        .body(Body::empty());
    traced.send(everywhere.expect("a request")).await;
    traced.call(&format!("{}/{CANARY}?key={CANARY}", provider.uri())).await;
    traced.sent().await;
    assert_eq!(collector.spans().len(), 4, "{:?}", names(&collector.spans()));
    assert_eq!(collector.finds(CANARY), None);
    // A search that finds nothing has to find what is there.
    assert!(collector.finds("GET /things/{id}").is_some() && collector.finds("application/x-protobuf").is_some());
}

#[tokio::test]
async fn nothing_is_recorded_where_nobody_says_where_it_goes() {
    let traced = traced("", &[]);
    let answer = traced.send(from_caller("/things/1")).await;
    // The flags are the caller's: we have no say about a trace that we do not record.
    let said = traceparent(answer.headers());
    assert_eq!((said[1].as_str(), said[3].as_str()), (TRACE, "01"));
    assert!(traced.traces.flush(Duration::ZERO).await, "there is nothing to wait for");
    assert!(traced.store.ping().await.is_ok());
}
