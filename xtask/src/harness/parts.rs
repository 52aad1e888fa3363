//! What runs: each container's image, and all that Podman is told about it. Nobody in there is root, has a capability, may get one, or
//! may write anywhere but into a volume or a little memory; the same for all of them.

use super::cells::{Cells, Group};
use super::networks::Place;
use super::podman::{FUNCTION, MADE_FROM, OURS, Podman};
use super::routes::{self, Route};
use super::{api, certs, secrets, traces};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Who talks to whom: the edge to functions, functions to the store, the edge to its view of Podman. Nobody else to anybody.
pub(super) const NETWORKS: [&str; 4] = [FRONT_NETWORK, EDGE_NETWORK, STORE_NETWORK, VIEW_NETWORK];
/// The one that has a way out, and in.
pub(super) const FRONT_NETWORK: &str = "truce-front";
pub(super) const EDGE_NETWORK: &str = "truce-edge";
pub(super) const STORE_NETWORK: &str = "truce-store";
pub(super) const VIEW_NETWORK: &str = "truce-view";

pub(super) const REDIS: &str = "truce-redis";
pub(super) const VIEW: &str = "truce-view";
pub(super) const EDGE: &str = "truce-edge";
pub(super) const WORDS: &str = "truce-words";
/// What Redis keeps.
pub(super) const VOLUME: &str = "truce-redis";

/// After it was told to stop: how long a function goes on serving. The edge has heard after one.
const DRAIN_SECONDS: u32 = 4;
/// Where a Prometheus reads what a function counts.
const METRICS: u16 = 9464;

/// A container to be.
pub(super) struct Part {
    /// For `podman run`, without a name.
    arguments: Vec<String>,
    /// A hash of all that it is.
    pub(super) made_from: String,
}

impl Part {
    /// `image` and its id, what Podman is told about it, and what the program in it is; `besides` is what it reads when it starts.
    pub(super) fn new(image: &str, id: &str, told: Vec<String>, program: &[&str], besides: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (id, &told, program, besides).hash(&mut hasher);
        let made_from = format!("{:016x}", hasher.finish());
        let mut arguments = told;
        arguments.push(format!("--label={MADE_FROM}={made_from}"));
        arguments.push(format!("localhost/{image}"));
        arguments.extend(program.iter().map(ToString::to_string));
        Self { arguments, made_from }
    }

    /// The same, but seen from this machine as well, on a free port that leads to this one of its own: for a test.
    pub(super) fn seen_on(mut self, port: u16) -> Self {
        let more = [format!("--publish=127.0.0.1::{port}"), format!("--network={FRONT_NETWORK}")];
        self.arguments.splice(0..0, more);
        self
    }

    /// The same, but for everybody, without TLS, and neither a replica nor the edge's to find: for a measurement.
    pub(super) fn by_itself(mut self) -> Self {
        let group = format!("--label={FUNCTION}=");
        let is_left_out = |argument: &String| {
            let of_tls = certs::SETTINGS.iter().any(|(name, _)| argument.starts_with(&format!("--env={name}=")));
            of_tls || argument.starts_with(&group) || argument.starts_with("--label=traefik.")
        };
        self.arguments.retain(|argument| !is_left_out(argument));
        self
    }

    /// Starts it as `name`.
    pub(super) fn start(&self, podman: &Podman<'_>, name: &str) -> Result<(), String> {
        let mut run = vec!["run", "--detach", "--name", name];
        run.extend(self.arguments.iter().map(String::as_str));
        podman.text(&run).map(drop)
    }
}

/// What all have in common.
pub(super) fn confined(podman: &Podman<'_>, networks: &[&str], memory: &str) -> Vec<String> {
    let mut told: Vec<String> =
        ["--cap-drop=all", "--read-only", "--read-only-tmpfs=false", "--security-opt=no-new-privileges"]
            .map(str::to_owned)
            .to_vec();
    // The edge asks every replica every second, and each answer is a line.
    told.extend(["--log-driver=k8s-file", "--log-opt=max-size=10mb"].map(str::to_owned));
    told.push(format!("--label={OURS}"));
    told.extend(networks.iter().map(|network| format!("--network={network}")));
    if podman.limits {
        told.extend([format!("--memory={memory}"), "--pids-limit=128".to_owned()]);
    }
    told
}

/// A file that only the program in the container reads; the environment can be read by whoever may look at the container.
pub(super) fn secret(name: &str, path: &str) -> String {
    format!("--secret={name},type=mount,target={path},uid=65532,gid=65532,mode=0400")
}

/// At `place`, on the secrets of `generation`.
pub(super) fn redis(podman: &Podman<'_>, id: &str, place: Place, generation: &str) -> Part {
    let mut told = confined(podman, &[&place.network()], "256m");
    told.push(secret(secrets::REDIS, "/secrets/redis.conf"));
    told.push(format!("--volume={VOLUME}:/data:U"));
    // What was answered is on the disk, and nothing is thrown away for want of memory: an invite would be good twice.
    let program = [
        "/secrets/redis.conf",
        "--bind",
        "* -::*",
        "--dir",
        "/data",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--maxmemory",
        "192mb",
        "--maxmemory-policy",
        "noeviction",
    ];
    Part::new(REDIS, id, told, &program, generation)
}

/// The view of Podman, on `network`.
pub(super) fn view(podman: &Podman<'_>, id: &str, network: &str) -> Part {
    let mut told = confined(podman, &[network], "64m");
    told.push(format!("--volume={}:/api:ro", api::folder(podman).display()));
    // A socket of the owner's, which SELinux would keep from every container.
    told.push("--security-opt=label=disable".to_owned());
    Part::new(VIEW, id, told, &["-db", "-f", "/view.cfg"], "")
}

/// The edge at `place`, which finds the view of Podman at `view`, seen on `published`, an address and a port, or a port of all addresses;
/// `configuration` is what it reads when it starts.
pub(super) fn edge(
    podman: &Podman<'_>,
    id: &str,
    [place, view]: [Place; 2],
    published: &str,
    configuration: &str,
) -> Part {
    let mut told = confined(podman, &[&place.network(), EDGE_NETWORK, VIEW_NETWORK], "256m");
    told.push(view.host());
    told.push(format!("--publish={published}:8443"));
    told.push(certs::volume(podman, "edge"));
    // It is a Go program in 256 MB: it may fill them before it looks for what it can forget, and people wait for that less often.
    told.extend(["--env=GOGC=400", "--env=GOMEMLIMIT=200MiB"].map(str::to_owned));
    // For what it holds back until all of it is there (traefik-local/dynamic/limits.yaml).
    told.push("--tmpfs=/tmp:size=8m,mode=1777,noexec,nosuid,nodev".to_owned());
    told.push(format!("--volume={}:/etc/traefik:ro,z", podman.owner.state().join("traefik").display()));
    Part::new(EDGE, id, told, &["--configFile=/etc/traefik/traefik.yaml"], configuration)
}

/// The program of the view, told what is in the file `configuration`: it is on the edge's network, and has the certificate of `function`.
pub(super) fn told(podman: &Podman<'_>, id: &str, configuration: &str, function: &str, labels: &[String]) -> Part {
    let mut told = confined(podman, &[EDGE_NETWORK], "64m");
    told.extend(labels.iter().map(|label| format!("--label={label}")));
    told.push(format!("--volume={configuration}:/told.cfg:ro,z"));
    told.push(certs::volume(podman, &format!("functions/{function}")));
    // It reads both once: others are another container.
    let read = [configuration.into(), certs::folder(podman, &format!("functions/{function}/tls.crt"))];
    let read = read.map(|path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default()).concat();
    Part::new(VIEW, id, told, &["-db", "-f", "/told.cfg"], &read)
}

/// What the edge says when it is the edge that says it. It has a function's certificate, as it hears what a client has sent.
pub(super) fn words(podman: &Podman<'_>, id: &str) -> Part {
    let configuration = podman.owner.state().join("traefik/words.cfg");
    told(podman, id, &configuration.to_string_lossy(), "health", &routes::labels_of_words())
}

/// What replicas have in common besides their image.
pub(super) struct Setting<'a> {
    pub(super) routes: &'a [Route],
    pub(super) cells: &'a Cells,
    /// Where people reach the edge.
    pub(super) url: &'a str,
    /// Where they find it.
    pub(super) store: Place,
    /// Whether what they do is traced.
    pub(super) traces: bool,
    /// Of the secrets.
    pub(super) generation: &'a str,
}

/// A replica of `group`.
pub(super) fn function(podman: &Podman<'_>, id: &str, group: &Group, setting: &Setting<'_>) -> Part {
    let Setting { routes, cells, url, store, traces, generation } = setting;
    let Group { name, function } = group;
    let mut told = confined(podman, &[EDGE_NETWORK, STORE_NETWORK], "128m");
    told.push(format!("--label={FUNCTION}={name}"));
    told.push(store.host());
    // By one name for all of them, Prometheus finds each.
    told.push(format!("--network-alias=truce-{function}"));
    let labels =
        if name == function { routes::labels(routes, function) } else { routes::labels_of_a_cell(name, function) };
    told.extend(labels.into_iter().map(|label| format!("--label={label}")));
    told.extend(secrets::SETTINGS.iter().map(|(name, setting)| secret(name, &format!("/secrets/{setting}"))));
    let settings = [
        ("TRUCE_SECRETS", "/secrets".to_owned()),
        ("TRUCE_PUBLIC_URL", (*url).to_owned()),
        ("TRUCE_CELLS", cells.text()),
        ("TRUCE_DRAIN_SECONDS", DRAIN_SECONDS.to_string()),
        // Nobody outside of its networks gets there.
        ("TRUCE_METRICS", format!("0.0.0.0:{METRICS}")),
        // Here everybody comes from this machine, and is one to whoever counts by address.
        ("TRUCE_ATTEMPTS_PER_MINUTE", "0".to_owned()),
    ];
    let traced = traces.then(|| traces::of_a_function(EDGE));
    told.extend(settings.iter().chain(&traced).map(|(name, value)| format!("--env={name}={value}")));
    told.extend(certs::SETTINGS.iter().map(|(name, value)| format!("--env={name}={value}")));
    told.push(certs::volume(podman, &format!("functions/{function}")));
    // Nobody but us asks, when it starts and when it goes: until then the edge does not know it, and from then on it asks by itself.
    told.extend(
        ["--health-cmd=[\"/truce\",\"--check\"]", "--health-interval=disable", "--health-retries=1"].map(str::to_owned),
    );
    told.push("--health-timeout=20s".to_owned());
    Part::new(&format!("truce-{function}"), id, told, &[], generation)
}
