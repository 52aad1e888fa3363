//! What a collector does wrong: requests are answered as ever, and spans go on when it is well again.

use crate::collector::{Collector, Manner, hex, the};
use crate::traced::{CANARY, Traced, traced, traceparent};
use http::StatusCode;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message as _;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_collector_that_comes_later_gets_what_comes_later() {
    let address = {
        let gone = Collector::start().await;
        gone.address
    };
    let traced = traced(&format!("http://{address}"), &[]);
    assert_eq!(traced.get("/things/lost").await.status(), StatusCode::OK);
    traced.sent().await;
    let collector = Collector::at(address).await;
    let answer = traced.get("/things/kept").await;
    // By itself, without being told to.
    let spans = collector.spans_until(|spans| spans.len() >= 2).await;
    assert_eq!(hex(&the(&spans, "GET /things/{id}").span_id), traceparent(answer.headers())[2]);
}

/// Median of what each of 200 requests took.
async fn usual(traced: &Traced) -> Duration {
    let mut took = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        assert_eq!(traced.get("/things/1").await.status(), StatusCode::OK);
        took.push(started.elapsed());
    }
    took.sort_unstable();
    took[took.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_answers_slows_nobody_and_fills_no_memory() {
    let collector = Collector::start().await;
    collector.answers(Manner { after: Duration::from_hours(1), ..Manner::default() });
    let (with, without) = (traced(&collector.endpoint(), &[]), traced("", &[]));
    let (slow, usual) = (usual(&with).await, usual(&without).await);
    assert!(slow < usual * 10 + Duration::from_millis(5), "{slow:?} instead of {usual:?}");
    // More than the queue and a batch hold.
    for _ in 0..2000 {
        with.get("/things/1").await;
    }
    assert!(!with.traces.flush(Duration::from_millis(100)).await, "it never answers");
    let started = Instant::now();
    with.get("/things/1").await;
    assert!(started.elapsed() < Duration::from_secs(1));
    collector.answers(Manner::default());
    // The batch that nobody answered is given up after ten seconds; then the others go.
    let spans = collector.spans_until(|spans| spans.len() >= 2048).await;
    assert!(spans.len() <= 2048 + 512, "{} spans were kept", spans.len());
}

#[tokio::test]
async fn whatever_a_collector_answers_requests_are_answered_and_spans_go_on() {
    let partly = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess { rejected_spans: -7, error_message: CANARY.to_owned() }),
    };
    let manners = [
        Manner { status: StatusCode::SERVICE_UNAVAILABLE, ..Manner::default() },
        Manner { status: StatusCode::FOUND, ..Manner::default() },
        Manner { body: b"\xff\xff\xff\xff\x0f not a message".to_vec(), ..Manner::default() },
        Manner { body: vec![0; 1024 * 1024], ..Manner::default() },
        Manner { body: partly.encode_to_vec(), ..Manner::default() },
    ];
    let collector = Collector::start().await;
    let traced = traced(&collector.endpoint(), &[]);
    for manner in manners {
        collector.answers(manner);
        assert_eq!(traced.get("/things/1").await.status(), StatusCode::OK);
        traced.sent().await;
    }
    collector.answers(Manner::default());
    let answer = traced.get("/things/1").await;
    traced.sent().await;
    let last = traceparent(answer.headers())[2].clone();
    assert!(collector.spans().iter().any(|span| hex(&span.span_id) == last));
}
