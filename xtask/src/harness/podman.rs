//! Podman, as its owner. What this machine lacks is said in one sentence, or made up for by a configuration of our own, which no other
//! Podman of the same user reads.

use super::owner::Owner;
use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// On every container, network and volume of ours.
pub(super) const OURS: &str = "truce.harness=yes";
/// What a container that serves a function is made from, as [`super::parts`] counts it.
pub(super) const MADE_FROM: &str = "truce.made-from";
/// Which function a container serves.
pub(super) const FUNCTION: &str = "truce.function";
/// What crun says where the machine has both kinds of groups, and what it is: <https://systemd.io/CGROUP_DELEGATION/>.
const HYBRID: &str = "/sys/fs/cgroup/unified/cgroup.procs";
/// The first that has all that is used here.
const AT_LEAST: [u32; 2] = [4, 3];

/// Podman for one owner.
pub(super) struct Podman<'a> {
    pub(super) owner: &'a Owner,
    told: BTreeMap<&'static str, OsString>,
    /// Whether limits of memory and processes can be had: who is not root gets them from a systemd of its own, by control groups of version 2.
    pub(super) limits: bool,
}

/// One of our containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) function: Option<String>,
    pub(super) made_from: String,
    pub(super) running: bool,
    /// As Podman words it: `Up 3 minutes ago (healthy)`.
    pub(super) status: String,
    pub(super) id: String,
}

impl Container {
    /// Whether it was ready when last asked.
    pub(super) fn healthy(&self) -> bool {
        self.running && self.status.contains("(healthy)")
    }

    /// The K of `truce-FUNCTION-K`.
    pub(super) fn number(&self) -> Option<usize> {
        self.name.rsplit_once('-')?.1.parse().ok()
    }
}

/// Something that Podman keeps.
pub(super) struct Found {
    pub(super) kind: &'static str,
    name: String,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {}", self.kind, self.name)
    }
}

impl<'a> Podman<'a> {
    /// Looks at the machine, and at whether Podman works on it.
    pub(super) fn ensure(owner: &'a Owner) -> Result<Self, String> {
        let mut podman = Self { owner, told: BTreeMap::new(), limits: false };
        let configuration = configuration(Path::new(HYBRID).exists(), owner.has_systemd())?;
        let path = owner.state().join("containers.conf");
        let problem = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        owner.private(&owner.state()).map_err(problem)?;
        if let Some(configuration) = configuration {
            fs::write(&path, configuration).and_then(|()| owner.give(&path)).map_err(problem)?;
            podman.told.insert("CONTAINERS_CONF", path.into());
        }
        if owner.made {
            // Podman would fall back to whole copies where /dev/fuse is closed, though newer kernels do without it.
            podman.told.insert("STORAGE_DRIVER", "overlay".into());
            if podman.text(&["info"]).is_err() {
                podman.told.remove("STORAGE_DRIVER");
            }
        }
        let info = podman.text(&["info", "--format", "{{.Version.Version}} {{.Host.CgroupControllers}}"])?;
        let (version, controllers) = info.trim().split_once(' ').unwrap_or_default();
        if !new_enough(version) {
            let [major, minor] = AT_LEAST;
            return Err(format!("this is Podman {version}: install {major}.{minor} or later"));
        }
        let has = |controller| controllers.split(|c: char| !c.is_alphanumeric()).any(|word| word == controller);
        podman.limits = owner.has_systemd() && has("memory") && has("pids");
        Ok(podman)
    }

    /// A command that has not run yet.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("podman");
        command.args(arguments);
        command
    }

    /// Another program, told the same.
    pub(super) fn program(&self, program: &str) -> Command {
        self.owner.command(program, &self.told)
    }

    /// The names of what it is told, and of what it needs of a user's session.
    pub(super) fn known(&self) -> impl Iterator<Item = &'static str> {
        const RUNTIME: &str = "XDG_RUNTIME_DIR";
        // Whoever was made for this has no session but that folder.
        let has = |name: &str| if self.owner.made { name == RUNTIME } else { env::var_os(name).is_some() };
        self.told.keys().copied().chain([RUNTIME, "DBUS_SESSION_BUS_ADDRESS"].into_iter().filter(move |name| has(name)))
    }

    /// Runs it; what it said on its output, or why not in one sentence.
    pub(super) fn text(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(arguments).stdin(Stdio::null()).output();
        said(arguments, &output.map_err(|error| format!("podman cannot be started: {error}"))?)
    }

    /// The same with something to read, which is on no command line.
    pub(super) fn told(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let problem = |error: std::io::Error| format!("podman cannot be started: {error}");
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(problem)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(problem)?;
        }
        said(arguments, &child.wait_with_output().map_err(problem)?)
    }

    /// Whether there is one of that `kind` (`network`, `volume`, `secret`, `image`, `container`).
    pub(super) fn has(&self, kind: &str, name: &str) -> bool {
        // `secret` has no `exists` in every version.
        let verb = if kind == "secret" { "inspect" } else { "exists" };
        self.text(&[kind, verb, name]).is_ok()
    }

    /// All of ours, by name.
    pub(super) fn containers(&self) -> Result<Vec<Container>, String> {
        let text = self.text(&["ps", "--all", "--filter", &format!("label={OURS}"), "--format", "json"])?;
        let listed: Value = serde_json::from_str(&text).map_err(|error| format!("podman ps: {error}"))?;
        let mut containers: Vec<Container> = listed.as_array().into_iter().flatten().filter_map(container).collect();
        containers.sort_by_key(|container| (container.function.clone(), container.number(), container.name.clone()));
        Ok(containers)
    }

    /// Asks the function in `name` whether it is ready. What it says is what the edge hears: Podman tells of a look before it has its result, so
    /// there are two, and the second tells.
    pub(super) fn looks_ready(&self, name: &str) -> bool {
        let look = || self.text(&["healthcheck", "run", name]).is_ok();
        look();
        look()
    }

    /// As long as an image is, or `None`.
    pub(super) fn image(&self, name: &str) -> Option<String> {
        let id = self.text(&["image", "inspect", "--format", "{{.Id}}", name]).ok()?;
        Some(id.trim().to_owned())
    }

    /// Removes a container at once; one that is not there is removed.
    pub(super) fn remove(&self, name: &str) -> Result<(), String> {
        if self.has("container", name) {
            self.text(&["rm", "--force", "--time", "0", name])?;
        }
        Ok(())
    }

    /// Tells functions to go, sees that the edge hears of it, and waits until they have.
    pub(super) fn retire(&self, names: &[&str], patience: Duration) -> Result<(), String> {
        let mut told = Vec::new();
        for name in names {
            if self.text(&["kill", "--signal", "TERM", name]).is_ok() {
                // Before the next is told: it goes on for some seconds only, and looks at all of them may take a busy machine longer.
                self.looks_ready(name);
                told.push(*name);
            }
        }
        let seconds = patience.as_secs().to_string();
        for name in &told {
            self.text(&["stop", "--time", &seconds, name])?;
        }
        names.iter().try_for_each(|name| self.remove(name))
    }

    /// Something there is whose name begins with `start`.
    pub(super) fn first_called(&self, start: &str) -> Result<Option<Found>, String> {
        let lists: [(&'static str, &[&str]); 5] = [
            ("pod", &["pod", "ps", "--format", "{{.Name}}"]),
            ("container", &["ps", "--all", "--format", "{{.Names}}"]),
            ("network", &["network", "ls", "--format", "{{.Name}}"]),
            ("volume", &["volume", "ls", "--format", "{{.Name}}"]),
            ("secret", &["secret", "ls", "--format", "{{.Name}}"]),
        ];
        for (kind, list) in lists {
            if let Some(name) = self.text(list)?.lines().find(|name| name.starts_with(start)) {
                return Ok(Some(Found { kind, name: name.to_owned() }));
            }
        }
        Ok(None)
    }

    /// Ends what Podman leaves running for the next command, where its owner was made for this: the user could not be removed otherwise.
    pub(super) fn rest(&self) {
        if self.owner.made {
            // Our configuration may be gone by now. If it does not work: it is only tidy.
            let _ = self.owner.command("podman", &BTreeMap::new()).args(["system", "migrate"]).output();
        }
    }

    /// All that it has said.
    pub(super) fn logs(&self, name: &str) -> Result<String, String> {
        let output = self.command(&["logs", name]).output().map_err(|error| format!("podman logs: {error}"))?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// The last line of its log.
    pub(super) fn last_words(&self, name: &str) -> String {
        let output = self.command(&["logs", "--tail", "5", name]).output();
        let text = output.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().last().unwrap_or("it said nothing").to_owned()
    }
}

fn new_enough(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map_while(|number| number.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|(major, minor)| [major, minor] >= AT_LEAST)
}

fn container(listed: &Value) -> Option<Container> {
    let label = |name: &str| listed["Labels"][name].as_str().map(str::to_owned);
    Some(Container {
        name: listed["Names"][0].as_str()?.to_owned(),
        function: label(FUNCTION),
        made_from: label(MADE_FROM).unwrap_or_default(),
        running: listed["State"] == "running",
        status: listed["Status"].as_str().unwrap_or_default().to_owned(),
        id: listed["Id"].as_str().unwrap_or_default().to_owned(),
    })
}

/// What Podman has to be told about this machine, if anything.
fn configuration(hybrid: bool, systemd: bool) -> Result<Option<String>, String> {
    let mut lines = vec!["[engine]"];
    if hybrid {
        if crate::tools::on_path("runc").is_none() {
            return Err("this machine has both kinds of control groups, which crun refuses: install runc".to_owned());
        }
        lines.push("runtime = \"runc\"");
    }
    if !systemd {
        lines.extend(["cgroup_manager = \"cgroupfs\"", "events_logger = \"file\""]);
    }
    Ok((lines.len() > 1).then(|| lines.join("\n") + "\n"))
}

fn said(arguments: &[&str], output: &Output) -> Result<String, String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(mend(&complaint).unwrap_or_else(|| {
        let last = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
        format!("podman {}: {last}", arguments.iter().take(2).copied().collect::<Vec<_>>().join(" "))
    }))
}

/// What to do about a complaint that others have had before.
fn mend(complaint: &str) -> Option<String> {
    const KNOWN: [(&[&str], &str); 7] = [
        (&["hybrid mode not supported"], "crun refuses this machine's control groups: install runc"),
        (&["address already in use"], "the port is taken: `cargo xtask harness up --port PORT` takes another"),
        (&["/dev/net/tun", "ermission denied"], "/dev/net/tun is closed: type `sudo chmod 666 /dev/net/tun`"),
        (&["/dev/net/tun", "o such file"], "there is no /dev/net/tun: type `sudo modprobe tun`"),
        (
            &["newuidmap"],
            "ids cannot be mapped: see that uidmap is installed and you are in /etc/subuid, then type `podman system migrate`",
        ),
        (&["invalid internal status"], "containers ended that Podman takes for running: type `podman system migrate`"),
        (&["no space left"], "the disk is full: `podman system prune` makes room"),
    ];
    let known = KNOWN.iter().find(|(signs, _)| signs.iter().all(|sign| complaint.contains(sign)));
    known.map(|(_, mend)| (*mend).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_complaint_comes_with_its_mend() {
        let mend = |complaint| mend(complaint).unwrap_or_default();
        let tun = r#"slirp4netns failed: "open(\"/dev/net/tun\"): Permission denied\nWARNING"#;
        assert!(mend(tun).contains("chmod 666"));
        assert!(mend("rootlessport listen tcp 127.0.0.1:8443: bind: address already in use").contains("--port"));
        assert!(mend("crun: cgroups in hybrid mode not supported, drop all").contains("runc"));
        assert_eq!(mend("no such container"), "");
    }

    #[test]
    fn an_old_podman_is_not_new_enough() {
        assert!(new_enough("4.3.1") && new_enough("5.0.0-rc1") && new_enough("10.0.0"));
        assert!(!new_enough("3.4.4") && !new_enough("4.2.0") && !new_enough(""));
    }

    #[test]
    fn only_a_machine_that_needs_it_is_configured() {
        assert_eq!(configuration(false, true), Ok(None));
        let configured = configuration(false, false).expect("configured").expect("something");
        assert!(configured.contains("cgroupfs") && !configured.contains("runc"), "{configured}");
    }

    #[test]
    fn a_listed_container_is_read() {
        let listed = serde_json::json!({
            "Names": ["truce-mediate-2"], "State": "running", "Status": "Up 3 seconds ago (healthy)", "Id": "0a",
            "Labels": {"truce.function": "mediate", "truce.made-from": "1"},
        });
        let container = container(&listed).expect("one");
        assert_eq!((container.number(), container.healthy()), (Some(2), true));
        assert_eq!(container.function.as_deref(), Some("mediate"));
    }
}
