//! What `truce monitor` looks at besides the journeys, against servers of the same command and what goes wrong around them.

#[path = "../doctor/edge.rs"]
mod edge;
mod ring;
mod round;
#[path = "../support/mod.rs"]
mod support;

use axum::body::Bytes;
use axum::http::{Request, Response};
use edge::{FAITHFUL, Front, Meddles, Shown, edge};
use round::{Round, folder, once, watched_until};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use support::{KEY, Server, truce};
use tokio::net::{TcpListener, TcpStream};
use truce_monitor::History;

/// A journey that shows little, for what is looked at without any.
const PAGES: &str = "every_page_arrives_as_html";
/// One in which something is put differently.
const SAID: &str = "said_heard_back_and_sent_with_one_tap";
const JOINS: &str = "scanning_a_code_signs_a_member_in";

fn answers(answer: fn(&str, &mut Response<Bytes>)) -> Meddles {
    Meddles { answer, ..FAITHFUL }
}

/// Changes an answer in JSON.
fn rewritten(answer: &mut Response<Bytes>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(answer.body()) {
        change(&mut body);
        *answer.body_mut() = body.to_string().into();
    }
}

#[test]
fn where_all_is_well_every_look_says_so_or_that_it_saw_nothing() {
    let server = Server::start();
    let round = once(&Round::at(&server.url));
    round.holds().says("clock", "well", "less than 2 s").says("store", "well", "ms").says("engine", "well", "no model");
    round.says("contract", "well", "answers as described").says(
        "life-cycle",
        "well",
        "issued for 60 s, alive, renewed",
    );
    round.says("ring", "well", "health: ").says("ring", "well", "none ends before what it was seen sealing");
    round.says("certificate", "not-seen", "plain http").says("parity", "not-seen", "no other target in this round");
    round.says("life-cycle", "not-seen", "none was due");
    assert!(
        round.findings.iter().all(|one| one["level"] == "well" || one["level"] == "not-seen"),
        "{:?}",
        round.findings
    );
    let kept = History::open(&round.folder.path().join("truce-monitor.sqlite")).expect("the history");
    let kept = kept.entries("here", 0).expect("what was kept");
    let store = kept.iter().find(|entry| entry.journey == truce_monitor::THE_STORE).expect("the store is kept");
    assert!(store.took_ms > 0.0 && store.failure.is_none() && (7..=18).contains(&store.requests), "{store:?}");
}

#[test]
fn people_read_a_line_for_each_look() {
    let server = Server::start();
    let mut command = truce(server.folder());
    command.args(["monitor", "--once", "--only", PAGES, "--target", &format!("here={}", server.url)]);
    let output = command.env("TRUCE_ORGANISER_KEY", KEY).output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("\nok        clock        here: the clock: less than 2 s from ours\n"), "{text}");
    assert!(text.contains("\nnot seen  certificate  here: the certificate: it is plain http\n"), "{text}");
    assert_eq!(text.lines().last(), Some("1 passed, 0 failed"));
}

#[test]
fn what_is_off_is_not_looked_at() {
    let server = Server::start();
    let round = once(&Round::at(&server.url).only(&[PAGES]).with("[watches]\noff = [\"life-cycle\", \"clock\"]"));
    let watches: Vec<&str> = round.findings.iter().filter_map(|one| one["watch"].as_str()).collect();
    assert_eq!(watches, ["certificate", "store", "engine", "contract", "parity", "ring", "ring"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_well_then_a_warning_and_then_wrong() {
    let certs = folder();
    assert!(truce(certs.path()).args(["certs", "--data", "."]).output().expect("it starts").status.success());
    let ours = Shown::read(&certs.path().join("certs/edge"));
    let vouches = std::fs::read_to_string(certs.path().join("certs/outside/ca.crt")).expect("made");
    let made = |from, until| Shown::made("localhost", from, until);
    for ((shown, pem), level, says) in [
        ((ours, vouches), "well", "by Truce outside"),
        (made(-80, 10), "warning", "it is by An authority of the tests"),
        (made(-87, 4), "wrong", "Renew it"),
        (made(-3, 4), "well", "An authority of the tests"),
    ] {
        let front = Front::listens().await;
        let url = front.url.clone();
        let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", &url)]);
        let _serving = front.leads_to(&server.url, &shown);
        let round = once(&Round::at(&url).vouched_for(&pem).only(&[PAGES]));
        round.says("certificate", level, says).all_journeys_held();
        assert_eq!(round.is_well, level != "wrong", "{level}");
    }
}

#[test]
fn a_store_that_is_away_is_wrong_whether_or_not_a_journey_holds() {
    for (journey, holds) in [(PAGES, true), (JOINS, false)] {
        let server = Server::start();
        let held = rusqlite::Connection::open(server.folder().join("truce-data/truce.db")).expect("the store");
        held.execute_batch("BEGIN IMMEDIATE").expect("the lock");
        let round = once(&Round::at(&server.url).only(&[journey]));
        round.says("store", "wrong", "no function reaches it");
        assert!(!round.is_well);
        if holds {
            round.all_journeys_held();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_believes_is_wrong() {
    let (shown, pem) = Shown::made("localhost", -95, -5);
    let front = Front::listens().await;
    let url = front.url.clone();
    let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", &url)]);
    let _serving = front.leads_to(&server.url, &shown);
    let round = once(&Round::at(&url).vouched_for(&pem).only(&[PAGES]));
    round.says("certificate", "wrong", "has expired on 20").says("store", "not-seen", "certificate expired");
    assert!(!round.is_well);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_soon_is_told_once() {
    let (shown, pem) = Shown::made("localhost", -80, 10);
    let front = Front::listens().await;
    let url = front.url.clone();
    let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", &url)]);
    let _serving = front.leads_to(&server.url, &shown);
    let told = watched_until(&Round::at(&url).vouched_for(&pem).only(&[PAGES]), &[], |told| {
        told.matches(" held ").count() == 3
    });
    assert_eq!((told.matches("WARNING").count(), told.matches("ALARM").count()), (1, 0), "{told}");
    assert!(told.contains("WARNING  here: the certificate of localhost:"), "{told}");
    assert!(
        told.contains(" needs a look (") && told.contains("again     truce monitor --once --config FILE"),
        "{told}"
    );
}

fn dated(answer: &mut Response<Bytes>, seconds: i64) {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    answer.headers_mut().insert("date", date.parse().expect("a date"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_is_told_though_every_journey_holds() {
    let server = Server::start();
    for (meddles, level, says) in [
        (answers(|_, answer| dated(answer, -45)), "wrong", " s behind ours where "),
        (answers(|_, answer| dated(answer, 9)), "warning", " s ahead of ours where "),
        (
            answers(|_, answer| drop(answer.headers_mut().insert("date", "now".parse().expect("text")))),
            "not-seen",
            "with a date",
        ),
    ] {
        let (url, _edge) = edge(&server.url, meddles).await;
        let round = once(&Round::at(&url).only(&[PAGES]));
        round.says("clock", level, says).all_journeys_held();
        // How long a session is promised for is counted from the same date.
        let promised = if level == "not-seen" { "no date to count from" } else { "a session of 60 s is promised for " };
        round.says("life-cycle", level, promised);
        assert_eq!(round.is_well, level != "wrong", "{level}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_went_is_wrong_and_one_that_came_a_warning() {
    let server = Server::start();
    let without = answers(|path, answer| {
        if path == "/mediate" {
            rewritten(answer, |body| drop(body.as_object_mut().and_then(|body| body.remove("category"))));
        }
    });
    let (url, _edge) = edge(&server.url, without).await;
    let round = once(&Round::at(&url).only(&[SAID]));
    round.says("contract", "wrong", "POST /mediate 200 /category: expected a field, found none").all_journeys_held();
    assert!(!round.is_well);
    let newer = answers(|path, answer| {
        if path == "/redeem" {
            rewritten(answer, |body| body["mood"] = "fine".into());
        }
    });
    let (url, _edge) = edge(&server.url, newer).await;
    let round = once(&Round::at(&url).only(&[JOINS]));
    round.holds().says("contract", "warning", "POST /redeem 200 /mood: expected no such field, found one");
    assert!(!format!("{:?}", round.findings).contains("fine"), "no value is told: {:?}", round.findings);
}

/// Nothing listens where the model would be.
#[test]
fn a_model_that_does_not_answer_is_a_warning() {
    let away = [("TRUCE_MODEL_URL", "http://127.0.0.1:1/v1/chat/completions"), ("TRUCE_MODEL", "any")];
    let server = Server::on(&folder(), &away);
    let round = once(&Round::at(&server.url).only(&[SAID]));
    round.holds().says("engine", "warning", "TRUCE_MODEL_URL").says("engine", "warning", "the embedded one answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_model_are_well() {
    let server = Server::start();
    let by_model = answers(|path, answer| {
        if path == "/mediate" {
            rewritten(answer, |body| {
                if body["engine"] == "embedded" {
                    body["engine"] = "model".into();
                }
            });
        }
    });
    let (url, _edge) = edge(&server.url, by_model).await;
    once(&Round::at(&url).only(&[SAID])).holds().says("engine", "well", "the language model");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_answer_differently_are_told_with_the_place() {
    let server = Server::start();
    let softly = answers(|path, answer| {
        if path == "/qr" {
            rewritten(answer, |body| body["say"] = "Good morning.".into());
        }
    });
    let (other, _edge) = edge(&server.url, softly).await;
    let round = once(&Round::at(&server.url).and(&other).only(&[JOINS]));
    round.holds().says("parity", "warning", "not as here: POST /qr (exchange 1) /say of scanning_a_code");
    assert!(!format!("{:?}", round.findings).contains("Good morning"), "no words are told: {:?}", round.findings);
    let hidden = answers(|path, answer| {
        if path == "/mediate" {
            rewritten(answer, |body| drop(body.as_object_mut().and_then(|body| body.remove("category"))));
        }
    });
    let (other, _hidden) = edge(&server.url, hidden).await;
    let round = once(&Round::at(&server.url).and(&other).only(&[SAID]));
    round.all_journeys_held().says("parity", "wrong", "/category of said_heard_back");
    assert!(!round.is_well);
    assert_eq!(once(&Round::at(&server.url).and(&server.url).only(&[SAID])).holds().level("parity"), ["well"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_too_early_is_wrong() {
    let server = Server::start();
    let ask: fn(&mut Request<Bytes>) = |request| {
        if request.method() == axum::http::Method::GET && request.uri().path() == "/redeem" {
            request.headers_mut().insert("authorization", "Bearer v3.local.none".parse().expect("text"));
        }
    };
    let (url, _edge) = edge(&server.url, Meddles { ask, ..FAITHFUL }).await;
    let round = once(&Round::at(&url).only(&[PAGES]));
    round.says("life-cycle", "wrong", "refused as soon as it was issued").all_journeys_held();
    assert!(!round.is_well);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_lasts_longer_for_being_renewed_is_wrong() {
    let server = Server::start();
    let longer = answers(|path, answer| {
        if path == "/redeem" {
            rewritten(answer, |body| {
                if body["code"] == "renewed" {
                    body["ends_at"] = "2030-01-01T00:00:00Z".into();
                }
            });
        }
    });
    let (url, _edge) = edge(&server.url, longer).await;
    let round = once(&Round::at(&url).only(&[PAGES]));
    round.says("life-cycle", "wrong", "ends at another time than before").all_journeys_held();
    assert!(!round.is_well);
}

/// A minute, and half of one for clocks: the shortest session there is, looked at in later rounds.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_is_refused_and_one_that_is_not_is_wrong() {
    let server = Server::start();
    let kept = answers(|path, answer| {
        if path == "/redeem" && answer.status() == 401 {
            *answer.status_mut() = axum::http::StatusCode::OK;
            answer.headers_mut().insert("content-type", "application/json".parse().expect("text"));
            let body = r#"{"ok":"yes","code":"session-valid","say":"You're in.","menu":[],"draft":"","cursor":"","room":"r","team":"t","member":"m","expires_at":"2030-01-01T00:00:00Z","ends_at":"2030-01-01T00:00:00Z"}"#;
            *answer.body_mut() = body.into();
        }
    });
    let (stale, _edge) = edge(&server.url, kept).await;
    let round = Round::at(&server.url).and(&stale).only(&[PAGES]).every(5);
    let told = tokio::task::spawn_blocking(move || {
        watched_until(&round, &["--json"], |told| {
            told.contains("after it, as promised") && told.contains("after its end")
        })
    });
    let told = told.await.expect("it ends");
    assert!(
        told.contains(
            "\"level\":\"well\",\"mend\":\"\",\"request_id\":null,\"target\":\"here\",\"watch\":\"life-cycle\""
        ),
        "{told}"
    );
    assert!(told.contains("a session is still good"), "{told}");
    let opened = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let opened: Vec<Value> = opened.filter(|line| line["event"] == "opened").collect();
    assert_eq!(opened.len(), 1, "{opened:#?}");
    assert_eq!(opened[0]["alert"]["key"]["kind"]["watched"]["watch"], "life-cycle");
    assert_eq!((&opened[0]["severity"], &opened[0]["alert"]["key"]["target"]), (&"wrong".into(), &"other".into()));
}

/// Leads where it is told to, from then on.
async fn switch(to: &Arc<Mutex<SocketAddr>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let to = Arc::clone(to);
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let to = *to.lock().expect("nobody panics with it");
            tokio::spawn(async move {
                let mut server = TcpStream::connect(to).await?;
                tokio::io::copy_bidirectional(&mut caller, &mut server).await
            });
        }
    });
    url
}

/// The server is replaced by one on the same store that has another key, as after a rotation that forgot the old one.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_is_told_by_the_session_that_it_sealed() {
    let to = Arc::new(Mutex::new(SocketAddr::from(([127, 0, 0, 1], 1))));
    let url = switch(&to).await;
    let store = folder();
    let serve = |keys: &str| Server::on(&store, &[("TRUCE_KEYS", keys), ("TRUCE_PUBLIC_URL", &url)]);
    let address = |server: &Server| server.url.trim_start_matches("http://").parse().expect("an address");
    let (before, after) = (serve(&round::keys()), serve(&round::keys()));
    *to.lock().expect("nobody panics with it") = address(&before);
    let (round, next, mut before) = (Round::at(&url).only(&[PAGES]), address(&after), Some(before));
    let told = tokio::task::spawn_blocking(move || {
        watched_until(&round, &["--json"], |told| {
            if told.contains("is opened") {
                *to.lock().expect("nobody panics with it") = next;
                drop(before.take());
            }
            told.contains("\"event\":\"opened\"")
        })
    });
    let told = told.await.expect("it ends");
    assert!(told.contains("a session of 3600 s is refused after 0 min") && told.contains("TRUCE_KEYS"), "{told}");
    assert!(told.contains("{\"watched\":{\"severity\":\"wrong\",\"watch\":\"keys\"}}"), "{told}");
}
