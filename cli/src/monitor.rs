//! `truce monitor`: the journeys of the contract against deployments, for ever.

mod alerts;
mod before;
mod looks;
mod numbers;
mod serve;
mod told;

use crate::failure::Failure;
use alerts::Alerts;
use clap::Args;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use truce_contract::{Addresses, Journey, JourneyReport, Target, journeys, report};
use truce_function::host::native;
use truce_function::settings::LONGEST_WAIT;
use truce_function::time;
use truce_monitor::alarms::{Event, Objective};
use truce_monitor::{
    Entry, Finding, History, HistoryError, Judge, Numbers, Plan, PlanError, Round, Settings, SettingsError, THE_TARGET,
    Told, View, WATCHED, Watches, discreet, target,
};

/// How many journeys to one target go on at the same time.
const AT_ONCE: usize = 3;
const DAY: u64 = 86_400;

/// Go on the journeys of the contract against deployments, for ever
///
/// Somebody scans a code, speaks, sends, answers, agrees and leaves, in rooms that no team is in; each round ends what it has begun. It also looks at
/// certificates, clocks, the store, the engine, the shape of answers, whether targets answer alike, how long sessions hold, and when keys end. What came of it
/// is kept for ninety days, and what burns the budget of failures, takes longer than it used to, or was looked at and is not well is an alarm, once. It ends with Ctrl-C, and goes on from its history when it is started again: an alarm about what is
/// not watched any more ends then, as that.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Monitor {
    /// A deployment, https://HOST or NAME=https://HOST; the organiser's key is in TRUCE_ORGANISER_KEY. May be repeated
    #[arg(long, value_name = "URL")]
    target: Vec<String>,
    /// A key that the targets take from organisers. It is never shown
    #[arg(long, env = "TRUCE_ORGANISER_KEY", hide_env_values = true, value_name = "KEY", hide = true)]
    organiser_key: Option<String>,
    /// More deployments, each with a key and a name of its own, and everything else that is here, in TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One round, and what was looked at besides; the exit status is 0 if all of it held and nothing is WRONG
    #[arg(long)]
    once: bool,
    /// Seconds from the beginning of a round to that of the next, 60 unless said otherwise; a tenth more or less by chance
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=DAY))]
    every: Option<u64>,
    /// The most requests a day to each target, 200000 unless said otherwise: rounds are rarer where it needs it
    #[arg(long, value_name = "NUMBER")]
    requests_a_day: Option<u64>,
    /// Only the journey with this name. May be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Which share of the journeys has to hold over thirty days, 99.5 % unless said otherwise: what burns it too fast is an alarm
    #[arg(long, value_name = "SHARE")]
    objective: Option<Objective>,
    /// Serve a status page there, such as 127.0.0.1:8788: now, the last 24 hours and 90 days, and incidents; also as JSON and as a feed. Port 0 takes any free one
    #[arg(long, value_name = "ADDR:PORT", conflicts_with = "once")]
    listen: Option<SocketAddr>,
    /// Where the history is kept, `truce-monitor.sqlite` unless said otherwise
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// JSON instead of lines for people: an object for each journey, with every step and exchange, secrets left out, for each look, and for each alarm
    #[arg(long)]
    json: bool,
    /// Only send a test to each place where alarms go, and say what came of it
    #[arg(long, requires = "config")]
    try_alerts: bool,
    /// Only list the journeys, those that are watched by themselves first
    #[arg(long)]
    list: bool,
}

const EXAMPLES: &str = "\
Examples:
  TRUCE_ORGANISER_KEY=… truce monitor --target https://truce.example --once
  TRUCE_ORGANISER_KEY=… truce monitor --target edge=https://truce.example --target aws=https://abc.execute-api.example
  truce monitor --config monitor.toml

monitor.toml:
  every_seconds = 60
  listen = \"127.0.0.1:8788\"             # a status page; public_url = \"https://status.example\" where people reach it elsewhere
  [[target]]
  name = \"edge\"
  urls = [\"https://truce.example\"]      # or one for each function: issue-qr, redeem-token, mediate, health
  organiser_key_file = \"organiser-key\"  # beside this file
  # ca_file = \"ca.crt\"                  # the only authority that vouches for it, where that is one of your own
  [[alert]]                              # where alarms go, besides to the output; any number of them
  webhook = \"https://hooks.example/truce\"  # signed, by Standard Webhooks
  secret_file = \"webhook-secret\"         # whsec_…
  # slack_file = \"slack-url\", alertmanager = \"https://…\" or command = [\"page-me\", \"--loud\"] instead
  # [watches]                           # what is looked at besides, and what is too much: docs/monitor.md
  # off = [\"parity\"]";

impl Monitor {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.list {
            return list();
        }
        if self.try_alerts {
            return alerts::try_each(&self.file()?);
        }
        let (settings, targets) = self.settings()?;
        let plan = Plan::new(&settings.journeys, settings.every(), settings.requests_a_day)?;
        let history = History::open(&settings.history)?;
        let (judge, view) = before::known(&history, &settings, &plan, &targets)?;
        let numbers = Numbers::default();
        if let Some(listen) = settings.listen.filter(|_| !self.once) {
            let names: Vec<&str> = plan.selected.iter().map(|one| one.journey.name).collect();
            for target in &targets {
                numbers.watches(&history, &target.name, &names)?;
            }
            let targets = targets.iter().map(|target| target.name.clone()).collect();
            let (public_url, history) = (settings.public_url.as_deref(), settings.history.as_path());
            let page = serve::Page { listen, public_url, history, targets, plan: &plan, now };
            self.says_where(page.begin(numbers::route(numbers.clone()))?)?;
        }
        let alerts = if self.once { Alerts::none() } else { Alerts::of(&settings, self.json)? };
        let watches = Watches::new(settings.watches, !self.once).remembering(history.rings()?.as_deref());
        let (json, spent) = (self.json, Vec::new());
        let mut watch = Watch { targets, plan, history, view, judge, alerts, watches, numbers, json, spent };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async { if self.once { watch.once().await } else { watch.for_ever().await } })
    }

    fn says_where(&self, address: SocketAddr) -> Result<(), Failure> {
        let told = format!("The status page is at http://{address}/.");
        let told =
            if self.json { serde_json::json!({"status_page": format!("http://{address}/")}).to_string() } else { told };
        Ok(writeln!(std::io::stdout().lock(), "{told}")?)
    }

    /// What the file says, and where the history is.
    fn file(&self) -> Result<Settings, Failure> {
        let mut settings = self.config.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
        settings.history = self.history.clone().unwrap_or(settings.history);
        Ok(settings)
    }

    /// What the file says, and what the flags say instead.
    fn settings(&self) -> Result<(Settings, Vec<Target>), Failure> {
        let mut settings = self.file()?;
        settings.every_seconds = self.every.unwrap_or(settings.every_seconds);
        settings.requests_a_day = self.requests_a_day.unwrap_or(settings.requests_a_day);
        settings.objective = self.objective.unwrap_or(settings.objective);
        settings.listen = self.listen.or(settings.listen);
        if !self.only.is_empty() {
            settings.journeys.clone_from(&self.only);
        }
        let key = self.organiser_key.as_deref().unwrap_or_default();
        let flags = self.target.iter().map(|given| {
            let (name, url) = given.split_once('=').unwrap_or((given, given));
            target(name, &[url.to_owned()], key, LONGEST_WAIT)
        });
        let targets = settings.targets(flags.collect::<Result<_, _>>()?)?;
        Ok((settings, targets))
    }
}

/// What is watched, and what came of it so far.
struct Watch {
    targets: Vec<Target>,
    plan: Plan,
    history: History,
    view: View,
    judge: Judge,
    alerts: Alerts,
    watches: Watches,
    numbers: Numbers,
    json: bool,
    /// Targets that had all the requests of a day, and which day: it is told once.
    spent: Vec<(String, u64)>,
}

impl Watch {
    async fn once(&mut self) -> Result<(), Failure> {
        // Whoever asks for one gets one, whatever a day may cost.
        self.plan.requests_a_day = u64::MAX;
        let (at, rounds) = self.goes().await?;
        let looked = looks::at(&mut self.watches, &self.targets, &rounds, at).await;
        self.history.keep_rings(&self.watches.seen())?;
        let mut is_wrong = false;
        for ((number, reports), looked) in rounds.iter().zip(looked) {
            self.report(&self.targets[*number], reports, at)?;
            is_wrong |= looked.findings.iter().any(Finding::is_wrong);
            let found = if self.json { looks::as_json(&looked.findings) } else { looks::in_words(&looked.findings) };
            self.tell(found.trim_end())?;
            self.history.keep(at, &[reports.as_slice(), &[looked.store]].concat(), None)?;
        }
        let reports: Vec<JourneyReport> = rounds.into_iter().flat_map(|(_, reports)| reports).collect();
        self.tell(&report::summary(&reports))?;
        if reports.iter().all(JourneyReport::passed) && !is_wrong {
            Ok(())
        } else {
            Err(Failure::Wrong("Not all of it held.".to_owned()))
        }
    }

    /// A round that has begun is gone on to its end: it ends what it has begun.
    async fn for_ever(&mut self) -> Result<(), Failure> {
        // A task of its own: it has to listen while a round goes on.
        let mut told_to_stop = tokio::spawn(native::told_to_stop());
        self.tell(&self.promise())?;
        self.leaves()?;
        self.alerts.start(self.judge.open_alerts())?;
        loop {
            let began = tokio::time::Instant::now();
            self.round().await?;
            tokio::select! {
                _ = &mut told_to_stop => {
                    self.watches.end().await;
                    return self.tell("stopped");
                }
                () = tokio::time::sleep_until(began + self.plan.pause(chance())) => {}
            }
        }
    }

    /// What it will do, and cost.
    fn promise(&self) -> String {
        let Plan { selected, every, requests_a_day } = &self.plan;
        let names: Vec<&str> = self.targets.iter().map(|target| target.name.as_str()).collect();
        let mut told = format!(
            "Watching {} with {} journeys, every {:.0} s.\n",
            names.join(", "),
            selected.len(),
            every.as_secs_f64()
        );
        let (round, day) = (self.plan.requests_a_round(), self.plan.most_a_day());
        let _ = write!(
            told,
            "Each gets up to {round} requests a round and {day} a day; {requests_a_day} a day are allowed. Ctrl-C ends it."
        );
        told
    }

    /// A round, what came of it, and what that means.
    async fn round(&mut self) -> Result<(), Failure> {
        let (at, rounds) = self.goes().await?;
        let looked = looks::at(&mut self.watches, &self.targets, &rounds, at).await;
        self.history.keep_rings(&self.watches.seen())?;
        for ((number, reports), looked) in rounds.iter().zip(looked) {
            let target = self.targets[*number].clone();
            let all = [reports.as_slice(), &[looked.store]].concat();
            let entries: Vec<Entry> = all.iter().map(|report| Entry::of(at, report)).collect();
            let again = |journey: &str| again(&target, journey);
            let mut events = self.judge.judges(&Round { at, target: &target.name, entries: &entries, again: &again });
            let once_more = |finding: &Finding| looks::again(&self.targets, finding);
            events.extend(self.judge.finds(at, &target.name, &looked.findings, &once_more));
            self.report(&target, reports, at)?;
            if self.json {
                self.tell(looks::as_json(&looked.findings).trim_end())?;
            }
            self.tell_each(&events)?;
            // Told first: what was told twice after a fall is better than what was never told.
            let open = self.judge.open_alerts().collect();
            let told = Told { ledger: &self.judge.ledger(), open, events: &events };
            self.history.keep_with(at, &all, Some(&told), |file| self.alerts.put(file, &events, at))?;
            self.alerts.go(events.len(), self.judge.open_alerts());
            self.numbers.takes_in(at, &target.name, &entries);
            self.numbers.open(self.judge.open_alerts());
        }
        Ok(())
    }

    /// One of each journey to each target that may have it; by its number.
    async fn goes(&mut self) -> Result<(u64, Vec<(usize, Vec<JourneyReport>)>), Failure> {
        let at = now();
        let mut going = tokio::task::JoinSet::new();
        for (number, target) in self.targets.clone().into_iter().enumerate() {
            if !self.may(&target, at)? {
                continue;
            }
            let journeys: Vec<Journey> = self.plan.selected.iter().map(|one| one.journey).collect();
            going.spawn(async move {
                let reports = journeys::run_all_and_tidy(&target, &journeys, AT_ONCE).await;
                (number, reports.into_iter().map(discreet).collect())
            });
        }
        let mut rounds = going.join_all().await;
        rounds.sort_by_key(|(number, _)| *number);
        Ok((at, rounds))
    }

    /// Whether a target may have another round today.
    fn may(&mut self, target: &Target, at: u64) -> Result<bool, Failure> {
        let today = at - at % DAY;
        let had = self.history.requests(&target.name, today)?;
        self.numbers.spent(&target.name, had, self.plan.requests_a_day);
        let may = had + self.plan.requests_a_round() <= self.plan.requests_a_day;
        let told = (target.name.clone(), today);
        if !may && !self.spent.contains(&told) {
            self.tell(&format!("{}: {had} requests today; the next round is tomorrow (UTC)", target.name))?;
            self.spent.push(told);
        }
        Ok(may)
    }

    fn report(&self, target: &Target, reports: &[JourneyReport], at: u64) -> Result<(), Failure> {
        if self.json {
            return reports.iter().try_for_each(|report| self.tell(&serde_json::to_string(report).unwrap_or_default()));
        }
        let held = reports.iter().filter(|report| report.passed()).count();
        let requests: u64 = reports.iter().map(|report| report.requests).sum();
        let longest = reports.iter().map(|report| report.took_ms).fold(0.0, f64::max);
        let (time, all) = (time::rfc3339(at), reports.len());
        self.tell(&format!(
            "{time}  {:<16}  {held} of {all} held  {requests:>4} requests  longest {longest:>6.0} ms",
            target.name
        ))?;
        for failed in reports.iter().filter(|report| !report.passed()) {
            self.tell(&failed.to_string())?;
            self.tell(&format!("        again     {}", again(target, &failed.name)))?;
        }
        Ok(())
    }

    fn tell_each(&self, events: &[Event]) -> Result<(), Failure> {
        let told = if self.json { told::as_json } else { told::in_words };
        events.iter().try_for_each(|event| self.tell(&told(event)))
    }

    #[allow(clippy::unused_self)] // it reads as what it is
    fn tell(&self, line: &str) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }
}

/// What goes on a journey to a target once more.
fn again(target: &Target, journey: &str) -> String {
    let only = if journey == THE_TARGET { String::new() } else { format!(" --only {journey}") };
    match &target.addresses {
        // With an authority of its own there is a file that says so.
        Addresses::One(url) if target.authority.is_none() => {
            format!("truce monitor --once{only} --target {}={url}", target.name)
        }
        _ => format!("truce monitor --once{only} --config FILE"),
    }
}

fn list() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let is_watched = |journey: &Journey| WATCHED.iter().any(|(name, _)| *name == journey.name);
    let (watched, others): (Vec<_>, Vec<_>) = journeys::everything().into_iter().partition(is_watched);
    for (title, journeys) in [("Watched unless you name others with --only:", watched), ("The others:", others)] {
        writeln!(out, "{title}")?;
        for journey in journeys {
            writeln!(out, "  {}\n      {}", journey.name, journey.story)?;
        }
    }
    Ok(write!(out, "{}", looks::list())?)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// From 0 to 1, without a need for more than not being the same everywhere.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::Wrong(format!("{error}."))
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Wrong(format!("{error}."))
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        Self::Wrong(format!("{error}."))
    }
}
