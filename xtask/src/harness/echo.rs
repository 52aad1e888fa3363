//! What the edge hands on of what a client says about itself: asked by something behind it that answers with all headers it gets.

use super::parts::{self, Part};
use super::podman::Podman;
use super::proof::Proof;
use crate::http::Request;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

const NAME: &str = "truce-echo";
const PATIENCE: Duration = Duration::from_secs(10);
/// For the program that the view has.
const CONFIGURATION: &str = r#"
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend echo
    bind :8080
    http-request return status 200 content-type text/plain lf-string "%[req.hdrs]"
"#;
/// By every name that somebody behind the edge could take for what only the edge says.
const FORGED: &str = "\
    X-Truce-Room: forged\r\nX-Truce-Team: forged\r\nx-truce-cell: forged\r\nX_Truce_Team: forged\r\nX.Truce.Team: forged\r\n\
    X-Forwarded-For: 203.0.113.66\r\nX-Forwarded-Host: forged\r\nX-Forwarded-Proto: forged\r\nX-Forwarded-Prefix: forged\r\n\
    X-Forwarded-Port: 66\r\nX-Forwarded-Server: forged\r\nX-Forwarded-Uri: forged\r\nX-Forwarded-Method: forged\r\nX-Real-Ip: 203.0.113.66\r\n";

/// A client that says what only the edge may say gains nothing.
pub(super) fn nothing_forged(proof: &Proof<'_>) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let path = podman.owner.state().join("echo.cfg");
    let problem = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    fs::write(&path, CONFIGURATION).and_then(|()| podman.owner.give(&path)).map_err(problem)?;
    let said =
        echo(podman, &path.to_string_lossy()).and_then(|part| part.start(podman, NAME)).and_then(|()| ask(proof));
    podman.remove(NAME)?;
    fs::remove_file(&path).map_err(problem)?;
    let heard = said?.to_ascii_lowercase();
    if let Some(line) = heard.lines().find(|line| line.contains("forged") || line.contains("203.0.113.66")) {
        return Err(format!("it heard {line}"));
    }
    // The edge has written its own: otherwise nobody asked the edge.
    if heard.contains("x-forwarded-for:") && !heard.contains("truce") {
        return Ok(format!("{} forged headers, none of them heard", FORGED.matches("\r\n").count()));
    }
    Err(format!("it heard {heard}"))
}

fn ask(proof: &Proof<'_>) -> Result<String, String> {
    let begun = Instant::now();
    loop {
        let request = Request { head: FORGED, ..Request::get("/echo") };
        let answer = request.ask(proof.address).map_err(|error| format!("/echo: {error}"))?;
        // Until the edge has found it, somebody else says that there is nothing.
        if answer.status == 200 {
            return Ok(answer.body);
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("/echo: {}", answer.status));
        }
        sleep(Duration::from_millis(50));
    }
}

fn echo(podman: &Podman<'_>, configuration: &str) -> Result<Part, String> {
    let id = podman.image(parts::VIEW).ok_or("there is no image of a view")?;
    let told = [
        "--label=traefik.enable=true",
        "--label=traefik.http.routers.echo.rule=Path(`/echo`)",
        "--label=traefik.http.services.echo.loadbalancer.server.port=8080",
    ];
    Ok(parts::behind_the_edge(podman, parts::VIEW, &id, &told, configuration))
}
