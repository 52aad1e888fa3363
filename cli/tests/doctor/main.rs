//! `truce doctor` against servers of the same command, and what goes wrong around them.

mod edge;
mod keys;
#[path = "../support/mod.rs"]
mod support;

use edge::{FAITHFUL, Front, Meddles, Serving, Shown, edge};
use serde_json::Value;
use std::sync::Arc;
use support::{KEY, Server, truce};
use tempfile::TempDir;

/// What it said.
struct Told {
    is_well: bool,
    findings: Vec<Value>,
    counts: String,
}

/// Of one check, or of all.
fn doctor(targets: &[&str], more: &[&str], key: Option<&str>) -> Told {
    let folder = folder();
    let mut command = truce(folder.path());
    command.arg("doctor").args(more).arg("--json").envs(key.map(|key| ("TRUCE_ORGANISER_KEY", key)));
    for target in targets {
        command.args(["--target", target]);
    }
    let output = command.output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let counts = String::from_utf8(output.stderr).expect("text");
    for secret in [KEY, "v3.local."] {
        assert!(!text.contains(secret) && !counts.contains(secret), "a secret is told: {text}{counts}");
    }
    let findings = text.lines().map(|line| serde_json::from_str(line).expect("a finding")).collect();
    Told { is_well: output.status.success(), findings, counts }
}

impl Told {
    /// Whether a check came out so, with this in what was found or to be done.
    #[track_caller]
    fn says(&self, check: &str, state: &str, with: &str) -> &Self {
        let is = |one: &&Value| {
            let told = format!("{} {}", one["found"], one["mend"]);
            one["check"] == check && one["state"] == state && told.contains(with)
        };
        assert!(self.findings.iter().any(|one| is(&one)), "no {state} {check} with {with:?} in {:#?}", self.findings);
        self
    }

    #[track_caller]
    fn wrong(&self, checks: &[&str]) -> &Self {
        let mut wrong: Vec<&str> = self.of("wrong").collect();
        wrong.dedup();
        assert_eq!(wrong, checks, "{:#?}", self.findings);
        assert_eq!(self.is_well, checks.is_empty());
        self
    }

    fn of(&self, state: &str) -> impl Iterator<Item = &str> {
        self.findings.iter().filter(move |one| one["state"] == state).filter_map(|one| one["check"].as_str())
    }
}

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

/// A server behind a front that shows this, which is where people reach it.
async fn fronted(shown: &Shown) -> (String, Server, Serving) {
    let front = Front::listens().await;
    let url = front.url.clone();
    let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", &url)]);
    let serving = front.leads_to(&server.url, shown);
    (url, server, serving)
}

/// Who vouches, as a file.
fn vouched(pem: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.crt");
    std::fs::write(&path, pem).expect("written");
    let path = path.to_str().expect("a path").to_owned();
    (folder, path)
}

#[test]
fn a_server_on_this_machine_is_well_and_no_watch_gets_there() {
    let server = Server::start();
    let told = doctor(&[&server.url], &[], Some(KEY));
    told.wrong(&[]).says("dns", "warn", "No Watch or phone gets there").says("tls", "warn", "https only");
    told.says("clock", "ok", "less than 2 s").says("ready", "ok", "store up").says("headers", "ok", "all of them");
    told.says("keys", "ok", "civil, by the engine `embedded`").says("public-url", "ok", &server.url);
    told.says("shortcuts", "warn", "https://").says("buttons", "warn", "TRUCE_SHORTCUTS");
    assert_eq!(told.of("ok").filter(|check| *check == "store").count(), 3);
    assert_eq!(told.of("warn").count(), 4);
    assert!(told.counts.starts_with("22 ok, 4 warnings, 0 wrong"), "{}", told.counts);
    for finding in &told.findings {
        let needs_one = finding["state"] == "warn" || finding["state"] == "wrong";
        assert_eq!(finding["mend"].as_str().is_some_and(|mend| mend.ends_with('.')), needs_one, "{finding}");
    }
}

#[test]
fn people_read_a_line_for_each_and_below_it_what_to_do() {
    let server = Server::start();
    let output = truce(server.folder()).args(["doctor", "--target", &server.url]).output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("warn           dns           127.0.0.1 is at 127.0.0.1"), "{text}");
    assert!(text.contains("\n                             No Watch or phone gets there"), "{text}");
    assert!(text.contains("\nnot looked at  keys          it takes an organiser's key"), "{text}");
    let ok = text.lines().filter(|line| line.starts_with("ok ")).count();
    assert_eq!(text.lines().last(), Some(format!("{ok} ok, 4 warnings, 0 wrong").as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_with_its_own_authority_and_every_link_nothing_but_the_address_is_left_to_say() {
    let certs = folder();
    assert!(truce(certs.path()).args(["certs", "--data", "."]).output().expect("it starts").status.success());
    let front = Front::listens().await;
    let url = front.url.clone();
    let links = ["Truce Join", "Truce", "Truce Check", "Truce Agreements", "Truce Leave"]
        .map(|name| format!("{name}=https://www.icloud.com/shortcuts/1"))
        .join(",");
    let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", &url), ("TRUCE_SHORTCUTS", &links)]);
    let _serving = front.leads_to(&server.url, &Shown::read(&certs.path().join("certs/edge")));
    let ca = certs.path().join("certs/outside/ca.crt");
    let told = doctor(&[&url], &["--ca", ca.to_str().expect("a path")], Some(KEY));
    told.wrong(&[]).says("tls", "ok", "TLS 1.3; its certificate is by Truce outside").says("tls", "ok", "days)");
    told.says("shortcuts", "ok", "9 files").says("buttons", "ok", "one for each");
    told.says("links", "not-looked-at", "somebody else's").says("headers", "ok", "no strict-transport-security");
    assert_eq!(told.of("warn").collect::<Vec<_>>(), ["dns"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_a_phone_would_refuse_ends_it() {
    for (name, from, until, vouches, says) in [
        ("localhost", -5, 60, false, "an authority that is not trusted here"),
        ("localhost", -95, -5, true, "has expired on 20"),
        ("localhost", 2, 60, true, "does not hold yet"),
        ("other.example", -5, 60, true, "for another name"),
    ] {
        let (shown, pem) = Shown::made(name, from, until);
        let (url, _server, _serving) = fronted(&shown).await;
        let (_folder, ca) = vouched(&pem);
        let believes = ["--ca", ca.as_str()];
        let told = doctor(&[&url], if vouches { &believes } else { &[] }, Some(KEY));
        told.wrong(&["tls"]).says("tls", "wrong", says).says("keys", "not-looked-at", "mend what is WRONG");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_soon_is_told_in_proportion() {
    for (from, until, state) in
        [(-60, 30, "ok"), (-71, 20, "warn"), (-85, 6, "wrong"), (-3, 4, "ok"), (-36, 10, "warn"), (-36, 3, "wrong")]
    {
        let (shown, pem) = Shown::made("localhost", from, until);
        let (url, _server, _serving) = fronted(&shown).await;
        let (_folder, ca) = vouched(&pem);
        doctor(&[&url], &["--ca", &ca], None).says("tls", state, "An authority of the tests");
    }
}

#[test]
fn what_is_not_there_ends_it() {
    let gone = doctor(&["http://127.0.0.1:1"], &[], None);
    gone.wrong(&["tls"]).says("tls", "wrong", "does not answer: Connection refused");
    let nowhere = doctor(&["https://truce.invalid"], &[], None);
    nowhere.wrong(&["dns"]).says("dns", "wrong", "truce.invalid is not found").says("clock", "not-looked-at", "");
    let server = Server::start();
    let plain = doctor(&[&server.url.replace("http:", "https:")], &[], None);
    plain.wrong(&["tls"]).says("tls", "wrong", "does not speak TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_truce_is_said_once() {
    let server = Server::start();
    let answer: fn(&str, &mut axum::http::Response<axum::body::Bytes>) = |_, answer| {
        *answer = axum::http::Response::new("<!doctype html><title>It works!</title>".into());
    };
    let (url, _edge) = edge(&server.url, Meddles { answer, ..FAITHFUL }).await;
    let told = doctor(&[&url], &[], Some(KEY));
    told.wrong(&["alive"]).says("alive", "wrong", "which is not of Truce").says("routes", "not-looked-at", "");
}

#[test]
fn codes_that_lead_elsewhere_are_wrong() {
    let server = Server::on(&folder(), &[("TRUCE_PUBLIC_URL", "https://elsewhere.example")]);
    let told = doctor(&[&server.url], &[], Some(KEY));
    told.wrong(&["public-url"]).says("public-url", "wrong", "codes lead to https://elsewhere.example, and not to");
    told.says("public-url", "wrong", "Set TRUCE_PUBLIC_URL").says("store", "ok", "mediate");
    // Each at its own address, people may reach them at another one.
    let told = doctor(&[server.url.as_str(); 4], &[], Some(KEY));
    told.wrong(&[]).says("public-url", "warn", "See that people reach it there");
}

#[test]
fn a_key_that_nobody_has_is_wrong() {
    let server = Server::start();
    let told = doctor(&[&server.url], &[], Some("fedcba9876543210fedcba9876543210"));
    told.wrong(&["issue"]).says("issue", "wrong", "TRUCE_ORGANISER_KEYS of issue-qr").says(
        "store",
        "not-looked-at",
        "",
    );
}

/// Each function's own program answers its own paths and no others; here an edge does so.
#[tokio::test(flavor = "multi_thread")]
async fn addresses_in_another_order_are_told_with_the_right_one() {
    let server = Server::start();
    let ask: fn(&mut axum::http::Request<axum::body::Bytes>) = |request| {
        if request.uri().path().starts_with("/qr") {
            *request.uri_mut() = "/not-mine".parse().expect("a path");
        }
    };
    let (no_issuer, _edge) = edge(&server.url, Meddles { ask, ..FAITHFUL }).await;
    let told = doctor(&[&no_issuer, &server.url, &server.url, &server.url], &[], None);
    told.wrong(&["GET /qr"]).says("GET /qr", "wrong", "the order is issue-qr, redeem-token, mediate, health.");
    assert_eq!(told.of("warn").filter(|check| *check == "dns").count(), 1, "one host is one line");
}

#[test]
fn functions_with_different_stores_are_told_from_each_other() {
    let keys = keys::ring();
    let others = Server::on(&folder(), &[("TRUCE_KEYS", &keys)]);
    let apart = Server::on(&folder(), &[("TRUCE_KEYS", &keys), ("TRUCE_PUBLIC_URL", &others.url)]);
    let told = doctor(&[&apart.url, &others.url, &others.url, &others.url], &[], Some(KEY));
    told.wrong(&["store"]).says("store", "wrong", "issue-qr does not know that the invite was used");
    told.says("store", "wrong", "redeem-token still takes the session").says("store", "wrong", "TRUCE_STORE");
    let told = doctor(&[&others.url, &others.url, &others.url, &apart.url], &[], Some(KEY));
    told.wrong(&["store"]).says("store", "wrong", "health still takes").says("store", "ok", "mediate knows");
}

/// Another program holds the file's lock, as a backup or a shell does.
#[test]
fn a_store_that_is_away_is_told_with_its_setting() {
    let server = Server::start();
    let held = rusqlite::Connection::open(server.folder().join("truce-data/truce.db")).expect("the store");
    held.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let told = doctor(&[&server.url], &[], None);
    told.says("ready", "wrong", "503 not-ready: store down").says("ready", "wrong", "TRUCE_STORE");
    assert!(!told.is_well);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_that_cannot_be_ended_is_told() {
    let server = Server::start();
    let ask: fn(&mut axum::http::Request<axum::body::Bytes>) = |request| {
        if request.method() == axum::http::Method::DELETE && request.uri().path().starts_with("/qr/") {
            *request.method_mut() = axum::http::Method::PUT;
        }
    };
    let (url, _edge) = edge(&server.url, Meddles { ask, ..FAITHFUL }).await;
    let told = doctor(&[&url], &[], Some(KEY));
    told.wrong(&["public-url", "store"]).says("store", "wrong", "cannot be ended: 405 method-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_that_meddles_is_found() {
    let server = Server::start();
    for (meddles, check, state, says) in meddlers() {
        let (url, _edge) = edge(&server.url, meddles).await;
        let told = doctor(&[&url], &[], None);
        told.says(check, state, says);
        assert_eq!(told.is_well, state != "wrong", "{says}: {:#?}", told.findings);
    }
}

fn meddlers() -> [(Meddles, &'static str, &'static str, &'static str); 9] {
    fn asks(ask: fn(&mut axum::http::Request<axum::body::Bytes>)) -> Meddles {
        Meddles { ask, ..FAITHFUL }
    }
    fn answers(answer: fn(&str, &mut axum::http::Response<axum::body::Bytes>)) -> Meddles {
        Meddles { answer, ..FAITHFUL }
    }
    fn dated(answer: &mut axum::http::Response<axum::body::Bytes>, seconds: i64) {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.headers_mut().insert("date", date.parse().expect("a date"));
    }
    let leads_astray = asks(|request| {
        if request.uri().path() == "/mediate" {
            *request.uri_mut() = "/prod/mediate".parse().expect("a path");
        }
    });
    let answers_itself = answers(|path, answer| {
        if path == "/nowhere" {
            *answer = axum::http::Response::builder().status(404).body("Not here.".into()).expect("an answer");
        }
    });
    let rewrites = answers(|path, answer| {
        if path == "/redeem" {
            let body = String::from_utf8_lossy(answer.body()).replace("\"menu\"", "\"items\"");
            *answer.body_mut() = body.into();
        }
    });
    let another_page = answers(|path, answer| {
        if path == "/install" {
            *answer.body_mut() = "<!doctype html><title>Sign in</title>".into();
        }
    });
    let drops = answers(|_, answer| {
        answer.headers_mut().remove("x-content-type-options");
    });
    [
        (FAITHFUL, "headers", "ok", "all of them"),
        (
            asks(|request| drop(request.headers_mut().remove("authorization"))),
            "GET /redeem",
            "wrong",
            "`Authorization`",
        ),
        (leads_astray, "GET /mediate", "wrong", "lead /mediate to mediate, and as it is"),
        (answers_itself, "GET /nowhere", "warn", "404"),
        (rewrites, "GET /redeem", "wrong", "401"),
        (another_page, "GET /install", "wrong", "another page"),
        (drops, "headers", "wrong", "x-content-type-options of /qr and 8 more"),
        (answers(|_, answer| dated(answer, -40)), "clock", "wrong", "s behind this machine"),
        (answers(|_, answer| dated(answer, 8)), "clock", "warn", "s ahead of this machine"),
    ]
}

#[test]
fn what_cannot_be_looked_at_is_said_in_one_sentence() {
    let folder = folder();
    let refused = |arguments: &[&str], key: &str| {
        let mut command = truce(folder.path());
        let output = command.arg("doctor").args(arguments).env("TRUCE_ORGANISER_KEY", key).output().expect("it starts");
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("text")
    };
    assert!(refused(&[], KEY).contains("--target"));
    assert!(refused(&["--target", "truce.example"], KEY).contains("no base URL"));
    assert!(refused(&["--target", "https://a", "--target", "https://b"], KEY).contains("there are 4 functions"));
    assert!(refused(&["--target", "https://a", "--ca", "none"], KEY).contains("none cannot be read"));
    assert!(refused(&["--target", "https://a"], "a\nb").contains("TRUCE_ORGANISER_KEY is no key"));
    std::fs::write(folder.path().join("empty"), "").expect("written");
    assert!(refused(&["--target", "https://a", "--ca", "empty"], KEY).contains("no certificate in PEM"));
}
