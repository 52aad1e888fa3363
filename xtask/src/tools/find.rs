//! Whether a part is there and works, and where: on PATH, in the toolchain, or where set-up puts it.

use super::{BROWSER, DEPLOY_CHECK, DEPLOY_PACKAGE, DYNALITE, SCHEMATHESIS, SHORTCUTKIT, Source, Tool, WEBHOOKS};
use crate::workspace::Workspace;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

impl Tool {
    /// Where it is, if it is there and works.
    pub(crate) fn find(self, workspace: &Workspace) -> Option<PathBuf> {
        match self {
            Self::Rustfmt => on_path("cargo-fmt").filter(|path| works(path, &["--version"])),
            Self::Clippy => on_path("cargo-clippy").filter(|path| works(path, &["--version"])),
            Self::Wasm | Self::MuslX86 | Self::MuslArm => target(workspace, self),
            Self::Python => on_path("python3").filter(|path| works(path, &["-c", PYTHON_WILL_DO])),
            Self::Node => node(workspace),
            Self::Chromium => chromium(),
            Self::Zbar => on_path("zbarimg"),
            Self::Redis => on_path("redis-server"),
            Self::Alertmanager => on_path("prometheus-alertmanager").or_else(|| on_path("alertmanager")),
            Self::Nextest => cargo_tool(workspace, self, &["--version"], "0.9.100"),
            Self::Deny => cargo_tool(workspace, self, &["--version"], "0.19.0"),
            Self::CargoLambda => cargo_tool(workspace, self, &["lambda", "--version"], "1.9.0"),
            Self::LambdaEmulator => on_path("aws-lambda-rie").or_else(|| lambda_emulator(workspace)),
            Self::Playwright => npm_ready(&workspace.root.join(BROWSER)),
            Self::Dynalite => npm_ready(&workspace.root.join(DYNALITE)),
            Self::Schemathesis => pip_command(workspace, SCHEMATHESIS, "schemathesis"),
            // They are libraries of Python's, and no commands.
            Self::Shortcutkit => pip_command(workspace, SHORTCUTKIT, "python"),
            Self::Webhooks => pip_command(workspace, WEBHOOKS, "python"),
            Self::DeployCheck => pip_command(workspace, DEPLOY_CHECK, "cfn-lint"),
            Self::Zig => pip_command(workspace, DEPLOY_PACKAGE, "cargo-zigbuild"),
            Self::Podman => podman(),
            // Debian keeps it where only root's PATH looks.
            Self::HaProxy => {
                on_path("haproxy").or_else(|| Some("/usr/sbin/haproxy".into()).filter(|path: &PathBuf| path.is_file()))
            }
            Self::Traefik => traefik(workspace),
            Self::Quadlet => quadlet(workspace),
            Self::Systemd => on_path("systemd-analyze"),
            Self::Prometheus => prometheus(workspace),
        }
    }
}

/// `ensurepip` is what Debian leaves out of a Python without `python3-venv`.
const PYTHON_WILL_DO: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
const NODE_WILL_DO: &str = "process.exit(Number(process.versions.node.split('.')[0]) < 20 ? 1 : 0)";

/// The first `program` on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Whether it can be run: a name on PATH may be a stand-in for what is not installed, as rustup's are.
pub(crate) fn works(program: &Path, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Where the toolchain keeps the standard library for a target.
fn target(workspace: &Workspace, tool: Tool) -> Option<PathBuf> {
    let Source::Target(target) = tool.source() else { return None };
    let output = workspace.command("rustc").args(["--print", "target-libdir", "--target", target]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    folder.is_dir().then_some(folder)
}

/// On PATH with its `npm`, else the one set-up has installed.
fn node(workspace: &Workspace) -> Option<PathBuf> {
    let Source::Wheel { package, version, .. } = Tool::Node.source() else { return None };
    let installed = home(workspace, package, version).join("bin/node");
    let will_do = |path: &PathBuf| works(path, &["-e", NODE_WILL_DO]);
    on_path("npm").and(on_path("node")).filter(will_do).or_else(|| Some(installed).filter(will_do))
}

/// With what it needs to run without root: one that cannot would only be found out much later.
fn podman() -> Option<PathBuf> {
    let network = on_path("slirp4netns").or_else(|| on_path("pasta"));
    let runtime = on_path("crun").or_else(|| on_path("runc"));
    network.and(runtime).and(on_path("newuidmap")).and(on_path("podman"))
}

/// On PATH in a version that knows our configuration, else the one set-up has installed.
fn traefik(workspace: &Workspace) -> Option<PathBuf> {
    let Source::Wheel { package, version, .. } = Tool::Traefik.source() else { return None };
    let installed = home(workspace, package, version).join("bin/traefik");
    let will_do = |path: &PathBuf| version_of(path, &["version"]) >= version_in("3.7.12");
    on_path("traefik").filter(will_do).or_else(|| Some(installed).filter(will_do))
}

/// Podman's own, where it is new enough, else the one set-up has unpacked.
fn quadlet(workspace: &Workspace) -> Option<PathBuf> {
    let Source::Newer { suite, package, .. } = Tool::Quadlet.source() else { return None };
    let unpacked = home(workspace, package, suite).join("usr/libexec/podman/quadlet");
    let own = ["/usr/libexec/podman/quadlet", "/usr/lib/podman/quadlet"].map(PathBuf::from);
    own.into_iter().chain([unpacked]).find(|path| version_of(path, &["-version"]) >= version_in("5.4.0"))
}

/// On PATH, else the one set-up has unpacked; with the program that tries rules beside it.
fn prometheus(workspace: &Workspace) -> Option<PathBuf> {
    let Source::Newer { suite, package, .. } = Tool::Prometheus.source() else { return None };
    let unpacked = home(workspace, package, suite).join("usr/bin/prometheus");
    let is_whole = |path: &PathBuf| works(path, &["--version"]) && path.with_file_name("promtool").is_file();
    on_path("prometheus").filter(is_whole).or_else(|| Some(unpacked).filter(is_whole))
}

/// Amazon's SAM carries it for both kinds of processor that Lambda has.
fn lambda_emulator(workspace: &Workspace) -> Option<PathBuf> {
    let Source::Wheel { package, version, .. } = Tool::LambdaEmulator.source() else { return None };
    let name = if cfg!(target_arch = "aarch64") { "aws-lambda-rie-arm64" } else { "aws-lambda-rie-x86_64" };
    let pythons = std::fs::read_dir(home(workspace, package, version).join("lib")).ok()?.flatten();
    let in_it = |python: std::fs::DirEntry| python.path().join("site-packages/samcli/local/rapid").join(name);
    pythons.map(in_it).find(|path| path.is_file())
}

fn chromium() -> Option<PathBuf> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    const ON_A_MAC: [&str; 2] = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    let chosen = env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file());
    chosen
        .or_else(|| NAMES.iter().find_map(|name| on_path(name)))
        .or_else(|| ON_A_MAC.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// On PATH in a version that knows our configuration, else the one set-up has installed; `asked` is how it tells its version.
fn cargo_tool(workspace: &Workspace, tool: Tool, asked: &[&str], at_least: &str) -> Option<PathBuf> {
    let Source::Cargo { krate, version, .. } = tool.source() else { return None };
    let installed = home(workspace, krate, version).join("bin").join(krate);
    let new_enough = |path: &PathBuf| version_of(path, asked) >= version_in(at_least);
    on_path(krate).filter(new_enough).or_else(|| Some(installed).filter(|path| works(path, asked)))
}

/// Where a version of a tool is kept.
pub(crate) fn home(workspace: &Workspace, name: &str, version: &str) -> PathBuf {
    workspace.tools().join(format!("{name}-{version}"))
}

/// The virtual environment for what the requirements in `folder` say now; other contents are another environment.
pub(crate) fn venv(workspace: &Workspace, folder: &str) -> Option<PathBuf> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    std::fs::read(workspace.root.join(folder).join("requirements.txt")).ok()?.hash(&mut hasher);
    let name = folder.rsplit('/').next().unwrap_or(folder);
    Some(home(workspace, name, &format!("{:016x}", hasher.finish())))
}

/// A command of a virtual environment.
fn pip_command(workspace: &Workspace, folder: &str, command: &str) -> Option<PathBuf> {
    let bin = venv(workspace, folder)?.join("bin");
    let command = bin.join(command);
    // It may start slowly; its Python tells as much.
    (command.is_file() && works(&bin.join("python"), &["-c", ""])).then_some(command)
}

/// Whether what `npm ci` leaves behind belongs to the lock file as it is now.
fn npm_ready(folder: &Path) -> Option<PathBuf> {
    let modified = |name: &str| folder.join(name).metadata().and_then(|data| data.modified()).ok();
    let modules = folder.join("node_modules");
    (modified("node_modules/.package-lock.json")? >= modified("package-lock.json")?).then_some(modules)
}

/// What `program` says its version is.
fn version_of(program: &Path, asked: &[&str]) -> Option<[u32; 3]> {
    let output = Command::new(program).args(asked).output().ok()?;
    version_in(&String::from_utf8_lossy(&output.stdout))
}

/// The numbers of the first version in `text`.
fn version_in(text: &str) -> Option<[u32; 3]> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.split('.').map(|number| number.parse().ok());
        Some([numbers.next()??, numbers.next()??, numbers.next()??])
    })
}

/// PATH with the folder of `program` before it: a script that looks for its own program finds this one.
pub(crate) fn path_from(program: &Path) -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let all = program.parent().map(Path::to_path_buf).into_iter().chain(env::split_paths(&rest));
    // Only a folder with a `:` in its name cannot be in a PATH.
    env::join_paths(all).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let version = |text| version_in(text).expect("a version");
        assert_eq!(version("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)"), [0, 9, 143]);
        assert!(version("cargo-deny 0.20.2") > version("0.9.100"));
        assert_eq!(version_in("cargo-deny unknown"), None);
        assert!(version_in("") < version_in("0.19.0"));
    }

    #[test]
    fn a_program_that_is_not_there_is_not_found() {
        assert!(on_path("sh").is_some());
        assert_eq!(on_path("no-such-program-anywhere"), None);
        assert!(!works(Path::new("no-such-program-anywhere"), &[]));
    }
}
