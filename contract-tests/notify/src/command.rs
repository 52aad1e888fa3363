//! A program of one's own that is told: the event as JSON on its standard input, without a shell.

use crate::destination::Came;
use crate::notice::Notice;
use rustix::process::{Pid, Signal, kill_process_group};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Runs it. Nothing that it writes is read; what of it is known is how it ended.
pub(crate) async fn run(command: &[String], notice: &Notice, id: &str, body: &str, limit: Duration) -> Came {
    let Some((program, arguments)) = command.split_first() else { return Came::not_now("there is no program") };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C is for the monitor, and all of it can be ended.
    command.process_group(0).kill_on_drop(true);
    // Keys are the monitor's.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRUCE_") {
            command.env_remove(name);
        }
    }
    command.env("TRUCE_EVENT", notice.kind.name()).env("TRUCE_EVENT_ID", id).env("TRUCE_ALERT_ID", &notice.data.id);
    match command.spawn() {
        Ok(child) => ended(child, body, limit).await,
        Err(error) => Came::not_now(format!("it does not start: {}", error.kind())),
    }
}

async fn ended(mut child: Child, body: &str, limit: Duration) -> Came {
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let input = child.stdin.take();
    let all = async {
        if let Some(mut input) = input {
            // One that does not read is not wrong for that.
            let _ = input.write_all(body.as_bytes()).await;
        }
        child.wait().await
    };
    match timeout(limit, all).await {
        Ok(Ok(status)) => {
            // The number may be another's from now on.
            group.0 = None;
            if status.success() { Came::Taken } else { Came::not_now(status.to_string()) }
        }
        Ok(Err(error)) => Came::not_now(format!("how it ended is unknown: {}", error.kind())),
        Err(_) => Came::not_now(format!("it had not ended after {} s", limit.as_secs_f64())),
    }
}

/// What has been started, and what that has started: it ends with its owner, unless it has ended.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
