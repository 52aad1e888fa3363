//! `truce-contract`: every journey against a deployment, from the command line.

#![forbid(unsafe_code)]

mod hands;

use clap::Parser;
use hands::Trouble;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use truce_contract::{Capabilities, Journey, Target, journeys, report};

/// Goes on every journey a Truce deployment must pass, and says which it does not.
///
/// A journey is what people do: scan a code, say something, send it, answer, agree, leave. All of them happen in rooms
/// of their own with names nobody uses, so they disturb neither each other nor anybody else; they need nothing but the
/// address and an organiser's key.
#[derive(Parser)]
#[command(version, after_long_help = EXAMPLES)]
struct Arguments {
    /// Where the deployment answers, for example `http://127.0.0.1:8787`. Where each function has an address of its own,
    /// give them all, in this order: issue-qr, redeem-token, mediate, health, and what came later.
    #[arg(long, required_unless_present = "list", value_name = "URL")]
    url: Vec<String>,
    /// A key the deployment takes from organisers. It is never shown.
    #[arg(
        long,
        env = "TRUCE_ORGANISER_KEY",
        hide_env_values = true,
        required_unless_present = "list",
        value_name = "KEY"
    )]
    organiser_key: Option<String>,
    /// The certificate of the authority that vouches for the deployment, in PEM, where that is one of your own: `truce
    /// certs` makes `outside/ca.crt`. Only that one is believed then.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// What to call the deployment in the report.
    #[arg(long, default_value = "target", value_name = "NAME")]
    name: String,
    /// Only the journeys of this theme, or with this in their name. May be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Also the journeys that wait for minutes, until a session has ended.
    #[arg(long)]
    patient: bool,
    /// How many journeys go on at the same time.
    #[arg(long, default_value_t = 16, value_name = "NUMBER")]
    at_once: usize,
    /// How long this host lets a poll wait for news at most, in seconds.
    #[arg(long, default_value_t = 25, value_name = "SECONDS")]
    longest_wait: u64,
    /// Instead of the journeys, what a wrist sees in a deployment of your own that is in trouble. `too-many`: it is asked for more at once than it lets
    /// through. `store-away`: you are told when to stop what it keeps things in, and when to start that again, and press Enter when it is done.
    #[arg(long, value_name = "TROUBLE", conflicts_with_all = ["only", "patient", "list", "json"])]
    trouble: Option<Trouble>,
    /// With `--trouble too-many`: how many requests of one source the edge lets through at once.
    #[arg(long, default_value_t = 200, value_name = "NUMBER")]
    under_way: usize,
    /// One JSON object a journey instead of the table: every step and exchange, secrets left out.
    #[arg(long)]
    json: bool,
    /// Only list the journeys and their stories.
    #[arg(long)]
    list: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce-contract --list
  truce-contract --url http://127.0.0.1:8787 --organiser-key \"$KEY\"
  truce-contract --url http://127.0.0.1:8787 --only mediation --only agreements
  truce-contract --url https://localhost:8443 --ca truce-data/certs/outside/ca.crt
  truce-contract --url https://truce.example --json > report.jsonl
  truce-contract --url https://localhost:8443 --trouble store-away

The last line is `N passed, N failed`; with --json it goes to stderr. The exit status is 0 when all passed, 1 when one
did not, 2 when the arguments are wrong. A failure names the step, what was expected, what came, and the request id
that finds it in the server's log.

A deployment that limits attempts answers 429 when all journeys come from one address. They wait as long as they are
told to; raise TRUCE_ATTEMPTS_PER_MINUTE for a faster run.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let journeys = selected(&arguments);
    if journeys.is_empty() {
        return refused("no journey has that in its name; --list shows them all");
    }
    if arguments.list {
        list(&journeys);
        return ExitCode::SUCCESS;
    }
    let target = match target(&arguments) {
        Ok(target) => target,
        Err(problem) => return refused(&problem),
    };
    if let Some(trouble) = arguments.trouble {
        return trouble.made(target, arguments.under_way).await;
    }
    let json = arguments.json;
    let reports = journeys::run_all(&target, &journeys, arguments.at_once, |report| {
        if json {
            // A report is plain data: strings and numbers.
            out(&serde_json::to_string(report).unwrap_or_default());
        } else {
            out(&report.to_string());
        }
    })
    .await;
    let last_line = if json { err } else { out };
    last_line(&report::summary(&reports));
    if reports.iter().all(truce_contract::JourneyReport::passed) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn selected(arguments: &Arguments) -> Vec<Journey> {
    let wanted = |journey: &Journey| {
        arguments.only.is_empty()
            || arguments.only.iter().any(|only| journey.theme == only || journey.name.contains(only.as_str()))
    };
    journeys::everything()
        .into_iter()
        .filter(|journey| arguments.patient || arguments.list || !journey.patient)
        .filter(wanted)
        .collect()
}

fn target(arguments: &Arguments) -> Result<Target, String> {
    let key = arguments.organiser_key.as_deref().unwrap_or_default();
    let target = match &arguments.url[..] {
        [url] => Target::at(&arguments.name, url, key),
        urls => Target::at_each(&arguments.name, urls, key),
    };
    let longest_wait = Duration::from_secs(arguments.longest_wait);
    let mut capabilities = Capabilities { longest_wait, ..Capabilities::default() };
    if arguments.trouble.is_some() {
        // What it refuses is what is looked at.
        capabilities.patience = Duration::ZERO;
    }
    let target = target.map_err(|error| error.to_string())?.capabilities(capabilities);
    let Some(path) = &arguments.ca else { return Ok(target) };
    let certificates = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(target.vouched_for_by(certificates))
}

fn list(journeys: &[Journey]) {
    for journey in journeys {
        let patient = if journey.patient { " (only with --patient)" } else { "" };
        out(&format!("{}/{}{patient}\n    {}", journey.theme, journey.name, journey.story));
    }
    out(&format!("{} journeys", journeys.len()));
}

fn refused(problem: &str) -> ExitCode {
    err(&format!("truce-contract: {problem}"));
    ExitCode::from(2)
}

/// Whoever reads may have gone (`| head`): then there is nobody left to tell.
fn out(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn err(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}
