//! Everything as production has it: the functions in containers behind the edge, over HTTPS. It is the harness of `cargo xtask harness`.

use crate::binary;
use crate::host::Running;
use crate::settings;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use truce_contract::Target;

/// Why there is none here.
pub(crate) fn missing() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("the edge is a container, which needs Linux".to_owned());
    }
    if binary::on_path("podman").is_none() {
        return Some("podman is not on PATH: install it, 4.3 or later".to_owned());
    }
    let built = match binary::truce() {
        Ok(built) => built,
        Err(why) => return Some(why),
    };
    // target/debug/truce
    let target = built.ancestors().nth(2)?;
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let packaged = target.join("package").join(machine).join("truce-health");
    let missing = !packaged.is_file();
    missing.then(|| format!("{} is not there: type `cargo xtask package {machine}`", packaged.display()))
}

pub(crate) fn start() -> Result<Running, String> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let port = free.map_err(|error| error.to_string())?.port().to_string();
    let me = std::process::id().to_string();
    let up = ["up", "--as-built", "--replicas", "1", "--organiser", "contract", "--port", &port, "--holder", &me];
    let output = harness(&up)?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    if complaint.contains("a harness is up") {
        return Err(complaint.trim().to_owned());
    }
    // It is ours to remove, whatever came of it.
    let up = Up;
    if !output.status.success() {
        return Err(format!("`cargo xtask harness up` fails: {complaint}"));
    }
    let said = said(&output);
    let named = |before: &str, after: &str| {
        let path = said.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(path, _)| path);
        let path = path.ok_or_else(|| format!("`cargo xtask harness up` does not say `{before}`: {said}"))?;
        fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
    };
    let organisers = named("stands after the = in ", ".\n")?;
    let key = organisers.trim().split_once('=').map(|(_, key)| key).ok_or("there is no organiser")?;
    let target = Target::at("edge", &format!("https://127.0.0.1:{port}"), key).map_err(|error| error.to_string())?;
    let target = target.vouched_for_by(named("vouched for by ", ": ")?.into_bytes());
    let target = settings::on_this_machine(target, settings::longest_wait());
    Ok(Running::new(target, "containers behind Traefik, one redis-server", up))
}

/// It is removed with this.
struct Up;

impl Drop for Up {
    fn drop(&mut self) {
        // Whoever is asked next finds it and says so.
        let _ = harness(&["down"]);
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn harness(arguments: &[&str]) -> Result<Output, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).args(["xtask", "harness"]).args(arguments);
    command.output().map_err(|error| format!("`cargo xtask` cannot be run: {error}"))
}
