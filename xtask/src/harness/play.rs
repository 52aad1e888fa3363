//! Whether `podman kube play` really plays what `cargo xtask play` prints: on this machine, without root, on a Redis, asked from outside,
//! stopped and played again, and nothing left.

use super::owner::Owner;
use super::podman::Podman;
use super::proof::note;
use super::{images, lease, load, parts, secrets};
use crate::http::Client;
use crate::play;
use crate::report::Outcome;
use crate::run::Runner;
use crate::server::secret;
use crate::setup::Toolbox;
use crate::tools::Tool;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What it needs; kubectl comes with what checks deploy/.
pub(crate) const TOOLS: [Tool; 3] = [Tool::DeployCheck, Tool::Redis, Tool::Podman];
/// What everything is called that is played.
const OURS: &str = "truce-play";
const NETWORK: &str = "truce-play";
const DATA: &str = "truce-play-redis";
/// How long it may take until all are ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// What deploy/kubernetes asks a registry for; here there may be none.
const VALKEY: &str = "docker.io/valkey/valkey:8-alpine";

/// A volume of files that one user in a container may read, and nobody else.
struct Secrets {
    volume: &'static str,
    user: &'static str,
    files: Vec<(&'static str, String)>,
}

/// All of it.
pub(crate) fn prove(runner: &Runner<'_>, toolbox: &Toolbox) -> Outcome {
    played(runner, toolbox).unwrap_or_else(Outcome::failed)
}

fn played(runner: &Runner<'_>, toolbox: &Toolbox) -> Result<Outcome, String> {
    let owner = Owner::ensure()?;
    let _alone = owner.lock()?;
    let podman = Podman::ensure(&owner)?;
    let stage = Stage::new(runner, toolbox, podman)?;
    if lease::has_ended(&stage.podman, lease::PLAY) {
        // What it could not remove is found now.
        let _ = stage.clear();
    }
    if let Some(name) = stage.podman.first_called(OURS)? {
        return Ok(Outcome::skipped(format!(
            "{name} is there: remove what you play, and `podman {} rm` it",
            name.kind
        )));
    }
    lease::take(&stage.podman, lease::PLAY, std::process::id())?;
    let mut outcome = Outcome::default();
    let went = stage.all(&mut outcome);
    stage.keep_logs(&mut outcome, went.is_ok());
    if let Err(why) = went {
        note(&mut outcome, runner, "played", Err(why));
    }
    note(&mut outcome, runner, "kube down, and nothing is left", stage.clear());
    // It would end a harness that is up.
    if stage.podman.containers()?.is_empty() {
        stage.podman.rest();
    }
    Ok(outcome)
}

/// What is played, and on what.
struct Stage<'a> {
    runner: &'a Runner<'a>,
    podman: Podman<'a>,
    redis: PathBuf,
    pods: String,
    key: String,
    secrets: [Secrets; 2],
}

impl<'a> Stage<'a> {
    fn new(runner: &'a Runner<'a>, toolbox: &Toolbox, podman: Podman<'a>) -> Result<Self, String> {
        let redis = toolbox.path(Tool::Redis).ok_or("redis-server is missing")?.to_path_buf();
        let pods = play::pods(runner.workspace, toolbox, podman.limits)?;
        if !pods.contains(VALKEY) {
            return Err(format!("the pods ask for another Redis than {VALKEY}: say so in xtask/src/harness/play.rs"));
        }
        let pods = pods.replace(VALKEY, &format!("localhost/{}", parts::REDIS));
        let (key, password) = (secret()?, secret()?);
        let keys = secrets::truce(runner.workspace, &["keys"])?;
        let settings = Secrets {
            volume: "truce-play-secrets",
            user: "65532",
            files: vec![
                ("TRUCE_KEYS", keys),
                ("TRUCE_ORGANISER_KEYS", format!("Ana={key}")),
                ("TRUCE_STORE", format!("redis://:{password}@truce-play-redis:6379")),
            ],
        };
        let files = vec![("redis.conf", format!("requirepass {password}\n"))];
        let of_redis = Secrets { volume: "truce-play-redis-secrets", user: "999", files };
        Ok(Self { runner, podman, redis, pods, key, secrets: [settings, of_redis] })
    }

    fn all(&self, outcome: &mut Outcome) -> Result<(), String> {
        let mut passed = |name: &str, what: String| note(outcome, self.runner, name, Ok(what));
        self.prepare()?;
        passed("all pods are ready", self.play()?);
        passed("who looks at a pod sees no secret", self.no_secret_is_seen()?);
        let invite = load::invite(&self.client("issue-qr")?, &self.key, "backend")?;
        passed("an invite is redeemed, once", self.redeem(&invite, &[200, 401])?);
        self.down()?;
        self.play()?;
        passed("down and played again, it is still spent", self.redeem(&invite, &[401])?);
        Ok(())
    }

    /// Images, network, and volumes with what nobody else may read: as docs/deploy/server.md has it.
    fn prepare(&self) -> Result<(), String> {
        let workspace = self.runner.workspace;
        for line in self.pods.lines() {
            let Some(port) = line.trim().strip_prefix("hostPort: ").and_then(|port| port.parse::<u16>().ok()) else {
                continue;
            };
            if TcpListener::bind(("127.0.0.1", port)).is_err() {
                return Err(format!("the port {port} is taken: end what listens there, `ss -ltnp` names it"));
            }
        }
        for function in workspace.functions() {
            images::function(workspace, &self.podman, &function)?;
        }
        images::program(workspace, &self.podman, parts::REDIS, &self.redis, &[])?;
        self.podman.text(&["network", "create", NETWORK])?;
        self.secrets.iter().try_for_each(|secrets| secrets.give(&self.podman))
    }

    /// Plays, and waits until every function is ready.
    fn play(&self) -> Result<String, String> {
        self.podman.told(&["kube", "play", "--network", NETWORK, "-"], &self.pods)?;
        let begun = Instant::now();
        let functions = self.runner.workspace.functions();
        for function in &functions {
            let ready = || self.client(function).ok()?.status("/health?probe=ready");
            while ready() != Some(200) {
                if begun.elapsed() > PATIENCE {
                    let said = self.podman.last_words(&container(function));
                    return Err(format!("{function} is not ready after {} s: {said}", PATIENCE.as_secs()));
                }
                sleep(Duration::from_millis(50));
            }
        }
        Ok(format!("{} functions and their Redis", functions.len()))
    }

    /// Where `function` is seen from outside.
    fn client(&self, function: &str) -> Result<Client, String> {
        let text = self.podman.text(&["port", &container(function), "8080/tcp"])?;
        let address: Result<SocketAddr, _> = text.trim().parse();
        address.map(Client::plain).map_err(|_| format!("{function} is not to be had from outside: {}", text.trim()))
    }

    fn redeem(&self, invite: &str, expected: &[u16]) -> Result<String, String> {
        let client = self.client("redeem-token")?;
        for status in expected {
            let answer = load::redeem(&client, invite)?;
            if answer.status != *status {
                return Err(format!("/redeem answered {} where {status} was due", answer.status));
            }
        }
        Ok(format!("{expected:?}"))
    }

    fn no_secret_is_seen(&self) -> Result<String, String> {
        // The organiser's key, what a key ring looks like, what a Redis with a password looks like.
        let signs = [
            (self.key.as_str(), "TRUCE_ORGANISER_KEYS"),
            (":active", "TRUCE_KEYS"),
            ("redis://:", "TRUCE_STORE"),
            ("requirepass", "redis.conf"),
        ];
        let mut looked = 0;
        for (kind, list) in [
            ("pod", ["pod", "ps", "--format", "{{.Name}}"].as_slice()),
            ("container", &["ps", "--format", "{{.Names}}"]),
        ] {
            for name in self.podman.text(list)?.lines().filter(|name| name.starts_with(OURS)) {
                let seen = self.podman.text(&[kind, "inspect", name])?;
                if let Some(file) = signs.iter().find_map(|(sign, file)| seen.contains(*sign).then_some(file)) {
                    return Err(format!("the {kind} {name} shows what is in {file}"));
                }
                looked += 1;
            }
        }
        if looked == 0 { Err("there was nothing to look at".to_owned()) } else { Ok(format!("{looked} looked at")) }
    }

    fn down(&self) -> Result<(), String> {
        self.podman.told(&["kube", "down", "-"], &self.pods).map(drop)
    }

    /// `kube down` removes what runs; what is kept goes after it.
    fn clear(&self) -> Result<String, String> {
        let down = self.down();
        let runs = self.podman.first_called(OURS)?.filter(|found| matches!(found.kind, "pod" | "container"));
        // Half of it, where it did not work: nothing may be in the way of the next.
        for pod in self.podman.text(&["pod", "ps", "--format", "{{.Name}}"])?.lines() {
            if pod.starts_with(OURS) {
                self.podman.text(&["pod", "rm", "--force", pod])?;
            }
        }
        let volumes = self.secrets.iter().map(|secrets| secrets.volume).chain([DATA]);
        for (kind, name) in volumes.map(|volume| ("volume", volume)).chain([("network", NETWORK)]) {
            if self.podman.has(kind, name) {
                self.podman.text(&[kind, "rm", name])?;
            }
        }
        lease::end(&self.podman, lease::PLAY);
        down?;
        match runs.or(self.podman.first_called(OURS)?) {
            Some(found) => Err(format!("{found} was left")),
            None => Ok("no pod, container, network, volume or secret".to_owned()),
        }
    }

    /// What the pods said: they are gone in a moment.
    fn keep_logs(&self, outcome: &mut Outcome, well: bool) {
        if well {
            return;
        }
        let path = self.runner.workspace.logs().join("play-pods.log");
        let names = self.podman.text(&["ps", "--all", "--format", "{{.Names}}"]).unwrap_or_default();
        let mut text = String::new();
        for name in names.lines().filter(|name| name.starts_with(OURS)) {
            text.extend(["\n", name, "\n", &self.podman.logs(name).unwrap_or_default()]);
        }
        let kept = fs::create_dir_all(self.runner.workspace.logs()).and_then(|()| fs::write(&path, text));
        outcome.log = kept.is_ok().then_some(path);
    }
}

impl Secrets {
    /// Into a new volume, by way of a folder that is gone afterwards.
    fn give(&self, podman: &Podman<'_>) -> Result<(), String> {
        let folder = podman.owner.state().join(self.volume);
        let packed = self.pack(podman, &folder);
        let _ = fs::remove_dir_all(&folder);
        podman.text(&["volume", "create", self.volume])?;
        podman.told(&["volume", "import", self.volume, "-"], &packed?).map(drop)
    }

    fn pack(&self, podman: &Podman<'_>, folder: &Path) -> Result<String, String> {
        let problem = |error: std::io::Error| format!("{} cannot be written: {error}", folder.display());
        podman.owner.private(folder).map_err(problem)?;
        for (name, content) in &self.files {
            fs::write(folder.join(name), content).map_err(problem)?;
        }
        podman.owner.give(folder).map_err(problem)?;
        let mut tar = podman.program("tar");
        tar.arg("--directory").arg(folder).args(["--owner", self.user, "--group", self.user, "--mode", "0400"]);
        tar.arg("--create").args(self.files.iter().map(|(name, _)| name));
        let output = tar.output().map_err(|error| format!("tar cannot be started: {error}"))?;
        // Names, numbers and settings: text, with gaps.
        String::from_utf8(output.stdout).map_err(|_| "tar packed what is not text".to_owned())
    }
}

/// As Podman calls it.
fn container(function: &str) -> String {
    format!("{OURS}-{function}-function")
}
