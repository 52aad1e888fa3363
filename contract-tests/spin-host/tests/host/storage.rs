//! `sqlite_databases` and `key_value_stores`.

use crate::harness::{Plan, tell};
use crate::or_skip;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_component_opens_the_databases_it_is_granted_and_no_other() {
    let plan = or_skip!(Plan::one("granted", "sqlite_databases = ['default']"));
    let host = or_skip!(plan.component("refused", &["/refused/..."], "sqlite_databases = ['other']")).start();
    assert_eq!(host.tell("/granted/insert", "default a").await, (200, "fresh".to_owned()));
    for (path, label) in [("/granted/insert", "other"), ("/refused/insert", "default"), ("/granted/insert", "../x")] {
        let (status, words) = host.tell(path, &format!("{label} a")).await;
        assert!(status == 502 && words.contains("AccessDenied"), "{path} {label}: {words}");
    }
    assert_eq!(
        host.tell("/refused/insert", "other a").await,
        (200, "fresh".to_owned()),
        "a label is a file of its own"
    );
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let host = or_skip!(Plan::one("a", "sqlite_databases = ['default']")).start();
    assert_eq!(host.tell("/a/insert", "default a").await.1, "fresh");
    let host = host.restart();
    assert_eq!(host.tell("/a/insert", "default a").await.1, "seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_at_once_spend_three_ids_exactly_once_each() {
    let host = or_skip!(Plan::one("a", "sqlite_databases = ['default']")).start();
    let mut calls = JoinSet::new();
    for n in 0..300 {
        let url = host.url("/a/insert");
        calls.spawn(async move {
            let id = n % 3;
            (id, tell(url, format!("default {id}")).await)
        });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|(_, (status, _))| *status == 200), "{:?}", answers.iter().find(|(_, a)| a.0 != 200));
    let fresh: Vec<_> = answers.iter().filter(|(_, (_, words))| words == "fresh").map(|(id, _)| *id).collect();
    assert_eq!(fresh.len(), 3, "{fresh:?}");
    assert_eq!(fresh.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2]));
}

#[tokio::test]
async fn values_come_back_as_what_they_were_and_errors_as_errors() {
    let host = or_skip!(Plan::one("a", "sqlite_databases = ['default']")).start();
    let (_, row) = host.tell("/a/sql", "default SELECT 1 AS i, 2.5 AS r, 'x' AS t, x'00ff' AS b, NULL AS n").await;
    let values = r#"[[Value::Integer(1), Value::Real(2.5), Value::Text("x"), Value::Blob([0, 255]), Value::Null]]"#;
    assert!(row.starts_with(&format!("i,r,t,b,n {values}")), "{row}");
    assert_eq!(host.tell("/a/sql", "default CREATE TABLE t (a INTEGER PRIMARY KEY, b)").await.0, 200);
    let (_, words) = host.tell("/a/sql", "default INSERT INTO t (a) VALUES (7), (8) RETURNING a").await;
    assert!(words.ends_with("[[Value::Integer(7)], [Value::Integer(8)]] changes=2 last=8"), "{words}");
    for (statement, why) in [("SELECT nobody", "no such column"), ("INSERT INTO t (a) VALUES (7)", "UNIQUE")] {
        let (status, words) = host.tell("/a/sql", &format!("default {statement}")).await;
        assert!(status == 502 && words.contains("Io") && words.contains(why), "{words}");
    }
}

#[tokio::test]
async fn a_key_value_store_is_there_for_whom_it_is_granted() {
    let plan = or_skip!(Plan::one("granted", "key_value_stores = ['default', 'more']"));
    let host = or_skip!(plan.component("refused", &["/refused/..."], "")).start();
    assert_eq!(host.tell("/granted/key-value", "default x").await.1, r#"false x ["a"]"#);
    assert_eq!(host.tell("/granted/key-value", "default y").await.1, r#"true y ["a"]"#);
    assert_eq!(host.tell("/granted/key-value", "more z").await.1, r#"false z ["a"]"#, "a store of its own");
    let (status, words) = host.tell("/refused/key-value", "default x").await;
    assert!(status == 502 && words.contains("AccessDenied"), "{words}");
}
