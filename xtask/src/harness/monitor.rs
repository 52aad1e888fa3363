//! `up --monitor`: the journeys go on against the edge for as long as it is up, as they would against a deployment, and a Prometheus that is on
//! this machine counts along.

use super::fleet::{Fleet, Programs};
use super::networks::Place;
use super::parts::{self, Part};
use super::podman::Podman;
use super::progress::Did;
use super::{certs, images, secrets};
use crate::workspace::Workspace;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

pub(super) const MONITOR: &str = "truce-monitor";
pub(super) const PROMETHEUS: &str = "truce-prometheus";
/// What they keep. The monitor's history is the harness's own: it goes with it.
pub(super) const VOLUMES: [&str; 2] = [MONITOR, PROMETHEUS];
/// Where the monitor's page is, unless told otherwise; Prometheus's is at the next one.
const PORT: u16 = 8444;
/// What a person says who wants none.
const OFF: &str = "off";
/// In their containers.
const PAGE: u16 = 9465;
const COUNTS: u16 = 9090;

/// How the journeys go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Watching {
    /// Where this machine sees its page; 0 is any port that is free.
    pub(super) port: u16,
    /// From one round to the next, in seconds.
    pub(super) every: u16,
}

impl Watching {
    /// For people: often enough to see something, and seldom enough to do something else meanwhile.
    pub(super) const fn on(port: u16) -> Self {
        Self { port, every: 30 }
    }

    fn settings(self) -> String {
        let (every, edge) = (self.every, parts::EDGE);
        format!(
            "# Written by `cargo xtask harness up --monitor`.\n\
             every_seconds = {every}\n\
             # On one's own machine nobody pays for them.\n\
             requests_a_day = 10000000\n\
             history = \"/data/monitor.sqlite\"\n\
             listen = \"0.0.0.0:{PAGE}\"\n\n\
             [[target]]\n\
             name = \"harness\"\n\
             urls = [\"https://{edge}:8443\"]\n\
             organiser_key_file = \"/secrets/organiser\"\n\
             ca_file = \"ca.crt\"\n"
        )
    }
}

/// What a person says of it: a port, or `off`.
pub(super) fn read(text: &str) -> Result<Option<Watching>, String> {
    match text.trim() {
        OFF | "" => Ok(None),
        port => match port.parse() {
            // The next one is Prometheus's.
            Ok(port) if port < u16::MAX => Ok(Some(Watching::on(port))),
            _ => Err(format!("{port} is no port for the monitor: `up --monitor {PORT}`, or `up --monitor {OFF}`")),
        },
    }
}

/// As [`read`] reads it.
pub(super) fn text(watching: Option<Watching>) -> String {
    watching.map_or_else(|| OFF.to_owned(), |watching| watching.port.to_string())
}

/// The command, as the checkout says now: it is the monitor.
pub(super) fn build(workspace: &Workspace) -> Result<(), String> {
    let built = workspace.cargo(&["build", "--package", "truce"]).status();
    let built = built.map_err(|error| format!("cargo cannot be started: {error}"))?;
    if built.success() { Ok(()) } else { Err("`cargo build --package truce` fails".to_owned()) }
}

impl Fleet<'_> {
    /// The monitor, and Prometheus where there is one; or neither.
    pub(super) fn watch(&self, programs: &Programs) -> Result<(), String> {
        let Some(watching) = self.monitor.get() else {
            return self.progress.step("no monitor", || self.unwatch());
        };
        let mut built = String::new();
        self.progress.step(&format!("image {MONITOR}"), || {
            let truce = self.workspace.truce();
            let image = images::program(self.workspace, self.podman, MONITOR, &truce, &[])?;
            built.clone_from(&image.id);
            Ok(Did::if_new(image.built, "built"))
        })?;
        self.progress.step(MONITOR, || self.place(MONITOR, &self.monitors(&built, watching)?))?;
        let Some(prometheus) = &programs.prometheus else {
            return self.progress.step(PROMETHEUS, || Ok(Did::Something("none on this machine".to_owned())));
        };
        self.progress.step(&format!("image {PROMETHEUS}"), || {
            let image = images::program(self.workspace, self.podman, PROMETHEUS, prometheus, &[])?;
            built.clone_from(&image.id);
            Ok(Did::if_new(image.built, "built"))
        })?;
        self.progress.step(PROMETHEUS, || self.place(PROMETHEUS, &self.counts_along(&built, watching)?))
    }

    /// Neither of them, and nothing they were told.
    fn unwatch(&self) -> Result<Did, String> {
        let there = self.podman.containers()?;
        let ours = there.iter().filter(|container| VOLUMES.contains(&container.name.as_str()));
        let names: Vec<&str> = ours.map(|container| container.name.as_str()).collect();
        names.iter().try_for_each(|name| self.podman.remove(name))?;
        Ok(Did::if_new(!names.is_empty(), "gone"))
    }

    /// Where people see them, in lines.
    pub(super) fn shown(&self) -> Vec<String> {
        let named = [(MONITOR, "The journeys go on; how they go"), (PROMETHEUS, "What Prometheus counts")];
        let line = |(name, what): (&str, &str)| Some(format!("{what}: http://{}", self.seen_at(name).ok()?));
        named.into_iter().filter_map(line).collect()
    }

    /// Where this machine sees the port of `name`.
    pub(super) fn seen_at(&self, name: &str) -> Result<SocketAddr, String> {
        let port = self.podman.text(&["port", name])?;
        let address = port.trim().rsplit(' ').next().unwrap_or_default();
        address.parse().map_err(|error| format!("{port}: {error}"))
    }

    fn monitors(&self, id: &str, watching: Watching) -> Result<Part, String> {
        let authority = certs::authority(self.podman);
        let authority = fs::read_to_string(&authority).map_err(|error| format!("{}: {error}", authority.display()))?;
        let files = [("monitor.toml", watching.settings()), ("ca.crt", authority)];
        let folder = told(self.podman, MONITOR, &files)?;
        let generation = secrets::of_the_monitor(self.podman)?;
        let mut arguments = parts::confined(self.podman, &[parts::FRONT_NETWORK], "128m");
        arguments.push(Place::of_the_edge(self.podman)?.host());
        arguments.push(parts::secret(secrets::MONITOR, "/secrets/organiser"));
        arguments.push(format!("--volume={MONITOR}:/data:U"));
        arguments.push(format!("--volume={}:/told:ro,z", folder.display()));
        arguments.push(published(watching.port, PAGE));
        let besides = files.map(|(_, text)| text).concat() + &generation;
        Ok(Part::new(MONITOR, id, arguments, &["monitor", "--config", "/told/monitor.toml"], &besides))
    }

    fn counts_along(&self, id: &str, watching: Watching) -> Result<Part, String> {
        let read = |path: &str| {
            let path = self.workspace.root.join(path);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let files = [
            ("prometheus.yml", read("podman-local/prometheus.yml")?),
            ("truce.rules.yml", read("deploy/prometheus/truce.rules.yml")?),
        ];
        let folder = told(self.podman, PROMETHEUS, &files)?;
        let networks = [parts::FRONT_NETWORK, parts::EDGE_NETWORK];
        let mut arguments = parts::confined(self.podman, &networks, "256m");
        arguments.push(format!("--volume={PROMETHEUS}:/data:U"));
        arguments.push(format!("--volume={}:/told:ro,z", folder.display()));
        arguments.push(published(if watching.port == 0 { 0 } else { watching.port + 1 }, COUNTS));
        let program = [
            "--config.file=/told/prometheus.yml",
            "--storage.tsdb.path=/data",
            "--storage.tsdb.retention.time=2d",
            "--web.listen-address=0.0.0.0:9090",
        ];
        Ok(Part::new(PROMETHEUS, id, arguments, &program, &files.map(|(_, text)| text).concat()))
    }
}

/// For this machine alone.
fn published(port: u16, inside: u16) -> String {
    let port = if port == 0 { String::new() } else { port.to_string() };
    format!("--publish=127.0.0.1:{port}:{inside}")
}

/// A folder of its own with `files`, which nobody but its owner and the container reads.
fn told(podman: &Podman<'_>, name: &str, files: &[(&str, String)]) -> Result<PathBuf, String> {
    let folder = folder(podman, name);
    let problem = |error: std::io::Error| format!("{} cannot be written: {error}", folder.display());
    let write = |path: &Path, text: &str| {
        fs::write(path, text)?;
        // Whoever runs in the container is somebody else; on the machine the folder above lets nobody pass.
        fs::set_permissions(path, fs::Permissions::from_mode(0o444))
    };
    fs::create_dir_all(&folder).map_err(problem)?;
    for (file, text) in files {
        let path = folder.join(file);
        if fs::read_to_string(&path).is_ok_and(|there| there == *text) {
            continue;
        }
        let beside = path.with_extension("new");
        write(&beside, text).and_then(|()| fs::rename(&beside, &path)).map_err(problem)?;
    }
    podman.owner.give(&folder).map_err(problem)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).map_err(problem)?;
    Ok(folder)
}

fn folder(podman: &Podman<'_>, name: &str) -> PathBuf {
    podman.owner.state().join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_names_a_port_or_none() {
        assert_eq!(read("8444"), Ok(Some(Watching::on(8444))));
        assert_eq!((read("off"), read("")), (Ok(None), Ok(None)));
        assert!(read("65535").is_err() && read("on").is_err());
        for watching in [None, Some(Watching::on(9000))] {
            assert_eq!(read(&text(watching)), Ok(watching));
        }
    }

    #[test]
    fn a_port_that_any_will_do_for_is_left_out() {
        assert_eq!(published(8444, 9465), "--publish=127.0.0.1:8444:9465");
        assert_eq!(published(0, 9465), "--publish=127.0.0.1::9465");
    }
}
