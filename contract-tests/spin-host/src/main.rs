//! `truce-spin-host`: see the library. This file only takes the command line apart.

use clap::Parser;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use truce_spin_host::{Application, Failure, Manifest, Reuse, Variables, serve};

/// Runs the components of a spin.toml on wasmtime, as Spin would.
///
/// This is not Spin: it is a stand-in for tests on machines without one. It honours the manifest: routes, variables,
/// allowed_outbound_hosts, sqlite_databases, key_value_stores, environment. What the manifest does not grant is refused,
/// and a key this host does not know is refused by name. It builds nothing: where a component is missing, it says which
/// command makes it.
///
/// Once it listens it prints `Serving http://ADDR:PORT`, then one line for each route. What components print, and one
/// line for each instance that traps, goes to stderr. SIGTERM and SIGINT end it.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
#[allow(clippy::doc_markdown)] // `--help` shows these comments as they are
struct Cli {
    /// The manifest (version 2)
    #[arg(long, value_name = "PATH", default_value = "spin.toml")]
    spin_toml: PathBuf,
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:3000")]
    listen: String,
    /// The value of a variable of the application; else SPIN_VARIABLE_NAME in the environment, else its default
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// Where SQLite files are kept; made if it is not there [default: .spin beside the manifest]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// How many requests an instance answers before it is dropped; Spin 4 does 128
    #[arg(long, value_name = "N", default_value_t = Reuse::default().requests, value_parser = at_least_one)]
    reuse: usize,
    /// How many of them at the same time, where it answers several; as Spin 4 does
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = at_least_one)]
    at_once: usize,
    /// How long an instance waits for its next request before it is dropped; as Spin 4 does
    #[arg(long, value_name = "SECONDS", default_value_t = Reuse::default().idle.as_secs())]
    idle: u64,
}

const EXAMPLES: &str = "\
Examples:
  truce-spin-host --variable truce_keys=\"$KEYS\" --listen 127.0.0.1:0
  SPIN_VARIABLE_TRUCE_KEYS=\"$KEYS\" truce-spin-host --state-dir \"$(mktemp -d)\"
  truce-spin-host --reuse 128                 what an instance remembers, the next request may see";

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "truce-spin-host: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    // One for all that may want TLS here; a second would only mean that somebody was quicker.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let manifest = Manifest::read(&cli.spin_toml)?;
    let variables = Variables::settle(&manifest, &cli.variables, |name| std::env::var(name).ok())?;
    let state = cli.state_dir.unwrap_or_else(|| manifest.folder.join(".spin"));
    let reuse = Reuse { requests: cli.reuse, at_once: cli.at_once, idle: Duration::from_secs(cli.idle) };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| Failure::Engine(source.into()))?;
    let application = Arc::new(Application::load(&manifest, &variables, &state, reuse)?);
    let served = runtime.block_on(listen(&cli.listen, application));
    // A component that computes for ever holds a thread for ever: it is not waited for.
    runtime.shutdown_background();
    served
}

async fn listen(address: &str, application: Arc<Application>) -> Result<(), Failure> {
    let failed = |source| Failure::Listen { address: address.to_owned(), source };
    let stop = told_to_stop().map_err(failed)?;
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let at = listener.local_addr().map_err(failed)?;
    // If nobody reads it, it serves all the same.
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "Serving http://{at}");
    for (route, component) in application.routes() {
        let _ = writeln!(stdout, "  {route} -> {component}");
    }
    drop(stdout);
    serve(application, listener, stop).await;
    Ok(())
}

/// Ends when a signal says so; from when this is called, not from when it is waited for.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a variable is given as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "a number from 1 upwards".to_owned())
}
