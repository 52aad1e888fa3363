//! Containers without the container: the same binaries, each a process that knows nothing of the others but the Redis they
//! share.

use crate::host::Running;
use crate::process::{PATIENCE, Process};
use crate::services::{self, Service};
use crate::settings::{self, Settings};
use serde_json::Value;
use std::process::Command;
use truce_contract::Function;

pub(crate) fn missing() -> Option<String> {
    services::redis_server().err()
}

pub(crate) fn start() -> Result<Running, String> {
    let redis = Service::redis()?;
    let store = format!("redis://127.0.0.1:{}", redis.port);
    let settings = Settings::new(store)?.with("TRUCE_LISTEN", "127.0.0.1:0");
    let (mut functions, mut urls) = (Vec::new(), Vec::new());
    for &function in Function::ALL {
        let mut command = settings.given_to(Command::new(settings::binary_of(function)?));
        let ready = |process: &Process| listening(&process.stderr());
        let (process, address) = Process::start(&mut command, PATIENCE, ready)?;
        functions.push(process);
        urls.push(format!("http://{address}"));
    }
    let target = settings::on_this_machine(settings::at_each("container", &urls)?, settings::longest_wait());
    Ok(Running::new(target, "a process for each, one redis-server", (functions, redis)))
}

/// The address in the line of the log that says so.
fn listening(log: &str) -> Option<String> {
    log.lines().find_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["message"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
    })
}
