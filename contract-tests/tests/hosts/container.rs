//! Containers without the container: the same binaries, each a process that knows nothing of the others but the Redis they
//! share.

use crate::binary;
use crate::collector::{Collector, names, said, value};
use crate::front::Front;
use crate::host::Running;
use crate::process::{PATIENCE, Process};
use crate::services::{self, Service};
use crate::settings::{self, Settings};
use libtest_mimic::{Failed, Trial};
use rustix::process::Signal;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use truce_contract::{Call, Function, Secret, Target, World, trouble};

pub(crate) fn missing() -> Option<String> {
    services::redis_server().err()
}

pub(crate) fn start() -> Result<Running, String> {
    let (redis, settings) = shared()?;
    let (functions, target) = plain(&settings)?;
    Ok(Running::new(target, "a process for each, one redis-server", (functions, redis)))
}

/// The same behind an edge's certificate, or rather without the edge.
pub(crate) fn start_with_tls() -> Result<Running, String> {
    let (redis, settings) = shared()?;
    let (functions, addresses, data) = certified(&settings)?;
    let certs = data.path().join("certs");
    let host = |function: &Function| format!("{}.truce.internal", function.name());
    let urls: Vec<String> = (Function::ALL.iter().zip(&addresses))
        .map(|(function, address)| format!("https://{}:{}", host(function), address.port()))
        .collect();
    let hosts = Function::ALL.iter().zip(&addresses).map(|(function, address)| (host(function), *address)).collect();
    let read = |name: &str| std::fs::read_to_string(certs.join(name)).map_err(|error| format!("{name}: {error}"));
    let identity = Secret::new(read("edge/inside/tls.crt")? + &read("edge/inside/tls.key")?);
    let target = settings::at_each("container-tls", &urls)?.called_with(identity, hosts);
    let target = target.vouched_for_by(read("edge/inside/ca.crt")?.into_bytes());
    let target = settings::on_this_machine(target, settings::longest_wait());
    Ok(Running::new(target, "the same, on TLS that asks for a certificate", (functions, redis, data)))
}

/// A process for each function, on TLS that asks for the edge's certificate; where it listens, and the folder that `certs` is in.
pub(crate) fn certified(settings: &Settings) -> Result<(Vec<Process>, Vec<SocketAddr>, TempDir), String> {
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let mut certs = Command::new(binary::truce()?);
    let made = certs.arg("certs").arg("--data").arg(data.path()).env_clear().output();
    let made = made.map_err(|error| format!("`truce certs` cannot be run: {error}"))?;
    if !made.status.success() {
        return Err(format!("`truce certs` makes none: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let certs = data.path().join("certs/functions");
    let (functions, addresses) = processes(settings, |function| Some(certs.join(function.name())))?;
    Ok((functions, addresses, data))
}

/// What goes wrong on a wrist where each function counts for itself, and what they keep things in is a server of its own.
pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), Failed>| Trial::test(format!("container::{name}"), test);
    if missing().is_some() {
        return Vec::new();
    }
    vec![
        trial("wrist::is_slowed_down", slowed_down),
        trial("wrist::is_told_that_the_store_is_away", the_store_is_away),
        trial("wrist::is_built_for_what_is_ready", built_for_what_is_ready),
        trial("stops_with_no_span_unsent", stopped_with_nothing_unsent),
    ]
}

/// What a collector's key is kept in, and what the last request has left when it is told to stop.
fn stopped_with_nothing_unsent() -> Result<(), Failed> {
    let (runtime, secrets) = (Runtime::new()?, TempDir::new()?);
    let collector = runtime.block_on(Collector::start());
    std::fs::write(secrets.path().join("OTEL_EXPORTER_OTLP_HEADERS"), "x-key=from%20a%20file\n")?;
    let settings = Settings::new("memory".to_owned())?.with("TRUCE_LISTEN", "127.0.0.1:0");
    let settings = settings.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    let settings = settings.with("TRUCE_SECRETS", secrets.path().display().to_string());
    let (mut functions, target) = plain(&settings)?;
    let asked = runtime.block_on(World::at(target)?.does("somebody asks", Call::get("/health")))?;
    for function in &mut functions {
        function.signal(Signal::TERM)?;
        let status = function.ended_within(PATIENCE)?;
        ensure(status.success(), format!("a good end, got {status}"))?;
    }
    let spans = collector.spans();
    let last = spans.iter().any(|span| said(span, "truce.request_id").as_deref() == Some(asked.request_id()));
    ensure(last, format!("the last request's span, got {:?}", names(&spans)))?;
    let arrived = collector.arrived();
    let resource =
        arrived.iter().flat_map(|arrived| &arrived.message.resource_spans).find_map(|of| of.resource.as_ref());
    let service = resource.and_then(|resource| value(&resource.attributes, "service.name"));
    ensure(service.as_deref() == Some("truce-health"), format!("the function's name, got {service:?}"))?;
    ensure(arrived.iter().all(|arrived| arrived.headers["x-key"] == "from a file"), "the key from its file")
}

fn ensure(holds: bool, what: impl Into<String>) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(what.into().into()) }
}

fn slowed_down() -> Result<(), Failed> {
    let (_redis, settings) = shared()?;
    let settings = settings.with("TRUCE_ATTEMPTS_PER_MINUTE", trouble::LIMIT.to_string());
    let (_functions, target) = plain(&settings)?;
    Ok(Runtime::new()?.block_on(trouble::are_slowed_down(target))?)
}

/// Killed, and started again with what it has kept.
fn the_store_is_away() -> Result<(), Failed> {
    let (redis, settings) = on(Service::redis_that_keeps()?)?;
    let (_functions, target) = plain(&settings)?;
    let (goes, comes_back) = redis.away_and_back();
    Ok(Runtime::new()?.block_on(trouble::lose_the_store(target, goes, &comes_back))?)
}

/// `truce shortcuts build` asks each function's own `health`, which asks the store.
fn built_for_what_is_ready() -> Result<(), Failed> {
    let (mut redis, settings) = on(Service::redis_that_keeps()?)?;
    let (_functions, target) = plain(&settings)?;
    let health = target.base(Function::Health).trim_start_matches("http://").parse().map_err(Failed::from)?;
    let runtime = Runtime::new()?;
    let front = runtime.block_on(Front::of(health)).map_err(|error| error.to_string())?;
    let builds = || {
        let told = ["--url", "https://truce.example", "--health-url", &front.url];
        let (output, files) = front.builds(&told).map_err(|error| error.to_string())?;
        Ok::<_, String>((files, String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    redis.goes()?;
    let away = builds()?;
    redis.comes_back()?;
    // What was seen holds for a second.
    std::thread::sleep(Duration::from_secs(1));
    let back = builds()?;
    match (away, back) {
        ((0, said), (5, _)) if said.contains("is Truce, and not ready") => Ok(()),
        came => Err(format!("none while it is away, and five then; got {came:?}").into()),
    }
}

pub(crate) fn shared() -> Result<(Service, Settings), String> {
    on(Service::redis()?)
}

fn on(redis: Service) -> Result<(Service, Settings), String> {
    let store = format!("redis://127.0.0.1:{}", redis.port);
    Ok((redis, Settings::new(store)?.with("TRUCE_LISTEN", "127.0.0.1:0")))
}

/// As they are, without TLS.
fn plain(settings: &Settings) -> Result<(Vec<Process>, Target), String> {
    let (functions, addresses) = processes(settings, |_| None)?;
    let urls: Vec<String> = addresses.iter().map(|address| format!("http://{address}")).collect();
    let target = settings::on_this_machine(settings::at_each("container", &urls)?, settings::longest_wait());
    Ok((functions, target))
}

/// A process for each function, and where it listens; with TLS where there is a folder for it.
fn processes(
    settings: &Settings,
    tls: impl Fn(Function) -> Option<PathBuf>,
) -> Result<(Vec<Process>, Vec<SocketAddr>), String> {
    let (mut functions, mut addresses) = (Vec::new(), Vec::new());
    for &function in Function::ALL {
        let mut command = settings.given_to(Command::new(settings::binary_of(function)?));
        command.envs(tls(function).map(|folder| ("TRUCE_TLS", folder)));
        let ready = |process: &Process| listening(&process.stderr());
        let (process, address) = Process::start(&mut command, PATIENCE, ready)?;
        functions.push(process);
        addresses.push(address);
    }
    Ok((functions, addresses))
}

/// The address in the line of the log that says so.
fn listening(log: &str) -> Option<SocketAddr> {
    log.lines().find_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["message"] == "listening").then(|| line["address"].as_str()?.parse().ok())?
    })
}
