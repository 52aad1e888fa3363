//! Spin: the components as `spin.toml` declares them. Through the real `spin` where there is one that is new enough, else
//! through the stand-in, which is not Spin but honours the manifest.

pub(crate) mod edge;
mod wrist;

use crate::binary;
use crate::host::Running;
use crate::model;
use crate::process::{Process, free_port};
use crate::settings::{self, Settings};
use libtest_mimic::Trial;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use truce_contract::{Function, Target};

/// Components are compiled first.
const PATIENCE: Duration = Duration::from_mins(2);
/// The first that runs components of WASI 0.3.
const NEW_ENOUGH: (u32, u32) = (4, 1);

pub(crate) fn missing() -> Option<String> {
    let how = "`cargo xtask test --only hosts` builds it, and needs Rust's standard library for wasm32-wasip2";
    let manifest = manifest();
    let text = std::fs::read_to_string(&manifest).unwrap_or_default();
    let sources = text.lines().filter_map(|line| line.strip_prefix("source = \"")?.strip_suffix('"'));
    let mut files: Vec<PathBuf> = sources.map(|source| manifest.with_file_name(source)).collect();
    files.push(manifest);
    files.iter().find(|path| !path.is_file()).map(|path| format!("{} is not there: {how}", path.display()))
}

/// Where `TRUCE_SPIN_TOML` says: beside the components as they are shipped. Else the one of the checkout.
fn manifest() -> PathBuf {
    std::env::var_os("TRUCE_SPIN_TOML").map_or_else(|| binary::workspace().join("spin.toml"), PathBuf::from)
}

pub(crate) fn start() -> Result<Running, String> {
    let started = Started::with(&told_of_model(model::address())?)?;
    Ok(Running::new(started.target, started.by, (started.process, started.state)))
}

/// What goes wrong on a wrist; and calls to a model that come to nothing: each is an answer of the embedded engine's, and the log says why.
pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, told: fn() -> Result<Told, String>, why: &'static str| {
        Trial::test(format!("spin::model::{name}"), move || {
            let (settings, _held) = told()?;
            let started = Started::with(&settings)?;
            Runtime::new()?.block_on(model::is_not_needed(started.target))?;
            let log = started.process.stderr();
            if log.contains(why) { Ok(()) } else { Err(format!("the log does not say `{why}`:\n{log}").into()) }
        })
    };
    if missing().is_some() {
        return Vec::new();
    }
    let mut trials = vec![
        trial("may_not_be_called", not_granted, "this deployment may not call there"),
        trial("is_not_there", nobody, "it cannot be reached"),
        trial("takes_too_long", silent, "it takes too long"),
    ];
    trials.extend(wrist::trials());
    trials
}

/// Settings, and what has to be held on to.
type Told = (Settings, Option<TcpListener>);

fn told_of_model(granted: &str) -> Result<Settings, String> {
    Ok(Settings::new("spin-sqlite:default".to_owned())?.with("TRUCE_MODEL_HOST", granted))
}

fn not_granted() -> Result<Told, String> {
    Ok((told_of_model("https://elsewhere.invalid")?, None))
}

/// It takes connections, and that is all.
fn silent() -> Result<Told, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let settings = told_of_model(&format!("http://{address}"))?.with("TRUCE_MODEL_SECONDS", "1");
    Ok((settings.with("TRUCE_MODEL_URL", format!("http://{address}/v1/chat/completions")), Some(listener)))
}

fn nobody() -> Result<Told, String> {
    let (settings, _gone) = silent()?;
    Ok((settings, None))
}

/// The components, served.
struct Started {
    target: Target,
    by: String,
    // Before its folder: it must be gone when that goes.
    process: Process,
    state: TempDir,
}

impl Started {
    fn with(settings: &Settings) -> Result<Self, String> {
        Self::with_instances(settings, Instances::AsTheyAre)
    }

    fn with_instances(settings: &Settings, instances: Instances) -> Result<Self, String> {
        let state = TempDir::new().map_err(|error| error.to_string())?;
        let (by, mut command) = command(state.path(), instances)?;
        // Not by arguments: a process list shows those.
        command.envs(settings.pairs().map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value.to_owned())));
        let (process, url) = Process::start(&mut command, PATIENCE, |process| serving(&process.stdout()))?;
        let target = settings::on_this_machine(settings::at("spin", &url)?, settings::longest_wait());
        Ok(Self { target, by, process, state })
    }

    fn url(&self) -> &str {
        // All of them are at one.
        self.target.base(Function::Health)
    }
}

/// How long an instance of a component lives.
#[derive(Clone, Copy)]
enum Instances {
    /// As the host has it: the stand-in's answer one request each.
    AsTheyAre,
    /// As Spin has it: many requests, until an idle second.
    Reused,
    /// Many requests, and longer than any trial takes.
    Kept,
}

fn command(state: &Path, instances: Instances) -> Result<(String, Command), String> {
    let manifest = manifest();
    if let Some((spin, version)) = real_spin() {
        let mut command = Command::new(spin);
        let told: &[&str] = if let Instances::Kept = instances { &["--idle-instance-timeout", "600s"] } else { &[] };
        command.arg("up").arg("--from").arg(manifest).arg("--state-dir").arg(state).args(told);
        command.args(["--listen", &format!("127.0.0.1:{}", free_port()?)]);
        return Ok((format!("spin up, {version}"), command));
    }
    let stand_in = binary::built("truce-spin-host", "cargo build -p truce-spin-host")?;
    let mut command = Command::new(stand_in);
    command
        .env_clear()
        .arg("--spin-toml")
        .arg(manifest)
        .arg("--state-dir")
        .arg(state)
        .args(["--listen", "127.0.0.1:0"]);
    command.args(match instances {
        Instances::AsTheyAre => &[][..],
        Instances::Reused => &["--reuse", "128"],
        Instances::Kept => &["--reuse", "128", "--idle", "600"],
    });
    Ok(("truce-spin-host, the stand-in on wasmtime: no Spin of 4.1 or later is on PATH".to_owned(), command))
}

/// The `spin` on PATH, if it is Fermyon's and new enough.
fn real_spin() -> Option<(PathBuf, String)> {
    let spin = binary::on_path("spin")?;
    let said = Command::new(&spin).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    let mut numbers = said.strip_prefix("spin ")?.split('.').map(str::parse::<u32>);
    let version = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (version >= NEW_ENOUGH).then_some((spin, said))
}

/// The address in `Serving http://ADDR:PORT`.
fn serving(stdout: &str) -> Option<String> {
    let (_, rest) = stdout.split_once("Serving ")?;
    let (line, _) = rest.split_once('\n')?;
    Some(line.trim().to_owned())
}
