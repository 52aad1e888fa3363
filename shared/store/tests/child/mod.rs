//! Real processes, to share a file with and to kill: this test binary once more, told by its environment what to do.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use std::env;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use tokio::task::JoinSet;
use truce_store::contract::{KEEP, NOW, agreed};
use truce_store::{Appended, Spent, SqliteStore, Store};

const TASK: &str = "TRUCE_STORE_CHILD_TASK";
const FILE: &str = "TRUCE_STORE_CHILD_FILE";

/// How often one child does its task.
pub(crate) const TIMES: usize = 125;

/// A child that will do `task` on the store at `path`, and report on its standard error.
pub(crate) fn command(exe: &Path, task: &str, path: &Path) -> Command {
    let mut command = Command::new(exe);
    command.args(["child::work", "--exact", "--ignored", "--nocapture"]).env(TASK, task).env(FILE, path);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
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
    let mut command = command(&exe, "open", path);
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
    let (Ok(task), Some(path)) = (env::var(TASK), env::var_os(FILE)) else { return };
    let path = PathBuf::from(path);
    match task.as_str() {
        "open" => report(&SqliteStore::open(&path).map_or_else(|error| error.to_string(), |_| "opened".to_owned())),
        "spend" => spend(&path).await,
        "append" => append(&path).await,
        "write" => write(&path).await,
        other => panic!("no such task: {other}"),
    }
}

fn wait_for_everybody(path: &Path) {
    report("ready");
    while !path.with_extension("go").exists() {
        sleep(Duration::from_millis(1));
    }
}

/// Spends one id [`TIMES`] times at once and reports how often it was first.
async fn spend(path: &Path) {
    wait_for_everybody(path);
    let store = Arc::new(SqliteStore::open(path).expect("opens"));
    let mut tasks = JoinSet::new();
    for _ in 0..TIMES {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.spend("invite", NOW, KEEP).await.expect("spends") });
    }
    let outcomes = tasks.join_all().await;
    report(&format!("first {}", outcomes.iter().filter(|spent| **spent == Spent::First).count()));
}

/// Appends the same [`TIMES`] entries as every other child, one after the other, and reports how many were new.
async fn append(path: &Path) {
    wait_for_everybody(path);
    let store = SqliteStore::open(path).expect("opens");
    let mut new = 0;
    for number in 0..TIMES {
        let appended = store.append("room", agreed(&number.to_string(), "ops"), NOW, KEEP).await.expect("appends");
        new += usize::from(matches!(appended, Appended::New(_)));
    }
    report(&format!("first {new}"));
}

/// Spends and appends for ever, and reports each pair that the store has confirmed.
async fn write(path: &Path) {
    let store = Arc::new(SqliteStore::open(path).expect("opens"));
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
