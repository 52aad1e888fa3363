//! Functions that have the same keys, and functions that have not.

use crate::edge::{FAITHFUL, Meddles, edge};
use crate::support::{KEY, Server, truce};
use crate::{doctor, folder};
use serde_json::Value;

/// Keys for servers that are to have the same.
pub(crate) fn ring() -> String {
    let output = truce(folder().path()).arg("keys").output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().find(|line| line.contains(":active")).expect("a ring").trim().to_owned()
}

#[test]
fn functions_with_different_keys_are_told_from_each_other() {
    let shared = folder();
    let others = Server::on(&shared, &[("TRUCE_KEYS", &ring())]);
    let apart = Server::on(&shared, &[("TRUCE_KEYS", &ring()), ("TRUCE_PUBLIC_URL", &others.url)]);
    let told = doctor(&[&apart.url, &others.url, &others.url, &others.url], &[], Some(KEY));
    told.wrong(&["keys"]).says("keys", "wrong", "redeem-token does not take what issue-qr has sealed");
    let [one, other] = [&apart, &others].map(active);
    let which = format!("issue-qr: {one} active; redeem-token, mediate, health: {other} active");
    told.says("keys", "wrong", &format!("functions do not have the same keys: {which}"));
    told.says("keys", "wrong", "the same TRUCE_KEYS").says("store", "not-looked-at", "");
    let told = doctor(&[&others.url, &others.url, &apart.url, &others.url], &[], Some(KEY));
    told.wrong(&["keys"]).says("keys", "wrong", "mediate does not take what redeem-token has sealed");
    told.says("keys", "ok", "health takes").says("store", "ok", "health knows");
}

/// The id of the key that a server seals with.
fn active(server: &Server) -> String {
    let told = doctor(&[&server.url], &[], Some(KEY));
    let line =
        told.findings.iter().filter_map(|one| one["found"].as_str()).find_map(|found| found.split_once(" seals"));
    line.and_then(|(before, _)| before.strip_prefix("health: ")).expect("the key that seals").to_owned()
}

#[test]
fn keys_are_told_by_what_they_are_and_never_themselves() {
    let folder = folder();
    drop(Server::on(&folder, &[]));
    let keys = |arguments: &[&str]| {
        let output = truce(folder.path()).arg("keys").args(arguments).output().expect("it starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    keys(&["rotate"]);
    let listed = keys(&["introduce"]);
    let id = |state: &str| listed.lines().find_map(|line| line.split_once(state)).expect("a key").0.trim().to_owned();
    let (active, retiring) = (id("  active:"), id("  opens until "));
    let introduced = listed.lines().find_map(|line| line.strip_suffix("  opens")).expect("a key");
    let until = listed.lines().find_map(|line| line.split_once("  opens until ")).expect("a key").1;
    let server = Server::on(&folder, &[]);
    let told = doctor(&[&server.url], &[], Some(KEY));
    let which =
        format!("health: {active} seals; {introduced} opens, and does not seal; {retiring} opens until {until}");
    told.wrong(&[]).says("keys", "ok", &which);
    let ring = std::fs::read_to_string(folder.path().join("truce-data/keys")).expect("the ring");
    for key in ring.lines().filter_map(|entry| entry.split(':').nth(1)) {
        assert!(!format!("{:?}", told.findings).contains(key), "a key is told");
    }
    let without = doctor(&[&server.url], &[], None);
    assert!(!format!("{:?}", without.findings).contains(&active), "nobody else is told: {:?}", without.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_does_not_tell_its_keys_is_not_wrong() {
    let server = Server::start();
    let answer: fn(&str, &mut axum::http::Response<axum::body::Bytes>) = |path, answer| {
        let Ok(mut body) = serde_json::from_slice::<Value>(answer.body()) else { return };
        if path == "/health" && body.as_object_mut().is_some_and(|body| body.remove("keys").is_some()) {
            *answer.body_mut() = body.to_string().into();
        }
    };
    let (url, _edge) = edge(&server.url, Meddles { answer, ..FAITHFUL }).await;
    let told = doctor(&[&url], &[], Some(KEY));
    told.wrong(&["public-url"]).says("keys", "not-looked-at", "health does not tell which it has");
}
