//! The probe, the host as a process of its own, and calls to it.

use std::fmt::Write as _;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a host may take to start or to end, on a busy machine and with a component to compile.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the probe is; `None`, with a line that says how to get it, where nothing can be built for wasm32-wasip2.
///
/// # Panics
///
/// If so and `CI=true`: then nothing may be left out.
pub(crate) fn probe() -> Option<&'static Path> {
    static PROBE: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROBE.get_or_init(|| std::env::var_os("TRUCE_SPIN_PROBE").map_or_else(build, |path| Some(path.into()))).as_deref()
}

fn build() -> Option<PathBuf> {
    if !has_target() {
        const HOW: &str = "there is no standard library for wasm32-wasip2: type `rustup target add wasm32-wasip2`";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{HOW}");
        eprintln!("skipped: {HOW}");
        return None;
    }
    // This test is in target/<profile>/deps.
    let this = std::env::current_exe().expect("this test");
    let target = this.ancestors().nth(3).expect("a target folder");
    let built = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--package", "truce-spin-probe", "--lib", "--crate-type", "cdylib"])
        .args(["--profile", "component", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(built.status.success(), "the probe is not built: {}", String::from_utf8_lossy(&built.stderr));
    Some(target.join("wasm32-wasip2/component/truce_spin_probe.wasm"))
}

fn has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = Command::new(rustc).args(["--print", "target-libdir", "--target", "wasm32-wasip2"]).output();
    printed.is_ok_and(|printed| Path::new(String::from_utf8_lossy(&printed.stdout).trim()).is_dir())
}

/// A manifest in a folder of its own, and the host that is going to run it.
pub(crate) struct Plan {
    folder: TempDir,
    manifest: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Plan {
    /// An application without components.
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
            manifest: "spin_manifest_version = 2\n[application]\nname = \"probe\"\n".to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// One probe at `/name/...` with these lines in its table.
    pub(crate) fn one(name: &str, lines: &str) -> Option<Self> {
        Self::new().component(name, &[&format!("/{name}/...")], lines)
    }

    /// One more probe. `None` if there is none to run.
    pub(crate) fn component(mut self, name: &str, routes: &[&str], lines: &str) -> Option<Self> {
        for route in routes {
            write!(self.manifest, "[[trigger.http]]\nroute = '{route}'\ncomponent = '{name}'\n").expect("a string");
        }
        let source = probe()?.display();
        write!(self.manifest, "[component.{name}]\nsource = '{source}'\n{lines}\n").expect("a string");
        Some(self)
    }

    /// Lines of the application's own, in a table that they name.
    pub(crate) fn lines(mut self, lines: &str) -> Self {
        writeln!(self.manifest, "{lines}").expect("a string");
        self
    }

    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn spawn(self) -> Host {
        let manifest = self.folder.path().join("spin.toml");
        std::fs::write(&manifest, &self.manifest).expect("the manifest");
        let file = |name: &str| File::create(self.folder.path().join(name)).expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_truce-spin-host"))
            .args(["--listen", "127.0.0.1:0", "--spin-toml"])
            .arg(&manifest)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .expect("the host");
        Host { child, plan: Some(self), address: None }
    }

    pub(crate) fn start(self) -> Host {
        let mut host = self.spawn();
        let give_up = Instant::now() + PATIENCE;
        loop {
            let stdout = host.stdout();
            // The last line it prints is the last route's: all of it has to be there.
            if let Some(address) = stdout.strip_prefix("Serving http://").and_then(|rest| rest.split_once('\n')) {
                host.address = Some(address.0.parse().expect("an address"));
                return host;
            }
            let ended = host.child.try_wait().expect("a child");
            assert!(ended.is_none(), "the host ended: {ended:?} {}", host.stderr());
            assert!(Instant::now() < give_up, "the host does not listen: {}", host.stderr());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it says on stderr instead of starting.
    pub(crate) fn refused(self) -> String {
        let mut host = self.spawn();
        let status = host.wait();
        assert!(!status.success(), "it started: {}", host.stdout());
        assert_eq!(host.stdout(), "", "nothing is served");
        host.stderr()
    }
}

/// A running host. It ends with its value.
pub(crate) struct Host {
    child: Child,
    plan: Option<Plan>,
    address: Option<SocketAddr>,
}

/// A status and a body.
pub(crate) type Answer = (u16, String);

impl Host {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address.expect("it was started")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// What the probe at `path` answers when it is told `told`.
    pub(crate) async fn tell(&self, path: &str, told: &str) -> Answer {
        tell(self.url(path), told.to_owned()).await
    }

    pub(crate) fn stdout(&self) -> String {
        self.read("stdout")
    }

    pub(crate) fn stderr(&self) -> String {
        self.read("stderr")
    }

    fn read(&self, name: &str) -> String {
        let folder = self.plan.as_ref().expect("it was not stopped").folder.path();
        std::fs::read_to_string(folder.join(name)).unwrap_or_default()
    }

    pub(crate) fn terminate(&self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::TERM)
            .expect("it runs");
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(Instant::now() < give_up, "it still runs: {}", self.stderr());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it and starts it again with the same manifest and what its components kept.
    pub(crate) fn restart(mut self) -> Self {
        self.terminate();
        assert!(self.wait().success());
        self.plan.take().expect("it was not stopped").start()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// For plain HTTP: it trusts nobody, and reqwest has no cryptography of its own.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).build().expect("a client")
}

/// Like [`Host::tell`], for a task of its own.
pub(crate) async fn tell(url: String, told: String) -> Answer {
    let response = client().post(&url).timeout(PATIENCE).body(told).send().await.expect(&url);
    (response.status().as_u16(), response.text().await.expect(&url))
}
