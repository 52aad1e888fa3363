//! What a function costs before its first answer: as it is shipped, on AWS Lambda's own runtime interface, and on Spin.

use super::{LIMIT, Row, print};
use crate::console::Tone;
use crate::http;
use crate::package::{Package, What};
use crate::run::Runner;
use crate::server::{Folder, Guard, guarded};
use crate::setup;
use crate::tools::Tool;
use serde_json::json;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From the start of a process to its first answer, under the emulator, in seconds.
const START: f64 = 20e-3;
/// In memory after that answer, in bytes.
const RESIDENT: u64 = 20_000_000;
/// The first request of a component's instance, in seconds.
const INSTANCE: f64 = 5e-3;
/// As many starts, and as many instances.
const REPEATS: usize = 20;
/// How long a program may take until it listens; the components are compiled before.
const PATIENCE: Duration = Duration::from_mins(1);

/// A path that each function answers without a store.
const FUNCTIONS: &[(&str, &str)] = &[
    // One a line: `cargo xtask new-function` adds to them.
    ("health", "/health"),
    ("issue-qr", "/qr"),
    ("mediate", "/talk"),
    ("redeem-token", "/j"),
];

pub(super) fn run(runner: &Runner<'_>) -> Result<bool, String> {
    let here = if cfg!(target_arch = "aarch64") { What::Arm64 } else { What::X86 };
    runner.console.say("\nBuilding what is shipped");
    let mut met = (Package { what: vec![here, What::Spin], again: false }).run(runner.workspace)?;
    let settings = settings(runner)?;
    met &= on_lambda(runner, here, &settings)?;
    met &= on_spin(runner, &settings)?;
    Ok(met)
}

/// What every function is told here; the keys are made for this.
fn settings(runner: &Runner<'_>) -> Result<Vec<(&'static str, String)>, String> {
    let command = runner.workspace.cargo(&["run", "--quiet", "--package", "truce", "--", "keys"]);
    let made = runner.run_discreetly("bench-keys", command, LIMIT);
    let keys = made.output.lines().last().unwrap_or_default().trim().to_owned();
    if !made.ended_well || keys.is_empty() {
        return Err(format!("`truce keys` makes none: see {}", made.log.display()));
    }
    Ok(vec![
        ("TRUCE_PUBLIC_URL", "https://truce.example".to_owned()),
        ("TRUCE_ORGANISER_KEYS", "bench-bench-bench-bench-bench-bench".to_owned()),
        ("TRUCE_KEYS", keys),
    ])
}

fn on_lambda(runner: &Runner<'_>, here: What, settings: &[(&'static str, String)]) -> Result<bool, String> {
    let toolbox = setup::ensure(runner, &[Tool::LambdaEmulator])?;
    let emulator = toolbox
        .path(Tool::LambdaEmulator)
        .ok_or_else(|| toolbox.why_missing(Tool::LambdaEmulator).unwrap_or("there is no emulator").to_owned())?;
    runner.console.say("\nMeasuring starts under aws-lambda-rie");
    let (mut rows, mut resident) = (Vec::new(), Vec::new());
    for &(function, path) in FUNCTIONS {
        let binary = runner.workspace.target.join("package").join(here.name()).join(format!("truce-{function}"));
        let starts = (0..REPEATS).map(|_| start(runner, emulator, &binary, path, settings));
        let (times, bytes): (Vec<f64>, Vec<u64>) = starts.collect::<Result<Vec<_>, String>>()?.into_iter().unzip();
        rows.push(Row { name: function.to_owned(), seconds: median(times), target: Some(START) });
        resident.push((function, bytes.into_iter().max().unwrap_or_default()));
    }
    let title = format!(
        "AWS Lambda's emulator, process start to first answer, DynamoDB's client included, median of {REPEATS}"
    );
    let quick = print(runner.console, &title, &rows);
    println!("\n{}", runner.console.paint(Tone::Title, &format!("resident after it, most of {REPEATS}")));
    for (function, bytes) in &resident {
        let good = *bytes <= RESIDENT;
        let verdict = format!("{}{:.2} × the target", if good { "" } else { "MISSED: " }, ratio(*bytes, RESIDENT));
        let tone = if good { Tone::Good } else { Tone::Bad };
        println!("  {function:<34} {:>8.1} MB   {}", ratio(*bytes, 1_000_000), runner.console.paint(tone, &verdict));
    }
    Ok(quick && resident.iter().all(|(_, bytes)| *bytes <= RESIDENT))
}

/// One start: how long until the answer, and what the process holds then. The emulator starts the function with the
/// first invocation.
fn start(
    runner: &Runner<'_>,
    emulator: &Path,
    binary: &Path,
    path: &str,
    settings: &[(&'static str, String)],
) -> Result<(f64, u64), String> {
    let (address, inner) = (free()?, free()?);
    let mut command = guarded(runner.workspace, emulator);
    command.args(["--log-level", "warn", "--runtime-interface-emulator-address", &address.to_string()]);
    command.args(["--runtime-api-address", &inner.to_string()]).arg(binary);
    command
        .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
        .env("TRUCE_STORE", "dynamodb:truce-bench");
    for (name, value) in
        [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")]
    {
        command.env(name, value);
    }
    let log = runner.workspace.logs().join("bench-emulator.log");
    let _guard = Guard::launch(&mut command, &log)?;
    wait_for(&log, || TcpStream::connect(address).is_ok().then_some(()))?;
    let event = event(path);
    let begun = Instant::now();
    let answer =
        http::Request::post("/2015-03-31/functions/function/invocations", &event).ask(&http::Client::plain(address));
    let took = begun.elapsed().as_secs_f64();
    if !answer.is_ok_and(|answer| answer.body.contains("\"statusCode\":200")) {
        return Err(format!("{} does not answer: see {}", binary.display(), log.display()));
    }
    let bytes = resident(&inner.to_string()).ok_or("the process cannot be found in /proc")?;
    Ok((took, bytes))
}

/// As a function URL sends it.
fn event(path: &str) -> String {
    let http =
        json!({"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bench"});
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "isBase64Encoded": false,
        "headers": {"host": "truce.example"},
        "requestContext": {"accountId": "anonymous", "apiId": "bench", "domainName": "truce.example",
            "domainPrefix": "bench", "http": http, "requestId": "bench", "routeKey": "$default", "stage": "$default",
            "time": "18/May/2033:03:33:20 +0000", "timeEpoch": 2_000_000_000_000_u64},
    })
    .to_string()
}

/// In bytes, of the process that was told this address of the runtime API.
fn resident(runtime_api: &str) -> Option<u64> {
    let told = format!("AWS_LAMBDA_RUNTIME_API={runtime_api}\0");
    let processes = fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    let is_it = |process: &PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&told)
    };
    let status = fs::read_to_string(processes.into_iter().find(is_it)?.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// The stand-in, built as one would run it; each request gets an instance of its own.
fn on_spin(runner: &Runner<'_>, settings: &[(&'static str, String)]) -> Result<bool, String> {
    let workspace = runner.workspace;
    runner.console.say("\nMeasuring fresh instances of components on the stand-in for Spin");
    let build = workspace.cargo(&["build", "--release", "--package", "truce-spin-host"]);
    let ran = runner.run_discreetly("bench-build-spin-host", build, LIMIT);
    if !ran.ended_well {
        return Err(format!("it does not build: see {}", ran.log.display()));
    }
    let state = Folder(workspace.target.join(format!("xtask/bench-spin-{}", std::process::id())));
    let mut command: Command = guarded(workspace, &workspace.target.join("release/truce-spin-host"));
    command.args(["--listen", "127.0.0.1:0", "--reuse", "1", "--spin-toml"]);
    command.arg(workspace.target.join("package/spin/spin.toml")).arg("--state-dir").arg(&state.0);
    command.envs(settings.iter().map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value.as_str())));
    let log = workspace.logs().join("bench-spin.log");
    let _guard = Guard::launch(&mut command, &log)?;
    let address = wait_for(&log, || serving(&fs::read_to_string(&log).unwrap_or_default()))?;
    let mut rows = Vec::new();
    for &(function, path) in FUNCTIONS {
        let request = || {
            let begun = Instant::now();
            let status = http::Client::plain(address).status(path);
            let took = begun.elapsed().as_secs_f64();
            if status == Some(200) {
                Ok(took)
            } else {
                Err(format!("GET {path} answers {status:?}: see {}", log.display()))
            }
        };
        // One before, so that the file it is read from is in memory, as on any host that has served it once.
        request()?;
        let times = (0..REPEATS).map(|_| request()).collect::<Result<Vec<f64>, String>>()?;
        rows.push(Row { name: function.to_owned(), seconds: median(times), target: Some(INSTANCE) });
    }
    let title = format!("first request of a fresh component instance, connection included, median of {REPEATS}");
    Ok(print(runner.console, &title, &rows))
}

/// The address in `Serving http://ADDR:PORT`.
fn serving(log: &str) -> Option<SocketAddr> {
    log.lines().find_map(|line| line.strip_prefix("Serving http://")?.parse().ok())
}

fn wait_for<T>(log: &Path, ready: impl Fn() -> Option<T>) -> Result<T, String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = ready() {
            return Ok(found);
        }
        sleep(Duration::from_millis(5));
    }
    Err(format!("nothing listens after {} s: see {}", PATIENCE.as_secs(), log.display()))
}

/// Free a moment ago.
fn free() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no port is free: {error}"))?;
    listener.local_addr().map_err(|error| error.to_string())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], values[middle]) } else { values[middle] }
}

#[allow(clippy::cast_precision_loss)] // far below what an f64 holds exactly
fn ratio(bytes: u64, of: u64) -> f64 {
    bytes as f64 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_a_whole_line() {
        assert_eq!(serving("Serving http://127.0.0.1:3000\n  /qr -> issue-qr\n"), "127.0.0.1:3000".parse().ok());
        assert_eq!(serving("Serving http://127.0.0.1:\n"), None);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![9.0, 1.0, 2.0, 4.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_found_by_the_address_it_was_told() {
        let mut child =
            Command::new("sleep").arg("60").env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1").spawn().expect("sleep");
        // For a moment after it has become another program, its environment is empty and little of it is in memory.
        let found = (0..1_000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(5));
            resident("127.0.0.1:1").filter(|&bytes| bytes > 100_000)
        });
        let other = resident("127.0.0.1:2");
        child.kill().and_then(|()| child.wait()).expect("ended");
        assert!(found.is_some());
        assert_eq!(other, None);
    }
}
