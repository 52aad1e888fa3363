//! Who has the say about recording: who stands in front has shown that to its host, which no test outside can do for it.

use super::*;
use crate::testing::Bench;
use crate::{Answer, Environment, layers};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use std::sync::Mutex;
use tower::ServiceExt as _;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What is recorded of a request with these flags, and the flags that are answered.
async fn recorded(sampler: &str, share: Option<&str>, trace: &str, flags: &str, is_edge: bool) -> (usize, String) {
    let spans = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&spans);
    let tracer = Tracer {
        sampler: Sampler::named(sampler, share).expect("a sampler"),
        database: "other",
        tells_others: false,
        take: Box::new(move |span| kept.lock().expect("not poisoned").push(span)),
    };
    let router = Router::new().route("/", get(async || Answer::new("here")));
    let bench = Bench::new(|_| Router::new());
    let env = Environment::builder(Bench::settings(), bench.env.keys().clone(), bench.store.clone());
    let router = layers::harden(router, &env.traced(Arc::new(tracer)).build());
    let mut request = Request::get("/").body(Body::empty()).expect("a request");
    let header = format!("00-{trace}-00f067aa0ba902b7-{flags}").parse().expect("a header");
    request.headers_mut().insert("traceparent", header);
    if is_edge {
        request.extensions_mut().insert(FromEdge);
    }
    let Ok(answer) = router.oneshot(request).await;
    let answered = answer.headers()["traceparent"].to_str().expect("ASCII");
    let count = spans.lock().expect("not poisoned").len();
    (count, answered.rsplit('-').next().expect("flags").to_owned())
}

#[tokio::test]
async fn the_edge_has_the_say_about_recording_and_nobody_else() {
    for (sampler, flags, is_edge, expected) in [
        ("parentbased_always_off", "01", true, 1),
        ("parentbased_always_off", "01", false, 0),
        ("parentbased_always_on", "00", true, 0),
        ("parentbased_always_on", "00", false, 1),
        ("always_off", "01", true, 0),
    ] {
        let answered = if expected == 1 { "01" } else { "00" };
        let came = recorded(sampler, None, TRACE, flags, is_edge).await;
        assert_eq!(came, (expected, answered.to_owned()), "{sampler} {flags} {is_edge}");
    }
}

#[tokio::test]
async fn what_else_the_flags_say_stays() {
    assert_eq!(recorded("always_on", None, TRACE, "02", false).await.1, "03");
    assert_eq!(recorded("always_off", None, TRACE, "03", false).await.1, "02");
}

/// As everybody behind the same edge draws, so that a trace is recorded everywhere or nowhere.
#[tokio::test]
async fn of_the_edge_s_traces_the_trace_itself_says_whether_it_is_in_the_share() {
    for (trace, expected) in [("ffffffffffffffff0000000000000001", 1), ("0000000000000001ffffffffffffffff", 0)] {
        for _ in 0..20 {
            assert_eq!(recorded("traceidratio", Some("0.5"), trace, "01", true).await.0, expected, "{trace}");
        }
    }
}
