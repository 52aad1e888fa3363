//! Which component answers, what it learns about the request, and which manifests are not served at all.

use crate::harness::{Plan, client};
use crate::or_skip;
use std::time::Duration;

fn called(name: &str) -> String {
    format!("variables = {{ who = '{name}' }}")
}

#[tokio::test]
async fn the_most_specific_route_decides_who_answers() {
    let plan = or_skip!(Plan::new().component("all", &["/..."], &called("all")));
    let plan = or_skip!(plan.component("exact", &["/a/variable", "/b"], &called("exact")));
    let host = or_skip!(plan.component("under", &["/a/..."], &called("under"))).start();
    for (path, who) in [("/variable", "all"), ("/a/variable", "exact"), ("/a/b/variable", "under")] {
        assert_eq!(host.tell(path, "who").await, (200, who.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn what_no_route_fits_is_not_found_and_what_spin_keeps_is_spins() {
    let host = or_skip!(Plan::one("a", "")).start();
    assert_eq!(host.tell("/b/count", "").await, (404, String::new()));
    assert_eq!(host.tell("/.well-known/spin/health", "").await, (200, "OK".to_owned()));
    assert_eq!(host.tell("/.well-known/spin/other", "").await, (404, String::new()));
}

#[tokio::test]
async fn a_component_sees_the_clients_headers_and_spins_not_forged_ones() {
    let host = or_skip!(Plan::one("a", "")).start();
    let request = client().get(host.url("/a/b/headers?c=d"));
    let request = request.header("x-mine", "1").header("spin-path-info", "forged").header("host", "truce.example");
    let headers = request.send().await.unwrap().text().await.unwrap();
    for line in [
        r#""x-mine": "1""#,
        r#""spin-path-info": "/b/headers""#,
        r#""spin-full-url": "http://truce.example/a/b/headers?c=d""#,
        r#""spin-component-route": "/a""#,
        r#""spin-client-addr": "127.0.0.1:"#,
    ] {
        assert!(headers.contains(line), "{line} in {headers}");
    }
    assert!(!headers.contains("forged"), "{headers}");
}

#[tokio::test]
async fn a_body_comes_as_it_was_sent_with_a_length_or_in_chunks() {
    let host = or_skip!(Plan::one("a", "")).start();
    let chunks = || {
        let chunks = ["one ", "two ", "three"].map(Ok::<_, std::io::Error>);
        reqwest::Body::wrap_stream(futures_util::stream::iter(chunks))
    };
    let client = client();
    let send = async |what: &str, body: reqwest::Body| {
        client.post(host.url(what)).body(body).send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(send("/a/echo", "whole".into()).await, "whole");
    assert_eq!(send("/a/echo", chunks()).await, "one two three");
    assert!(send("/a/headers", "whole".into()).await.contains(r#""content-length": "5""#));
    let headers = send("/a/headers", chunks()).await;
    assert!(!headers.contains("content-length"), "{headers}");
    let long = "x".repeat(3_000_000);
    assert_eq!(send("/a/echo", long.clone().into()).await.len(), long.len());
}

#[tokio::test]
async fn it_says_where_it_serves_what() {
    let plan = or_skip!(Plan::new().component("a", &["/a", "/b/..."], ""));
    let host = plan.start();
    let told = format!("Serving http://{}\n  /a -> a\n  /b/... -> a\n", host.address());
    while host.stdout().len() < told.len() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(host.stdout(), told);
}

#[test]
fn a_key_that_is_not_honoured_is_refused_by_name() {
    let why = or_skip!(Plan::one("a", "files = ['secrets']")).refused();
    assert!(why.contains("unknown field `files`"), "{why}");
}

#[test]
fn a_component_that_is_not_built_is_refused_with_the_command_that_builds_it() {
    let missing = "[[trigger.http]]\nroute = '/a'\ncomponent = 'a'\n[component.a]\nsource = 'a.wasm'\n\
                   [component.a.build]\ncommand = 'cargo build the-thing'";
    let why = Plan::new().lines(missing).refused();
    assert!(why.contains("a.wasm is not there; build it with `cargo build the-thing`"), "{why}");
}

#[test]
fn what_is_no_component_is_refused() {
    let wrong = "[[trigger.http]]\nroute = '/a'\ncomponent = 'a'\n[component.a]\nsource = 'spin.toml'";
    let why = Plan::new().lines(wrong).refused();
    assert!(why.contains("component `a` cannot be run here"), "{why}");
}
