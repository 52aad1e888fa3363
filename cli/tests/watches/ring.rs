//! Which keys there are and when they end, as real servers tell it: rotated by the command, introduced, taken away, and not the same.

use crate::edge::{FAITHFUL, edge};
use crate::round::{Round, Told, folder, keys, once, once_in, watched_until};
use crate::support::{Server, truce};
use crate::{PAGES, answers, rewritten};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

/// Nothing of these rings but ids and states.
#[track_caller]
fn keeps_keys(told: &str, rings: &[&str]) {
    for entry in rings.iter().flat_map(|ring| ring.lines()) {
        let key = entry.split(':').nth(1).expect("a key");
        assert!(!told.contains(key), "a key is told: {told}");
    }
}

fn id(ring: &str) -> &str {
    ring.split(':').next().expect("an id")
}

fn in_seconds(later: u64) -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + later
}

#[test]
fn keys_that_were_rotated_as_they_should_be_are_well() {
    let data = folder();
    let kept = folder();
    drop(Server::on(&data, &[]));
    let look = || {
        let server = Server::on(&data, &[]);
        once_in(std::sync::Arc::clone(&kept), &Round::at(&server.url).only(&[PAGES]))
    };
    look().holds().says("ring", "well", " seals");
    for command in ["rotate", "introduce"] {
        assert!(truce(data.path()).args(["keys", command]).output().expect("it starts").status.success());
    }
    let told = look();
    told.holds().says("ring", "well", " opens until ").says("ring", "well", " opens, and does not seal");
    let ring = std::fs::read_to_string(data.path().join("truce-data/keys")).expect("the ring");
    keeps_keys(&told.text, &[&ring]);
    let history = std::fs::read(kept.path().join("truce-monitor.sqlite")).expect("the history");
    keeps_keys(&String::from_utf8_lossy(&history), &[&ring]);
}

/// At the same target, before and after; what the second round says.
fn changed(before: &str, after: &str) -> Told {
    let (data, kept) = (folder(), folder());
    let look = |keys: &str| {
        let server = Server::on(&data, &[("TRUCE_KEYS", keys)]);
        once_in(std::sync::Arc::clone(&kept), &Round::at(&server.url).only(&[PAGES]))
    };
    look(before).holds();
    let told = look(after);
    keeps_keys(&told.text, &[before, &after.replace(", ", "\n")]);
    told
}

#[test]
fn an_end_before_what_was_sealed_is_a_warning_over_a_restart_too() {
    let (before, after) = (keys(), keys());
    let until = in_seconds(3 * 86_400);
    let early = before.replace(":active", &format!(":retiring-until-{until}"));
    let told = changed(&before, &format!("{after}, {early}"));
    told.holds().says("ring", "warning", &format!("{} ends on ", id(&before))).says(
        "ring",
        "warning",
        "retiring-until-",
    );
    let planned = before.replace(":active", &format!(":retiring-until-{}", in_seconds(30 * 86_400 + 30)));
    let told = changed(&before, &format!("{after}, {planned}"));
    assert_eq!(told.holds().level("ring"), ["well", "well"], "{:#?}", told.findings);
}

#[test]
fn a_key_that_was_taken_away_is_wrong_and_one_that_was_retired_first_is_not() {
    let (before, after) = (keys(), keys());
    let told = changed(&before, &after);
    told.says("ring", "wrong", &format!("{} is gone", id(&before))).says(
        "ring",
        "wrong",
        "Put it back into TRUCE_KEYS",
    );
    assert!(!told.is_well);
    let leaked = before.replace(":active", &format!(":retiring-until-{}", in_seconds(0)));
    changed(&before, &format!("{after}, {leaked}")).holds();
}

#[test]
fn a_key_that_waits_for_longer_than_it_should_is_a_warning() {
    let (active, waiting) = (keys(), keys().replace(":active", ":accepted"));
    let server = Server::on(&folder(), &[("TRUCE_KEYS", &format!("{active}, {waiting}"))]);
    let round = Round::at(&server.url).only(&[PAGES]);
    assert_eq!(once(&round).holds().level("ring"), ["well", "well"]);
    let told = once(&round.with("[watches]\nkey_introduced_days = 0"));
    told.holds().says("ring", "warning", &format!("truce keys activate {}", id(&waiting)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_of_before_tells_nothing_and_is_not_alarmed_about() {
    let server = Server::start();
    let silent = answers(|path, answer| {
        if path == "/health" {
            rewritten(answer, |body| drop(body.as_object_mut().and_then(|body| body.remove("keys"))));
        }
    });
    let (url, _edge) = edge(&server.url, silent).await;
    let told = once(&Round::at(&url).only(&[PAGES]));
    told.holds().says("ring", "not-seen", "no function tells its keys");
    assert_eq!(told.level("ring"), ["not-seen"]);
    let (url, _edge) = edge(&server.url, FAITHFUL).await;
    once(&Round::at(&url).only(&[PAGES])).holds().says("ring", "well", " seals");
}

fn page(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("the status page");
    write!(socket, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("asked");
    let mut text = Vec::new();
    socket.read_to_end(&mut text).expect("an answer");
    String::from_utf8_lossy(&text).into_owned()
}

/// Every page is there without a session: so the round holds, and only this shows that nobody can get in.
#[test]
fn functions_with_other_keys_are_told_by_name_as_an_alarm_and_no_key_is_on_any_page() {
    let (one, other) = (keys(), keys());
    let [apart, others] = [&one, &other].map(|keys| Server::on(&folder(), &[("TRUCE_KEYS", keys)]));
    let round = Round::at_each(&[&apart.url, &others.url, &others.url, &others.url]).only(&[PAGES]);
    let which = format!("issue-qr: {} active; redeem-token, mediate, health: {} active", id(&one), id(&other));
    let told = once(&round);
    told.all_journeys_held().says("ring", "wrong", &which).says("ring", "wrong", "the same TRUCE_KEYS");
    assert!(!told.is_well);
    let (mut pages, mut is_there) = (String::new(), false);
    let told = watched_until(&round, &["--json", "--listen", "127.0.0.1:0"], |told| {
        let opened = told.contains("\"event\":\"opened\"") && told.contains("\"watch\":\"ring\"");
        if opened && !is_there {
            let address =
                told.split_once("\"http://").expect("the status page").1.split('/').next().expect("an address");
            pages = ["/", "/targets/here", "/status.json", "/metrics", "/incidents.atom"]
                .map(|path| page(address, path))
                .join("\n");
            is_there = pages.contains("which keys there are");
        }
        is_there
    });
    assert!(told.contains("{\"watched\":{\"severity\":\"wrong\",\"watch\":\"ring\"}}"), "{told}");
    assert!(pages.contains(&which), "it says who has which: {pages}");
    keeps_keys(&format!("{told}{pages}"), &[&one, &other]);
}
