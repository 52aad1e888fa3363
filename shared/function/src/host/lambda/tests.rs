//! Events as AWS writes them, through `lambda_http`'s own conversion, and what its sender would read back.

#[path = "../../../tests/collector/mod.rs"]
mod collector;

use super::*;
use crate::testing::Bench;
use crate::{Answer, LongestWait, auth};
use axum::extract::{Path, Request as Asked};
use axum::routing::{any, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use collector::{Collector, Manner};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const FUNCTION_URL: &str = include_str!("events/function_url.json");
const HTTP_API: &str = include_str!("events/http_api.json");
const REST_API: &str = include_str!("events/rest_api.json");
const LOAD_BALANCER: &str = include_str!("events/load_balancer.json");
const ALL: [&str; 4] = [FUNCTION_URL, HTTP_API, REST_API, LOAD_BALANCER];

/// Every byte there is, which is no text in any encoding.
fn bytes() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// A function that says what reached it.
fn function(env: Environment) -> Router {
    async fn echo(Path(what): Path<String>, request: Asked) -> axum::Json<Value> {
        let headers = request.headers().clone();
        let values = |name: &str| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.map(str::to_owned).collect::<Vec<_>>()
        };
        let (uri, method) = (request.uri().clone(), request.method().clone());
        let source = request.extensions().get::<Source>().map(|source| source.0.clone());
        let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.expect("a body");
        axum::Json(json!({
            "what": what,
            "method": method.as_str(),
            "path": uri.path(),
            "query": uri.query(),
            "host": values("host"),
            "cookie": values("cookie").join("; "),
            "tags": values("x-tag"),
            "source": source,
            "same_origin": auth::is_same_origin(&headers),
            "body": STANDARD.encode(&body),
        }))
    }
    async fn image() -> impl axum::response::IntoResponse {
        ([(header::CONTENT_TYPE, "image/png")], bytes())
    }
    async fn cookies() -> Answer {
        let cookie = |text| (header::SET_COOKIE, HeaderValue::from_static(text));
        let [(a, first), (b, second)] = [cookie("one=1; Path=/"), cookie("two=2; Path=/")];
        Answer::new("cookies").header(a, first).header(b, second).status(StatusCode::CREATED)
    }
    async fn waits(LongestWait(longest): LongestWait) -> Answer {
        Answer::new("waits").say(longest.as_secs().to_string())
    }
    async fn sleeps() {
        std::future::pending::<()>().await;
    }
    Router::new()
        .route("/echo/{what}", any(echo))
        .route("/image", get(image))
        .route("/cookies", get(cookies))
        .route("/waits", get(waits))
        .route("/sleeps", get(sleeps))
        .with_state(env)
}

fn event(text: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut event: Value = serde_json::from_str(text).expect("an event");
    change(&mut event);
    event
}

/// The same event for another method and path, without what its path had besides.
fn get_event(text: &str, path: &str) -> Value {
    event(text, |event| {
        let prefix = if text == HTTP_API { "/prod" } else { "" };
        let at = if event["rawPath"].is_string() { "rawPath" } else { "path" };
        event[at] = json!(format!("{prefix}{path}"));
        if event["httpMethod"].is_string() {
            event["httpMethod"] = json!("GET");
        } else {
            event["requestContext"]["http"]["method"] = json!("GET");
        }
        event["body"] = Value::Null;
    })
}

/// What Lambda passes back to whoever sent the event.
async fn invoke_with(event: Value, seconds_left: u64) -> Value {
    let env = Bench::new(function).env;
    let router = layers::harden(function(env.clone()), &env);
    invoke_on((router, Spans::of(Traces::default())), event, seconds_left).await
}

async fn invoke_on((router, spans): (Router, Spans), event: Value, seconds_left: u64) -> Value {
    let mut context = Context::default();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    context.deadline =
        u64::try_from((now + Duration::from_secs(seconds_left)).as_millis()).expect("before the end of time");
    let payload: LambdaRequest = serde_json::from_value(event).expect("an event that is recognised");
    let Ok(answer) = service(router, None, spans).oneshot(LambdaEvent::new(payload, context)).await;
    serde_json::to_value(answer).expect("plain data")
}

async fn invoke(event: Value) -> Value {
    invoke_with(event, 60).await
}

/// What [`function`] says reached it.
async fn echoed(event: Value) -> Value {
    let answer = invoke(event).await;
    assert_eq!(
        (answer["statusCode"].as_u64(), answer["isBase64Encoded"].as_bool()),
        (Some(200), Some(false)),
        "{answer}"
    );
    serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON")
}

fn header_of<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer["multiValueHeaders"][name][0].as_str().or(answer["headers"][name].as_str())
}

#[tokio::test]
async fn a_request_is_the_same_whatever_its_event_looks_like() {
    for text in ALL {
        let echo = echoed(event(text, |_| {})).await;
        assert_eq!(echo["what"], "one");
        assert_eq!((echo["method"].as_str(), echo["path"].as_str()), (Some("POST"), Some("/echo/one")));
        let mut query: Vec<_> = echo["query"].as_str().expect("a query").split('&').collect();
        query.sort_unstable();
        assert_eq!(query, ["after=c1", "wait=20"]);
        assert_eq!(echo["cookie"], "theme=dark; __Host-truce=v3.local.abc");
        assert_eq!(echo["host"].as_array().map(Vec::len), Some(1), "{echo}");
        assert_eq!(echo["body"], STANDARD.encode("{\"text\":\"grüezi\"}"));
    }
}

#[tokio::test]
async fn a_body_in_base64_is_what_it_was_before() {
    for text in ALL {
        let echo = echoed(event(text, |event| {
            event["body"] = json!(STANDARD.encode(bytes()));
            event["isBase64Encoded"] = json!(true);
            let length = bytes().len().to_string();
            event["headers"]["content-length"] = json!(length);
            if event["multiValueHeaders"].is_object() {
                event["multiValueHeaders"]["content-length"] = json!([length]);
            }
        }))
        .await;
        assert_eq!(echo["body"], STANDARD.encode(bytes()));
    }
}

#[tokio::test]
async fn a_path_is_the_same_with_its_stage_and_without() {
    for path in ["/echo/one", "/prod/echo/one"] {
        let on_http_api = echoed(event(HTTP_API, |event| event["rawPath"] = json!(path))).await;
        let on_rest_api = echoed(event(REST_API, |event| event["path"] = json!(path))).await;
        assert_eq!((&on_http_api["path"], &on_rest_api["path"]), (&json!("/echo/one"), &json!("/echo/one")));
    }
    // Only a whole segment is a stage.
    let other = invoke(event(HTTP_API, |event| event["rawPath"] = json!("/production/echo/one"))).await;
    assert_eq!(other["statusCode"], 404);
    let bare = invoke(event(HTTP_API, |event| event["rawPath"] = json!("/prod"))).await;
    assert_eq!(bare["statusCode"], 404);
}

#[tokio::test]
async fn a_percent_encoded_path_arrives_decoded_once() {
    for text in ALL {
        for (sent, arrived) in [("a%20b", "a b"), ("%C3%BC", "ü"), ("a b", "a b"), ("a%2Fb", "a/b"), ("a%253D", "a%3D")]
        {
            let echo = echoed(get_event(text, &format!("/echo/{sent}"))).await;
            assert_eq!(echo["what"], arrived, "{sent}");
        }
    }
    // An HTTP API decodes a path before it hands it over.
    let echo = echoed(get_event(HTTP_API, "/echo/what?#ü")).await;
    assert_eq!((&echo["what"], &echo["query"]), (&json!("what?#ü"), &json!("after=c1&wait=20")));
}

#[tokio::test]
async fn a_header_keeps_every_value_it_came_with() {
    for text in [REST_API, LOAD_BALANCER] {
        let echo = echoed(event(text, |event| {
            event["headers"]["X-Tag"] = json!("last");
            event["multiValueHeaders"]["X-Tag"] = json!(["first", "last"]);
        }))
        .await;
        assert_eq!(echo["tags"], json!(["first", "last"]));
    }
    let single = event(LOAD_BALANCER, |event| {
        event["headers"] = json!({"x-tag": "only", "host": "truce.example"});
        event.as_object_mut().expect("an object").remove("multiValueHeaders");
        event["queryStringParameters"] = json!({"after": "c1", "why": "a%26b+c"});
        event.as_object_mut().expect("an object").remove("multiValueQueryStringParameters");
    });
    let echo = echoed(single).await;
    assert_eq!((&echo["tags"], &echo["host"]), (&json!(["only"]), &json!(["truce.example"])));
    assert!(echo["query"].as_str().expect("a query").split('&').any(|pair| pair == "why=a%26b+c"), "{echo}");
}

/// The limit of attempts is by caller, and a header is the caller's to write.
#[tokio::test]
async fn a_caller_is_where_the_gateway_saw_it_and_never_what_a_client_says() {
    for text in [FUNCTION_URL, HTTP_API, REST_API] {
        assert_eq!(echoed(event(text, |_| {})).await["source"], "198.51.100.4");
    }
    for (forwarded, source) in [
        (json!(["203.0.113.7, 198.51.100.4"]), json!("198.51.100.4")),
        (json!(["203.0.113.7", "198.51.100.4:40312"]), json!("198.51.100.4")),
        (json!(["[2001:db8::1]:443"]), json!("2001:db8::1")),
        (json!(["2001:db8::1"]), json!("2001:db8::1")),
        (json!(["198.51.100.4, whoever"]), Value::Null),
        (json!([]), Value::Null),
    ] {
        let from = event(LOAD_BALANCER, |event| event["multiValueHeaders"]["x-forwarded-for"] = forwarded.clone());
        assert_eq!(echoed(from).await["source"], source, "{forwarded}");
    }
}

#[tokio::test]
async fn a_page_of_this_host_is_told_by_its_origin() {
    for text in ALL {
        let origin = |origin: &str| {
            let origin = origin.to_owned();
            event(text, move |event| {
                event["headers"]["origin"] = json!(origin);
                event["headers"]["host"] = json!("truce.example");
                if event["multiValueHeaders"].is_object() {
                    event["headers"]["Host"] = json!("truce.example");
                    event["multiValueHeaders"]["Host"] = json!(["truce.example"]);
                    event["multiValueHeaders"]["host"] = json!(["truce.example"]);
                }
            })
        };
        assert_eq!(echoed(origin("https://truce.example")).await["same_origin"], true);
        assert_eq!(echoed(origin("https://evil.example")).await["same_origin"], false);
    }
}

#[tokio::test]
async fn a_host_or_a_query_that_makes_no_address_is_answered_all_the_same() {
    for host in ["[", "a:99999", "1.2.3.400", "a b", ""] {
        for text in ALL {
            let strange = event(text, |event| {
                event["headers"]["host"] = json!(host);
                event["headers"]["x-forwarded-proto"] = json!(":");
            });
            assert_eq!(echoed(strange).await["what"], "one", "{host}");
        }
    }
    for text in [FUNCTION_URL, HTTP_API] {
        let echo = echoed(event(text, |event| event["rawQueryString"] = json!("a=<\"ü#>"))).await;
        assert_eq!(echo["query"], "a=%3C%22%C3%BC%23%3E");
    }
}

#[tokio::test]
async fn an_image_is_answered_in_base64_and_text_is_not() {
    for text in ALL {
        let answer = invoke(get_event(text, "/image")).await;
        assert_eq!(answer["isBase64Encoded"], true);
        let body = STANDARD.decode(answer["body"].as_str().expect("text")).expect("base64");
        assert_eq!(body, bytes());
        assert_eq!(header_of(&answer, "content-type"), Some("image/png"));

        let answer = invoke(get_event(text, "/nowhere")).await;
        assert_eq!((answer["statusCode"].as_u64(), answer["isBase64Encoded"].as_bool()), (Some(404), Some(false)));
        assert_eq!(header_of(&answer, "content-type"), Some("application/problem+json"));
        assert!(header_of(&answer, "x-request-id").is_some());
    }
}

#[tokio::test]
async fn two_cookies_are_two_cookies_in_each_sender_s_own_form() {
    let both = json!(["one=1; Path=/", "two=2; Path=/"]);
    for text in ALL {
        let answer = invoke(get_event(text, "/cookies")).await;
        assert_eq!(answer["statusCode"], 201);
        if text == FUNCTION_URL || text == HTTP_API {
            assert_eq!((&answer["cookies"], &answer["headers"]["set-cookie"]), (&both, &Value::Null));
        } else {
            assert_eq!(answer["multiValueHeaders"]["set-cookie"], both);
        }
    }
}

#[tokio::test]
async fn a_wait_ends_while_there_is_time_to_answer() {
    for (left, longest) in [(60, "25"), (10, "8"), (3, "1"), (1, "0")] {
        let answer = invoke_with(get_event(FUNCTION_URL, "/waits"), left).await;
        let body: Value = serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body["say"], longest, "{left} s left");
    }
}

#[tokio::test]
async fn what_takes_longer_than_lambda_grants_is_answered_before_lambda_ends_it() {
    let started = std::time::Instant::now();
    let answer = invoke_with(get_event(HTTP_API, "/sleeps"), 1).await;
    assert_eq!(answer["statusCode"], 503);
    assert!(header_of(&answer, "retry-after").is_some());
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_deadline_that_was_over_before_the_invocation_began_is_none() {
    for (deadline, is_one) in [(600_000, false), (4_000_000_000_000, true)] {
        let mut context = Context::default();
        context.deadline = deadline;
        let mut event = Extensions::new();
        event.insert(context);
        assert_eq!(tell(&event, &HeaderMap::new()).get::<TimeLeft>().is_some(), is_one, "{deadline}");
    }
}

/// A function whose spans go to `collector`.
fn traced(collector: &Collector) -> (Router, Spans) {
    let told = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| collector.endpoint());
    let traces = Traces::begin("test", told).expect("settings that hold");
    let env = Bench::new(function).env;
    let env = Environment::builder(
        Bench::settings(),
        env.keys().clone(),
        std::sync::Arc::new(truce_store::MemoryStore::new()),
    );
    let env = traces.watch(env).build();
    (layers::harden(function(env.clone()), &env), Spans::of(traces))
}

/// Lambda stops the process with its answer: what is not sent by then is sent with the next request, if there is one.
#[tokio::test]
async fn spans_are_sent_before_the_answer() {
    // A machine that is busy with something else may take longer than an answer waits, but not every time.
    for _ in 0..10 {
        let collector = Collector::start().await;
        invoke_on(traced(&collector), get_event(FUNCTION_URL, "/image"), 60).await;
        if collector::names(&collector.spans()) == ["GET /image"] {
            return;
        }
    }
    panic!("the spans of ten requests were not sent before they were answered");
}

#[tokio::test]
async fn a_slow_collector_holds_up_one_answer_for_a_moment_and_not_those_after_it() {
    let collector = Collector::start().await;
    collector.answers(Manner { after: Duration::from_hours(1), ..Manner::default() });
    let traced = traced(&collector);
    let started = std::time::Instant::now();
    for _ in 0..50 {
        invoke_on(traced.clone(), get_event(FUNCTION_URL, "/image"), 60).await;
    }
    // Each of them for that moment would be five seconds.
    assert!(started.elapsed() < Duration::from_millis(2500), "{:?}", started.elapsed());
}
