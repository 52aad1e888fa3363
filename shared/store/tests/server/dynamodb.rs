//! A server of DynamoDB's API, its tables, and stores on them.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use truce_store::{DynamoStore, Store};

use super::{Program, Server, wire};

pub(crate) fn start() -> Option<Server> {
    Server::start(Program::dynalite())
}

/// The table that the project's own description makes.
pub(crate) fn make_table(server: &Server, name: &str) {
    let table = include_str!("../../src/dynamodb/table.json").replacen('{', &format!(r#"{{"TableName":"{name}","#), 1);
    let made = wire::dynamodb(server.port(), "CreateTable", &table).expect("an answer");
    assert!(made.contains("TableDescription"), "{made}");
    let active = || {
        let now = wire::dynamodb(server.port(), "DescribeTable", &format!(r#"{{"TableName":"{name}"}}"#));
        now.is_some_and(|now| now.contains("ACTIVE"))
    };
    while !active() {
        sleep(Duration::from_millis(5));
    }
}

/// What the environment of a function would say.
pub(crate) fn environment(port: u16) -> [(&'static str, String); 4] {
    [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://127.0.0.1:{port}")),
    ]
}

pub(crate) fn open(port: u16, table: &str) -> Arc<dyn Store> {
    let environment = environment(port);
    let lookup = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Arc::new(DynamoStore::from_lookup(table, lookup).expect("it is configured"))
}
