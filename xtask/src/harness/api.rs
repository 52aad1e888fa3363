//! Podman's API on a socket, for as long as the harness is up. Only what gives the edge its view of it may connect: the folder is its
//! owner's, and no container but that one has it.

use super::podman::Podman;
use super::progress::Did;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(15);

/// The folder of the socket. A folder, because a socket that is made anew is another file.
pub(super) fn folder(podman: &Podman<'_>) -> PathBuf {
    podman.owner.state().join("api")
}

/// Sees that it is served.
pub(super) fn ensure(podman: &Podman<'_>) -> Result<Did, String> {
    let folder = folder(podman);
    let socket = folder.join("podman.sock");
    if UnixStream::connect(&socket).is_ok() && server(podman).is_some() {
        return Ok(Did::Nothing);
    }
    stop(podman)?;
    let log = folder.with_extension("log");
    let problem = |error: io::Error| format!("{} cannot be prepared: {error}", folder.display());
    // Who is somebody else in a container gets in there; on the machine the folder around it lets nobody pass.
    let open = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    podman.owner.private(&folder).and_then(|()| open(&folder, 0o711)).map_err(problem)?;
    // It outlives us: no terminal, no output of ours, and its number is kept.
    let script = r#"echo $$ > "$1.pid"; exec podman system service --time 0 "unix://$1/podman.sock" >"$1.log" 2>&1"#;
    let mut command = podman.program("setsid");
    command.args(["--fork", "sh", "-c", script, "sh"]).arg(&folder);
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let started = command.status().is_ok_and(|status| status.success());
    let begun = Instant::now();
    while started && begun.elapsed() < PATIENCE {
        if UnixStream::connect(&socket).is_ok() {
            open(&socket, 0o666).map_err(problem)?;
            return Ok(Did::Something("serves".to_owned()));
        }
        sleep(Duration::from_millis(50));
    }
    Err(format!("Podman's API does not answer: see {}", log.display()))
}

/// The number of the process that serves, if it does: others may have got it since.
fn server(podman: &Podman<'_>) -> Option<u32> {
    let number: u32 = fs::read_to_string(folder(podman).with_extension("pid")).ok()?.trim().parse().ok()?;
    let line = fs::read(format!("/proc/{number}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line).replace('\0', " ");
    let socket = folder(podman).join("podman.sock");
    (line.contains("system service") && line.contains(&*socket.to_string_lossy())).then_some(number)
}

/// Ends it, if it is served.
pub(super) fn stop(podman: &Podman<'_>) -> Result<Did, String> {
    let Some(number) = server(podman) else { return Ok(Did::Nothing) };
    let _ = podman.program("sh").args(["-c", "kill \"$1\"", "sh", &number.to_string()]).status();
    let begun = Instant::now();
    while server(podman).is_some() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("Podman's API, process {number}, does not end: type `kill -9 {number}`"));
        }
        sleep(Duration::from_millis(20));
    }
    Ok(Did::Something("ended".to_owned()))
}
