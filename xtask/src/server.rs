//! A Truce server of our own, on the loopback, on a free port, with a folder and a key nobody else has. It ends with
//! whoever started it, whatever happens.

use crate::http;
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
    guard: Child,
    folder: PathBuf,
    /// Where it answers.
    pub(crate) url: String,
    /// What lets an organiser in.
    pub(crate) key: String,
}

impl Server {
    /// Starts `binary`, and waits until it answers. `name` tells its log from others'.
    pub(crate) fn start(workspace: &Workspace, binary: &Path, name: &str) -> Result<Self, String> {
        let key = secret()?;
        let folder = workspace.target.join(format!("xtask/data-{name}-{}", std::process::id()));
        let log = workspace.logs().join(format!("server-{name}.log"));
        let mut command = workspace.command("sh");
        command.args(["-c", GUARD, "guard"]).arg(binary);
        command.args(["dev", "--quiet", "--listen", "127.0.0.1:0", "--data"]).arg(&folder);
        command.env("TRUCE_ORGANISER_KEYS", format!("ci={key}"));
        // All callers come from one address, and none of them guesses.
        command.env("TRUCE_ATTEMPTS_PER_MINUTE", "0");
        let guard = launch(&mut command, &log).map_err(|error| format!("the server cannot be started: {error}"))?;
        let mut server = Self { guard, folder, url: String::new(), key };
        server.url = format!("http://{}", answering(&mut server.guard, &log)?);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts `command` with an input that stays open for as long as we live, and `log` for both outputs.
pub(crate) fn launch(command: &mut Command, log: &Path) -> std::io::Result<Child> {
    fs::create_dir_all(log.parent().unwrap_or(Path::new(".")))?;
    let output = File::create(log)?;
    command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output).spawn()
}

/// Where the server that writes `log` listens, once `GET /health` answers there.
fn answering(child: &mut Child, log: &Path) -> Result<SocketAddr, String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let text = fs::read_to_string(log).unwrap_or_default();
        if let Some(address) = listens_on(&text)
            && http::status(address, "/health") == Some(200)
        {
            return Ok(address);
        }
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return Err(format!("the server ended at once: {}", text.trim()));
        }
        sleep(Duration::from_millis(20));
    }
    Err(format!("the server does not answer after {} s: see {}", PATIENCE.as_secs(), log.display()))
}

/// The address in `Truce listens on 127.0.0.1:43211.`
pub(crate) fn listens_on(log: &str) -> Option<SocketAddr> {
    log.lines().find_map(|line| line.strip_prefix("Truce listens on ")?.strip_suffix('.')?.parse().ok())
}

/// 256 bits as hex.
fn secret() -> Result<String, String> {
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
    fn secrets_are_long_enough_and_differ() {
        let (one, other) = (secret().expect("random"), secret().expect("random"));
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }

    #[test]
    fn what_is_guarded_ends_with_its_guard() {
        let log = std::env::temp_dir().join(format!("xtask-guard-{}.log", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard", "sh", "-c", "echo $$; exec sleep 300"]);
        let mut guard = launch(&mut command, &log).expect("started");
        let begun = Instant::now();
        let id = loop {
            let text = fs::read_to_string(&log).unwrap_or_default();
            if let Some((id, _)) = text.split_once('\n') {
                break id.to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "it has not started");
            sleep(Duration::from_millis(10));
        };
        drop(guard.stdin.take());
        guard.wait().expect("ended");
        let alive = Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().expect("asked");
        assert!(!alive.success(), "{id} is still there");
        assert!(begun.elapsed() < Duration::from_secs(9), "it had to be killed");
        let _ = fs::remove_file(&log);
    }
}
