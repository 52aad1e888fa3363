//! What functions keep things in: real servers, started for this suite on ports of their own.

use crate::binary;
use crate::process::{PATIENCE, Process, free_port, listens};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use truce_contract::Happening;

/// What starts one, on a port and in a folder.
type Start = dyn Fn(u16, &TempDir) -> Command + Send + Sync;

/// A server that others keep things in. It ends with its value.
pub(crate) struct Service {
    pub(crate) port: u16,
    // Before the folder: it must be gone when that goes.
    process: Process,
    folder: TempDir,
    command: Box<Start>,
}

pub(crate) fn redis_server() -> Result<PathBuf, String> {
    let how = "redis-server is not on PATH: `cargo xtask setup` installs it (Debian: redis-server)";
    binary::on_path("redis-server").ok_or_else(|| how.to_owned())
}

/// The node to run it with, and the script.
pub(crate) fn dynalite() -> Result<(PathBuf, PathBuf), String> {
    let script = binary::workspace().join("shared/store/tests/dynalite/node_modules/dynalite/cli.js");
    // Set-up may have installed a node that is not on PATH.
    let node = std::env::var_os("TRUCE_NODE").map(PathBuf::from).or_else(|| binary::on_path("node"));
    let how = "dynalite is missing: `cargo xtask setup` installs it (or `npm ci` in shared/store/tests/dynalite)";
    node.filter(|_| script.is_file()).map(|node| (node, script)).ok_or_else(|| how.to_owned())
}

impl Service {
    pub(crate) fn redis() -> Result<Self, String> {
        Self::redis_told(&[])
    }

    /// One that has everything it answered for when it comes back.
    pub(crate) fn redis_that_keeps() -> Result<Self, String> {
        Self::redis_told(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    fn redis_told(told: &'static [&'static str]) -> Result<Self, String> {
        let program = redis_server()?;
        Self::start(move |port, folder| {
            let mut command = Command::new(&program);
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning"]);
            command.args(told).arg("--dir").arg(folder.path());
            command
        })
    }

    /// What takes it away, and what brings it back. It is there as long as they are.
    pub(crate) fn away_and_back(self) -> (Happening, Happening) {
        let service = Arc::new(Mutex::new(self));
        let happens = |what: fn(&mut Self) -> Result<(), String>| {
            let service = Arc::clone(&service);
            Happening::new(move || what(&mut service.lock().unwrap_or_else(PoisonError::into_inner)))
        };
        (happens(Self::goes), happens(Self::comes_back))
    }

    /// As when its machine goes off: nothing is finished.
    pub(crate) fn goes(&mut self) -> Result<(), String> {
        self.process.kill()?;
        self.process.ended_within(PATIENCE).map(drop)
    }

    /// Where it was, with what it has kept.
    pub(crate) fn comes_back(&mut self) -> Result<(), String> {
        self.process = listening((self.command)(self.port, &self.folder), self.port)?;
        Ok(())
    }

    /// A server of `DynamoDB`'s API, with `table` as the project's own description makes it.
    pub(crate) fn dynamodb(table: &str, runtime: &Runtime) -> Result<Self, String> {
        Self::dynamodb_in(table, runtime, |_, _| {})
    }

    /// One that has everything it answered for when it comes back.
    pub(crate) fn dynamodb_that_keeps(table: &str, runtime: &Runtime) -> Result<Self, String> {
        Self::dynamodb_in(table, runtime, |command, folder| {
            command.arg("--path").arg(folder.path());
        })
    }

    fn dynamodb_in(table: &str, runtime: &Runtime, told: fn(&mut Command, &TempDir)) -> Result<Self, String> {
        let (node, script) = dynalite()?;
        let service = Self::start(move |port, folder| {
            let mut command = Command::new(&node);
            command.arg(&script).args(["--port", &port.to_string(), "--host", "127.0.0.1", "--createTableMs", "0"]);
            told(&mut command, folder);
            command
        })?;
        let url = format!("http://127.0.0.1:{}", service.port);
        runtime.block_on(make_table(&url, table)).map_err(|error| format!("no table can be made: {error}"))?;
        Ok(service)
    }

    fn start(command: impl Fn(u16, &TempDir) -> Command + Send + Sync + 'static) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let port = free_port()?;
        let process = listening(command(port, &folder), port)?;
        Ok(Self { port, process, folder, command: Box::new(command) })
    }
}

fn listening(mut command: Command, port: u16) -> Result<Process, String> {
    let ready = |_: &Process| listens(port).then_some(());
    Process::start(&mut command, PATIENCE, ready).map(|(process, ())| process)
}

async fn make_table(url: &str, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let table = include_str!("../../../shared/store/src/dynamodb/table.json");
    let mut table: Value = serde_json::from_str(table)?;
    table["TableName"] = name.into();
    dynamodb(url, "CreateTable", &table).await?;
    for _ in 0..1000 {
        let now = dynamodb(url, "DescribeTable", &json!({"TableName": name})).await?;
        if now["Table"]["TableStatus"] == "ACTIVE" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err("it does not become active".into())
}

async fn dynamodb(url: &str, action: &str, body: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    // Nobody checks the signature, only that there is one.
    let signature = "AWS4-HMAC-SHA256 Credential=test/20330518/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, \
                     Signature=test";
    let client = truce_contract::http_client().build().map_err(|error| error.to_string())?;
    let request = client
        .post(url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", format!("DynamoDB_20120810.{action}"))
        .header("x-amz-date", "20330518T033320Z")
        .header("authorization", signature)
        .body(body.to_string());
    let answer = request.send().await?.error_for_status()?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}
