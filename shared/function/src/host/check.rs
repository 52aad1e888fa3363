//! `--check`: a function's binary asks the one that serves beside it whether it is ready. For whoever runs containers and
//! can only ask by running a program in them: an image of ours has no other.

use crate::host::{process, tls};
use crate::readiness;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// For each of connecting, asking and waiting: the store is given 3 seconds.
const LIMIT: Duration = Duration::from_secs(5);

/// Whether the process that listens where `lookup` says is ready.
///
/// # Errors
/// Why not, in a sentence.
pub(super) fn ready(lookup: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let lookup = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let probes = process::probes(lookup);
    if probes.is_none() && lookup(tls::SETTING).is_some() {
        return Err("it asks for a certificate: TRUCE_PROBES says where it can be asked without one".to_owned());
    }
    let listens = probes.unwrap_or_else(|| process::listen(lookup));
    let address = reachable(&listens).ok_or_else(|| format!("TRUCE_LISTEN: {listens} is not ADDR:PORT"))?;
    match status(address).map_err(|error| format!("nobody answers at {address}: {error}"))? {
        200 => Ok(()),
        other => Err(format!("it is not ready: {other}")),
    }
}

/// Where one gets to from here: who listens everywhere listens on the loopback.
fn reachable(listens: &str) -> Option<SocketAddr> {
    let mut address: SocketAddr = listens.parse().ok()?;
    match address.ip() {
        ip if !ip.is_unspecified() => {}
        IpAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
    }
    Some(address)
}

fn status(address: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let path = readiness::PATH;
    let head = format!("GET {path}?probe=ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    // `HTTP/1.1 200`: all that matters of it.
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    let number = answer.strip_prefix(b"HTTP/1.1 ").and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    number.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "that is no HTTP"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// What a check says about one that answers `answer`.
    fn checked(answer: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let address = listener.local_addr().expect("an address").to_string();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let mut asked = [0; 1024];
            let read = stream.read(&mut asked).expect("a request");
            assert!(asked[..read].starts_with(b"GET /health?probe=ready HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).expect("answered");
        });
        let said = ready(|name| (name == "TRUCE_LISTEN").then(|| address.clone()));
        server.join().expect("served");
        said
    }

    #[test]
    fn only_who_says_so_is_ready() {
        assert_eq!(checked("HTTP/1.1 200 OK\r\n\r\n"), Ok(()));
        assert_eq!(checked("HTTP/1.1 503 Service Unavailable\r\n\r\n"), Err("it is not ready: 503".to_owned()));
        assert!(checked("SSH-2.0-OpenSSH\r\n").is_err());
        assert!(checked("").is_err());
    }

    #[test]
    fn who_listens_everywhere_is_asked_on_the_loopback() {
        let reached = |listens| reachable(listens).map(|address| address.to_string());
        assert_eq!(reached("0.0.0.0:8080").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(reached("[::]:8080").as_deref(), Some("[::1]:8080"));
        assert_eq!(reached("10.0.0.7:80").as_deref(), Some("10.0.0.7:80"));
        assert_eq!(reached("8080"), None);
    }

    #[test]
    fn who_speaks_tls_has_to_have_another_place_to_be_asked() {
        let said = ready(|name| (name == "TRUCE_TLS").then(|| "/tls".to_owned()));
        assert!(said.is_err_and(|why| why.contains("TRUCE_PROBES")));
        let said = ready(|name| match name {
            "TRUCE_TLS" => Some("/tls".to_owned()),
            "TRUCE_PROBES" => Some("127.0.0.1:1".to_owned()),
            _ => None,
        });
        assert!(said.is_err_and(|why| why.contains("nobody answers at 127.0.0.1:1")));
    }

    #[test]
    fn nobody_there_is_not_ready() {
        let said = ready(|name| (name == "TRUCE_LISTEN").then(|| "127.0.0.1:1".to_owned()));
        assert!(said.expect_err("nobody").contains("nobody answers"), "it names what is wrong");
    }
}
