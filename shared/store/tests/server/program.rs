//! The programs: where they are, and how they are started.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::wire;

/// A program that is on this machine.
#[derive(Debug, Clone)]
pub(crate) enum Program {
    /// Redis, with these options besides those that every test has; `PORT` in them is its port.
    Redis { program: PathBuf, options: Vec<String> },
    /// A server of DynamoDB's API.
    Dynalite { node: PathBuf, script: PathBuf },
}

/// Either `program`, or `None` with a printed line on how to get it.
///
/// # Panics
///
/// If it is missing and `CI=true`.
#[allow(clippy::print_stderr, reason = "a test that does nothing says so")]
fn found(program: Option<Program>, how: &str) -> Option<Program> {
    if program.is_none() {
        assert!(env::var("CI").as_deref() != Ok("true"), "{how}");
        eprintln!("skipped: {how}");
    }
    program
}

impl Program {
    pub(crate) fn redis(options: &[&str]) -> Option<Self> {
        let options = options.iter().map(ToString::to_string).collect();
        let program = on_path("redis-server").map(|program| Self::Redis { program, options });
        found(program, "redis-server is not on PATH: `cargo xtask setup` installs it (Debian: redis-server)")
    }

    pub(crate) fn dynalite() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dynalite");
        let script = folder.join("node_modules/dynalite/cli.js");
        // Set-up may have installed a node that is not on PATH.
        let node = env::var_os("TRUCE_NODE").map(PathBuf::from).or_else(|| on_path("node"));
        let program = node.filter(|_| script.is_file()).map(|node| Self::Dynalite { node, script });
        found(
            program,
            "dynalite is missing: `cargo xtask setup` installs it (or `npm ci` in shared/store/tests/dynalite)",
        )
    }

    /// What it keeps survives its death: a killed process loses nothing that it has given to the system.
    pub(super) fn command(&self, port: u16, folder: &Path) -> Command {
        let mut command = match self {
            Self::Redis { program, options } => {
                let mut command = Command::new(program);
                command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
                command.args(["--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning"]);
                command.arg("--dir").arg(folder);
                command.args(options.iter().map(|option| option.replace("PORT", &port.to_string())));
                command
            }
            Self::Dynalite { node, script } => {
                let mut command = Command::new(node);
                command.arg(script).args(["--port", &port.to_string(), "--host", "127.0.0.1", "--createTableMs", "0"]);
                command.arg("--path").arg(folder.join("tables"));
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    pub(super) fn answers(&self, port: u16) -> bool {
        match self {
            // What it says to this in TLS is not for us to read.
            Self::Redis { options, .. } if options.iter().any(|option| option == "--tls-port") => wire::listens(port),
            // One that wants a password has started as well.
            Self::Redis { .. } => match wire::redis(port, "PING").as_deref() {
                Some(answer) => answer == "+PONG" || answer.starts_with("-NOAUTH"),
                None => false,
            },
            Self::Dynalite { .. } => wire::speaks_http(port),
        }
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}
