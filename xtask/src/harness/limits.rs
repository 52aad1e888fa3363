//! What the edge does to whoever asks for too much, and to what fails behind it.

use super::proof::Proof;
use super::{echo, parts};
use crate::http::{Answer, Client, Request};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// As traefik-local/dynamic/limits.yaml has them.
const BURST: usize = 500;
pub(super) const UNDER_WAY: usize = 200;
const BODY: usize = 256 * 1024;
/// The one replica of `mediate`.
const FIRST: &str = "truce-mediate-1";
const PATIENCE: Duration = Duration::from_secs(15);

/// They were on all the time.
pub(super) fn nobody_felt_one(proof: &Proof<'_>) -> Result<String, String> {
    let log = proof.fleet.podman.logs(parts::EDGE)?;
    let has =
        |status: &str| log.lines().filter(|line| line.contains(&format!(r#""DownstreamStatus":{status}"#))).count();
    let (all, refused) = (has(""), has("429"));
    if all > 1000 && refused == 0 {
        Ok(format!("{all} requests, none refused"))
    } else {
        Err(format!("{refused} of {all}"))
    }
}

/// More than a burst: some get no further, in words of ours, and a moment later it is over.
pub(super) fn a_burst_is_cut(proof: &Proof<'_>) -> Result<String, String> {
    let (answered, refused) = burst(&proof.edge)?;
    let spared = answered + refused;
    sleep(Duration::from_secs(1));
    let after = Request::get("/health").ask(&proof.edge).map_err(|error| error.to_string())?.status;
    if answered >= BURST && refused > 0 && after == 200 {
        return Ok(format!("of {spared} at once {refused} were told to wait, and 1 s later none"));
    }
    Err(format!("{answered} answered, {refused} refused, and then {after}"))
}

/// How many of many that come at once are answered, and how many refused.
pub(super) fn burst(edge: &Client) -> Result<(usize, usize), String> {
    const MANY: usize = 3 * BURST;
    const HANDS: usize = 16;
    let (answered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let hand = || {
        for _ in 0..MANY / HANDS {
            let answer = Request::get("/health").ask(edge).map_err(|error| error.to_string())?;
            if answer.status == 200 {
                answered.fetch_add(1, Ordering::Relaxed);
            } else {
                in_our_words(&answer, 429, "slow-down")?;
                refused.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok::<_, String>(())
    };
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().try_for_each(|hand| hand.join().unwrap_or_else(|_| Err("one of them gave up".to_owned())))
    })?;
    Ok((answered.into_inner(), refused.into_inner()))
}

/// More wait for news than one source may: some are told at once, and the others wait on.
pub(super) fn too_many_wait(proof: &Proof<'_>) -> Result<String, String> {
    const MORE: usize = 20;
    let (edge, session) = (&proof.edge, proof.session.as_str());
    let ask = || Request::get("/mediate?wait=4").with_bearer(session).ask(edge);
    let (mut answered, mut refused) = (0, 0);
    thread::scope(|scope| {
        let all: Vec<_> = (0..UNDER_WAY + MORE).map(|_| scope.spawn(ask)).collect();
        all.into_iter().try_for_each(|one| {
            let answer = one.join().map_err(|_| "one of them gave up")?.map_err(|error| error.to_string())?;
            if answer.status == 200 {
                answered += 1;
                return Ok(());
            }
            refused += 1;
            in_our_words(&answer, 429, "slow-down")
        })
    })?;
    if answered >= UNDER_WAY && refused > 0 {
        return Ok(format!("{answered} waited at once, {refused} were told to come back"));
    }
    Err(format!("{answered} waited at once, {refused} were told to come back"))
}

/// A function refuses what is too long for it; what is far too long never gets to one. Both are told the same.
pub(super) fn a_body_is_limited(proof: &Proof<'_>) -> Result<String, String> {
    let before = proof.answered(FIRST)?;
    for length in [BODY / 2, BODY, BODY + 1] {
        let body = format!("{{{}}}", " ".repeat(length - 2));
        let answer = Request::post("/mediate", &body).with_bearer(&proof.session).ask(&proof.edge);
        let answer = answer.map_err(|error| error.to_string())?;
        if (answer.status, answer.field("code").as_deref()) != (413, Some("body-too-large")) {
            return Err(format!("{length} bytes: {} {}", answer.status, answer.body.trim()));
        }
    }
    match proof.answered(FIRST)? - before {
        2 => Ok(format!("of {BODY} bytes a function has heard, and of one more it has not")),
        heard => Err(format!("a function heard of {heard} of 3")),
    }
}

/// A page is smaller on the way, a symbol and a short answer are as they are.
pub(super) fn pages_are_compressed(proof: &Proof<'_>) -> Result<String, String> {
    let coded = |request: Request<'_>, accept: &str| -> Result<(Option<String>, String, usize), String> {
        let head = format!("Accept-Encoding: gzip\r\nAccept: {accept}\r\n");
        let answer = Request { head: &head, ..request }.ask(&proof.edge).map_err(|error| error.to_string())?;
        let header = |name: &str| answer.header(name).map(str::to_owned);
        Ok((header("content-encoding"), header("content-type").unwrap_or_default(), answer.length))
    };
    let whole = Request { head: "Accept: text/html\r\n", ..Request::get("/qr") };
    let whole = whole.ask(&proof.edge).map_err(|error| error.to_string())?.length;
    let (page, kind, length) = coded(Request::get("/qr"), "text/html")?;
    if page.as_deref() != Some("gzip") || !kind.starts_with("text/html") || 2 * length > whole {
        return Err(format!("a page, {kind}, comes as {page:?}, {length} bytes of {whole}"));
    }
    let invited = r#"{"room":"harness","team":"edge","member":"Ana"}"#;
    let symbol = Request::post("/qr", invited).with_bearer(&proof.key);
    for (request, accept, wanted) in
        [(symbol, "image/png", "image/png"), (Request::get("/health"), "application/json", "application/json")]
    {
        let (coding, kind, length) = coded(request, accept)?;
        if coding.is_some() || !kind.starts_with(wanted) {
            return Err(format!("{kind} of {length} bytes comes as {coding:?}"));
        }
    }
    Ok(format!("a page is {length} bytes instead of {whole}"))
}

/// What fails is left alone for a moment, and then asked again.
pub(super) fn what_fails_is_spared(proof: &Proof<'_>) -> Result<String, String> {
    echo::there(proof, || {
        let begun = Instant::now();
        // Whoever comes now would be answered well, but is not let through.
        while echo::ask(proof, "")?.status == 200 {
            in_our_words(&echo::ask(proof, "X-Fail: yes\r\n")?, 503, "not-ready")?;
            in_our_words(&echo::ask(proof, "X-Fail: yes\r\n")?, 503, "not-ready")?;
            in_our_words(&echo::ask(proof, "X-Fail: yes\r\n")?, 503, "not-ready")?;
            late(begun, "it is still asked")?;
        }
        let spared = Instant::now();
        while echo::ask(proof, "")?.status != 200 {
            late(begun, "it is not asked any more")?;
            sleep(Duration::from_millis(50));
        }
        Ok(format!("in our words, and for {:.1} s", spared.elapsed().as_secs_f64()))
    })
}

/// Nobody of a function is there: the edge says so as a function would.
pub(super) fn nobody_is_ready(proof: &Proof<'_>) -> Result<String, String> {
    let signal = |signal| proof.fleet.podman.text(&["kill", "--signal", signal, "truce-issue-qr-1"]);
    // It is still there, and says nothing any more.
    signal("STOP")?;
    // Whoever is asked until the edge has noticed does not answer.
    sleep(Duration::from_secs(4));
    let begun = Instant::now();
    let said = loop {
        match Request::get("/qr").ask(&proof.edge) {
            Ok(answer) if answer.status == 503 => break in_our_words(&answer, 503, "not-ready"),
            _ if begun.elapsed() > PATIENCE => break Err("nothing is said about it".to_owned()),
            _ => {}
        }
    };
    signal("CONT")?;
    while proof.edge.status("/qr") != Some(200) {
        late(begun, "it is not found again")?;
        sleep(Duration::from_millis(50));
    }
    said.map(|()| "503, in our words".to_owned())
}

/// The load of what follows comes from this machine, and is to stand for many. It is told while the edge runs.
pub(super) fn a_crowd_is_let_in(proof: &Proof<'_>) -> Result<String, String> {
    proof.fleet.crowded.set(true);
    proof.fleet.configure_edge()?;
    let begun = Instant::now();
    loop {
        sleep(Duration::from_millis(500));
        let (answered, refused) = burst(&proof.edge)?;
        if refused == 0 {
            return Ok(format!("{answered} at once, none refused"));
        }
        late(begun, "it is still limited")?;
    }
}

/// As docs/wire.md has it.
fn in_our_words(answer: &Answer, status: u16, code: &str) -> Result<(), String> {
    let waits = answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok());
    let typed = answer.header("content-type") == Some("application/problem+json");
    let says = answer.field("say").is_some_and(|say| !say.is_empty());
    let found = answer.header("x-request-id").is_some();
    if answer.status == status && answer.field("code").as_deref() == Some(code) && waits && typed && says && found {
        return Ok(());
    }
    Err(format!("{} where {status} `{code}` was due: {}", answer.status, answer.body.trim()))
}

pub(super) fn late(begun: Instant, what: &str) -> Result<(), String> {
    if begun.elapsed() > PATIENCE { Err(format!("after {} s {what}", PATIENCE.as_secs())) } else { Ok(()) }
}
