//! Whether what the units in podman-local/quadlet start works: the commands that quadlet makes of them, run by Podman on this machine in
//! place of the harness's own, and asked through their edge. systemd has no part in it: what it does is left out, and nothing besides.

use super::fleet::Programs;
use super::owner::Owner;
use super::podman::Podman;
use super::progress::Progress;
use super::proof::{left, note};
use super::quadlet::{self, Units};
use super::{Fleet, IS_UP, api, callers, certs, load, of_its_own, others, parts, secrets};
use crate::report::Outcome;
use crate::run::Runner;
use crate::setup::Toolbox;
use crate::tools::Tool;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) const TOOLS: [Tool; 6] =
    [Tool::Podman, Tool::Traefik, Tool::Redis, Tool::HaProxy, Tool::Quadlet, Tool::Systemd];
/// Until the edge has heard of everything.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of the units only: what an authority on the internet has vouched for.
const VOLUME: &str = "truce-acme";
/// What containers get from a registry, and what here stands for it.
const IMAGES: [(&str, &str); 3] = [
    ("docker.io/valkey/", parts::REDIS),
    ("docker.io/library/haproxy:", parts::VIEW),
    ("docker.io/library/traefik:", parts::EDGE),
];

/// All of it; nothing is left, whatever comes of it.
pub(crate) fn prove(runner: &Runner<'_>, toolbox: &Toolbox) -> Outcome {
    others(runner.workspace, toolbox)
        .and_then(|programs| proved(runner, toolbox, &programs))
        .unwrap_or_else(Outcome::failed)
}

fn proved(runner: &Runner<'_>, toolbox: &Toolbox, programs: &Programs) -> Result<Outcome, String> {
    let owner = Owner::ensure()?;
    let _alone = owner.lock()?;
    let podman = Podman::ensure(&owner)?;
    let progress = Progress::new(runner.console);
    let Some(fleet) = of_its_own(runner.workspace, &podman, &progress)? else {
        return Ok(Outcome::skipped(IS_UP));
    };
    let units = Units::generate(runner.workspace, toolbox)?;
    // It comes with the other.
    let activate = toolbox.path(Tool::Systemd).unwrap_or(Path::new("/")).with_file_name("systemd-socket-activate");
    let server = Server { fleet: &fleet, units: &units, activate, folder: owner.state().join("server") };
    let mut outcome = Outcome::default();
    let started = server.prepare(programs).and_then(|()| server.start());
    let up = started.is_ok();
    note(&mut outcome, runner, "what the units start", started);
    if up {
        note(&mut outcome, runner, "the edge finds all of it, and somebody gets in", server.answers());
        note(&mut outcome, runner, "callers are told apart", callers::told_apart(&fleet));
    }
    note(&mut outcome, runner, "nothing is left", server.clear());
    podman.rest();
    Ok(outcome)
}

/// The units' containers on the harness's keys, certificates and images.
struct Server<'a> {
    fleet: &'a Fleet<'a>,
    units: &'a Units<'a>,
    /// What stands for systemd where the edge gets its socket: a program of systemd's own.
    activate: PathBuf,
    /// In place of `~/.config/truce`.
    folder: PathBuf,
}

impl Server<'_> {
    /// What docs/deploy/server.md has a person prepare, the harness does when it comes up. Its containers and networks go again.
    fn prepare(&self, programs: &Programs) -> Result<(), String> {
        let (fleet, podman) = (self.fleet, self.fleet.podman);
        fleet.up(programs, 1)?;
        for container in podman.containers()? {
            podman.remove(&container.name)?;
        }
        for (kind, name) in parts::NETWORKS.map(|name| ("network", name)).into_iter().chain([("volume", parts::VOLUME)])
        {
            podman.text(&[kind, "rm", name])?;
        }
        let problem = |error: std::io::Error| format!("{} cannot be prepared: {error}", self.folder.display());
        let from = |name: &str| fs::read_to_string(fleet.workspace.root.join(name)).map_err(problem);
        podman.owner.private(&self.folder).map_err(problem)?;
        let settings = from("podman-local/quadlet/truce.env")?;
        let settings = settings.replace("https://truce.example", &format!("https://127.0.0.1:{}", fleet.port));
        let settings = format!("{settings}TRUCE_ATTEMPTS_PER_MINUTE={}\n", callers::ATTEMPTS);
        let dynamic = podman.owner.state().join("traefik/dynamic");
        let files = [
            (self.folder.join("truce.env"), settings),
            (self.folder.join("view.cfg"), from("podman-local/view.cfg")?),
            (dynamic.join("transports.yaml"), from("podman-local/quadlet/transports.yaml")?),
            (dynamic.join("services.yaml"), from("podman-local/quadlet/services.yaml")?),
        ];
        for (path, text) in files {
            fs::write(&path, text).and_then(|()| podman.owner.give(&path)).map_err(problem)?;
        }
        Ok(())
    }

    /// Networks and volumes first, as systemd would; of each function two.
    fn start(&self) -> Result<String, String> {
        let (made, containers): (Vec<_>, Vec<_>) =
            self.units.services.iter().partition(|(_, start)| start.contains(" create "));
        for (_, start) in made {
            self.run(start, "")?;
        }
        let mut count = 0;
        for (service, start) in containers {
            if service == quadlet::EDGE {
                self.run_at_its_socket(start)?;
                count += 1;
                continue;
            }
            for instance in if service.contains('@') { ["1", "2"].as_slice() } else { &[""] } {
                self.run(start, instance)?;
                count += 1;
            }
        }
        // systemd would have a timer for it.
        for function in &self.fleet.functions {
            for instance in ["1", "2"] {
                let name = format!("truce-{function}-{instance}");
                let begun = Instant::now();
                while !self.fleet.podman.looks_ready(&name) {
                    if begun.elapsed() > PATIENCE {
                        return Err(format!("{name} does not get ready: {}", self.fleet.podman.last_words(&name)));
                    }
                    sleep(Duration::from_millis(100));
                }
            }
        }
        Ok(format!("{count} containers"))
    }

    fn run(&self, start: &str, instance: &str) -> Result<(), String> {
        let arguments = self.arguments(start, instance)?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.fleet.podman.text(&arguments).map(drop).map_err(|why| format!("`{}`: {why}", arguments.join(" ")))
    }

    /// As systemd runs what has a socket, but at a port of the harness's: it listens, and at the first call starts what gets what it listens with.
    fn run_at_its_socket(&self, start: &str) -> Result<(), String> {
        let (podman, activate) = (self.fleet.podman, self.activate.display().to_string());
        let problem = |error: std::io::Error| format!("{activate} cannot be started: {error}");
        let address = format!("127.0.0.1:{}", self.fleet.port);
        let mut command = podman.program(&activate);
        command.args([format!("--listen={address}"), format!("--fdname={}", self.units.socket()?)]);
        // What it starts knows nothing of what it knows itself.
        command.args(podman.known().map(|name| format!("--setenv={name}")));
        command.arg("podman").args(self.arguments(start, "")?);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(problem)?;
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() && child.try_wait().map_err(problem)?.is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill().map_err(problem)?;
                break;
            }
            sleep(Duration::from_millis(50));
        }
        let output = child.wait_with_output().map_err(problem)?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("the edge did not start").to_owned())
    }

    /// The command, with what systemd would put in and without what it would do.
    fn arguments(&self, start: &str, instance: &str) -> Result<Vec<String>, String> {
        let podman = self.fleet.podman;
        let state = podman.owner.state();
        let shown = |path: PathBuf| path.display().to_string();
        let filled = [
            ("%E/truce/traefik", shown(state.join("traefik"))),
            ("%E/truce/certs", shown(certs::folder(podman, ""))),
            ("%E/truce", shown(self.folder.clone())),
            ("%t/podman:", format!("{}:", api::folder(podman).display())),
            ("%i", instance.to_owned()),
            ("${TRUCE_IMAGES}", "localhost".to_owned()),
            ("${TRUCE_VERSION}", "latest".to_owned()),
        ];
        let start = filled.iter().fold(start.to_owned(), |start, (what, with)| start.replace(what, with));
        let mut words = words(&start).into_iter().skip(1);
        let mut arguments = Vec::new();
        while let Some(word) = words.next() {
            match word.as_str() {
                // There is no journal to write to, and no systemd to make a timer.
                "--log-driver" => drop(words.next()),
                "--health-interval" => {
                    words.next();
                    arguments.push("--health-interval=disable".to_owned());
                }
                "--pids-limit" if !podman.limits => drop(words.next()),
                // Podman 4.3 does not know the first; who is gone could not say why.
                "--ignore" | "--rm" => {}
                _ if ["--cgroups=", "--sdnotify=", "--cidfile="].iter().any(|start| word.starts_with(start)) => {}
                _ if word.starts_with("--memory=") && !podman.limits => {}
                _ => arguments.push(local(word)),
            }
        }
        match arguments.iter().find(|word| word.contains('%') || word.contains("${")) {
            Some(word) => Err(format!("{word} is filled in by systemd, and not here")),
            None => Ok(arguments),
        }
    }

    fn answers(&self) -> Result<String, String> {
        let edge = self.fleet.edge()?;
        let begun = Instant::now();
        while edge.status("/health?probe=ready") != Some(200) {
            if begun.elapsed() > PATIENCE {
                return Err(self.fleet.podman.last_words(parts::EDGE));
            }
            sleep(Duration::from_millis(100));
        }
        // `mediate` is found with the others, but not in the same moment.
        sleep(Duration::from_secs(1));
        let session = load::session(&edge, &secrets::organiser_key(self.fleet.podman)?, "backend")?;
        let answer = crate::http::Request::get("/mediate").with_bearer(&session).ask(&edge);
        match answer.map(|answer| answer.status) {
            Ok(200) => Ok("invited, redeemed, and asked for news".to_owned()),
            other => Err(format!("/mediate: {other:?}")),
        }
    }

    fn clear(&self) -> Result<String, String> {
        let podman = self.fleet.podman;
        self.fleet.down(false)?;
        if podman.has("volume", VOLUME) {
            podman.text(&["volume", "rm", VOLUME])?;
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        }
        left(podman)
    }
}

/// What stands here for an image of a registry.
fn local(word: String) -> String {
    let known = IMAGES.iter().find(|(image, _)| word.starts_with(image));
    known.map_or(word, |(_, name)| format!("localhost/{name}"))
}

/// As systemd reads a command: words, some of them quoted.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quoted) = (None::<String>, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_systemd_does() {
        let read = words(r#"podman run --label "a=Path(`/j`) || b" --health-cmd "[\"/truce\",\"--check\"]" -v ""  x"#);
        let expected =
            ["podman", "run", "--label", "a=Path(`/j`) || b", "--health-cmd", r#"["/truce","--check"]"#, "-v", "", "x"];
        assert_eq!(read, expected);
    }
}
