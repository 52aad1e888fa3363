//! The Redis server itself: what it keeps and for how long, and what can be wrong with it.

#![cfg(unix)]

mod child;
mod server;

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use truce_store::contract::{KEEP, NOW, agreed, said};
use truce_store::{Appended, Cursor, RedisStore, Spent, Store, StoreError};

use child::Place;
use server::{Program, Server, wire};

fn open(port: u16) -> RedisStore {
    RedisStore::open(&format!("redis://127.0.0.1:{port}")).expect("an address")
}

fn start(options: &[&str]) -> Option<(Server, RedisStore)> {
    let server = Server::start(Program::redis(options))?;
    let store = open(server.port());
    Some((server, store))
}

fn number(port: u16, command: &str) -> i64 {
    let answer = wire::redis(port, command).expect("an answer");
    answer.strip_prefix(':').and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{command}: {answer}"))
}

/// Why it is closed, after checking that somebody has to put it right.
fn closed<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    let error = outcome.expect_err("closed");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    error.to_string()
}

/// The server's clock is years before the caller's in one half, years after it in the other.
#[tokio::test]
async fn keys_live_as_long_as_the_caller_says_whatever_the_servers_clock_says() {
    let Some((server, store)) = start(&[]) else { return };
    for (id, now) in [("ahead", NOW), ("behind", 1_000_000_000)] {
        assert_eq!(store.spend(id, now, now + 600).await, Ok(Spent::First));
        assert_eq!(store.spend(id, now + 599, now + 600).await, Ok(Spent::Again));
        store.revoke(id, now, now + 600).await.unwrap();
        let _ = store.append(id, agreed("m1", "ops"), now, now + 600).await.unwrap();
        // What is kept, and an hour for clocks that differ.
        let lives = 600 + 3590..=600 + 3600;
        for key in ["spent:ID", "revoked:ID", "{room:ID}:entries", "{room:ID}:log", "{room:ID}:expiries"] {
            let seconds = number(server.port(), &format!("TTL truce:{}", key.replace("ID", id)));
            assert!(lives.contains(&seconds), "{key} of {id}: {seconds}");
        }
        assert!(number(server.port(), &format!("TTL truce:{{room:{id}}}:last")) > 300 * 24 * 3600);
    }
    assert!(number(server.port(), "EXISTS truce:ping") == 0);
    store.ping().await.unwrap();
    assert!(number(server.port(), "TTL truce:ping") > 0, "nothing is left for ever");
}

/// Later than every clock, and later than Redis' scripts count exactly.
#[tokio::test]
async fn the_latest_moment_there_is_is_a_moment_like_others() {
    let Some((_server, store)) = start(&[]) else { return };
    assert_eq!(store.spend("invite", NOW, u64::MAX).await, Ok(Spent::First));
    assert_eq!(store.spend("invite", NOW, u64::MAX).await, Ok(Spent::Again));
    store.revoke("session", NOW, u64::MAX).await.unwrap();
    assert_eq!(store.is_revoked("session", NOW * 1000).await, Ok(true));
    let appended = store.append("room", said("m1", "ops"), NOW, u64::MAX).await;
    assert!(matches!(appended, Ok(Appended::New(_))), "{appended:?}");
    assert_eq!(store.read("room", Cursor::START, 9, NOW).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_log_loses_what_expired_long_ago_when_something_is_appended() {
    let Some((server, store)) = start(&[]) else { return };
    for old in 0..40 {
        let _ = store.append("room", agreed(&old.to_string(), "ops"), NOW, NOW + 60).await.unwrap();
    }
    let sizes = || {
        ["HLEN truce:{room:room}:entries", "ZCARD truce:{room:room}:log", "ZCARD truce:{room:room}:agreements"]
            .map(|command| number(server.port(), command))
    };
    let later = NOW + 60 + 3600;
    for expected in [25, 10, 3] {
        let _ = store.append("room", agreed(&format!("new-{expected}"), "ops"), later, later + 60).await.unwrap();
        assert_eq!(sizes(), [expected; 3]);
    }
    assert_eq!(store.agreements("room", 9, later).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_page_is_found_behind_a_thousand_entries_that_have_expired() {
    let Some((_server, store)) = start(&["--appendonly", "no"]) else { return };
    for old in 0..1000 {
        let _ = store.append("room", agreed(&old.to_string(), "ops"), NOW, NOW + 60).await.unwrap();
    }
    for new in 0..3 {
        let _ = store.append("room", agreed(&format!("new-{new}"), "ops"), NOW, KEEP).await.unwrap();
    }
    let page = store.read("room", Cursor::START, 2, NOW + 60).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["yes-new-0", "yes-new-1"]);
    assert_eq!(store.agreements("room", 200, NOW + 60).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_scripts_learns_them_again() {
    let Some((server, store)) = start(&[]) else { return };
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(wire::redis(server.port(), "SCRIPT FLUSH").as_deref(), Some("+OK"));
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::Again));
}

#[tokio::test]
async fn a_wrong_password_is_named_and_not_shown() {
    let Some((server, without)) = start(&["--requirepass", "right-CANARY"]) else { return };
    let wrong = RedisStore::open(&format!("redis://:wrong-CANARY@127.0.0.1:{}", server.port())).unwrap();
    for store in [without, wrong] {
        let error = closed(store.ping().await);
        assert!(error.contains("does not accept the user and password in TRUCE_STORE"), "{error}");
        assert!(!error.contains("CANARY") && !format!("{store:?}").contains("CANARY"), "{error}");
    }
    let right = RedisStore::open(&format!("redis://:right-CANARY@127.0.0.1:{}", server.port())).unwrap();
    assert_eq!(right.spend("invite", NOW, KEEP).await, Ok(Spent::First));
}

#[tokio::test]
async fn a_replica_is_closed_and_named() {
    let Some((primary, store)) = start(&[]) else { return };
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    let Some((_server, replica)) = start(&["--replicaof", &format!("127.0.0.1 {}", primary.port())]) else { return };
    for error in [closed(replica.ping().await), closed(replica.spend("invite", NOW, KEEP).await)] {
        assert!(error.contains("replica: TRUCE_STORE must name the primary"), "{error}");
    }
}

#[tokio::test]
async fn a_full_memory_closes_the_store_for_writing_and_is_named() {
    let Some((server, store)) = start(&[]) else { return };
    assert_eq!(store.spend("invite", NOW, KEEP).await, Ok(Spent::First));
    assert_eq!(wire::redis(server.port(), "CONFIG SET maxmemory 1").as_deref(), Some("+OK"));
    for error in [closed(store.spend("another", NOW, KEEP).await), closed(store.ping().await)] {
        assert!(error.contains("no memory left"), "{error}");
    }
    assert_eq!(store.is_spent("invite", NOW).await, Ok(true));
    assert_eq!(wire::redis(server.port(), "CONFIG SET maxmemory 0").as_deref(), Some("+OK"));
    assert_eq!(store.spend("another", NOW, KEEP).await, Ok(Spent::First));
}

#[tokio::test]
async fn what_somebody_else_keeps_under_our_keys_closes_the_store() {
    let Some((server, store)) = start(&[]) else { return };
    for command in ["SET truce:spent:invite theirs", "SET truce:{room:room}:entries theirs"] {
        assert_eq!(wire::redis(server.port(), command).as_deref(), Some("+OK"));
    }
    closed(store.spend("invite", NOW, KEEP).await);
    closed(store.is_spent("invite", NOW).await);
    closed(store.append("room", said("m1", "ops"), NOW, KEEP).await);
    closed(store.entry("room", "m1", NOW).await);
}

/// A certificate for this machine, and of whom it is.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("signed");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate =
        CertificateParams::new(names).and_then(|names| names.signed_by(&key, &authority)).expect("signed");
    for (name, text) in [("ca.pem", authority.pem()), ("cert.pem", certificate.pem()), ("key.pem", key.serialize_pem())]
    {
        fs::write(folder.join(name), text).expect("written");
    }
}

/// In a process of its own, because what it trusts is said by its environment.
#[tokio::test]
async fn tls_is_spoken_with_whom_the_system_trusts_and_with_nobody_else() {
    let folder = tempfile::TempDir::new().unwrap();
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (ca, certificate, key) = (file("ca.pem"), file("cert.pem"), file("key.pem"));
    let options = ["--port", "0", "--tls-port", "PORT", "--tls-auth-clients", "no", "--tls-cert-file", &certificate];
    let options = [&options[..], &["--tls-key-file", &key, "--tls-ca-cert-file", &ca]].concat();
    let Some((server, _)) = start(&options) else { return };
    let ping = |trusted: &str| {
        let place = Place {
            store: format!("rediss://127.0.0.1:{}", server.port()),
            environment: vec![("SSL_CERT_FILE", trusted.to_owned())],
            ..Place::default()
        };
        let mut child: Command = child::command(&child::this_exe(), "ping", &place);
        String::from_utf8_lossy(&child.output().expect("the child runs").stderr).into_owned()
    };
    assert!(ping(&ca).contains("answered"), "{}", ping(&ca));
    assert!(ping(&certificate).contains("cannot be reached"), "{}", ping(&certificate));
}
