//! Whether it is found, and whether who answers there is believed.

use super::caller::TIME;
use super::finding::Finding;
use super::place::{Place, is_here, is_private};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError, ClientConfig};
use x509_parser::prelude::{FromDer as _, X509Certificate};

const DNS: &str = "dns";
const TLS: &str = "tls";
const DAY: i64 = 86_400;
/// Of a certificate for 90 days: who renews by ACME does it when a third is left, which is what Let's Encrypt asks for. Below this it has not
/// worked for more than a week. One that is shorter is due in proportion: when a quarter is left.
const SOON: i64 = 21 * DAY;
const SOON_PART: i64 = 4;
/// A weekend; of a shorter one a thirtieth.
const NOW: i64 = 3 * DAY;
const NOW_PART: i64 = 30;

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
    let Ok(server) = ServerName::try_from(place.host.clone()) else {
        return stopped(format!("{name} is no name for a certificate"), "Name another host.");
    };
    match timeout(TIME, TlsConnector::from(Arc::clone(config)).connect(server, stream)).await {
        Ok(Ok(stream)) => Reached { finding: certificate(&name, &stream), answers: true },
        Ok(Err(error)) => {
            let (found, mend) = refused(&error);
            stopped(format!("{name} {found}"), mend)
        }
        Err(_) => stopped(format!("{name} does not speak TLS within {} s", TIME.as_secs()), NO_TLS),
    }
}

const LISTENS: &str = "See that it runs and listens there, and that no firewall or security group is in between.";
const NO_TLS: &str = "See that TLS ends there (docs/deploy), or name the port at which it does.";

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

/// What a certificate that holds says of itself.
fn certificate(name: &str, stream: &TlsStream<TcpStream>) -> Finding {
    let connection = stream.get_ref().1;
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let parsed =
        connection.peer_certificates().and_then(|chain| chain.first()).map(|first| X509Certificate::from_der(first));
    let Some(Ok((_, certificate))) = parsed else {
        return Finding::warn(
            TLS,
            format!("{name} speaks {version}"),
            "Its certificate cannot be read here: look at it in a browser.",
        );
    };
    let issuer = certificate.issuer();
    let issued_by = issuer
        .iter_common_name()
        .next()
        .and_then(|name| name.as_str().ok())
        .map_or_else(|| issuer.to_string(), ToOwned::to_owned);
    let (from, until) = (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let left = until - Timestamp::now().as_second();
    let found = format!(
        "{name} speaks {version}; its certificate is by {issued_by}, until {} ({} days)",
        day(until),
        left.max(0) / DAY
    );
    let mend = "Renew it, and see why that has not happened by itself: the edge's log says (for your own authority run `truce certs` again).";
    match (left, until - from) {
        (left, whole) if left < NOW.min(whole / NOW_PART) => Finding::wrong(TLS, found, mend),
        (left, whole) if left < SOON.min(whole / SOON_PART) => Finding::warn(TLS, found, mend),
        _ => Finding::ok(TLS, found),
    }
}

fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| "some day".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// Why nobody would believe it, and what to do.
fn refused(error: &std::io::Error) -> (String, &'static str) {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let rustls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(why)) = rustls else {
        return (format!("does not speak TLS as a Watch does: {error}"), NO_TLS);
    };
    match why {
        CertificateError::ExpiredContext { not_after, .. } => {
            let when = day(seconds(Duration::from_secs(not_after.as_secs())));
            (
                format!("has a certificate that has expired on {when}"),
                "Renew it (for your own authority run `truce certs` again), and see why that has not happened by itself.",
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "has a certificate that does not hold yet".to_owned(),
            "Set the clock here and there: one of them is behind.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "has a certificate for another name".to_owned(),
            "Get one for this name, name the host that it is for, or see that the edge knows this name.",
        ),
        CertificateError::UnknownIssuer => (
            "has a certificate of an authority that is not trusted here".to_owned(),
            "Get one from an authority that phones trust and give its intermediate certificates too; for an authority of your own name it with --ca, and install it on the phones (`truce certs`).",
        ),
        other => (
            format!("has a certificate that is not accepted: {other}"),
            "Get one from an authority that phones trust, for this name.",
        ),
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
