//! Alive, ready, and a session's state.

use http::{Method, StatusCode, header};
use truce_function::testing::{Bench, ORGANISER_KEY};

fn bench() -> Bench {
    Bench::new(truce_health::router)
}

#[tokio::test]
async fn being_alive_asks_nobody() {
    let bench = bench();
    bench.store.take_away(true);
    let reply = bench.call(Method::GET, "/health", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::OK, "alive"));
    assert_eq!(bench.store.pings(), 0);
}

#[tokio::test]
async fn being_ready_names_each_dependency_and_asks_it_at_most_once_a_second() {
    let bench = bench();
    for _ in 0..20 {
        let reply = bench.call(Method::GET, "/health?probe=ready", "").await;
        assert_eq!(reply.code(), "ready");
        assert_eq!(reply.json["dependencies"][0]["name"], "store");
        assert_eq!(reply.json["dependencies"][0]["state"], "up");
    }
    assert_eq!(bench.store.pings(), 1);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    bench.call(Method::GET, "/health?probe=ready", "").await;
    assert_eq!(bench.store.pings(), 2);
}

#[tokio::test]
async fn it_is_not_ready_without_its_store_nor_when_it_is_going_down() {
    let bench = bench();
    bench.store.take_away(true);
    let reply = bench.call(Method::GET, "/health?probe=ready", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "not-ready"));
    assert_eq!(reply.json["dependencies"][0]["state"], "down");
    assert_eq!(bench.call(Method::GET, "/health?probe=open", "").await.code(), "alive", "it can say what is wrong");
    assert!(reply.headers.contains_key(header::RETRY_AFTER));

    let bench = self::bench();
    bench.stopping.send(true).expect("somebody listens");
    assert_eq!(bench.call(Method::GET, "/health?probe=ready", "").await.code(), "not-ready");
    assert_eq!(bench.call(Method::GET, "/health?probe=open", "").await.code(), "not-ready");
    assert_eq!(bench.call(Method::GET, "/health", "").await.code(), "alive");
}

#[tokio::test]
async fn a_session_learns_until_when_it_holds_and_what_waits() {
    let bench = bench();
    let reply = bench.call(Method::GET, "/health", &bench.session("q3", "backend", "Ana")).await;
    assert_eq!((reply.code(), reply.json["waiting"].as_u64()), ("session-valid", Some(0)));
    assert_eq!(reply.text("expires_at"), "2026-09-28T14:13:20Z");
    assert_eq!(reply.text("ends_at"), "2026-10-21T14:13:20Z");
    assert_eq!(bench.call(Method::GET, "/health", "nonsense").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_organiser_is_told_the_keys_and_everybody_else_what_they_were_told_before() {
    let bench = bench();
    let session = bench.session("q3", "backend", "Ana");
    let told = bench.call(Method::GET, "/health?probe=ready", ORGANISER_KEY).await;
    assert_eq!((told.code(), told.text("say").as_str()), ("ready", "Ready."));
    let keys = serde_json::json!([{"id": bench.env.keys().active_id().to_string(), "state": "active"}]);
    assert_eq!(told.json["keys"], keys);
    for (path, bearer, status, code) in [
        ("/health?probe=ready", "", 200, "ready"),
        ("/health?probe=ready", session.as_str(), 200, "ready"),
        ("/health?probe=ready", &ORGANISER_KEY[1..], 401, "organiser-key-invalid"),
        ("/health?probe=ready", "v3.local.nonsense", 401, "session-invalid"),
        ("/health?probe=open", ORGANISER_KEY, 401, "session-invalid"),
        ("/health", ORGANISER_KEY, 401, "session-invalid"),
        ("/health?after=nonsense", ORGANISER_KEY, 401, "session-invalid"),
    ] {
        let reply = bench.call(Method::GET, path, bearer).await;
        assert_eq!((reply.status.as_u16(), reply.code(), reply.json.get("keys")), (status, code, None), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_by_name() {
    let reply = bench().call(Method::GET, "/health?prob=ready", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, "unknown-field"));
    assert!(reply.text("detail").contains("`prob`"));
}
