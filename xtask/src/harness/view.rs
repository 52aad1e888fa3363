//! What the edge may see of Podman: asked, in a second view that is like the first but can be reached from here, for what it must give and
//! for what it must not.

use super::parts;
use super::proof::Proof;
use crate::http::{Client, Request};
use std::io::Read as _;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The second view.
const NAME: &str = "truce-view-asked";
const PATIENCE: Duration = Duration::from_secs(10);

/// Refuses whatever would change something, and gives what discovery needs.
pub(super) fn refuses(proof: &Proof<'_>) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let mounts = podman.text(&["inspect", "--format", "{{range .Mounts}}{{.Source}} {{end}}", parts::EDGE])?;
    if mounts.contains("api") || mounts.contains("sock") {
        return Err(format!("the edge has {mounts}"));
    }
    let id = podman.image(parts::VIEW).ok_or("there is no image of a view")?;
    parts::view(podman, &id, parts::VIEW_NETWORK).seen_on(2375).start(podman, NAME)?;
    let asked = ask(proof);
    podman.remove(NAME)?;
    asked
}

fn ask(proof: &Proof<'_>) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let port = podman.text(&["port", NAME, "2375/tcp"])?;
    let address: SocketAddr = port.trim().parse().map_err(|error| format!("{port}: {error}"))?;
    let view = Client::plain(address);
    let begun = Instant::now();
    while Request::get("/_ping").ask(&view).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err("the view does not answer".to_owned());
        }
        sleep(Duration::from_millis(50));
    }
    let replica = proof.fleet.replicas("mediate")?.into_iter().next().ok_or("there is no mediate")?;
    let (id, name) = (&replica.id, &replica.name);
    let status = |method: &str, path: &str| {
        let request = Request { method, body: if method == "POST" { "{}" } else { "" }, ..Request::get(path) };
        request.ask(&view).map_or_else(|error| error.to_string(), |answer| answer.status.to_string())
    };
    let mut asked = 0;
    let mut expect = |wanted: &str, method: &str, path: &str| {
        asked += 1;
        let came = status(method, path);
        if came == wanted { Ok(()) } else { Err(format!("{method} {path} answers {came}, not {wanted}")) }
    };
    for path in
        ["/_ping", "/version", "/v1.41/version", "/v1.41/containers/json", &format!("/v1.41/containers/{id}/json")]
    {
        expect("200", "GET", path)?;
    }
    for action in ["start", "stop", "kill", "restart", "pause", "exec", "update", "rename?name=x", "wait", "attach"] {
        expect("403", "POST", &format!("/v1.41/containers/{id}/{action}"))?;
        expect("403", "POST", &format!("/v4.3.1/libpod/containers/{id}/{action}"))?;
    }
    for path in [
        "/containers/create",
        "/containers/json",
        "/events",
        "/build",
        "/images/create",
        "/volumes/create",
        "/secrets/create",
    ] {
        expect("403", "POST", path)?;
        expect("403", "POST", &format!("/v1.41{path}"))?;
    }
    for method in ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"] {
        expect("403", method, &format!("/v1.41/containers/{id}/json"))?;
    }
    for path in [
        "/v1.41/secrets",
        "/v1.41/info",
        "/v1.41/images/json",
        "/v1.41/networks",
        &format!("/v1.41/containers/{id}/logs?stdout=1"),
        &format!("/v1.41/containers/{id}/archive?path=/secrets"),
        &format!("/v1.41/containers/{id}/export"),
        &format!("/v1.41/containers/{id}/json/../archive?path=/"),
        &format!("/v1.41/containers/{id}%2fexport/json"),
        "//v1.41/secrets",
        "/v1.41/containers/json/../../secrets",
        "/v4.3.1/libpod/secrets/json",
    ] {
        expect("403", "GET", path)?;
    }
    events_flow(proof, &view, name)?;
    let still = proof.fleet.replicas("mediate")?;
    if still.iter().any(|replica| replica.id == *id && replica.running) {
        return Ok(format!("{asked} questions, events as they come, and what was to be stopped still runs"));
    }
    Err(format!("{name} does not run any more"))
}

/// An event is seen when it happens, not when there are enough of them.
fn events_flow(proof: &Proof<'_>, view: &Client, name: &str) -> Result<(), String> {
    let stream = Request::get("/v1.41/events").stream(view).map_err(|error| format!("events: {error}"))?;
    // The connection is there before whoever is behind it listens.
    sleep(Duration::from_millis(500));
    proof.fleet.podman.looks_ready(name);
    let mut seen = String::new();
    let mut bytes = [0; 4096];
    let mut stream = stream;
    while !seen.contains("health_status") {
        let read = stream.read(&mut bytes).map_err(|error| format!("no event came: {error}"))?;
        if read == 0 {
            return Err(format!("events ended: {seen}"));
        }
        seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    Ok(())
}
