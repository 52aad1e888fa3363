//! What leaves a process about the requests it answers: seen by a collector at the other end of a socket.

mod collector;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use collector::{Collector, Manner, Span, hex, names, said, the, value};
use http::{HeaderMap, Request, Response, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use prost::Message as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tower::ServiceExt as _;
use truce_function::host::otlp::Traces;
use truce_function::testing::{Bench, Removable};
use truce_function::{Answer, CallLimits, Environment, Problem, extract, layers};
use truce_store::Store as _;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// A word nobody else uses.
const CANARY: &str = "QUOKKA-48213";
const SOON: Duration = Duration::from_secs(10);

/// A function that asks the store and calls somebody, and one that does everything wrong.
fn function(env: Environment) -> Router {
    async fn thing(State(env): State<Environment>, Path(id): Path<String>) -> Result<Answer, Problem> {
        env.store().is_revoked(&id, env.now()).await?;
        Ok(Answer::new("thing"))
    }
    async fn call(State(env): State<Environment>, extract::Body(body): extract::Body<serde_json::Value>) -> Answer {
        let at = body["at"].as_str().expect("an address");
        let question = Request::post(at).body(Bytes::from(body.to_string())).expect("a request");
        let limits = CallLimits { time: Duration::from_secs(5), body: 1024 };
        let code = env.http().send(question, limits).await.map_or("unanswered", |_| "answered");
        Answer::new(code)
    }
    async fn waits(State(env): State<Environment>) -> Answer {
        for _ in 0..25 {
            let (first, second) = tokio::join!(env.store().ping(), env.store().is_spent("an id", env.now()));
            env.pause(Duration::from_millis(1)).await;
            assert!(first.is_ok() && second.is_ok());
        }
        Answer::new("waited")
    }
    async fn never() -> Answer {
        std::future::pending().await
    }
    async fn panics() -> Answer {
        panic!("over {CANARY}")
    }
    Router::new()
        .route("/things/{id}", get(thing))
        .route("/call", post(call))
        .route("/waits", get(waits))
        .route("/never", get(never))
        .route("/panics", get(panics))
        .with_state(env)
}

/// A function whose spans go to a collector.
struct Traced {
    traces: Traces,
    router: Router,
    store: Arc<Removable>,
    _stopping: watch::Sender<bool>,
}

fn traced(endpoint: &str, settings: &[(&str, &str)]) -> Traced {
    let told = |name: &str| {
        let told = settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        told.or_else(|| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.to_owned()),
            "TRUCE_STORE" => Some("redis://redis:6379".to_owned()),
            _ => None,
        })
    };
    let traces = Traces::begin("test", told).expect("settings that hold");
    let bench = Bench::new(function);
    let (stopping, stopped) = watch::channel(false);
    let env = Environment::builder(Bench::settings(), bench.env.keys().clone(), bench.store.clone());
    let env = traces.watch(env).stopping(stopped).build();
    let router = layers::harden(function(env.clone()), &env);
    Traced { traces, router, store: bench.store, _stopping: stopping }
}

impl Traced {
    async fn send(&self, request: Request<Body>) -> Response<Body> {
        let Ok(answer) = self.router.clone().oneshot(request).await;
        answer
    }

    async fn get(&self, path: &str) -> Response<Body> {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn call(&self, address: &str) -> Response<Body> {
        let body = serde_json::json!({"at": address, "said": CANARY}).to_string();
        let request = Request::post("/call").header("content-type", "application/json");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    async fn sent(&self) {
        assert!(self.traces.flush(SOON).await, "sent in time");
    }
}

fn from_caller(path: &str) -> Request<Body> {
    let request = Request::get(path).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    request.header("x-request-id", "abc-1").body(Body::empty()).expect("a request")
}

fn traceparent(headers: &HeaderMap) -> Vec<String> {
    headers["traceparent"].to_str().expect("ASCII").split('-').map(str::to_owned).collect()
}

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
