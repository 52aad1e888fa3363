//! What the edge tells whoever looks after it: counts, and traces.

use super::helper::Helper;
use super::proof::Proof;
use super::{limits, parts};
use crate::http::{Client, Request};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// For the program that the view has: it takes what is sent, and logs it.
const COLLECTOR: &str = "
global
    log stdout len 65535 format raw local0
    # As much of a body as there is room for in a line.
    tune.bufsize 32768
defaults
    mode http
    log global
    timeout client 5s
    timeout connect 5s
    timeout server 5s
frontend traces
    bind :4318
    option http-buffer-request
    http-request set-var(txn.body) req.body,hex
    log-format \"%HM %HP %[var(txn.body)]\"
    http-request return status 200
";

/// Counts are there for who is on the edge's network, and for nobody else.
pub(super) fn it_counts(proof: &Proof<'_>) -> Result<String, String> {
    const CONFIGURATION: &str = "
defaults
    mode tcp
    timeout connect 5s
    timeout client 5s
    timeout server 5s
listen metrics
    bind :9100
    server edge truce-edge:9100
";
    let mut scraper = Helper::new("truce-scraper", CONFIGURATION);
    scraper.seen_on = Some(9100);
    let text = scraper.there(proof, || {
        let (begun, scraper) = (Instant::now(), Client::plain(scraper.address(proof)?));
        loop {
            match Request::get("/metrics").ask(&scraper) {
                Ok(answer) if answer.status == 200 => return Ok(answer.body),
                _ => limits::late(begun, "nothing is counted")?,
            }
            sleep(Duration::from_millis(100));
        }
    })?;
    let outside = Request::get("/metrics").ask(&proof.edge).map_err(|error| error.to_string())?.status;
    let requests = || text.lines().filter(|line| line.starts_with("traefik_service_requests_total{"));
    let counted = requests().count();
    let ours = requests().any(|line| line.contains(r#"service="mediate-well@docker""#));
    if ours && outside == 404 {
        Ok(format!("{counted} of services, and 404 from outside"))
    } else {
        Err(format!("{outside}, {text}"))
    }
}

/// Where it is told to send traces, they come: one from the edge through the functions to the store, and without what was said.
pub(super) fn it_traces(proof: &Proof<'_>) -> Result<String, String> {
    const CANARY: &str = "canary-77aa";
    const PARENT: &str =
        "X-Other: canary-77aa\r\nTraceparent: 00-7d1c0ffee0ddba11c0de5eed0b5e55ed-00f067aa0ba902b7-01\r\n";
    let (fleet, podman) = (proof.fleet, proof.fleet.podman);
    let id = podman.image(parts::EDGE).ok_or("there is no image of an edge")?;
    let told = |to: Option<&str>| {
        fleet.traces.replace(to.map(str::to_owned));
        fleet.configure_edge()?;
        fleet.place_edge(&id)?;
        fleet.settle_all()?;
        fleet.answers().map(drop)
    };
    let collector = Helper::new("truce-traces", COLLECTOR);
    collector.there(proof, || {
        told(Some(&format!("http://{}:4318", collector.behind_the_edge(proof)?)))?;
        let path = format!("/mediate?after={CANARY}");
        let said = format!(r#"{{"text":"{CANARY}"}}"#);
        let post = Request { head: PARENT, ..Request::post("/mediate", &said) };
        let get = Request { head: PARENT, ..Request::get(&path) };
        let ask = || {
            let mut asked = [post, get].into_iter().map(|request| request.with_bearer(&proof.session).ask(&proof.edge));
            asked.try_for_each(|answer| answer.map(drop).map_err(|error| error.to_string()))
        };
        let came = came(proof, collector.name, &[CANARY, &proof.session], ask);
        // The next checks trace nothing.
        told(None)?;
        came
    })
}

/// What came at the collector, with nothing in it that was said: of one trace, from each a span of its own. It is asked for until then: what is
/// sent is gathered, and of much there is only so much in a line.
fn came(
    proof: &Proof<'_>,
    collector: &str,
    said: &[&str],
    ask: impl Fn() -> Result<(), String>,
) -> Result<String, String> {
    /// The trace's id, as it is sent.
    const TRACE: [u8; 16] = 0x7d1c_0ffe_e0dd_ba11_c0de_5eed_0b5e_55ed_u128.to_be_bytes();
    /// Who sent it, and what is in what it sent.
    const SENT: [(&str, &str); 3] = [
        ("truce-edge", ":8080/mediate"),
        ("truce-mediate", "store is_revoked"),
        ("truce-redeem-token", "store is_revoked"),
    ];
    let begun = Instant::now();
    loop {
        ask()?;
        let log = proof.fleet.podman.logs(collector)?;
        let traces = log.lines().filter_map(|line| line.strip_prefix("POST /v1/traces ")).map(unpacked);
        let traces = traces.collect::<Result<Vec<_>, _>>()?;
        let has = |trace: &Vec<u8>, what: &[u8]| trace.windows(what.len()).any(|part| part == what);
        if traces.iter().any(|trace| said.iter().any(|said| has(trace, said.as_bytes()))) {
            return Err("what was said is in a trace".to_owned());
        }
        let ours = || traces.iter().filter(|trace| has(trace, &TRACE));
        let sent =
            |(who, what): &(&str, &str)| ours().any(|trace| [who, what].iter().all(|part| has(trace, part.as_bytes())));
        if SENT.iter().all(sent) && traces.iter().any(|trace| has(trace, b"after=REDACTED")) {
            let bytes: usize = traces.iter().map(Vec::len).sum();
            return Ok(format!(
                "one from the edge through two functions to the store, in {bytes} bytes, and nothing in them that was said"
            ));
        }
        let missing: Vec<&str> = SENT.iter().filter(|one| !sent(one)).map(|(who, _)| *who).collect();
        limits::late(begun, &format!("no span of that trace came from {}", missing.join(", ")))?;
        sleep(Duration::from_millis(500));
    }
}

/// What is in `hex`; the edge packs it as gzip packs, functions do not.
fn unpacked(hex: &str) -> Result<Vec<u8>, String> {
    const MAGIC: [u8; 2] = [0x1f, 0x8b];
    let digit = |at: usize| hex.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let came: Vec<u8> = (0..hex.len()).step_by(2).map_while(digit).collect();
    if !came.starts_with(&MAGIC) {
        return Ok(came);
    }
    let problem = |error: std::io::Error| format!("gzip cannot be run: {error}");
    let mut gzip = Command::new("gzip");
    gzip.arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut gzip = gzip.spawn().map_err(problem)?;
    if let Some(mut stdin) = gzip.stdin.take() {
        stdin.write_all(&came).map_err(problem)?;
    }
    // There may be an end missing, as there is only so much in a line.
    Ok(gzip.wait_with_output().map_err(problem)?.stdout)
}
