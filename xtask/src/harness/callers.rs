//! Whether the edge of a server tells who calls: two of them, at two addresses of this machine.

use super::{Fleet, limits, load, secrets};
use crate::http::{Client, Request};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Where the other one is.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// As often a caller may fail in a minute, at each of two replicas (`TRUCE_ATTEMPTS_PER_MINUTE`).
pub(super) const ATTEMPTS: usize = 20;

/// What one of them does too much of, the other is not told off for.
pub(super) fn told_apart(fleet: &Fleet<'_>) -> Result<String, String> {
    let one = fleet.edge()?;
    let relay = from(ELSEWHERE, one.address).map_err(|error| format!("nobody can call from {ELSEWHERE}: {error}"))?;
    let other = fleet.edge_by(relay)?;
    let session = load::session(&one, &secrets::organiser_key(fleet.podman)?, "mobile")?;
    let guessed = guesses(&other)?;
    spared(&one, "who guesses", || Request::get("/mediate").with_bearer(&session))?;
    let (_, refused) = limits::burst(&other)?;
    if refused == 0 {
        return Err("a burst was not cut".to_owned());
    }
    spared(&one, "who asks too often", || Request::get("/health"))?;
    Ok(format!("one was told to wait after {guessed} guesses, and {refused} times in a burst; the other never"))
}

/// How many sessions somebody makes up until they are told to wait.
fn guesses(edge: &Client) -> Result<usize, String> {
    for guessed in 1..=4 * ATTEMPTS {
        let answer = Request::get("/mediate").with_bearer("made-up").ask(edge).map_err(|error| error.to_string())?;
        match answer.status {
            401 => {}
            429 => return Ok(guessed - 1),
            status => return Err(format!("a session that was made up: {status}")),
        }
    }
    Err(format!("after {} guesses nobody is told to wait", 4 * ATTEMPTS))
}

/// Often enough to have asked every replica.
fn spared<'a>(edge: &Client, whom: &str, request: impl Fn() -> Request<'a>) -> Result<(), String> {
    (0..8).try_for_each(|_| match request().ask(edge).map(|answer| answer.status) {
        Ok(200) => Ok(()),
        came => Err(format!("somebody else is taken for {whom}: {came:?}")),
    })
}

/// Where what arrives goes on to `to`, from an address `at` this machine.
fn from(at: Ipv4Addr, to: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    call(at, to)?;
    thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            // The caller sees that its connection is closed.
            let _ = call(at, to).and_then(|called| pass_on(caller, called));
        }
    });
    Ok(address)
}

fn call(at: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((at, 0)).into())?;
    socket.connect(&to.into())?;
    Ok(socket.into())
}

/// What either says goes to the other, until it has no more to say.
fn pass_on(one: TcpStream, other: TcpStream) -> io::Result<()> {
    for (mut from, mut to) in [(one.try_clone()?, other.try_clone()?), (other, one)] {
        thread::spawn(move || {
            // Whichever of them breaks it off, both are told.
            let _ = io::copy(&mut from, &mut to).and_then(|_| to.shutdown(Shutdown::Write));
        });
    }
    Ok(())
}
