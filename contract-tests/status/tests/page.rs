//! The page, the feed and the JSON as a caller gets them, whatever names there are.

use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use roxmltree::{Document, ParsingOptions};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;
use truce_contract::{Failure, JourneyReport};
use truce_monitor::alarms::{Evidence, Key, Kind, Ledger, Seen};
use truce_monitor::{History, Told};
use truce_status::{Board, Watched, router};

/// 26 November 2026, 14:02.
const NOW: u64 = 1_795_701_720;

/// A history in which everything is called `name`, with one journey that failed and an alarm for it.
fn kept(path: &Path, name: &str) {
    let mut history = History::open(path).expect("made");
    let mut ledger = Ledger::default();
    let key = Key { target: name.to_owned(), journey: name.to_owned(), kind: Kind::Slower };
    let evidence = Evidence {
        step: name.to_owned(),
        sentence: name.to_owned(),
        request_id: Some(name.to_owned()),
        reproduce: name.to_owned(),
    };
    ledger.observe(NOW, &key, Seen::Wrong(evidence));
    let report = JourneyReport {
        name: name.to_owned(),
        story: name.to_owned(),
        target: name.to_owned(),
        took_ms: 100.0,
        requests: 1,
        failure: None,
        steps: Vec::new(),
    };
    let told = Told { ledger: "", open: ledger.open_alerts().collect(), events: &[] };
    history.keep(NOW - 60, std::slice::from_ref(&report), None).expect("kept");
    let failed = JourneyReport { failure: Some(Failure::without_answer(name, name, name)), ..report };
    history.keep(NOW, &[failed], Some(&told)).expect("kept");
}

fn watched(name: &str, public_url: Option<&str>) -> Watched {
    Watched {
        targets: vec![name.to_owned()],
        journeys: vec![(name.to_owned(), name.to_owned())],
        every: Duration::from_mins(1),
        began: NOW,
        public_url: public_url.map(str::to_owned),
    }
}

fn board(path: &Path, name: &str, public_url: Option<&str>) -> Board {
    Board::new(path.to_owned(), watched(name, public_url), Box::new(|| NOW), |_| {})
}

/// What is at `path` of a board on which everything is called `name`.
async fn asked(name: &str, public_url: Option<&str>, request: Request<Body>) -> Response<Body> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    kept(&path, name);
    router(board(&path, name, public_url)).oneshot(request).await.expect("an answer")
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "evil.example").body(Body::empty()).expect("a request")
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("UTF-8")
}

fn parsed(markup: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(markup, options).unwrap_or_else(|error| panic!("{error}: {markup}"))
}

/// The elements that hold nothing but `name`.
fn called<'a>(document: &'a Document<'_>, name: &str) -> Vec<&'a str> {
    let is = |node: &roxmltree::Node<'_, '_>| node.is_element() && node.text().is_some_and(|text| text == name);
    document.descendants().filter(is).map(|node| node.tag_name().name()).collect()
}

#[tokio::test]
async fn a_name_that_is_markup_is_text() {
    const NAME: &str = "<script>alert('1')</script>&amp;\"";
    for path in ["/", "/targets/%3Cscript%3Ealert%28%271%27%29%3C%2Fscript%3E%26amp%3B%22"] {
        let response = asked(NAME, None, get(path)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let html = text(response).await;
        assert!(!html.contains("<script"), "{path}");
        let document = parsed(&html);
        assert!(called(&document, NAME).len() >= 4, "{path}: {:?}", called(&document, NAME));
        assert!(document.descendants().all(|node| node.tag_name().name() != "script"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_names_there_are_markup_is_well_formed(name in "(\\PC|[\0-\u{20}<>&'\"/%.\u{7f}-\u{9f}\u{fffe}]){1,12}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        kept(&path, &name);
        let router = router(board(&path, &name, None));
        let asked = |path: &str| runtime.block_on(router.clone().oneshot(get(path))).expect("an answer");
        for path in ["/", "/incidents.atom"] {
            let markup = runtime.block_on(text(asked(path)));
            let document = parsed(&markup);
            let mut links = document.descendants().filter_map(|node| node.attribute("href"));
            let link = links.rfind(|link| link.starts_with("/targets/")).expect("a link").to_owned();
            let link = link.split('#').next().expect("a path");
            prop_assert_eq!(asked(link).status(), StatusCode::OK, "{}", link);
        }
    }
}

#[tokio::test]
async fn the_feed_names_its_entries_for_ever_and_believes_no_caller_about_the_host() {
    let feed = text(asked("edge", None, get("/incidents.atom")).await).await;
    assert!(!feed.contains("evil.example"), "{feed}");
    let document = parsed(&feed);
    let of = |name: &str| document.descendants().filter(|node| node.tag_name().name() == name).collect::<Vec<_>>();
    assert_eq!(document.root_element().tag_name().namespace(), Some("http://www.w3.org/2005/Atom"));
    let ids: Vec<&str> = of("id").iter().filter_map(roxmltree::Node::text).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| id.starts_with("urn:uuid:")), "{ids:?}");
    assert_eq!(of("updated")[1].text(), Some("2026-11-26T14:02:00Z"));
    assert_eq!(of("title")[1].text(), Some("edge: “edge” takes longer"));
    let feed = text(asked("edge", Some("https://status.example"), get("/incidents.atom")).await).await;
    assert!(feed.contains("href=\"https://status.example/targets/edge#"), "{feed}");
}

#[tokio::test]
async fn the_json_says_what_the_page_says() {
    let response = asked("edge", None, get("/status.json")).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    let json: Value = serde_json::from_str(&text(response).await).expect("JSON");
    assert_eq!(json["summary"], serde_json::json!(["edge: “edge” takes longer since 14:02."]));
    assert_eq!((&json["state"], &json["looked"]), (&"slower".into(), &"2026-11-26T14:02:00Z".into()));
    let target = &json["targets"][0];
    assert_eq!(
        (&target["name"], &target["state"], &target["since"]),
        (&"edge".into(), &"slower".into(), &"2026-11-26T14:02:00Z".into())
    );
    assert_eq!(target["last_24_hours"], serde_json::json!({"held": 1, "failed": 1, "share": 0.5}));
    assert_eq!(target["days"].as_array().map(Vec::len), Some(90));
    assert_eq!(target["days"][0], serde_json::json!({"date": "2026-08-29", "held": 0, "failed": 0, "share": null}));
    let journey = &target["journeys"][0];
    assert_eq!(
        journey["failure"],
        serde_json::json!({"step": "edge", "sentence": "expected edge, got edge", "request_id": null})
    );
    assert!(journey["p50_ms"].as_f64().is_some_and(|ms| (ms - 100.0).abs() < 5.0), "{journey}");
    let incident = &json["incidents"][0];
    assert_eq!(
        (&incident["ended"], &incident["kind"], &incident["lasted_seconds"]),
        (&Value::Null, &"slower".into(), &0.into())
    );
    assert_eq!(incident["end"], Value::Null);
}

#[tokio::test]
async fn what_is_not_watched_any_more_is_said_to_be_that_and_not_to_be_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    kept(&path, "gone");
    let mut history = History::open(&path).expect("opened");
    let mut ledger = Ledger::default();
    let key = Key { target: "gone".to_owned(), journey: "gone".to_owned(), kind: Kind::Slower };
    let evidence = ["step", "sentence", "again"].map(str::to_owned);
    let [step, sentence, reproduce] = evidence;
    ledger.observe(NOW, &key, Seen::Wrong(Evidence { step, sentence, request_id: None, reproduce }));
    let events = ledger.leave(NOW + 600, |_| false);
    history
        .begin_with(NOW + 600, &[], &Told { ledger: "", open: Vec::new(), events: &events }, |_| Ok(()))
        .expect("kept");
    let board = Board::new(path, watched("edge", None), Box::new(|| NOW + 600), |_| {});
    let router = router(board);
    let asked = async |path: &str| text(router.clone().oneshot(get(path)).await.expect("an answer")).await;
    let html = asked("/").await;
    assert!(html.contains("No longer watched, after 10 min") && !html.contains("Over after"), "{html}");
    assert!(html.contains("gone: “gone” took longer"), "{html}");
    let feed = asked("/incidents.atom").await;
    assert!(feed.contains("gone: “gone” took longer (no longer watched, after 10 min)"), "{feed}");
    // It has no page of its own any more: the link leads to where it stands.
    assert!(feed.contains("href=\"/#") && !feed.contains("/targets/gone"), "{feed}");
    let json: Value = serde_json::from_str(&asked("/status.json").await).expect("JSON");
    let incident = &json["incidents"][0];
    assert_eq!((&incident["target"], &incident["end"]), (&"gone".into(), &"no-longer-watched".into()));
    assert_eq!((&json["state"], json["targets"].as_array().map(Vec::len)), (&"unknown".into(), Some(1)));
}

#[tokio::test]
async fn it_is_read_only_and_known_by_its_tag() {
    let whole = asked("edge", None, get("/")).await;
    let headers = whole.headers().clone();
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-")
            && !policy.contains("unsafe")
            && !policy.contains("script")
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    kept(&path, "edge");
    let router = router(board(&path, "edge", None));
    let first = router.clone().oneshot(get("/")).await.expect("an answer");
    let tag = first.headers()[header::ETAG].clone();
    let again = |tag| Request::get("/").header(header::IF_NONE_MATCH, tag).body(Body::empty()).expect("a request");
    let known = router.clone().oneshot(again(tag.clone())).await.expect("an answer");
    assert_eq!((known.status(), &known.headers()[header::ETAG]), (StatusCode::NOT_MODIFIED, &tag));
    assert_eq!(text(known).await, "");
    kept(&path, "edge");
    assert_eq!(
        router.clone().oneshot(again(tag)).await.expect("an answer").status(),
        StatusCode::OK,
        "there was a round"
    );
    let head = Request::head("/").body(Body::empty()).expect("a request");
    let head = router.clone().oneshot(head).await.expect("an answer");
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(text(head).await, "");
    for path in ["/", "/targets/edge", "/status.json", "/incidents.atom"] {
        let post = Request::post(path).body(Body::empty()).expect("a request");
        assert_eq!(
            router.clone().oneshot(post).await.expect("an answer").status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
    }
    for path in ["/targets/nobody", "/targets/%ff", "/else"] {
        assert_eq!(
            router.clone().oneshot(get(path)).await.expect("an answer").status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_said_once_without_a_path_and_is_read_when_it_can_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    std::fs::write(&path, "no database at all, but a text of some length").expect("written");
    let (tell, told) = std::sync::mpsc::channel();
    let board = Board::new(path.clone(), watched("edge", None), Box::new(|| NOW), move |error| {
        tell.send(error.to_string()).expect("somebody listens");
    });
    let router = router(board);
    for asked in ["/", "/status.json", "/incidents.atom", "/targets/edge"] {
        let response = router.clone().oneshot(get(asked)).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{asked}");
        let text = text(response).await;
        assert!(text.contains("cannot be read") && !text.contains(&*folder.path().to_string_lossy()), "{text}");
    }
    assert_eq!(told.try_iter().count(), 1);
    std::fs::remove_file(&path).expect("removed");
    kept(&path, "edge");
    assert_eq!(router.oneshot(get("/")).await.expect("an answer").status(), StatusCode::OK);
}

#[tokio::test]
async fn before_the_first_round_the_page_says_when_it_began() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    History::open(&path).expect("made");
    let html = text(router(board(&path, "edge", None)).oneshot(get("/")).await.expect("an answer")).await;
    let document = parsed(&html);
    assert_eq!(called(&document, "Nobody has looked yet."), ["h1"]);
    assert!(html.contains("The first round began at <time datetime=\"2026-11-26T14:02:00Z\">14:02</time>"), "{html}");
    assert!(html.contains("no data") && !html.contains("100 %"), "{html}");
}

#[tokio::test]
async fn that_nobody_looks_any_more_is_shown_though_nobody_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    kept(&path, "edge");
    let (clock, watched) = (Arc::new(AtomicU64::new(NOW)), watched("edge", None));
    let told = Arc::clone(&clock);
    let board = Board::new(path, watched, Box::new(move || told.load(Ordering::SeqCst)), |_| {});
    let router = router(board);
    let asked = async || text(router.clone().oneshot(get("/")).await.expect("an answer")).await;
    assert!(!asked().await.contains("has not looked"));
    clock.store(NOW + 200, Ordering::SeqCst);
    assert!(asked().await.contains("<h1>edge: the monitor has not looked since 14:02.</h1>"));
}
