//! A Truce server of our own, on the loopback, on a free port, with a folder and a key nobody else has. It ends with
//! whoever started it, whatever happens.

use crate::http::Client;
use crate::workspace::Workspace;
use std::fs::{self, File};
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long it may take until it answers, and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `"$@"` until its own input ends: then, or when we are killed, the server ends too, politely first.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{
  cat <&3 >/dev/null
  kill "$server"
  tries=0
  while kill -0 "$server" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$server"
} 2>/dev/null &
watch=$!
exec 3<&-
wait "$server"
code=$?
kill "$watch" 2>/dev/null
exit $code
"#;

/// A server that runs.
pub(crate) struct Server {
    _guard: Guard,
    _folder: Folder,
    /// Where it answers.
    pub(crate) url: String,
    /// What lets an organiser in.
    pub(crate) key: String,
    /// Where what it counts is read.
    pub(crate) metrics: String,
}

impl Server {
    /// Starts `binary`, and waits until it answers. `name` tells its log from others'.
    pub(crate) fn start(workspace: &Workspace, binary: &Path, name: &str) -> Result<Self, String> {
        let key = secret()?;
        let folder = Folder(workspace.target.join(format!("xtask/data-{name}-{}", std::process::id())));
        let log = workspace.logs().join(format!("server-{name}.log"));
        let mut command = guarded(workspace, binary);
        command.args(["dev", "--quiet", "--listen", "127.0.0.1:0", "--data"]).arg(&folder.0);
        command.env("TRUCE_ORGANISER_KEYS", format!("ci={key}"));
        // All callers come from one address, and none of them guesses.
        command.env("TRUCE_ATTEMPTS_PER_MINUTE", "0");
        command.env("TRUCE_METRICS", "127.0.0.1:0");
        let mut guard = Guard::launch(&mut command, &log)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Look::Answers(address) = guard.look(&log)? {
                let metrics = counted_at(&fs::read_to_string(&log).unwrap_or_default()).ok_or("it counts nothing")?;
                return Ok(Self { _guard: guard, _folder: folder, url: format!("http://{address}"), key, metrics });
            }
            sleep(Duration::from_millis(20));
        }
        Err(format!("the server does not answer after {} s: see {}", PATIENCE.as_secs(), log.display()))
    }
}

/// `program`, to be launched so that it ends when we do. Arguments may follow.
pub(crate) fn guarded(workspace: &Workspace, program: &Path) -> Command {
    let mut command = workspace.command("sh");
    command.args(["-c", GUARD, "guard"]).arg(program);
    command
}

/// What a look at a server shows.
pub(crate) enum Look {
    Answers(SocketAddr),
    /// Not yet; its log so far.
    Waits(String),
}

/// A guarded program. It ends when this is dropped.
pub(crate) struct Guard(Child);

impl Guard {
    /// Starts `command` with an input that stays open for as long as we live, and `log` for both outputs.
    pub(crate) fn launch(command: &mut Command, log: &Path) -> Result<Self, String> {
        let folder = log.parent().unwrap_or(Path::new("."));
        let started = fs::create_dir_all(folder).and_then(|()| {
            let output = File::create(log)?;
            command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output).spawn()
        });
        started.map(Self).map_err(|error| format!("the server cannot be started: {error}"))
    }

    /// Whether the server that writes `log` answers `GET /health` where it says it listens.
    pub(crate) fn look(&mut self, log: &Path) -> Result<Look, String> {
        let ended = self.0.try_wait().is_ok_and(|status| status.is_some());
        let text = fs::read_to_string(log).unwrap_or_default();
        if ended {
            return Err(format!("the server ended before it answered: see {}\n{}", log.display(), tail(&text)));
        }
        let address = listens_on(&text).filter(|address| Client::plain(*address).status("/health") == Some(200));
        Ok(address.map_or(Look::Waits(text), Look::Answers))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Is gone with what is in it when this is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The last lines of a log.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// The address in `Truce listens on 127.0.0.1:43211.`
fn listens_on(log: &str) -> Option<SocketAddr> {
    log.lines().find_map(|line| line.strip_prefix("Truce listens on ")?.strip_suffix('.')?.parse().ok())
}

/// The address in `http://127.0.0.1:43212/metrics  what is counted`.
fn counted_at(log: &str) -> Option<String> {
    log.split_whitespace().find(|word| word.starts_with("http://") && word.ends_with("/metrics")).map(str::to_owned)
}

/// 256 bits as hex.
pub(crate) fn secret() -> Result<String, String> {
    let mut bytes = [[0; 16]; 2];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(bytes.as_flattened_mut()))
        .map_err(|error| format!("there is no randomness: {error}"))?;
    let [first, second] = bytes.map(u128::from_ne_bytes);
    Ok(format!("{first:032x}{second:032x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_a_whole_line() {
        let log = "INFO begin\nTruce listens on 127.0.0.1:43211.\n\n  http://127.0.0.1:43211/qr\n";
        assert_eq!(listens_on(log), "127.0.0.1:43211".parse().ok());
        assert_eq!(listens_on("Truce listens on 127.0.0.1:43"), None);
    }

    #[test]
    fn the_address_of_what_is_counted_is_the_one_that_is_printed() {
        let log = "  http://127.0.0.1:1/health  how it is doing\n\n  http://127.0.0.1:2/metrics  what is counted, for Prometheus\n";
        assert_eq!(counted_at(log).as_deref(), Some("http://127.0.0.1:2/metrics"));
        assert_eq!(counted_at("http://127.0.0.1:1/health"), None);
    }

    #[test]
    fn secrets_are_long_enough_and_differ() {
        let (one, other) = (secret().expect("random"), secret().expect("random"));
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }

    #[test]
    fn what_is_guarded_ends_with_its_guard() {
        let log = std::env::temp_dir().join(format!("xtask-guard-{}.log", std::process::id()));
        let workspace = Workspace { root: ".".into(), target: std::env::temp_dir(), ci: false };
        let mut command = guarded(&workspace, Path::new("sh"));
        let mut guard = Guard::launch(command.args(["-c", "echo $$; exec sleep 300"]), &log).expect("started");
        let begun = Instant::now();
        let id = loop {
            assert!(begun.elapsed() < PATIENCE, "it has not started");
            match guard.look(&log).expect("it runs") {
                Look::Waits(text) if text.ends_with('\n') => break text.trim().to_owned(),
                _ => sleep(Duration::from_millis(10)),
            }
        };
        let alive = || {
            let script = format!("kill -0 {id} 2>/dev/null");
            Command::new("sh").args(["-c", &script]).status().expect("asked").success()
        };
        assert!(alive());
        let told = Instant::now();
        drop(guard);
        assert!(!alive(), "{id} is still there");
        assert!(told.elapsed() < Duration::from_secs(9), "it had to be killed");
        let _ = fs::remove_file(&log);
    }

    #[test]
    fn a_server_that_ends_at_once_says_why() {
        let log = std::env::temp_dir().join(format!("xtask-ends-{}.log", std::process::id()));
        let workspace = Workspace { root: ".".into(), target: std::env::temp_dir(), ci: false };
        let mut command = guarded(&workspace, Path::new("sh"));
        let mut guard = Guard::launch(command.args(["-c", "echo the port is taken; exit 1"]), &log).expect("started");
        let begun = Instant::now();
        let why = loop {
            assert!(begun.elapsed() < PATIENCE, "it has not ended");
            match guard.look(&log) {
                Err(why) => break why,
                Ok(_) => sleep(Duration::from_millis(10)),
            }
        };
        assert!(why.contains("the port is taken"), "{why}");
        let _ = fs::remove_file(&log);
    }
}
