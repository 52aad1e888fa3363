//! The component, a host that runs it, and a store that is at the other end of it.

use std::env;
use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use truce_store::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError, record};

/// How long a host may take to start, with a component to compile.
const START: Duration = Duration::from_mins(1);

/// A host that runs the component.
pub(crate) struct Host {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// target/PROFILE, where this test is in `deps`.
fn built() -> PathBuf {
    let this = env::current_exe().expect("this test");
    this.ancestors().nth(2).expect("a target folder").to_owned()
}

/// `None`, with a printed line, if `missing`.
///
/// # Panics
///
/// If so and `CI=true`.
#[allow(clippy::print_stderr, reason = "a test that does nothing says so")]
fn unless(missing: bool, how: &str) -> Option<()> {
    if missing {
        assert!(env::var("CI").as_deref() != Ok("true"), "{how}");
        eprintln!("skipped: {how}");
    }
    (!missing).then_some(())
}

fn component() -> Option<PathBuf> {
    let library = Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-wasip2"]).output();
    let library = PathBuf::from(String::from_utf8_lossy(&library.expect("rustc").stdout).trim());
    unless(
        !library.is_dir(),
        "there is no standard library for wasm32-wasip2: type `rustup target add wasm32-wasip2`",
    )?;
    let target = built().parent().expect("a target folder").to_owned();
    let done = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--package", "truce-store-probe", "--lib", "--crate-type", "cdylib"])
        .args(["--profile", "component", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(done.status.success(), "the component is not built: {}", String::from_utf8_lossy(&done.stderr));
    Some(target.join("wasm32-wasip2/component/truce_store_probe.wasm"))
}

impl Host {
    /// With these lines in the component's table: what it is granted.
    pub(crate) fn start(grants: &str) -> Option<Self> {
        let program = built().join("truce-spin-host");
        unless(!program.is_file(), "truce-spin-host is not built: type `cargo build -p truce-spin-host`")?;
        let source = component()?;
        let folder = TempDir::new().expect("a temporary folder");
        let manifest = format!(
            "spin_manifest_version = 2\n[application]\nname = 'store'\n[[trigger.http]]\nroute = '/...'\n\
             component = 'store'\n[component.store]\nsource = '{}'\n{grants}\n",
            source.display()
        );
        fs::write(folder.path().join("spin.toml"), manifest).expect("written");
        let output = folder.path().join("stdout");
        let child = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--reuse", "128", "--spin-toml"])
            .arg(folder.path().join("spin.toml"))
            .stdin(Stdio::null())
            .stdout(File::create(&output).expect("a file"))
            .spawn()
            .expect("it was found, so it starts");
        let mut host = Self { child, port: 0, _folder: folder };
        let begun = Instant::now();
        while host.port == 0 {
            assert!(host.child.try_wait().expect("a child").is_none(), "the host ended, see its output above");
            assert!(begun.elapsed() < START, "the host does not listen");
            host.port = port(&output).unwrap_or_default();
            sleep(Duration::from_millis(10));
        }
        Some(host)
    }
}

/// From the line it prints when it is ready.
fn port(output: &Path) -> Option<u16> {
    let printed = fs::read_to_string(output).ok()?;
    printed.strip_prefix("Serving http://127.0.0.1:")?.lines().next()?.parse().ok()
}

/// The store that the component opens for every call.
pub(crate) struct OverHttp {
    port: u16,
    store: String,
    at_once: Semaphore,
}

impl OverHttp {
    pub(crate) fn new(host: &Host, store: String) -> Self {
        Self { port: host.port, store, at_once: Semaphore::new(16) }
    }

    async fn ask(&self, mut asked: Value) -> Result<Value, StoreError> {
        asked["store"] = self.store.as_str().into();
        let _place = self.at_once.acquire().await.expect("open");
        let body = asked.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.expect("the host is there");
        let head = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("it listens");
        stream.write_all(body.as_bytes()).await.expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        // It may come in chunks, whose sizes are lines of their own; JSON as it is written here has no line breaks.
        let json = body.lines().find(|line| line.starts_with('{')).expect("JSON");
        let mut answer: Value = serde_json::from_str(json).expect("JSON");
        match (answer["unavailable"].as_str(), answer["rejected"].as_str()) {
            (None, None) => Ok(answer["ok"].take()),
            (Some(reason), _) => Err(StoreError::passing(reason)),
            (None, Some(_)) => Err(StoreError::Rejected { reason: "so it says" }),
        }
    }
}

fn entry(told: &Value) -> Result<Entry, StoreError> {
    let text = |name: &str| told[name].as_str().expect("text");
    let cursor = Cursor::at(told["cursor"].as_u64().expect("a number")).expect("a cursor");
    record::read(cursor, text("id").to_owned(), text("entry"))
}

fn entries(told: &Value) -> Result<Vec<Entry>, StoreError> {
    told.as_array().expect("a list").iter().map(entry).collect()
}

#[async_trait]
impl Store for OverHttp {
    async fn spend(&self, id: &str, now: u64, until: u64) -> Result<Spent, StoreError> {
        let first = self.ask(json!({ "call": "spend", "id": id, "now": now, "until": until })).await?;
        Ok(if first == true { Spent::First } else { Spent::Again })
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        Ok(self.ask(json!({ "call": "is_spent", "id": id, "now": now })).await? == true)
    }

    async fn revoke(&self, id: &str, now: u64, until: u64) -> Result<(), StoreError> {
        self.ask(json!({ "call": "revoke", "id": id, "now": now, "until": until })).await.map(drop)
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        Ok(self.ask(json!({ "call": "is_revoked", "id": id, "now": now })).await? == true)
    }

    async fn append(&self, room: &str, new: NewEntry, now: u64, until: u64) -> Result<Appended, StoreError> {
        let record = record::write(&new, now)?;
        let asked =
            json!({ "call": "append", "room": room, "id": new.id, "entry": record, "now": now, "until": until });
        let answer = self.ask(asked).await?;
        match answer["new"].as_u64() {
            Some(number) => Ok(Appended::New(Cursor::at(number).expect("a cursor"))),
            None => Ok(Appended::AlreadyThere(entry(&answer["there"])?)),
        }
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let asked = json!({ "call": "read", "room": room, "after": after.number(), "limit": limit, "now": now });
        entries(&self.ask(asked).await?)
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        let found = self.ask(json!({ "call": "entry", "room": room, "id": id, "now": now })).await?;
        (!found.is_null()).then(|| entry(&found)).transpose()
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        entries(&self.ask(json!({ "call": "agreements", "room": room, "limit": limit, "now": now })).await?)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ask(json!({ "call": "ping" })).await.map(drop)
    }

    async fn sweep(&self, now: u64) -> Result<u64, StoreError> {
        Ok(self.ask(json!({ "call": "sweep", "now": now })).await?.as_u64().expect("a number"))
    }
}
