//! What breaks: a replica, the edge, the store. What people notice of it, and that nothing is lost, doubled or half done.

use super::fleet::Programs;
use super::helper::{AS_A_FUNCTION, Helper};
use super::load::{self, AT_ONCE};
use super::proof::Proof;
use super::{lease, parts, routes};
use crate::http::{Client, Request};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// From a break until everything is as it was.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the store is away: longer than a function waits for it, so that both ends of it are seen.
const AWAY: Duration = Duration::from_secs(10);
/// For the program that the view has: it is open, and that is all.
const FAILS: &str = r"
frontend fails
    bind :8080 ssl crt /certs/tls.crt ca-file /certs/ca.crt verify required
    http-request return status 200 if { path /health }
    http-request return status 500
";
const SENT: &str = "The tests were green before you merged.";

/// It costs what was under way there, and asking again is enough.
pub(super) fn killed(proof: &Proof<'_>) -> Result<String, String> {
    proof.fleet.scale("mediate", 2)?;
    let seen = proof.seen_during(|| {
        proof.fleet.podman.text(&["kill", "--signal", "KILL", "truce-mediate-1"])?;
        sleep(Duration::from_secs(2));
        Ok(())
    });
    proof.fleet.scale("mediate", 1)?;
    let seen = seen?;
    if seen.requests() > 0 && seen.is_mended(AT_ONCE) { Ok(seen.to_string()) } else { Err(seen.to_string()) }
}

/// One of two that is open, and fails at everything it is asked.
pub(super) fn failing(proof: &Proof<'_>) -> Result<String, String> {
    const FUNCTION: &str = "mediate";
    let configuration = [AS_A_FUNCTION, FAILS].concat();
    let mut one = Helper::new("truce-fails", &configuration);
    one.stands_for = FUNCTION;
    one.labels = routes::service(FUNCTION, FUNCTION);
    let router = ["rule=Path(`/fails`)", "service=mediate", "entrypoints=inside"];
    one.labels.extend(router.map(|told| format!("traefik.http.routers.fails.{told}")));
    let begun = Instant::now();
    let (seen, begun) = one.there(proof, || {
        let failed = || {
            Ok::<_, String>(
                Request::get("/mediate")
                    .with_bearer(&proof.session)
                    .ask(&proof.edge)
                    .is_ok_and(|answer| answer.status == 500),
            )
        };
        while !failed()? {
            if begun.elapsed() > PATIENCE {
                return Err("the edge does not find it".to_owned());
            }
        }
        let begun = Instant::now();
        let seen = proof.seen_during(|| {
            sleep(Duration::from_secs(5));
            Ok(())
        })?;
        Ok((seen, begun.elapsed()))
    })?;
    // After each look at it, once; and as many as there are under way.
    let rounds = usize::try_from(begun.as_secs() + 1).unwrap_or(usize::MAX);
    let line = format!("{seen}; a look at it every second");
    if seen.failures.len() <= rounds * AT_ONCE && seen.requests() > 20 * seen.failures.len() {
        Ok(line)
    } else {
        Err(line)
    }
}

/// Nothing is kept in it.
pub(super) fn without_the_edge(proof: &Proof<'_>) -> Result<String, String> {
    let begun = Instant::now();
    proof.fleet.podman.text(&["restart", "--time", "0", parts::EDGE])?;
    let took = until(&proof.edge, begun, || Request::get("/mediate").with_bearer(&proof.session), 200)?;
    Ok(format!("{} ms until the session was served again", took.as_millis()))
}

/// Redis away: closed, in words of ours, and with everything that was there when it is back.
pub(super) fn without_the_store(proof: &Proof<'_>) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let spare = load::invite(&proof.edge, &proof.key, "edge")?;
    podman.text(&["kill", "--signal", "KILL", parts::REDIS])?;
    let closed = closed(proof, &spare);
    let begun = Instant::now();
    podman.text(&["start", parts::REDIS])?;
    closed?;
    let took = until(&proof.edge, begun, || Request::get("/mediate").with_bearer(&proof.session), 200)?;
    // Each function finds it again by itself, and says until then that it has not.
    let redeemed = format!(r#"{{"invite":"{spare}"}}"#);
    until(&proof.edge, begun, || Request::post("/redeem", &redeemed), 200)?;
    match load::redeem(&proof.edge, &spare)?.status {
        401 => Ok(format!(
            "503 with Retry-After while it was away; {} ms after it was started everything was there, and the invite good once",
            took.as_millis()
        )),
        other => Err(format!("an invite that met the closed door was redeemed, and again with {other}")),
    }
}

/// For as long as it is away: everything that needs it says so, and when to try again.
fn closed(proof: &Proof<'_>, invite: &str) -> Result<(), String> {
    let begun = Instant::now();
    let said = format!(r#"{{"text":"{SENT}"}}"#);
    let redeemed = format!(r#"{{"invite":"{invite}"}}"#);
    let mut asked = 0;
    while begun.elapsed() < AWAY {
        for request in [
            Request::post("/mediate", &said).with_bearer(&proof.session),
            Request::get("/mediate").with_bearer(&proof.session),
            Request::post("/redeem", &redeemed),
        ] {
            let answer = request.ask(&proof.edge).map_err(|error| format!("{}: {error}", request.path))?;
            let code = answer.field("code").unwrap_or_default();
            let seconds: Option<u32> = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            if (answer.status, code.as_str()) != (503, "store-unavailable") || seconds.is_none() {
                let what = format!("{} {}", request.method, request.path);
                return Err(format!(
                    "{what}: {} `{code}`, Retry-After {seconds:?}: {}",
                    answer.status,
                    answer.body.trim()
                ));
            }
            asked += 1;
        }
    }
    if asked > 0 { Ok(()) } else { Err("nobody asked while it was away".to_owned()) }
}

/// The machine off, in the middle of everything, and on again: nobody ends a container, nobody tidies up. Only where all that runs as the
/// containers' owner is this harness.
pub(super) fn off_and_on(proof: &Proof<'_>, programs: &Programs) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let names: Vec<String> = podman.containers()?.into_iter().map(|container| container.name).collect();
    let inside: Vec<&str> =
        ["inspect", "--format", "{{.State.Pid}}"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let inside = podman.text(&inside)?;
    // First those who would see the others end.
    let all: Vec<String> = podman.owner.processes().iter().map(u32::to_string).collect();
    // One that does not run is 0 to Podman, and to `kill` that is whoever asks.
    let inside = inside.split_whitespace().filter(|process| *process != "0");
    let all: Vec<&str> = all.iter().map(String::as_str).chain(inside).collect();
    // Who has ended by then has ended.
    let _ = Command::new("sh").args(["-c", r#"kill -s KILL "$@""#, "sh"]).args(&all).output();
    let begun = Instant::now();
    while !podman.owner.processes().is_empty() {
        if begun.elapsed() > PATIENCE {
            return Err("what was killed does not end".to_owned());
        }
        sleep(Duration::from_millis(20));
    }
    podman.owner.begin_session()?;
    let begun = Instant::now();
    proof.fleet.up(programs, 1)?;
    let took = until(&proof.edge, begun, || Request::get("/mediate").with_bearer(&proof.session), 200)?;
    Ok(format!("{} processes killed; {:.1} s until the session was served again", all.len(), took.as_secs_f64()))
}

/// What a test has brought up that was cut off is gone for whoever comes next.
pub(super) fn cut_off(proof: &Proof<'_>) -> Result<String, String> {
    let fleet = proof.fleet;
    let mut test = Command::new("true").spawn().map_err(|error| error.to_string())?;
    lease::take(fleet.podman, lease::HARNESS, test.id())?;
    test.wait().map_err(|error| error.to_string())?;
    let before = fleet.podman.containers()?.len();
    super::fleet(fleet.workspace, fleet.podman, fleet.progress)?;
    match fleet.podman.containers()?.len() {
        0 if before > 0 => Ok(format!("{before} containers, and then none")),
        after => Err(format!("{before} containers, and then {after}")),
    }
}

/// Exactly as many sessions as invites.
pub(super) fn crowd(proof: &Proof<'_>) -> Result<String, String> {
    const INVITES: usize = 1_000;
    const EACH: usize = 10;
    let (edge, key) = (&proof.edge, proof.key.as_str());
    proof.fleet.scale("redeem-token", 4)?;
    let invites: Vec<OnceLock<String>> = (0..INVITES).map(|_| OnceLock::new()).collect();
    by_many(INVITES, |at| load::invite(edge, key, "edge").map(|invite| drop(invites[at].set(invite))))?;
    let (sessions, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begun = Instant::now();
    // The ten that want the same one come right after each other.
    let came = by_many(INVITES * EACH, |at| {
        let answer = load::redeem(edge, invites[at / EACH].get().ok_or("an invite is missing")?)?;
        match (answer.status, answer.field("code").as_deref()) {
            (200, Some("redeemed")) => sessions.fetch_add(1, Ordering::Relaxed),
            (401, Some("invite-invalid")) => refused.fetch_add(1, Ordering::Relaxed),
            (status, code) => return Err(format!("/redeem: {status} {code:?}")),
        };
        Ok(())
    });
    let took = begun.elapsed();
    proof.fleet.scale("redeem-token", 1)?;
    came?;
    let (sessions, refused) = (sessions.into_inner(), refused.into_inner());
    let line = format!("{sessions} sessions, {refused} refused, in {:.1} s", took.as_secs_f64());
    if (sessions, refused) == (INVITES, INVITES * (EACH - 1)) { Ok(line) } else { Err(line) }
}

/// Does `work` for every number below `count`, many at a time.
fn by_many(count: usize, work: impl Fn(usize) -> Result<(), String> + Sync) -> Result<(), String> {
    const HANDS: usize = 16;
    let next = AtomicUsize::new(0);
    let hand = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(());
            }
            work(at)?;
        }
    };
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().try_for_each(|hand| hand.join().unwrap_or_else(|_| Err("one of them gave up".to_owned())))
    })
}

/// How long it took from `begun` until a request is answered with `status`.
fn until<'a>(
    edge: &Client,
    begun: Instant,
    request: impl Fn() -> Request<'a>,
    status: u16,
) -> Result<Duration, String> {
    loop {
        let answer = request().ask(edge);
        if answer.as_ref().is_ok_and(|answer| answer.status == status) {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE {
            let answer = answer.map_or_else(|error| error.to_string(), |answer| answer.status.to_string());
            return Err(format!("after {} s it still answers {answer}", PATIENCE.as_secs()));
        }
        sleep(Duration::from_millis(20));
    }
}
