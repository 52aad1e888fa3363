//! Whether the units in podman-local/quadlet are what they should be: Podman's own generator takes them, systemd takes what it makes, they
//! tell the edge what the harness tells it, and nobody may do more than there.

use super::proof::note;
use super::routes;
use crate::report::Outcome;
use crate::run::Runner;
use crate::setup::Toolbox;
use crate::tools::{Source, Tool};
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// systemd looks whether there is a podman to start.
pub(crate) const TOOLS: [Tool; 3] = [Tool::Podman, Tool::Quadlet, Tool::Systemd];
const UNITS: &str = "podman-local/quadlet";
/// What systemd gets as it is.
const BY_HAND: [&str; 2] = ["truce.target", SOCKET];
/// Where people reach the edge.
const SOCKET: &str = "truce-edge.socket";
pub(super) const EDGE: &str = "truce-edge.service";
/// What quadlet says of an image whose release is a setting.
const OF_A_SETTING: &str = "which not a fully qualified image name";

/// All of it.
pub(crate) fn check(runner: &Runner<'_>, toolbox: &Toolbox) -> Outcome {
    let mut outcome = Outcome::default();
    match Units::generate(runner.workspace, toolbox) {
        Ok(units) => {
            note(&mut outcome, runner, "quadlet takes the units", Ok(format!("{} services", units.services.len())));
            note(&mut outcome, runner, "systemd takes the services", units.verified());
            note(&mut outcome, runner, "nobody is more than in the harness", units.nobody_is_more());
            note(&mut outcome, runner, "the edge is told what the harness tells it", units.routed());
            note(&mut outcome, runner, "all of it is started, in the versions that were tried", units.wanted());
        }
        Err(why) => note(&mut outcome, runner, "quadlet takes the units", Err(why)),
    }
    outcome
}

/// What quadlet made.
pub(super) struct Units<'a> {
    workspace: &'a Workspace,
    toolbox: &'a Toolbox,
    folder: PathBuf,
    /// The command that starts it, by the name of the service.
    pub(super) services: BTreeMap<String, String>,
}

impl<'a> Units<'a> {
    /// Runs quadlet over the units, and over nothing else that this machine may have.
    pub(super) fn generate(workspace: &'a Workspace, toolbox: &'a Toolbox) -> Result<Self, String> {
        let folder = workspace.target.join("xtask/quadlet");
        let problem = |error: io::Error| format!("{} cannot be written: {error}", folder.display());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(problem)?;
        }
        fs::create_dir_all(&folder).map_err(problem)?;
        let quadlet = toolbox.path(Tool::Quadlet).ok_or("quadlet is missing")?;
        let units = workspace.root.join(UNITS);
        for arguments in [vec!["-dryrun".into()], vec![folder.clone().into_os_string()]] {
            let mut command = workspace.command(quadlet);
            command.env("QUADLET_UNIT_DIRS", &units).args(["-user", "-no-kmsg-log"]).args(arguments);
            let output = output(&mut command)?;
            let said = String::from_utf8_lossy(&output.stderr);
            if let Some(line) = said.lines().find(|line| !is_expected(line)) {
                return Err(line.to_owned());
            }
            if !output.status.success() {
                return Err(format!("it ended with {} and said nothing", output.status));
            }
        }
        for name in BY_HAND {
            fs::copy(units.join(name), folder.join(name)).map_err(problem)?;
        }
        let mut services = BTreeMap::new();
        for name in names(&folder).map_err(problem)? {
            let text = fs::read_to_string(folder.join(&name)).map_err(problem)?;
            let start = text.lines().find_map(|line| line.strip_prefix("ExecStart="));
            services.extend(start.map(|start| (name.clone(), start.to_owned())));
        }
        for name in names(&units).map_err(problem)? {
            let (stem, kind) = name.rsplit_once('.').unwrap_or_default();
            let service = match kind {
                "container" => format!("{stem}.service"),
                "network" | "volume" => format!("{stem}-{kind}.service"),
                _ => continue,
            };
            if !services.contains_key(&service) {
                return Err(format!("it makes no {service} of {name}"));
            }
        }
        Ok(Self { workspace, toolbox, folder, services })
    }

    /// Each, and an instance of each that is a template.
    fn verified(&self) -> Result<String, String> {
        let mut command =
            self.workspace.command(self.toolbox.path(Tool::Systemd).unwrap_or(Path::new("systemd-analyze")));
        // A user's systemd asks where that user's things are; it starts nothing.
        command.env("XDG_RUNTIME_DIR", &self.folder).env("SYSTEMD_UNIT_PATH", format!("{}:", self.folder.display()));
        command.args(["--user", "--man=no", "--recursive-errors=no", "verify"]);
        let instances = self.services.keys().map(|name| name.replace("@.", "@1."));
        command.args(instances.chain(BY_HAND.map(str::to_owned)).map(|name| self.folder.join(name)));
        let output = output(&mut command)?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match said.lines().find(|line| !line.trim().is_empty()) {
            None if output.status.success() => Ok(format!("{}, and {}", self.services.len(), BY_HAND.join(" and "))),
            line => Err(line.unwrap_or("it did not say why not").to_owned()),
        }
    }

    /// Containers, by their services.
    fn containers(&self) -> impl Iterator<Item = (&String, &String)> {
        self.services.iter().filter(|(_, start)| start.contains(" podman run ") || start.contains("/podman run "))
    }

    fn nobody_is_more(&self) -> Result<String, String> {
        const HELD: [&str; 6] = [
            " --cap-drop all ",
            " --security-opt=no-new-privileges ",
            " --read-only ",
            " --read-only-tmpfs=false ",
            " --user 65532:65532 ",
            " --pids-limit 128 ",
        ];
        const SECRET: [&str; 5] =
            ["TRUCE_KEYS=", "TRUCE_ORGANISER_KEYS=", "TRUCE_STORE=", "OTEL_EXPORTER_OTLP_HEADERS=", "type=env"];
        for (name, start) in self.containers() {
            if let Some(missing) = HELD.iter().find(|held| !start.contains(**held)) {
                return Err(format!("{name} is started without{missing}"));
            }
            if !start.contains(" --memory=") {
                return Err(format!("{name} may take all memory"));
            }
            if let Some(seen) = SECRET.iter().find(|secret| start.contains(**secret)) {
                return Err(format!("{name} shows a secret: {seen}"));
            }
            if start.contains(" --publish ") || (name != EDGE && start.contains(" --network truce-front ")) {
                return Err(format!("{name} is to be had from outside"));
            }
        }
        for network in ["edge", "store", "view"] {
            let name = format!("truce-{network}-network.service");
            if !self.services.get(&name).is_some_and(|start| start.contains(" --internal ")) {
                return Err(format!("truce-{network} has a way out"));
            }
        }
        Ok(format!("{} containers", self.containers().count()))
    }

    fn routed(&self) -> Result<String, String> {
        let routes = routes::read(&self.workspace.root.join("spin.toml"))?;
        let transports = self.text("transports.yaml")?;
        let functions = self.workspace.functions();
        let services = self.text("services.yaml")?;
        let harness = routes::services(functions.iter().map(String::as_str));
        let mut missing = harness.lines().skip(1).filter(|line| !services.lines().any(|one| one == *line));
        if let Some(line) = missing.next() {
            return Err(format!("services.yaml does not say `{}`", line.trim()));
        }
        let mut told = 0;
        let all = functions
            .iter()
            .map(|function| (format!("truce-function-{function}@.service"), routes::labels(&routes, function)));
        for (service, labels) in all.chain([("truce-words.service".to_owned(), routes::labels_of_words())]) {
            let start = self.services.get(&service).ok_or_else(|| format!("there is no unit for {service}"))?;
            let said = start.matches(" --label traefik.").count() + start.matches(" --label \"traefik.").count();
            if said != labels.len() {
                return Err(format!("{service} says {said} things to the edge, and the harness {}", labels.len()));
            }
            for label in labels {
                if ![format!(" --label {label} "), format!(" --label \"{label}\" ")]
                    .iter()
                    .any(|one| start.contains(one))
                {
                    return Err(format!("{service} does not say {label}"));
                }
                told += 1;
            }
        }
        for function in functions {
            if !transports.contains(&format!("serverName: {function}.truce.internal")) {
                return Err(format!("transports.yaml does not say how to call {function}"));
            }
        }
        Ok(format!("{told} labels"))
    }

    fn wanted(&self) -> Result<String, String> {
        let target = self.text("truce.target")?;
        let starts = |wanted: &str| target.split([' ', '=', '\n']).any(|word| word == wanted);
        if !starts(SOCKET) {
            return Err(format!("truce.target does not start {SOCKET}"));
        }
        for (name, _) in self.containers() {
            let wanted = if name.contains('@') {
                vec![name.replace("@.", "@1."), name.replace("@.", "@2.")]
            } else {
                vec![name.clone()]
            };
            if let Some(name) = wanted.iter().find(|name| !starts(name)) {
                return Err(format!("truce.target does not start {name}"));
            }
        }
        let Source::Wheel { version, .. } = Tool::Traefik.source() else {
            return Err("Traefik has no version".to_owned());
        };
        let redis = self.workspace.root.join("deploy/kubernetes/redis/redis.yaml");
        let redis = fs::read_to_string(&redis).map_err(|error| format!("{}: {error}", redis.display()))?;
        let redis = redis.lines().find_map(|line| line.trim().strip_prefix("image: ")).unwrap_or_default();
        for (service, image) in
            [(EDGE, format!("docker.io/library/traefik:v{version}")), ("truce-redis.service", redis.to_owned())]
        {
            if !self.services.get(service).is_some_and(|start| start.contains(&format!(" {image} "))) {
                return Err(format!("{service} does not run {image}"));
            }
        }
        Ok(format!("Traefik {version}, {redis}"))
    }

    /// By which name the edge gets what systemd listens with.
    pub(super) fn socket(&self) -> Result<String, String> {
        let text = self.text(SOCKET)?;
        let name = text.lines().find_map(|line| line.strip_prefix("FileDescriptorName="));
        name.map(str::to_owned).ok_or_else(|| format!("{SOCKET} gives it no name"))
    }

    fn text(&self, name: &str) -> Result<String, String> {
        let path = self.workspace.root.join(UNITS).join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn is_expected(line: &str) -> bool {
    line.contains(": Loading source ") || line.contains(OF_A_SETTING) || line.trim().is_empty()
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)?.flatten().filter(|entry| entry.path().is_file());
    Ok(entries.filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

fn output(command: &mut Command) -> Result<Output, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|error| format!("{program} cannot be started: {error}"))
}
