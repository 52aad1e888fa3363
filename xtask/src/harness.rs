//! `cargo xtask harness`: what production is, on this machine. Rootless containers of the functions behind a real edge that discovers them,
//! and the means to scale, roll and look at them.
//!
//! [`owner`] is whose they are, [`podman`] runs them, [`images`] and [`parts`] are what they are, [`mod@fleet`] brings what runs to what it
//! should be.

mod api;
mod callers;
mod cells;
mod certs;
mod echo;
mod edge;
mod faults;
mod fleet;
mod handshake;
mod helper;
mod images;
mod keys;
mod lease;
mod limits;
mod load;
mod mirror;
mod monitor;
mod networks;
mod noticed;
mod owner;
#[cfg(test)]
mod page;
mod parts;
pub(crate) mod play;
mod podman;
mod progress;
mod proof;
pub(crate) mod quadlet;
mod routes;
mod secrets;
mod session;
mod settle;
mod speed;
pub(crate) mod started;
mod tls;
mod traces;
mod view;
mod watched;
mod wrists;

use crate::console::{Console, Tone};
use crate::package::{Package, What};
use crate::report::{self, Outcome};
use crate::run::Runner;
use crate::setup::{self, Toolbox};
use crate::tools::Tool;
use crate::workspace::Workspace;
use cells::{Cells, Group};
use clap::{Args, Subcommand, value_parser};
use fleet::{Fleet, Programs};
use owner::Owner;
use podman::Podman;
use progress::Progress;
pub(crate) use speed::{CALM, COUNTS, Load, Run, Speed};
use std::cell::{Cell, RefCell};
use std::env;
use std::fs;
use std::net::TcpListener;
use std::time::Instant;

/// Without these there is no harness.
pub(crate) const TOOLS: [Tool; 4] = [Tool::Podman, Tool::Traefik, Tool::Redis, Tool::HaProxy];
/// And to prove what it does.
pub(crate) const PROVES: [Tool; 5] = [Tool::Podman, Tool::Traefik, Tool::Redis, Tool::HaProxy, Tool::Prometheus];
/// Where people reach the edge, unless told otherwise.
const PORT: u16 = 8443;
const REPLICAS: u8 = 2;
const ORGANISER: &str = "Ana";

/// Run containers of all functions behind an edge, as production does: up, down, scale, roll, status, logs
///
/// Real Podman without root, real Traefik, a Redis. docs/harness.md tells more.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Harness {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring everything up, or to what the checkout says now; what is as it should be is left alone
    Up(Up),
    /// Remove all of it, with its keys and what was stored
    Down {
        /// The images too
        #[arg(long)]
        images: bool,
    },
    /// Show what runs
    Status,
    /// Run so many replicas of a function
    Scale {
        function: String,
        #[arg(value_parser = value_parser!(u8).range(1..=20))]
        replicas: u8,
    },
    /// Replace every replica of a function, or of all, by a new one
    Roll {
        function: Option<String>,
        /// With the programs that are in target/package, without looking whether they are current
        #[arg(long)]
        as_built: bool,
    },
    /// Seal with a new key from now on; what the old one has sealed goes on being good
    Rotate,
    /// Bring it up on a free port, show that it does what docs/harness.md says, and remove it: the step `harness` of `cargo xtask test`
    Prove {
        /// With the programs that are in target/package, without looking whether they are current
        #[arg(long)]
        as_built: bool,
    },
    /// Make new certificates and put them into use, without a restart
    RollCerts,
    /// Show the last lines of what a function's replicas log, or of everything
    Logs { function: Option<String> },
}

#[derive(Args)]
struct Up {
    /// Where people reach the edge [default: where it was last, or 8443]
    #[arg(long)]
    port: Option<u16>,
    /// A name or an address of this machine, for a phone: the edge is seen on all its addresses then, and people are given links to this one. An empty text
    /// for none [default: as it was last]
    #[arg(long)]
    host: Option<String>,
    /// Teams that have replicas of `mediate` to themselves, `backend=cell-a,design=cell-b`, and an empty text for none [default: as it was last]
    #[arg(long)]
    cells: Option<String>,
    /// Go on the journeys against it for as long as it is up, with a page at this port and a Prometheus that is on this machine at the next; `off` for
    /// none [default: as it was last; without a port: 8444]
    #[arg(long, num_args = 0..=1, default_missing_value = "8444", value_name = "PORT")]
    monitor: Option<String>,
    /// Who invites, as people read it; keys that are there stay as they are
    #[arg(long, default_value = ORGANISER, value_name = "NAME")]
    organiser: String,
    /// Of each function that has none yet
    #[arg(long, default_value_t = REPLICAS, value_parser = value_parser!(u8).range(1..=20))]
    replicas: u8,
    /// With the programs that are in target/package, without looking whether they are current
    #[arg(long)]
    as_built: bool,
    /// For a test, and no longer than the process of that number lives: the next test may remove it then
    #[arg(long, hide = true, value_name = "PROCESS")]
    holder: Option<u32>,
}

impl Harness {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<bool, String> {
        let runner = Runner { workspace, console: Console::new(false) };
        let tools = self.command.tools();
        let toolbox = setup::ensure(&runner, tools)?;
        for tool in tools {
            if let Some(why) = toolbox.why_missing(*tool) {
                return Err(format!("{} is missing: {why}", tool.name().0));
            }
        }
        if let Command::Prove { as_built } = self.command {
            programs(workspace, as_built)?;
            let begun = Instant::now();
            let outcome = prove(&runner, &toolbox);
            return Ok(report::print(runner.console, &[("harness", outcome, begun.elapsed())], begun.elapsed()));
        }
        let owner = Owner::ensure()?;
        let _alone = owner.lock()?;
        let podman = Podman::ensure(&owner)?;
        let progress = Progress::new(runner.console);
        let fleet = fleet(workspace, &podman, &progress)?;
        match self.command {
            Command::Up(up) => up.run(fleet, &toolbox, runner.console)?,
            Command::Down { images } => {
                fleet.down(images)?;
                podman.rest();
                if owner.made {
                    println!("The user {} stays.", owner.name);
                }
            }
            Command::Status => status(&fleet, runner.console)?,
            Command::Scale { function, replicas } => {
                fleet.scale(&function, replicas.into())?;
            }
            Command::Roll { function, as_built } => {
                let functions = known(&fleet, function.as_deref())?;
                programs(workspace, as_built)?;
                functions.iter().try_for_each(|group| fleet.roll(group))?;
            }
            Command::RollCerts => fleet.roll_certs()?,
            Command::Rotate => fleet.rotate()?,
            Command::Logs { function } => {
                known(&fleet, function.as_deref())?;
                logs(&fleet, function.as_deref())?;
            }
            Command::Prove { .. } => {}
        }
        Ok(true)
    }
}

/// Whether there is a program for every function.
pub(crate) fn packaged(workspace: &Workspace) -> Result<(), String> {
    workspace.functions().iter().try_for_each(|function| images::packaged(workspace, function).map(drop))
}

/// The functions' programs, from what the checkout says now.
pub(crate) fn build(workspace: &Workspace) -> Result<(), String> {
    programs(workspace, false)
}

/// What the edge costs.
pub(crate) fn speed(runner: &Runner<'_>, toolbox: &Toolbox, load: Load<'_>) -> Result<Speed, String> {
    speed::measure(runner, &others(runner.workspace, toolbox)?, load)
}

/// Whether it does what it says, with the programs that are in target/package and the `truce-contract` that is built.
pub(crate) fn prove(runner: &Runner<'_>, toolbox: &Toolbox) -> Outcome {
    let outcome = others(runner.workspace, toolbox).and_then(|programs| proof::run(runner, &programs));
    outcome.unwrap_or_else(Outcome::failed)
}

impl Command {
    /// Only what makes images needs what is in them.
    fn tools(&self) -> &'static [Tool] {
        match self {
            Self::Up(_) => &TOOLS,
            Self::Prove { .. } => &PROVES,
            _ => &[Tool::Podman],
        }
    }
}

impl Up {
    fn run(self, mut fleet: Fleet<'_>, toolbox: &Toolbox, console: Console) -> Result<(), String> {
        fleet.port = self.port.unwrap_or(fleet.port);
        fleet.host = self.host.as_deref().map_or(fleet.host, edge::host);
        if let Some(cells) = &self.cells {
            fleet.cells = Cells::read(cells)?;
        }
        if let Some(monitor) = &self.monitor {
            fleet.monitor = Cell::new(monitor::read(monitor)?);
        }
        fleet.traces = RefCell::new(traces::read(env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok())?);
        fleet.organiser = self.organiser;
        if let Some(holder) = self.holder {
            if !fleet.podman.containers()?.is_empty() {
                return Err(IS_UP.to_owned());
            }
            lease::take(fleet.podman, lease::HARNESS, holder)?;
        }
        free(&fleet)?;
        if fleet.monitor.get().is_some() {
            monitor::build(fleet.workspace)?;
        }
        programs(fleet.workspace, self.as_built)?;
        if !fleet.podman.limits {
            let line =
                "No limits of memory and processes: here nobody gives them to an ordinary user (docs/harness.md).";
            println!("{}", console.paint(Tone::Warning, line));
        }
        fleet.up(&others(fleet.workspace, toolbox)?, self.replicas.into())?;
        note(&fleet)?;
        let url = fleet.url();
        println!("\n{}", console.paint(Tone::Title, &format!("{url}/qr is up.")));
        println!("The organiser's key stands after the = in {}.", secrets::organisers(fleet.podman).display());
        println!("{}", certs::trust(fleet.podman, fleet.host.as_deref()));
        fleet.shown().iter().for_each(|line| println!("{line}"));
        Ok(())
    }
}

/// Everything, as the checkout and what was noted say, once what is left of a test that was cut off is gone.
fn fleet<'a>(workspace: &'a Workspace, podman: &'a Podman<'a>, progress: &'a Progress) -> Result<Fleet<'a>, String> {
    if lease::has_ended(podman, lease::HARNESS) {
        noted(workspace, podman, progress)?.down(false)?;
    }
    noted(workspace, podman, progress)
}

fn noted<'a>(workspace: &'a Workspace, podman: &'a Podman<'a>, progress: &'a Progress) -> Result<Fleet<'a>, String> {
    let noted = |name: &str| fs::read_to_string(podman.owner.state().join(name)).ok();
    Ok(Fleet {
        workspace,
        podman,
        progress,
        routes: routes::read(&workspace.root.join("spin.toml"))?,
        functions: workspace.functions(),
        cells: noted("cells").map_or(Ok(Cells::default()), |text| Cells::read(&text))?,
        traces: RefCell::new(noted("traces").filter(|text| !text.is_empty())),
        monitor: Cell::new(noted("monitor").map_or(Ok(None), |text| monitor::read(&text))?),
        crowded: Cell::new(false),
        organiser: ORGANISER.to_owned(),
        host: noted("host").as_deref().and_then(edge::host),
        port: noted("port").and_then(|text| text.trim().parse().ok()).unwrap_or(PORT),
    })
}

/// What a proof or a measurement says where there is one.
const IS_UP: &str = "a harness is up: `cargo xtask harness down` removes it";

/// One of its own for a proof or a measurement, unless there is a person's: on a free port, and for nobody but this machine.
fn of_its_own<'a>(
    workspace: &'a Workspace,
    podman: &'a Podman<'a>,
    progress: &'a Progress,
) -> Result<Option<Fleet<'a>>, String> {
    let mut fleet = fleet(workspace, podman, progress)?;
    if !podman.containers()?.is_empty() {
        return Ok(None);
    }
    lease::take(podman, lease::HARNESS, std::process::id())?;
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    fleet.port = free.map_err(|error| format!("there is no free port: {error}"))?.port();
    (fleet.host, fleet.monitor) = (None, Cell::new(None));
    Ok(Some(fleet))
}

/// For the next command.
fn note(fleet: &Fleet<'_>) -> Result<(), String> {
    let host = fleet.host.clone().unwrap_or_default();
    let traces = fleet.traces.borrow().clone().unwrap_or_default();
    let monitor = monitor::text(fleet.monitor.get());
    let all = [
        ("port", fleet.port.to_string()),
        ("host", host),
        ("cells", fleet.cells.text()),
        ("traces", traces),
        ("monitor", monitor),
    ];
    all.into_iter().try_for_each(|(name, text)| {
        let path = fleet.podman.owner.state().join(name);
        let noted = fs::write(&path, text).and_then(|()| fleet.podman.owner.give(&path));
        noted.map_err(|error| format!("{} cannot be written: {error}", path.display()))
    })
}

/// Whether nobody else has the port, as long as we do not.
fn free(fleet: &Fleet<'_>) -> Result<(), String> {
    let ours = fleet.podman.containers()?.iter().any(|container| container.name == parts::EDGE && container.running);
    if ours || TcpListener::bind(("127.0.0.1", fleet.port)).is_ok() {
        return Ok(());
    }
    Err(format!("the port {} is taken: `cargo xtask harness up --port PORT` takes another", fleet.port))
}

fn others(workspace: &Workspace, toolbox: &Toolbox) -> Result<Programs, String> {
    let path = |tool: Tool| toolbox.path(tool).map(std::path::Path::to_path_buf).ok_or("a tool is missing");
    Ok(Programs {
        traefik: path(Tool::Traefik)?,
        redis: path(Tool::Redis)?,
        haproxy: path(Tool::HaProxy)?,
        prometheus: Tool::Prometheus.find(workspace),
    })
}

/// The functions' programs, built from what the checkout says now, unless `as_built`.
fn programs(workspace: &Workspace, as_built: bool) -> Result<(), String> {
    if as_built || (Package { what: vec![What::HERE], again: false }).run(workspace)? {
        return Ok(());
    }
    Err(format!("the functions cannot be built: see `cargo xtask package {}`", images::ARCHITECTURE))
}

/// The function of that name, or all.
fn known(fleet: &Fleet<'_>, name: Option<&str>) -> Result<Vec<Group>, String> {
    name.map_or_else(|| Ok(fleet.groups()), |name| fleet.group(name).map(|group| vec![group]))
}

fn status(fleet: &Fleet<'_>, console: Console) -> Result<(), String> {
    let containers = fleet.podman.containers()?;
    if containers.is_empty() {
        println!("Nothing runs. `cargo xtask harness up` brings it up.");
        return Ok(());
    }
    for container in &containers {
        let well = container.running && (container.function.is_none() || container.healthy());
        let short: String = container.id.chars().take(12).collect();
        let line = format!("{:<24} {short}  {}", container.name, container.status);
        println!("{}", console.paint(if well { Tone::Good } else { Tone::Bad }, &line));
    }
    println!("{}", fleet.url());
    Ok(())
}

fn logs(fleet: &Fleet<'_>, function: Option<&str>) -> Result<(), String> {
    let containers = fleet.podman.containers()?;
    let wanted = containers.iter().filter(|container| function.is_none() || container.function.as_deref() == function);
    for container in wanted {
        println!("{}:", container.name);
        let ended = fleet.podman.command(&["logs", "--tail", "50", &container.name]).status();
        ended.map_err(|error| format!("podman cannot be started: {error}"))?;
    }
    Ok(())
}
