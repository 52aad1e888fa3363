//! Who shows which certificate to whom, and whom they take: at the edge, and behind it.

use super::certs::{self, HOST};
use super::echo;
use super::handshake::{self, Called};
use super::proof::Proof;
use crate::http::{Client, Request};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A replica that can be reached past the edge.
const NAME: &str = "truce-mediate-98";
const PATIENCE: Duration = Duration::from_secs(15);

/// TLS 1.2 and later, HTTP/2 to who wants it, and nothing without TLS.
pub(super) fn nothing_but_tls(proof: &Proof<'_>) -> Result<String, String> {
    let edge = &proof.edge;
    let authority = certs::authority(proof.fleet.podman);
    let called = handshake::call(edge.address, HOST, &authority, None, "h2");
    // It is spoken to in HTTP/1.1 after that, which it takes badly.
    let protocol = called.as_ref().map_or_else(Clone::clone, |called| called.protocol.clone());
    if protocol != "h2" {
        return Err(format!("HTTP/2 was offered, and taken was {protocol}"));
    }
    let old = old_hello(edge.address).map_err(|error| error.to_string())?;
    // RFC 5246, 7.2: an alert, fatal, about the version.
    if !matches!(old[..], [21, _, _, 0, 2, 2, 70]) {
        return Err(format!("to TLS 1.1 it answers {old:?}"));
    }
    let plain = Request::get("/health").ask(&Client::plain(edge.address)).map_err(|error| error.to_string())?;
    if plain.status != 404 || plain.body.contains("code") {
        return Err(format!("without TLS it answers {}: {}", plain.status, plain.body));
    }
    for path in ["/health", "/mediate", "/nothing"] {
        let answer = Request::get(path).ask(edge).map_err(|error| format!("{path}: {error}"))?;
        if !answer.header("strict-transport-security").is_some_and(|value| value.starts_with("max-age=")) {
            return Err(format!("{path}: {} without Strict-Transport-Security", answer.status));
        }
    }
    Ok("HTTP/2, no TLS 1.1, 404 without TLS, and browsers are told to use it".to_owned())
}

/// What it says to somebody who speaks TLS 1.1 at most.
fn old_hello(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    // RFC 4346, 7.4.1.2: version 3.2, a random, no session, one suite that everybody had, no compression.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let length = u8::try_from(hello.len()).unwrap_or_default();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&record)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// A function takes the edge, and nobody else who gets as far as its port.
pub(super) fn only_the_edge_is_taken(proof: &Proof<'_>) -> Result<String, String> {
    past_the_edge(proof, |address| {
        let podman = proof.fleet.podman;
        let another = certs::folder(podman, "functions/health");
        if let Some(status) = Client::plain(address).status("/health") {
            return Err(format!("without TLS it answers {status}"));
        }
        let cases = [("nobody's certificate", None), ("that of another function", Some(another.as_path()))];
        let mut refused = Vec::new();
        for (who, identity) in cases {
            match call(proof, address, identity) {
                Ok(called) => return Err(format!("with {who} it answers {}", called.said)),
                Err(why) => refused.push(format!("with {who}: {why}")),
            }
        }
        Ok(refused.join("; "))
    })
}

/// Every certificate is another one, where it is shown, and nobody notices.
pub(super) fn rolls(proof: &Proof<'_>) -> Result<String, String> {
    let mut shown = (Vec::new(), Vec::new());
    let seen = echo::there(proof, || {
        past_the_edge(proof, |address| {
            proof.under_load(|| {
                shown.0 = serials(proof, address)?;
                proof.fleet.roll_certs()?;
                let begun = Instant::now();
                while shown.1.is_empty() || shown.0.iter().any(|serial| shown.1.contains(serial)) {
                    shown.1 = serials(proof, address)?;
                    if begun.elapsed() > PATIENCE {
                        return Err(format!("{:?} became {:?}", shown.0, shown.1));
                    }
                    sleep(Duration::from_millis(100));
                }
                Ok(())
            })
        })
    })?;
    let short: Vec<String> = shown.1.iter().map(|serial| serial.chars().take(8).collect()).collect();
    Ok(format!("{seen}; to people {}…, to functions {}…, of a function {}…", short[0], short[1], short[2]))
}

/// Of what the edge shows people, what it shows functions, and what a function shows it.
fn serials(proof: &Proof<'_>, function: SocketAddr) -> Result<Vec<String>, String> {
    let authority = certs::authority(proof.fleet.podman);
    let people = handshake::call(proof.edge.address, HOST, &authority, None, "http/1.1")?.serial;
    let edge = certs::folder(proof.fleet.podman, "edge/inside");
    Ok(vec![people, echo::caller(proof)?, call(proof, function, Some(&edge))?.serial])
}

fn call(proof: &Proof<'_>, address: SocketAddr, identity: Option<&std::path::Path>) -> Result<Called, String> {
    let authority = certs::folder(proof.fleet.podman, "edge/inside/ca.crt");
    handshake::call(address, "mediate.truce.internal", &authority, identity, "http/1.1")
}

/// Does `work` with the address of a replica that the edge does not know. Who has the edge's certificate is answered there.
fn past_the_edge<T>(proof: &Proof<'_>, work: impl FnOnce(SocketAddr) -> Result<T, String>) -> Result<T, String> {
    let podman = proof.fleet.podman;
    proof.fleet.current("mediate")?.seen_on(8080).start(podman, NAME)?;
    let done = (|| {
        let port = podman.text(&["port", NAME, "8080/tcp"])?;
        let address: SocketAddr = port.trim().parse().map_err(|error| format!("{port}: {error}"))?;
        let edge = certs::folder(podman, "edge/inside");
        let begun = Instant::now();
        loop {
            match call(proof, address, Some(&edge)) {
                Ok(called) if called.said.starts_with("HTTP/1.1 200") => return work(address),
                Ok(called) if begun.elapsed() > PATIENCE => {
                    return Err(format!("the edge is answered {}", called.said));
                }
                Err(why) if begun.elapsed() > PATIENCE => return Err(format!("the edge is not answered: {why}")),
                _ => sleep(Duration::from_millis(50)),
            }
        }
    })();
    podman.remove(NAME)?;
    done
}
