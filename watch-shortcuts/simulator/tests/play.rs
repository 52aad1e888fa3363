//! A run that is gone through again with each request: what it asks for, and what comes of wrong replies.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use truce_function::Settings;
use truce_function::testing::{Bench, Reply};

fn bench() -> Bench {
    Bench::new(|env| truce_simulator::router(&env))
}

async fn next(bench: &Bench, shortcut: &str, replies: &[Value]) -> Reply {
    bench.post("/watch/next", "", &json!({"shortcut": shortcut, "replies": replies})).await
}

#[tokio::test]
async fn the_five_are_on_it_and_four_of_them_on_the_watch() {
    let reply = bench().call(Method::GET, "/watch/shortcuts", "").await;
    let shown = reply.json["shortcuts"].as_array().expect("a list");
    let names: Vec<&str> = shown.iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["Truce Join", "Truce", "Truce Check", "Truce Agreements", "Truce Leave"]);
    assert_eq!(shown.iter().filter(|one| one["on_watch"] == true).count(), 4);
    for one in shown {
        assert!(one["colour"].as_str().is_some_and(|colour| colour.len() == 7 && colour.starts_with('#')), "{one}");
        assert!(one["actions"].as_array().is_some_and(|actions| actions.len() > 5), "{one}");
    }
}

#[tokio::test]
async fn a_run_goes_on_from_what_was_replied_and_comes_to_the_same_every_time() {
    let bench = bench();
    let kept = json!({"kind": "stored", "value": "a session"});
    let asks = next(&bench, "Truce", &[]).await;
    assert_eq!(asks.json["step"], json!({"kind": "get", "value": {"key": "truce.session", "global": true}}));
    for _ in 0..2 {
        let dictates = next(&bench, "Truce", std::slice::from_ref(&kept)).await;
        assert_eq!(dictates.json["step"]["kind"], "dictate");
        assert!(dictates.json["action"].as_u64() > asks.json["action"].as_u64());
    }
    let said = json!({"kind": "said", "value": "you never ask"});
    let calls = next(&bench, "Truce", &[kept.clone(), said.clone()]).await;
    let request = &calls.json["step"]["value"];
    assert_eq!((&request["method"], &request["url"]), (&json!("POST"), &json!("/mediate")));
    assert_eq!(request["body"], json!({"text": "you never ask"}));
    assert_eq!(request["headers"], json!([["Authorization", "Bearer a session"]]));

    let answer = json!({"ok": "no", "code": "unavailable", "say": "Not now.", "menu": [], "draft": ""});
    let answered =
        json!({"kind": "answered", "value": {"content_type": "application/json", "body": answer.to_string()}});
    let feels = next(&bench, "Truce", &[kept, said, answered]).await;
    assert_eq!(feels.json["step"], json!({"kind": "vibrate", "value": {"kind": "Failure"}}));
}

#[tokio::test]
async fn who_has_no_session_is_told_and_the_run_ends() {
    let bench = bench();
    let mut replies = vec![json!({"kind": "stored", "value": null})];
    let mut steps = Vec::new();
    loop {
        let step = next(&bench, "Truce", &replies).await.json["step"].clone();
        if step["kind"] == "ended" {
            break;
        }
        steps.push(step);
        replies.push(json!({"kind": "done"}));
    }
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(steps[1]["value"]["text"].as_str().is_some_and(|text| text.starts_with("Join first")), "{steps:?}");
}

#[tokio::test]
async fn without_a_network_the_run_stops_and_says_so() {
    let replies = [
        json!({"kind": "stored", "value": "a session"}),
        json!({"kind": "said", "value": "you never ask"}),
        json!({"kind": "no-network"}),
    ];
    let reply = next(&bench(), "Truce", &replies).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text("stopped").contains("the network failed"), "{}", reply.body);
}

#[tokio::test]
async fn what_does_not_fit_is_a_problem_that_says_what() {
    let bench = bench();
    let unknown = next(&bench, "Truce War", &[]).await;
    assert_eq!((unknown.status, unknown.code()), (StatusCode::NOT_FOUND, "no-such-shortcut"));
    let reply = next(&bench, "Truce", &[json!({"kind": "shouted", "value": "x"})]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let reply = next(&bench, "Truce", &[json!({"kind": "said", "value": "too soon"})]).await;
    assert!(reply.text("stopped").contains("what is stored is expected"), "{}", reply.body);
}

#[tokio::test]
async fn files_are_built_for_an_address_with_tls_and_called_at_the_pages_own() {
    for url in ["https://truce.example:8443", "http://127.0.0.1:8787"] {
        let public_url = url.parse().expect("an address");
        let settings = Settings { public_url, ..Bench::settings() };
        let bench = Bench::with(settings, |env| truce_simulator::router(&env));
        let reply = next(&bench, "Truce Agreements", &[json!({"kind": "stored", "value": "a session"})]).await;
        assert_eq!(reply.json["step"]["value"]["url"], "/mediate?view=agreements", "{url}");
    }
}
