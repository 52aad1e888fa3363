//! Instances of one function: each an emulator with the function's binary in it, and one invocation at a time.

use super::Gateway;
use super::event::{self, Received};
use crate::process::{PATIENCE, Process, free_port, listens};
use crate::settings::{self, Settings};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use truce_contract::Function;

/// Longer than any invocation may take.
const LIMIT: Duration = Duration::from_secs(45);

/// How often an instance is started that does not come up.
const TRIES: usize = 3;

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

/// An emulator with a function in it.
pub(super) struct Instance {
    url: String,
    pub(super) process: Process,
}

impl Instance {
    pub(super) fn start(emulator: &Path, settings: &Settings, binary: &Path) -> Result<Self, String> {
        let (port, inner) = (free_port()?, free_port()?);
        let mut command = settings.given_to(Command::new(emulator));
        command.args(["--log-level", "warn", "--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")]);
        command.args(["--runtime-api-address", &format!("127.0.0.1:{inner}")]).arg(binary);
        let ready = |_: &Process| listens(port).then_some(());
        let (process, ()) = Process::start(&mut command, PATIENCE, ready)?;
        let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/function/invocations");
        Ok(Self { url, process })
    }

    pub(super) async fn ask(&self, client: &reqwest::Client, event: &Value) -> Result<Vec<u8>, String> {
        let sent = client.post(&self.url).body(event.to_string()).send().await;
        let answer = sent.map_err(|error| error.to_string())?.bytes().await;
        answer.map(Vec::from).map_err(|error| error.to_string())
    }
}

impl Instances {
    /// At most `most` of them, as reserved concurrency would set it; who comes then waits for one to be free.
    pub(crate) fn new(
        function: Function,
        settings: &Settings,
        emulator: &Path,
        most: usize,
    ) -> Result<Arc<Self>, String> {
        Ok(Arc::new(Self {
            function,
            binary: settings::binary_of(function)?,
            emulator: emulator.to_owned(),
            settings: settings.clone(),
            places: Semaphore::new(most),
            idle: Mutex::default(),
            client: truce_contract::http_client().timeout(LIMIT).build().map_err(|error| error.to_string())?,
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
        let instance = match idle {
            Some(instance) => instance,
            None => self.start_well().await?,
        };
        // An instance that does not answer is not asked again.
        let answer = instance.ask(&self.client, event).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        serde_json::from_slice(&answer).map_err(|_| String::from_utf8_lossy(&answer).into_owned())
    }

    /// A new instance that has shown that it is alive. A port that was free a moment ago may not be any more: an
    /// emulator that did not get its own never answers, which is no function's fault.
    async fn start_well(self: &Arc<Self>) -> Result<Instance, String> {
        let probe = event::of(Gateway::FunctionUrl, &Received::probe());
        let mut why = String::new();
        for _ in 0..TRIES {
            let this = Arc::clone(self);
            let started = tokio::task::spawn_blocking(move || this.start()).await.map_err(|error| error.to_string())?;
            match started {
                Err(problem) => why = problem,
                Ok(instance) => match instance.ask(&self.client, &probe).await {
                    Ok(answer) if is_alive(&answer) => return Ok(instance),
                    Ok(answer) => why = String::from_utf8_lossy(&answer).into_owned(),
                    Err(problem) => why = problem,
                },
            }
        }
        Err(format!("no instance started in {TRIES} tries: {why}"))
    }

    fn start(&self) -> Result<Instance, String> {
        Instance::start(&self.emulator, &self.settings, &self.binary)
    }
}

fn is_alive(answer: &[u8]) -> bool {
    serde_json::from_slice::<Value>(answer).is_ok_and(|answer| answer["statusCode"] == 200)
}
