//! Whether the harness does what docs/harness.md says: brought up on a free port, changed under load, asked for what it must not give, and
//! removed, on this machine, with nothing pretended.

use super::cells::Cells;
use super::fleet::{Fleet, Programs};
use super::load::{self, Load, Seen};
use super::podman::Podman;
use super::progress::Progress;
use super::{
    IS_UP, Owner, certs, echo, faults, fleet, keys, limits, noticed, of_its_own, parts, secrets, session, tls, view,
    watched, wrists,
};
use crate::counts::{self, Counts};
use crate::http::Client;
use crate::report::Outcome;
use crate::run::Runner;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// The journeys, some of which wait for half a minute.
const LIMIT: Duration = Duration::from_mins(5);
/// Before and after a change, so that there is something to compare it with.
const CALM: Duration = Duration::from_secs(1);

/// A harness that is up, and what was found out about it.
pub(super) struct Proof<'a> {
    runner: &'a Runner<'a>,
    pub(super) fleet: &'a Fleet<'a>,
    pub(super) edge: Client,
    pub(super) key: String,
    pub(super) session: String,
    outcome: Outcome,
}

type Check = fn(&Proof<'_>) -> Result<String, String>;

/// In this order: each leaves things as the next one wants them.
const CHECKS: [(&str, Check); 34] = [
    ("no journey felt a limit", limits::nobody_felt_one),
    ("too much at once, from one source", limits::a_burst_is_cut),
    ("too many waiting, from one source", limits::too_many_wait),
    ("a wrist that is one too many", wrists::one_too_many),
    ("a body that is too long", limits::a_body_is_limited),
    ("pages are compressed", limits::pages_are_compressed),
    ("who fails is left alone for a moment", limits::what_fails_is_spared),
    ("nobody of a function is ready", limits::nobody_is_ready),
    ("the edge counts", watched::it_counts),
    ("the edge traces, where it is told to", watched::it_traces),
    ("one source that stands for many", limits::a_crowd_is_let_in),
    ("who looks at a container sees no secret", no_secret_is_seen),
    ("nobody in a container is more than it must be", nobody_is_more),
    ("only the edge has a way out", only_the_edge_is_out),
    ("people are served with TLS and not without", tls::nothing_but_tls),
    ("a function takes the edge and nobody else", tls::only_the_edge_is_taken),
    ("the edge cannot change a container", view::refuses),
    ("who says what only the edge may say is not heard", echo::nothing_forged),
    ("a cell serves its own team and nobody else", session::cells_serve_their_own),
    ("who has no session gets no further", session::nobody_passes_without),
    ("the edge's log says how it went, and nothing that was said", session::nothing_said_is_logged),
    ("who is not ready takes no request", unready_takes_nothing),
    ("mediate from 1 to 4 and to 2, under load", scales),
    ("mediate rolled, under load", rolls),
    ("the keys rotated, under load", keys::rotate),
    ("certificates rolled, under load", tls::rolls),
    ("a replica stopped by somebody else, under load", stopped_by_others),
    ("a replica killed, under load", faults::killed),
    ("a replica that fails at everything, under load", faults::failing),
    ("the edge started again", faults::without_the_edge),
    ("a wrist, and the store away", wrists::without_the_store),
    ("ten redeem each of a thousand invites, over four replicas", faults::crowd),
    ("the store away and back", faults::without_the_store),
    ("an unknown function is refused", unknown_is_refused),
];

/// All of it; nothing is left, whatever comes of it.
pub(super) fn run(runner: &Runner<'_>, programs: &Programs) -> Result<Outcome, String> {
    let owner = Owner::ensure()?;
    let _alone = owner.lock()?;
    let podman = Podman::ensure(&owner)?;
    let progress = Progress::new(runner.console);
    let Some(mut fleet) = of_its_own(runner.workspace, &podman, &progress)? else {
        return Ok(Outcome::skipped(IS_UP));
    };
    fleet.cells = Cells::read(session::CELLS)?;
    // Of another proof.
    let _ = fs::remove_file(logs(runner));
    let outcome = fleet.up(programs, 1).and_then(|()| proved(runner, &fleet, programs));
    let mut outcome = outcome.unwrap_or_else(|why| {
        keep_logs(runner, &podman, "up");
        Outcome::failed(why)
    });
    if !outcome.good() {
        outcome.notes.push(format!("what the containers said: {}", logs(runner).display()));
    }
    note(&mut outcome, runner, "nothing is left", fleet.down(false).and_then(|()| left(&podman)));
    podman.rest();
    Ok(outcome)
}

fn logs(runner: &Runner<'_>) -> PathBuf {
    runner.workspace.logs().join("harness-containers.log")
}

/// What the containers have said by the time that `name` fails: the next check may replace them.
fn keep_logs(runner: &Runner<'_>, podman: &Podman<'_>, name: &str) {
    let mut text = format!("\n\n===== {name}\n").into_bytes();
    for container in podman.containers().unwrap_or_default() {
        text.extend(format!("\n{} ({})\n", container.name, container.status).into_bytes());
        if let Ok(output) = podman.command(&["logs", &container.name]).output() {
            text.extend([output.stdout, output.stderr].concat());
        }
    }
    // What cannot be kept is no reason to fail, and no reason not to go on.
    let file = File::options().create(true).append(true).open(logs(runner));
    let _ = file.and_then(|mut file| file.write_all(&text));
}

fn proved(runner: &Runner<'_>, fleet: &Fleet<'_>, programs: &Programs) -> Result<Outcome, String> {
    let edge = fleet.edge()?;
    let key = secrets::organiser_key(fleet.podman)?;
    let session = load::session(&edge, &key, "edge")?;
    let mut outcome = Outcome::new(Counts::PASSED);
    note(&mut outcome, runner, "up again changes nothing", again(fleet, programs));
    let mut proof = Proof { runner, fleet, edge, key, session, outcome };
    proof.journeys();
    for (name, check) in CHECKS {
        let came = check(&proof);
        proof.note(name, came);
    }
    let came = noticed::without_the_store(&proof, programs);
    proof.note("the monitor, and the store away and back", came);
    if fleet.podman.owner.made {
        let came = faults::off_and_on(&proof, programs);
        proof.note("the machine off and on again", came);
    }
    let came = faults::cut_off(&proof);
    proof.note("what a test leaves that was cut off", came);
    Ok(proof.outcome)
}

/// What came of a check, in the outcome and in a line.
pub(super) fn note(outcome: &mut Outcome, runner: &Runner<'_>, name: &str, came: Result<String, String>) {
    let (counts, line) = match came {
        Ok(what) => (Counts::PASSED, format!("{name}: {what}")),
        Err(why) => (Counts::FAILED, format!("{name}: FAILED: {why}")),
    };
    outcome.counts = outcome.counts.add(counts);
    runner.console.say(&format!("          {line}"));
    outcome.notes.push(line);
}

/// What is there afterwards is what was there before, to the last id.
fn again(fleet: &Fleet<'_>, programs: &Programs) -> Result<String, String> {
    let ids = || -> Result<Vec<String>, String> {
        Ok(fleet.podman.containers()?.into_iter().map(|container| container.id).collect())
    };
    let (before, so_far) = (ids()?, fleet.progress.changes());
    fleet.up(programs, 1)?;
    let changed = fleet.progress.changes() - so_far;
    if changed == 0 && ids()? == before {
        return Ok(format!("the same {} containers", before.len()));
    }
    Err(format!("{changed} steps changed something"))
}

fn no_secret_is_seen(proof: &Proof<'_>) -> Result<String, String> {
    let containers = proof.fleet.podman.containers()?;
    for container in &containers {
        let seen = proof.fleet.podman.text(&["inspect", &container.name])?;
        // The organiser's key, what a key ring looks like, what a Redis with a password looks like.
        let signs = [proof.key.as_str(), ":active", "redis://:", "requirepass"];
        if let Some(sign) = signs.iter().find(|sign| seen.contains(**sign)) {
            let what = if *sign == proof.key { "the organiser's key" } else { *sign };
            return Err(format!("{} shows {what}", container.name));
        }
    }
    Ok(format!("{} containers looked at", containers.len()))
}

fn nobody_is_more(proof: &Proof<'_>) -> Result<String, String> {
    const SHOWN: &str = "{{.State.Pid}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Privileged}} {{.Config.User}}";
    let containers = proof.fleet.podman.containers()?;
    for container in &containers {
        let shown = proof.fleet.podman.text(&["inspect", "--format", SHOWN, &container.name])?;
        let (process, shown) = shown.trim().split_once(' ').unwrap_or_default();
        if shown != "true false 65532:65532" {
            return Err(format!("{}: {shown}", container.name));
        }
        // The kernel's own word for it.
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).map_err(|error| error.to_string())?;
        let is = |name: &str, value: &str| {
            status.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.trim() == value))
        };
        let none = "0000000000000000";
        let without = ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"].iter().all(|name| is(name, none));
        if !without || !is("NoNewPrivs:", "1") {
            return Err(format!("{} has capabilities, or may get them", container.name));
        }
        if status
            .lines()
            .any(|line| line.strip_prefix("Uid:").is_some_and(|ids| ids.split_whitespace().any(|id| id == "0")))
        {
            return Err(format!("{} runs as root", container.name));
        }
    }
    Ok(format!("{} containers, none root or with a capability, all read-only", containers.len()))
}

fn only_the_edge_is_out(proof: &Proof<'_>) -> Result<String, String> {
    const SHOWN: &str = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    let podman = proof.fleet.podman;
    for network in parts::NETWORKS {
        let internal = podman.text(&["network", "inspect", "--format", "{{.Internal}}", network])?;
        if (internal.trim() == "true") == (network == parts::FRONT_NETWORK) {
            return Err(format!("{network} internal: {}", internal.trim()));
        }
    }
    for container in podman.containers()? {
        let networks = podman.text(&["inspect", "--format", SHOWN, &container.name])?;
        let out =
            networks.split_whitespace().any(|name| !parts::NETWORKS.contains(&name) || name == parts::FRONT_NETWORK);
        if out && container.name != parts::EDGE {
            return Err(format!("{} is on {}", container.name, networks.trim()));
        }
    }
    Ok(format!("{} networks, one of them with a way out", parts::NETWORKS.len()))
}

/// One that is like the others in everything, but was never found ready.
fn unready_takes_nothing(proof: &Proof<'_>) -> Result<String, String> {
    const NAME: &str = "truce-mediate-99";
    let part = proof.fleet.current("mediate")?;
    part.start(proof.fleet.podman, NAME)?;
    let seen = proof.under_load(|| {
        sleep(CALM);
        Ok(())
    });
    let took = proof.answered(NAME);
    proof.fleet.podman.remove(NAME)?;
    let (seen, took) = (seen?, took?);
    if took == 0 { Ok(format!("{seen}, none of them its")) } else { Err(format!("it answered {took} of {seen}")) }
}

fn scales(proof: &Proof<'_>) -> Result<String, String> {
    let mut answered = Vec::new();
    let seen = proof.under_load(|| {
        proof.fleet.scale("mediate", 4)?;
        sleep(2 * CALM);
        for replica in proof.fleet.replicas("mediate")? {
            answered.push(proof.answered(&replica.name)?);
        }
        proof.fleet.scale("mediate", 2)
    })?;
    let left = proof.fleet.replicas("mediate")?.len();
    proof.fleet.scale("mediate", 1)?;
    if answered.len() == 4 && answered.iter().all(|count| *count > 0) && left == 2 {
        return Ok(format!("{seen}; the four had answered {answered:?}"));
    }
    Err(format!("the replicas had answered {answered:?}, {left} are left"))
}

fn rolls(proof: &Proof<'_>) -> Result<String, String> {
    let names = || -> Result<Vec<String>, String> {
        Ok(proof.fleet.replicas("mediate")?.into_iter().map(|replica| replica.id).collect())
    };
    let before = names()?;
    let seen = proof.under_load(|| proof.fleet.roll(&proof.fleet.group("mediate")?))?;
    let after = names()?;
    if before.len() == after.len() && before.iter().all(|id| !after.contains(id)) {
        return Ok(seen.to_string());
    }
    Err(format!("{before:?} became {after:?}"))
}

/// It drains, and the edge's own look at it has to do.
fn stopped_by_others(proof: &Proof<'_>) -> Result<String, String> {
    proof.fleet.scale("mediate", 2)?;
    let seen = proof.under_load(|| {
        proof.fleet.podman.text(&["stop", "--time", "30", "truce-mediate-1"])?;
        sleep(CALM);
        Ok(())
    });
    proof.fleet.scale("mediate", 1)?;
    seen.map(|seen| seen.to_string())
}

fn unknown_is_refused(proof: &Proof<'_>) -> Result<String, String> {
    match super::known(proof.fleet, Some("nothing")) {
        Err(why) if why.contains("mediate") => Ok(why),
        other => Err(format!("{other:?}")),
    }
}

impl Proof<'_> {
    fn note(&mut self, name: &str, came: Result<String, String>) {
        if came.is_err() {
            keep_logs(self.runner, self.fleet.podman, name);
        }
        note(&mut self.outcome, self.runner, name, came);
    }

    /// As every host has to pass them.
    fn journeys(&mut self) {
        let ran = self.runner.run("harness-contract", self.suite(), LIMIT);
        let (counts, why) = counts::judge(ran.ended_well, counts::last_line(&ran.output));
        self.outcome.counts = self.outcome.counts.add(counts);
        self.outcome
            .notes
            .push(format!("journeys through the edge: {} passed, {} failed", counts.passed, counts.failed));
        self.outcome.notes.extend(ran.why.or_else(|| why.map(str::to_owned)));
        self.outcome.notes.extend(counts::failures(&ran.output));
        self.outcome.log = Some(ran.log);
    }

    /// The contract suite, through the edge.
    pub(super) fn suite(&self) -> Command {
        let workspace = self.runner.workspace;
        let mut command = workspace.command(workspace.target.join("debug/truce-contract"));
        command
            .args(["--name", "edge", "--url", &format!("https://{}", self.edge.address), "--ca"])
            .arg(certs::authority(self.fleet.podman));
        command.env("TRUCE_ORGANISER_KEY", &self.key);
        command
    }

    /// Does `work` while people go on; none of them may notice.
    pub(super) fn under_load(&self, work: impl FnOnce() -> Result<(), String>) -> Result<Seen, String> {
        let seen = self.seen_during(work)?;
        if seen.failures.is_empty() && seen.requests() > 0 { Ok(seen) } else { Err(seen.to_string()) }
    }

    /// What people notice of `work`.
    pub(super) fn seen_during(&self, work: impl FnOnce() -> Result<(), String>) -> Result<Seen, String> {
        let load = Load::begin(&self.edge, &self.session);
        sleep(CALM);
        let worked = work();
        sleep(CALM);
        let seen = load.end();
        worked.map(|()| seen)
    }

    /// How many requests for what it is there for a replica has answered: the edge's own looks at it are for something else.
    pub(super) fn answered(&self, name: &str) -> Result<usize, String> {
        let text = self.fleet.podman.logs(name)?;
        let ours = |line: &&str| line.contains(r#""message":"answered""#) && line.contains(r#""path":"/mediate""#);
        Ok(text.lines().filter(ours).count())
    }
}

/// What a `down` has forgotten.
pub(super) fn left(podman: &Podman<'_>) -> Result<String, String> {
    if let Some(found) = podman.first_called("truce-")? {
        return Err(format!("{found} is still there"));
    }
    let state = podman.owner.state();
    for name in fleet::NOTED.into_iter().chain(["organisers"]) {
        if state.join(name).exists() {
            return Err(format!("{} is still there", state.join(name).display()));
        }
    }
    Ok("no container, network, volume or secret".to_owned())
}
