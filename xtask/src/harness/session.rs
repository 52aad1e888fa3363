//! What the edge does by whose session a request carries: who has none gets no further, and who has one gets to the replicas of their
//! team's cell.

use super::proof::Proof;
use super::{load, parts};
use crate::http::{Client, Request};
use crate::server::Server;
use std::net::SocketAddr;

/// Everything that could answer `/mediate` here.
const REPLICAS: [&str; 3] = ["truce-mediate-1", "truce-mediate-cell-a-1", "truce-mediate-cell-b-1"];
/// For the harness that is brought up to prove this.
pub(super) const CELLS: &str = "backend=cell-a,design=cell-b";
const TIMES: usize = 5;

/// How many requests each of [`REPLICAS`] has answered.
fn answered(proof: &Proof<'_>) -> Result<[usize; 3], String> {
    let counts = REPLICAS.map(|name| proof.answered(name));
    let [first, second, third] = counts;
    Ok([first?, second?, third?])
}

/// A cell serves its own team and nobody else, whatever a client says about itself.
pub(super) fn cells_serve_their_own(proof: &Proof<'_>) -> Result<String, String> {
    const FORGED: [&str; 4] = [
        "",
        "X-Truce-Cell: cell-a\r\nX-Truce-Team: backend\r\n",
        "X-Truce-Cell: cell-b\r\nX_Truce_Cell: cell-b\r\n",
        "X-Forwarded-Uri: /j\r\nX-Forwarded-Method: DELETE\r\n",
    ];
    for (team, own) in [("backend", 1), ("design", 2), ("other", 0)] {
        let session = load::session(&proof.edge, &proof.key, team)?;
        let before = answered(proof)?;
        for head in FORGED {
            for _ in 0..TIMES {
                let request = Request { head, ..Request::get("/mediate").with_bearer(&session) };
                let status = request.ask(&proof.edge).map_err(|error| error.to_string())?.status;
                if status != 200 {
                    return Err(format!("{team} was answered {status} with {head:?}"));
                }
            }
        }
        let after = answered(proof)?;
        let mut expected = before;
        expected[own] += TIMES * FORGED.len();
        if after != expected {
            return Err(format!("{team}: {REPLICAS:?} had answered {before:?}, and then {after:?}"));
        }
    }
    Ok(format!("three teams, {} requests each, with and without forged headers", TIMES * FORGED.len()))
}

/// In the words of `GET /redeem`, and before anything behind the edge hears of it.
pub(super) fn nobody_passes_without(proof: &Proof<'_>) -> Result<String, String> {
    let left = load::session(&proof.edge, &proof.key, "backend")?;
    let leaving = Request { method: "DELETE", ..Request::get("/redeem").with_bearer(&left) };
    leaving.ask(&proof.edge).map_err(|error| format!("/redeem: {error}"))?;
    let foreign = foreign(proof)?;
    let before = answered(proof)?;
    let cases = [(None, "session-missing"), (Some(left), "session-invalid"), (Some(foreign), "session-invalid")];
    for (session, code) in &cases {
        for mut request in [Request::get("/mediate?wait=1"), Request::post("/mediate", r#"{"text":"hello"}"#)] {
            request.bearer = session.as_deref();
            let answer = request.ask(&proof.edge).map_err(|error| error.to_string())?;
            let said = answer.field("code").unwrap_or_default();
            let asks = answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer"));
            if (answer.status, said.as_str(), asks) != (401, code, true) {
                return Err(format!("{} `{said}` where 401 `{code}` was due: {}", answer.status, answer.body.trim()));
            }
        }
    }
    if answered(proof)? == before {
        return Ok(format!(
            "{} requests without a session that holds, none of them heard behind the edge",
            2 * cases.len()
        ));
    }
    Err("some were heard behind the edge".to_owned())
}

/// A session that holds, with another deployment of the same programs.
fn foreign(proof: &Proof<'_>) -> Result<String, String> {
    let workspace = proof.fleet.workspace;
    let server = Server::start(workspace, &workspace.truce(), "foreign")?;
    let address = server.url.trim_start_matches("http://").trim_end_matches('/');
    let address: SocketAddr = address.parse().map_err(|error| format!("{}: {error}", server.url))?;
    let home = Client::plain(address);
    let session = load::session(&home, &server.key, "backend")?;
    let held = Request::get("/mediate").with_bearer(&session).ask(&home).map_err(|error| error.to_string())?;
    if held.status == 200 { Ok(session) } else { Err(format!("it does not hold at home: {}", held.status)) }
}

/// Not what somebody has said, not what opens a session, by no way that a request has.
pub(super) fn nothing_said_is_logged(proof: &Proof<'_>) -> Result<String, String> {
    const CANARY: &str = "canary-4d1f";
    const FOUND_BY: &str = "00112233445566778899aabbccddeeff";
    let (path, body) = (format!("/mediate?{CANARY}={CANARY}"), format!(r#"{{"text":"{CANARY}"}}"#));
    let head = format!(
        "X-Request-Id: {FOUND_BY}\r\nCookie: {CANARY}={CANARY}\r\nX-Other: {CANARY}\r\nUser-Agent: {CANARY}\r\n"
    );
    let request = Request { head: &head, ..Request::post(&path, &body).with_bearer(CANARY) };
    let status = request.ask(&proof.edge).map_err(|error| format!("{path}: {error}"))?.status;
    let log = proof.fleet.podman.logs(parts::EDGE)?;
    if let Some(line) = log.lines().find(|line| line.contains(CANARY)) {
        return Err(format!("it says {line}"));
    }
    let line = log.lines().find(|line| line.contains(FOUND_BY)).ok_or("it has no line that the request id finds")?;
    if line.contains(&format!(r#""DownstreamStatus":{status}"#)) { Ok(line.to_owned()) } else { Err(line.to_owned()) }
}
