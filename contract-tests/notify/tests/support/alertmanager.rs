//! The real Alertmanager, on a free port with a folder of its own.

use super::{PATIENCE, Process, on_path, part};
use serde_json::Value;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) struct Alertmanager {
    _process: Process,
    _folder: TempDir,
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
            if let Some(process) = ready(process, &url).await {
                return Some(Self { _process: process, _folder: folder, url });
            }
        }
        panic!("Alertmanager does not start");
    }

    /// The alerts that it takes for active.
    pub(crate) async fn active(&self) -> Vec<Value> {
        let text = get(&format!("{}/api/v2/alerts?active=true", self.url)).await.expect("an answer");
        let alerts: Value = serde_json::from_str(&text).expect("JSON");
        let is_active = |alert: &&Value| alert["status"]["state"] != "suppressed";
        alerts.as_array().expect("a list").iter().filter(is_active).cloned().collect()
    }

    /// Until that many are.
    pub(crate) async fn has(&self, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let active = self.active().await;
            if active.len() == count {
                return active;
            }
            assert!(begun.elapsed() < PATIENCE, "{active:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Itself once it answers; `None` if somebody was quicker to its port.
async fn ready(mut process: Process, url: &str) -> Option<Process> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if process.0.try_wait().expect("a child").is_some() {
            return None;
        }
        if get(&format!("{url}/-/ready")).await.is_some() {
            return Some(process);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("Alertmanager has not answered for {PATIENCE:?}");
}

async fn get(url: &str) -> Option<String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(url).send().await.ok()?.error_for_status().ok()?;
    answer.text().await.ok()
}
