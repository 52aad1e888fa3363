//! A greeting for members, and for nobody else.

use http::{Method, StatusCode};
use truce_function::testing::Bench;

#[tokio::test]
async fn a_member_is_greeted() {
    let bench = Bench::new(truce_{{snake}}::router);
    let reply = bench.call(Method::GET, "/{{name}}", &bench.session("q3", "backend", "Ana")).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, "{{name}}"));
    assert_eq!((reply.text("room"), reply.text("member")), ("q3".to_owned(), "Ana".to_owned()));
}

#[tokio::test]
async fn without_a_session_there_is_none() {
    let bench = Bench::new(truce_{{snake}}::router);
    let reply = bench.call(Method::GET, "/{{name}}", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "session-missing"));
}

#[tokio::test]
async fn when_the_store_is_away_it_is_closed() {
    let bench = Bench::new(truce_{{snake}}::router);
    bench.store.take_away(true);
    let reply = bench.call(Method::GET, "/{{name}}", &bench.session("q3", "backend", "Ana")).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "store-unavailable"));
}
