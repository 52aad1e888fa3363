//! Instances of one function: each an emulator with the function's binary in it, and one invocation at a time.

use crate::process::{PATIENCE, Process, free_port, listens};
use crate::settings::{self, Settings};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use truce_contract::Function;

/// The most instances of a function, as reserved concurrency would set it; who comes then waits for one to be free.
const MOST: usize = 8;
/// Longer than any invocation may take.
const LIMIT: Duration = Duration::from_secs(45);

/// A function that can be invoked.
pub(crate) struct Instances {
    function: Function,
    binary: PathBuf,
    emulator: PathBuf,
    settings: Settings,
    places: Semaphore,
    idle: Mutex<Vec<Instance>>,
    client: reqwest::Client,
}

struct Instance {
    url: String,
    _process: Process,
}

impl Instances {
    pub(crate) fn new(function: Function, settings: &Settings, emulator: &Path) -> Result<Arc<Self>, String> {
        Ok(Arc::new(Self {
            function,
            binary: settings::binary_of(function)?,
            emulator: emulator.to_owned(),
            settings: settings.clone(),
            places: Semaphore::new(MOST),
            idle: Mutex::default(),
            client: reqwest::Client::builder().timeout(LIMIT).build().map_err(|error| error.to_string())?,
        }))
    }

    pub(crate) fn function(&self) -> Function {
        self.function
    }

    /// Has a free instance work on `event`. An invocation goes on when whoever asked for it has gone.
    pub(crate) async fn invoke(self: &Arc<Self>, event: Value) -> Result<Value, String> {
        let this = Arc::clone(self);
        let invocation = tokio::spawn(async move { this.invoke_here(&event).await });
        invocation.await.map_err(|error| error.to_string())?
    }

    async fn invoke_here(self: &Arc<Self>, event: &Value) -> Result<Value, String> {
        let _place = self.places.acquire().await.map_err(|error| error.to_string())?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let instance = if let Some(instance) = idle {
            instance
        } else {
            let this = Arc::clone(self);
            tokio::task::spawn_blocking(move || this.start()).await.map_err(|error| error.to_string())??
        };
        let sent = self.client.post(&instance.url).body(event.to_string()).send().await;
        let answer = match sent {
            Ok(response) => response.bytes().await.map_err(|error| error.to_string())?,
            // An instance that does not answer is not asked again.
            Err(error) => return Err(error.to_string()),
        };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        serde_json::from_slice(&answer).map_err(|_| String::from_utf8_lossy(&answer).into_owned())
    }

    fn start(&self) -> Result<Instance, String> {
        let (port, inner) = (free_port()?, free_port()?);
        let mut command = self.settings.given_to(Command::new(&self.emulator));
        command.args(["--log-level", "warn", "--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")]);
        command.args(["--runtime-api-address", &format!("127.0.0.1:{inner}")]).arg(&self.binary);
        let ready = |_: &Process| listens(port).then_some(());
        let (process, ()) = Process::start(&mut command, PATIENCE, ready)?;
        let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/function/invocations");
        Ok(Instance { url, _process: process })
    }
}
