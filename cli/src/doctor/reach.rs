//! Whether it is found, and whether who answers there is believed.

use super::caller::TIME;
use super::finding::Finding;
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;
use truce_looks::certificate::{NO_TLS, RENEW};
use truce_looks::place::{is_here, is_private};
use truce_looks::{Due, Limits, NotShown, Place, Shown, refused, shown};

const DNS: &str = "dns";
const TLS: &str = "tls";

/// Where the host is.
pub(super) async fn resolve(place: &Place) -> (Finding, Vec<IpAddr>) {
    let found = timeout(TIME, lookup_host((place.host.as_str(), place.port))).await;
    let mut addresses: Vec<IpAddr> =
        found.ok().and_then(Result::ok).into_iter().flatten().map(|address: SocketAddr| address.ip()).collect();
    addresses.dedup();
    (resolved(&place.host, &addresses), addresses)
}

fn resolved(host: &str, addresses: &[IpAddr]) -> Finding {
    let shown = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let found = format!("{host} is at {shown}");
    if addresses.is_empty() {
        let mend = "Give the name a record (A, AAAA or CNAME) at whoever holds your domain, wait until it is known, or name another host.";
        Finding::wrong(DNS, format!("{host} is not found"), mend)
    } else if addresses.iter().any(|address| is_here(*address)) {
        let mend = "No Watch or phone gets there: for them put it behind a name that they reach (docs/running.md, On a phone).";
        Finding::warn(DNS, format!("{found}, which is the machine that asks"), mend)
    } else if addresses.iter().any(|address| is_private(*address)) {
        let mend = "A Watch or phone gets there only from the same network: for others give the name a public address.";
        Finding::warn(DNS, format!("{found}, which is private"), mend)
    } else {
        Finding::ok(DNS, found)
    }
}

/// Whether anybody between here and there could read what is said.
pub(super) fn is_in_the_open(place: &Place, addresses: &[IpAddr]) -> bool {
    !place.tls && !addresses.iter().all(|address| is_here(*address))
}

/// What a connection showed.
pub(super) struct Reached {
    pub(super) finding: Finding,
    /// Whether it can be called: there is somebody, and a certificate holds where there is one.
    pub(super) answers: bool,
}

/// Connects, and looks at the certificate.
pub(super) async fn connect(place: &Place, addresses: &[IpAddr], config: &Arc<ClientConfig>) -> Reached {
    let name = place.name();
    let stopped = |found: String, mend: &str| Reached { finding: Finding::wrong(TLS, found, mend), answers: false };
    let stream = match timeout(TIME, TcpStream::connect((place.host.as_str(), place.port))).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return stopped(format!("{name} does not answer: {error}"), LISTENS),
        Err(_) => return stopped(format!("{name} does not answer within {} s", TIME.as_secs()), LISTENS),
    };
    if !place.tls {
        return Reached { finding: plain(place, addresses), answers: true };
    }
    match shown(place, stream, config, TIME).await {
        Ok(shown) => Reached { finding: certificate(&name, &shown), answers: true },
        Err(NotShown::Name) => stopped(format!("{name} is no name for a certificate"), "Name another host."),
        Err(NotShown::Silent) => stopped(format!("{name} does not speak TLS within {} s", TIME.as_secs()), NO_TLS),
        Err(NotShown::Refused(error)) => {
            let (found, mend) = refused(&error);
            stopped(format!("{name} {found}"), mend)
        }
    }
}

const LISTENS: &str = "See that it runs and listens there, and that no firewall or security group is in between.";

fn plain(place: &Place, addresses: &[IpAddr]) -> Finding {
    let found = format!("{} is plain http", place.name());
    if !is_in_the_open(place, addresses) {
        let mend = "A Watch calls https only: for one put TLS in front (docs/running.md, On a phone).";
        return Finding::warn(TLS, found, mend);
    }
    Finding::wrong(
        TLS,
        found,
        "Put TLS in front and name it with https://: a Watch calls nothing else, and anybody on the way reads what people say.",
    )
}

/// What certificates that hold say of themselves, judged as the monitor judges them.
fn certificate(name: &str, shown: &Shown) -> Finding {
    let (version, now) = (shown.version, Timestamp::now().as_second());
    let Some(judged) = Limits::default().judge(shown, now) else {
        return Finding::warn(
            TLS,
            format!("{name} speaks {version}"),
            "Its certificate cannot be read here: look at it in a browser.",
        );
    };
    let whose = if judged.is_own { "its certificate is" } else { "one behind its certificate is" };
    let found = format!("{name} speaks {version}; {whose} {}", judged.in_words(now));
    match judged.due {
        Due::Later => Finding::ok(TLS, found),
        Due::Soon => Finding::warn(TLS, found, RENEW),
        Due::Now => Finding::wrong(TLS, found, RENEW),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_host_is_decides_who_gets_there() {
        let told = |address: &str| {
            let finding = resolved("truce.example", &[address.parse().expect("an address")]);
            serde_json::to_value(finding).expect("JSON")
        };
        let (public, private, here) = (told("93.184.216.34"), told("192.168.1.20"), told("127.0.0.1"));
        assert_eq!((&public["state"], &public["found"]), (&"ok".into(), &"truce.example is at 93.184.216.34".into()));
        assert_eq!(
            (&private["state"], &private["found"]),
            (&"warn".into(), &"truce.example is at 192.168.1.20, which is private".into())
        );
        assert_eq!(here["state"], "warn");
    }

    #[test]
    fn plain_http_is_wrong_where_anybody_could_listen() {
        let place = |url| Place::of(url).expect("a place");
        let at = |address: &str| vec![address.parse().expect("an address")];
        assert!(plain(&place("http://truce.example"), &at("93.184.216.34")).is_wrong());
        assert!(plain(&place("http://truce.example"), &at("10.0.0.1")).is_wrong());
        assert!(!plain(&place("http://localhost:1"), &at("127.0.0.1")).is_wrong());
        assert!(!is_in_the_open(&place("https://truce.example"), &at("93.184.216.34")));
    }
}
