//! Real processes, to share a store with and to kill: this test binary once more, told by its environment what to do.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]
#![allow(dead_code, reason = "each test binary uses its share of this")]

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use tokio::task::JoinSet;
use truce_store::contract::{KEEP, NOW, agreed};
use truce_store::{Appended, Spent, Store, StoreError};

const TASK: &str = "TRUCE_STORE_CHILD_TASK";
const STORE: &str = "TRUCE_STORE_CHILD_STORE";
const GO: &str = "TRUCE_STORE_CHILD_GO";

/// How many of them work at once.
pub(crate) const PROCESSES: usize = 8;

/// How often one child does its task.
pub(crate) const TIMES: usize = 125;

/// What a child is given: the setting `TRUCE_STORE`, what else its environment says, and the file it waits for.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub(crate) store: String,
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) go: PathBuf,
}

impl Place {
    /// A SQLite file.
    pub(crate) fn file(path: &Path) -> Self {
        Self { store: format!("sqlite:{}", path.display()), go: path.with_extension("go"), ..Self::default() }
    }
}

/// A child that will do `task`, and report on its standard error.
pub(crate) fn command(exe: &Path, task: &str, place: &Place) -> Command {
    let mut command = Command::new(exe);
    command.args(["child::work", "--exact", "--ignored", "--nocapture"]).env(TASK, task);
    command.env(STORE, &place.store).env(GO, &place.go).envs(place.environment.iter().cloned());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

pub(crate) fn start(task: &str, place: &Place) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = command(&this_exe(), task, place).spawn().expect("the child starts");
    let stderr: ChildStderr = child.stderr.take().expect("it is piped");
    (child, BufReader::new(stderr).lines().map(|line| line.expect("text")))
}

/// What each of the children that did `task` at the same time says it was the first to do.
pub(crate) fn firsts(task: &str, place: &Place) -> Vec<usize> {
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(task, place)).collect();
    for (_, lines) in &mut children {
        assert_eq!(lines.find(|line| line == "ready").as_deref(), Some("ready"));
    }
    fs::write(&place.go, "").expect("starts them");
    let mut firsts = Vec::new();
    for (mut child, lines) in children {
        let lines: Vec<String> = lines.collect();
        assert!(child.wait().expect("it ends").success(), "{lines:#?}");
        firsts.extend(lines.iter().filter_map(|line| line.strip_prefix("first ")?.parse::<usize>().ok()));
    }
    fs::remove_file(&place.go).expect("it was written");
    assert_eq!(firsts.len(), PROCESSES);
    firsts
}

pub(crate) fn this_exe() -> PathBuf {
    env::current_exe().expect("a test knows its file")
}

/// What a process without special rights is told when it opens the store at `path`.
pub(crate) fn opens_as_nobody(path: &Path) -> String {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let root = folder.path().metadata().expect("it is there").uid() == 0;
    let exe = if root { folder.path().join("child") } else { this_exe() };
    if root {
        // The build folder may be closed to others.
        std::fs::copy(this_exe(), &exe).expect("copies");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("opens the folder");
    }
    let mut command = command(&exe, "open", &Place::file(path));
    if root {
        command.uid(65534).gid(65534);
    }
    let output = command.output().expect("the child runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(line: &str) {
    // One write, so that a child that is killed reports a line or none of it.
    stderr().write_all(format!("{line}\n").as_bytes()).expect("the parent listens");
}

/// Not a test: what a child does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by other tests, in a process of its own"]
async fn work() {
    let (Ok(task), Ok(store), Some(go)) = (env::var(TASK), env::var(STORE), env::var_os(GO)) else { return };
    match task.as_str() {
        "open" => report(&open(&store).await.map_or_else(|error| error.to_string(), |_| "opened".to_owned())),
        "ping" => report(&pinged(&store).await.map_or_else(|error| error.to_string(), |()| "answered".to_owned())),
        "spend" => spend(&store, Path::new(&go)).await,
        "append" => append(&store, Path::new(&go)).await,
        "write" => write(&store).await,
        other => panic!("no such task: {other}"),
    }
}

/// As a service does it when it starts.
async fn open(store: &str) -> Result<Arc<dyn Store>, StoreError> {
    truce_store::connect(store).await
}

async fn pinged(store: &str) -> Result<(), StoreError> {
    open(store).await?.ping().await
}

fn wait_for_everybody(go: &Path) {
    report("ready");
    while !go.exists() {
        sleep(Duration::from_millis(1));
    }
}

/// Spends one id [`TIMES`] times at once and reports how often it was first.
async fn spend(store: &str, go: &Path) {
    wait_for_everybody(go);
    let store = open(store).await.expect("opens");
    let mut tasks = JoinSet::new();
    for _ in 0..TIMES {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.spend("invite", NOW, KEEP).await.expect("spends") });
    }
    let outcomes = tasks.join_all().await;
    report(&format!("first {}", outcomes.iter().filter(|spent| **spent == Spent::First).count()));
}

/// Appends the same [`TIMES`] entries as every other child, one after the other, and reports how many were new.
async fn append(store: &str, go: &Path) {
    wait_for_everybody(go);
    let store = open(store).await.expect("opens");
    let mut new = 0;
    for number in 0..TIMES {
        let appended = store.append("room", agreed(&number.to_string(), "ops"), NOW, KEEP).await.expect("appends");
        new += usize::from(matches!(appended, Appended::New(_)));
    }
    report(&format!("first {new}"));
}

/// Spends and appends for ever, and reports each pair that the store has confirmed.
async fn write(store: &str) {
    let store = open(store).await.expect("opens");
    let mut tasks = JoinSet::new();
    for writer in 0..16 {
        let store = Arc::clone(&store);
        let process = std::process::id();
        tasks.spawn(async move {
            for number in 0_u64.. {
                let id = format!("{process}-{writer}-{number}");
                assert_eq!(store.spend(&id, NOW, KEEP).await, Ok(Spent::First));
                let appended = store.append("room", agreed(&id, "ops"), NOW, KEEP).await;
                assert!(matches!(appended, Ok(Appended::New(_))), "{appended:?}");
                report(&format!("done {id}"));
            }
        });
    }
    tasks.join_all().await;
}
