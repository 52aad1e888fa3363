//! An edge in front of Spin: Traefik and `HAProxy`, with the project's own limits and words. What certificates and sessions are for there is left
//! out: the [harness](crate::edge) has all of it.

use super::Started;
use crate::binary;
use crate::process::{PATIENCE, Process, free_port, listens};
use crate::settings;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use truce_contract::Target;
use truce_contract::trouble::LIMIT;

/// In limits.yaml, and here: a handful is enough to be too many.
const UNDER_WAY: &str = "amount: 200\n";
/// In words.cfg: who may ask it. Here that is whoever is on this machine.
const BIND: &str = "bind :8080 ssl crt /certs/tls.crt ca-file /certs/ca.crt verify required\n";

/// It ends with its value.
pub(crate) struct Edge {
    _traefik: Process,
    _words: Process,
    _told: TempDir,
}

/// Where `TRUCE_TRAEFIK` and `TRUCE_HAPROXY` say, or on PATH.
fn program(variable: &str, name: &str) -> Result<PathBuf, String> {
    let told = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let how = format!("{name} is not on PATH, nor where {variable} says: `cargo xtask setup` installs it");
    told.or_else(|| binary::on_path(name)).ok_or(how)
}

pub(crate) fn traefik() -> Result<PathBuf, String> {
    program("TRUCE_TRAEFIK", "traefik")
}

fn haproxy() -> Result<PathBuf, String> {
    program("TRUCE_HAPROXY", "haproxy")
}

pub(crate) fn missing_traefik() -> Option<String> {
    traefik().err()
}

pub(crate) fn missing() -> Option<String> {
    traefik().and(haproxy()).err()
}

impl Edge {
    pub(super) fn before(spin: &Started) -> Result<(Self, Target), String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let (port, words) = (free_port()?, free_port()?);
        let told = folder.path();
        let write = |name: &str, text: String| {
            fs::write(told.join(name), text).map_err(|error| format!("{name} cannot be written: {error}"))
        };
        fs::create_dir(told.join("dynamic")).map_err(|error| error.to_string())?;
        write("words.cfg", ours("traefik-local/words.cfg", BIND, &format!("bind 127.0.0.1:{words}\n"))?)?;
        write(
            "dynamic/limits.yaml",
            ours("traefik-local/dynamic/limits.yaml", UNDER_WAY, &format!("amount: {LIMIT}\n"))?,
        )?;
        write("dynamic/words.yaml", ours("traefik-local/dynamic/words.yaml", "words@docker", "words@file")?)?;
        write("dynamic/spin.yaml", routes(spin.url(), words))?;
        write("traefik.yaml", told_at_start(port, &told.join("dynamic")))?;
        let mut command = Command::new(haproxy()?);
        command.env_clear().arg("-db").arg("-f").arg(told.join("words.cfg"));
        let (words, ()) = Process::start(&mut command, PATIENCE, |_| listens(words).then_some(()))?;
        let mut command = Command::new(traefik()?);
        command.env_clear().arg("--configFile").arg(told.join("traefik.yaml")).current_dir(told);
        let (traefik, ()) =
            Process::start(&mut command, PATIENCE, |_| serves(port, "/.well-known/spin/health").then_some(()))?;
        let target = settings::at("spin-edge", &format!("http://127.0.0.1:{port}"))?;
        let target = settings::on_this_machine(target, settings::longest_wait());
        Ok((Self { _traefik: traefik, _words: words, _told: folder }, target))
    }
}

/// A file of the project, with one thing in it that is another here.
pub(crate) fn ours(name: &str, from: &str, to: &str) -> Result<String, String> {
    let text = fs::read_to_string(binary::workspace().join(name));
    let text = text.map_err(|error| format!("{name}: {error}"))?;
    if text.contains(from) { Ok(text.replace(from, to)) } else { Err(format!("{name} has no `{}`", from.trim())) }
}

/// Each route counts for itself, as at the edge.
fn routes(spin: &str, words: u16) -> String {
    format!(
        "http:\n  routers:\n    mediate: {{rule: Path(`/mediate`), service: spin}}\n    \
         redeem: {{rule: Path(`/redeem`), service: spin}}\n    else: {{rule: PathPrefix(`/`), priority: 1, service: spin}}\n  \
         services:\n    spin: {{loadBalancer: {{servers: [{{url: '{spin}'}}]}}}}\n    \
         words: {{loadBalancer: {{servers: [{{url: 'http://127.0.0.1:{words}'}}]}}}}\n"
    )
}

/// In the order of traefik.yaml.
fn told_at_start(port: u16, dynamic: &Path) -> String {
    format!(
        "global: {{checkNewVersion: false, sendAnonymousUsage: false}}\nentryPoints:\n  web:\n    address: '127.0.0.1:{port}'\n    \
         http: {{middlewares: [refused@file, unanswered@file, rate@file, under-way@file, body@file]}}\n\
         providers: {{file: {{directory: '{}'}}}}\n",
        dynamic.display()
    )
}

/// Whether somebody behind it answers: it listens before it knows of any.
pub(crate) fn serves(port: u16, path: &str) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: edge\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    asked().unwrap_or(false)
}
