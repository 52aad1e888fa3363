//! The table itself: what is kept in it and for how long, who writes to it at the same time, and what can be wrong.

#![cfg(unix)]
#![allow(clippy::doc_markdown, reason = "DynamoDB is a name, not code")]

mod server;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use serde_json::Value;
use truce_store::contract::{NOW, agreed, said};
use truce_store::{Appended, Cursor, DynamoStore, Spent, Store, StoreError};

use server::{Server, dynamodb, wire};

const TABLE: &str = "truce";

fn start() -> Option<(Server, Arc<dyn Store>)> {
    let server = dynamodb::start()?;
    dynamodb::make_table(&server, TABLE);
    let store = dynamodb::open(server.port(), TABLE);
    Some((server, store))
}

/// Every item, as the server keeps it.
fn items(server: &Server) -> Vec<Value> {
    let found = wire::dynamodb(server.port(), "Scan", r#"{"TableName":"truce","ConsistentRead":true}"#);
    let found: Value = serde_json::from_str(&found.expect("an answer")).expect("JSON");
    found["Items"].as_array().expect("items").clone()
}

fn keys(server: &Server) -> Vec<String> {
    let text = |item: &Value, name: &str| item[name]["S"].as_str().expect("text").to_owned();
    let mut keys: Vec<_> =
        items(server).iter().map(|item| format!("{} {}", text(item, "pk"), text(item, "sk"))).collect();
    keys.sort();
    keys
}

fn number(item: &Value, name: &str) -> u64 {
    item[name]["N"].as_str().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name} of {item}"))
}

async fn append(store: &Arc<dyn Store>, id: &str, now: u64, until: u64) -> Cursor {
    match store.append("room", agreed(id, "ops"), now, until).await {
        Ok(Appended::New(cursor)) => cursor,
        other => panic!("expected a new entry, got {other:?}"),
    }
}

#[tokio::test]
async fn every_item_may_be_deleted_an_hour_after_it_has_expired_and_not_before() {
    let Some((server, store)) = start() else { return };
    assert_eq!(store.spend("invite", NOW, NOW + 60).await, Ok(Spent::First));
    store.revoke("session", NOW, NOW + 60).await.unwrap();
    append(&store, "m1", NOW, NOW + 60).await;
    append(&store, "m2", NOW, NOW + 60).await;
    let items = items(&server);
    assert_eq!(items.len(), 6, "{items:#?}");
    for item in items {
        assert_eq!(number(&item, "until"), NOW + 60, "{item}");
        // A head also keeps the room's number.
        let kept = number(&item, "expires") - NOW - 60;
        let head = item["sk"]["S"] == "head";
        assert!(if head { kept > 300 * 24 * 3600 } else { kept == 3600 }, "{item}");
    }
}

#[tokio::test]
async fn an_entry_is_in_the_head_until_the_next_one_puts_it_in_its_places() {
    let Some((server, store)) = start() else { return };
    let first = append(&store, "m1", NOW, NOW + 60).await.number();
    assert_eq!(keys(&server), ["room#room head"]);
    append(&store, "m2", NOW, NOW + 60).await;
    let expected = [
        "room#room head".to_owned(),
        "room#room id#yes-m1".to_owned(),
        format!("room#room log#{first:019}"),
        format!("room#room yes#{first:019}"),
    ];
    assert_eq!(keys(&server), expected);
}

/// A writer that still believes in an entry whose id stands for another one by now.
#[tokio::test]
async fn whoever_is_late_changes_nothing_that_is_newer() {
    let Some((server, late)) = start() else { return };
    let others = dynamodb::open(server.port(), TABLE);
    let (then, until) = (NOW + 60, NOW + 3600);
    let old = append(&late, "m1", NOW, then).await;
    let new = append(&others, "m1", then, until).await;
    let second = append(&others, "m2", then, until).await;
    let third = append(&late, "m3", then, until).await;
    assert!(old < new && new < second && second < third);
    let found = others.entry("room", "yes-m1", then).await.unwrap();
    assert_eq!(found.map(|entry| entry.cursor), Some(new));
    let cursors = |entries: Vec<truce_store::Entry>| entries.iter().map(|entry| entry.cursor).collect::<Vec<_>>();
    assert_eq!(cursors(late.read("room", Cursor::START, 9, then).await.unwrap()), [new, second, third]);
    assert_eq!(cursors(late.agreements("room", 9, then).await.unwrap()), [third, second, new]);
    let again = others.append("room", said("yes-m1", "ops"), then, until).await;
    assert!(matches!(again, Ok(Appended::AlreadyThere(entry)) if entry.cursor == new));
}

#[tokio::test]
async fn a_page_is_found_behind_entries_that_have_expired() {
    let Some((_server, store)) = start() else { return };
    for old in 0..30 {
        append(&store, &format!("old-{old}"), NOW, NOW + 60).await;
    }
    for new in 0..3 {
        append(&store, &format!("new-{new}"), NOW, NOW + 120).await;
    }
    let page = store.read("room", Cursor::START, 2, NOW + 60).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["yes-new-0", "yes-new-1"]);
    assert_eq!(store.agreements("room", 1, NOW + 60).await.unwrap()[0].id, "yes-new-2");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let Some((server, _)) = start() else { return };
    let store = dynamodb::open(server.port(), "another");
    for error in [store.ping().await.unwrap_err(), store.is_spent("invite", NOW).await.unwrap_err()] {
        assert!(error.to_string().contains("the table `another` is not there"), "{error}");
        assert!(error.retry_after().is_some());
    }
}

#[test]
fn a_setting_that_is_missing_is_named_and_a_secret_never_shown() {
    let open = |table: &str, without: &str| {
        let lookup = |name: &str| (name != without && name.starts_with("AWS_")).then(|| "CANARY".to_owned());
        DynamoStore::from_lookup(table, lookup)
    };
    for (table, without, expected) in [
        ("truce", "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"),
        ("truce", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"),
        ("", "", "3 to 255 letters"),
        ("a table", "", "3 to 255 letters"),
    ] {
        let error = open(table, without).expect_err("refused");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(error, StoreError::Unavailable { .. }));
    }
    let no_region = DynamoStore::from_lookup("truce", |name| name.contains("KEY").then(|| "CANARY".to_owned()));
    assert!(no_region.expect_err("refused").to_string().contains("AWS_REGION is not set"));
    assert_eq!(format!("{:?}", open("truce", "").expect("opens")), r#"DynamoStore("truce")"#);
}

/// Lambda's credentials are good only together with their token.
#[tokio::test]
async fn the_session_token_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = vec![0; 65536];
        let count = client.read(&mut request).unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").unwrap();
        String::from_utf8_lossy(&request[..count]).to_ascii_lowercase()
    });
    let lookup = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("key".to_owned()),
        "AWS_SESSION_TOKEN" => Some("the-token".to_owned()),
        "AWS_REGION" => Some("eu-west-1".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        _ => None,
    };
    DynamoStore::from_lookup("truce", lookup).unwrap().ping().await.unwrap();
    let request = server.join().unwrap();
    assert!(request.contains("x-amz-security-token: the-token"), "{request}");
    assert!(request.contains("/eu-west-1/dynamodb/aws4_request"), "{request}");
}
