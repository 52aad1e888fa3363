//! The real Alertmanager, on a free port with a folder of its own.

use super::{PATIENCE, Process, on_path, part};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) struct Alertmanager {
    _process: Process,
    _folder: TempDir,
    port: u16,
    pub(crate) url: String,
}

impl Alertmanager {
    /// It tells `webhook` what it thinks of. `None`, with a printed line, where there is none.
    ///
    /// # Panics
    /// If there is none and `CI=true`.
    pub(crate) async fn start(webhook: &str) -> Option<Self> {
        let found = on_path("prometheus-alertmanager").or_else(|| on_path("alertmanager"));
        let program = part(found, "prometheus-alertmanager is not on PATH")?;
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "route: {{receiver: us, group_wait: 1ms, group_interval: 100ms, repeat_interval: 1h}}\n\
             receivers: [{{name: us, webhook_configs: [{{url: '{webhook}', send_resolved: true}}]}}]\n"
        );
        let file = folder.path().join("alertmanager.yml");
        std::fs::write(&file, config).expect("written");
        for _ in 0..10 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).expect("free").port();
            let mut command = Command::new(&program);
            command.arg(format!("--config.file={}", file.display()));
            command.arg(format!("--storage.path={}", folder.path().join("data").display()));
            command.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--cluster.listen-address=");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let process = Process(command.spawn().expect("it starts"));
            let url = format!("http://127.0.0.1:{port}");
            if let Some(process) = ready(process, port).await {
                return Some(Self { _process: process, _folder: folder, port, url });
            }
        }
        panic!("Alertmanager does not start");
    }

    /// The alerts that it takes for active.
    pub(crate) fn active(&self) -> Vec<Value> {
        let text = get(self.port, "/api/v2/alerts?active=true").expect("an answer");
        let alerts: Value = serde_json::from_str(&text).expect("JSON");
        let is_active = |alert: &&Value| alert["status"]["state"] != "suppressed";
        alerts.as_array().expect("a list").iter().filter(is_active).cloned().collect()
    }

    /// Until that many are.
    pub(crate) async fn has(&self, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let active = self.active();
            if active.len() == count {
                return active;
            }
            assert!(begun.elapsed() < PATIENCE, "{active:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Itself once it answers; `None` if somebody was quicker to its port.
async fn ready(mut process: Process, port: u16) -> Option<Process> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if process.0.try_wait().expect("a child").is_some() {
            return None;
        }
        if get(port, "/-/ready").is_some() {
            return Some(process);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("Alertmanager has not answered for {PATIENCE:?}");
}

/// What is there, over a connection of its own.
fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.contains(" 200 ").then(|| body.to_owned())
}
