//! The function-URL front that developers know: `cargo lambda watch`, with binaries that were built before.

use crate::binary;
use crate::host::Running;
use crate::process::{PATIENCE, Process, free_port, listens};
use crate::settings::{self, Settings};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use truce_contract::Function;

/// It hands an invocation to whichever instance asks for one; each works on one at a time.
const INSTANCES: usize = 6;

/// Where `TRUCE_CARGO_LAMBDA` says, or on PATH.
fn program() -> Result<PathBuf, String> {
    let how = "cargo-lambda is not on PATH, nor where TRUCE_CARGO_LAMBDA says: `cargo xtask setup` installs it";
    let told = std::env::var_os("TRUCE_CARGO_LAMBDA").map(PathBuf::from).filter(|path| path.is_file());
    told.or_else(|| binary::on_path("cargo-lambda")).ok_or_else(|| how.to_owned())
}

pub(crate) fn missing() -> Option<String> {
    program().err()
}

pub(crate) fn start() -> Result<Running, String> {
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let port = free_port()?;
    let mut watch = Command::new(program()?);
    watch.args(["lambda", "watch", "--only-lambda-apis", "--disable-cors", "--ignore-changes"]);
    watch.args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]).current_dir(binary::workspace());
    let (watch, ()) = Process::start(&mut watch, PATIENCE, |_| listens(port).then_some(()))?;
    let settings = Settings::new(format!("sqlite:{}", data.path().join("truce.sqlite").display()))?;
    let (mut instances, mut urls) = (Vec::new(), Vec::new());
    for &function in Function::ALL {
        let name = format!("truce-{}", function.name());
        for _ in 0..INSTANCES {
            let mut command = settings.given_to(Command::new(settings::binary_of(function)?));
            command.envs(environment(port, &name));
            instances.push(Process::spawn(&mut command)?);
        }
        urls.push(format!("http://127.0.0.1:{port}/lambda-url/{name}"));
    }
    let target = settings::on_this_machine(settings::at_each("cargo-lambda", &urls)?, settings::longest_wait());
    // It holds a request until an instance asks for it, so nobody has to wait for them here.
    std::thread::sleep(Duration::from_millis(200));
    Ok(Running::new(target, "cargo lambda watch, one SQLite file", (instances, watch, data)))
}

/// What Lambda would tell a function about itself.
fn environment(port: u16, name: &str) -> [(&'static str, String); 6] {
    [
        ("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{port}/.rt/{name}")),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", String::new()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", String::new()),
    ]
}
