//! Which certificates are shown, until when they hold, and why nobody would believe them.

use crate::place::Place;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};
use truce_function::host;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What TLS showed of somebody who is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `TLS 1.3`, or what came instead.
    pub version: &'static str,
    /// The certificates as they came, that of the host first; those that cannot be read are left out.
    pub chain: Vec<Term>,
}

/// From when until when a certificate holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Who vouches for it.
    pub issuer: String,
    /// In seconds since 1970.
    pub from: i64,
    /// In seconds since 1970.
    pub until: i64,
}

/// When a certificate is due: so many seconds before its end, and for one that is short so large a part of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Before its end.
    pub seconds: i64,
    /// One so-many-th of its life.
    pub part: i64,
}

/// Why nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    /// The host is no name that a certificate could be for.
    #[error("it is no name for a certificate")]
    Name,
    /// Nothing came in time.
    #[error("it does not speak TLS in time")]
    Silent,
    /// Nobody there, or nobody who is believed: [`refused`] has the words.
    #[error(transparent)]
    Refused(#[from] std::io::Error),
}

/// What was to vouch for a deployment holds no certificate in PEM.
#[derive(Debug, thiserror::Error)]
#[error("it holds no certificate in PEM")]
pub struct NoAuthority;

/// Believes whom this machine believes, or only who `authority` is, in PEM.
///
/// # Errors
/// [`NoAuthority`].
pub fn believing(authority: Option<&[u8]>) -> Result<ClientConfig, NoAuthority> {
    let roots = authority.map_or_else(|| Ok(host::trusted()), only)?;
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn only(pem: &[u8]) -> Result<RootCertStore, NoAuthority> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(pem).flatten());
    if roots.is_empty() { Err(NoAuthority) } else { Ok(roots) }
}

/// What is shown on a connection to `place`, within `patience`.
///
/// # Errors
/// [`NotShown`].
pub async fn shown(
    place: &Place,
    stream: TcpStream,
    config: &Arc<ClientConfig>,
    patience: Duration,
) -> Result<Shown, NotShown> {
    let name = ServerName::try_from(place.host.clone()).map_err(|_| NotShown::Name)?;
    let connecting = TlsConnector::from(Arc::clone(config)).connect(name, stream);
    let stream = timeout(patience, connecting).await.map_err(|_| NotShown::Silent)??;
    let connection = stream.get_ref().1;
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let chain = connection.peer_certificates().unwrap_or_default();
    Ok(Shown { version, chain: chain.iter().filter_map(|one| Term::read(one)).collect() })
}

impl Term {
    fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let issuer = certificate.issuer();
        let name = issuer.iter_common_name().next().and_then(|name| name.as_str().ok());
        let validity = certificate.validity();
        Some(Self {
            issuer: name.map_or_else(|| issuer.to_string(), ToOwned::to_owned),
            from: validity.not_before.timestamp(),
            until: validity.not_after.timestamp(),
        })
    }

    /// How many seconds of it are left.
    pub const fn left(&self, now: i64) -> i64 {
        self.until - now
    }

    /// Whether it is due.
    pub fn is_due(&self, now: i64, limit: Limit) -> bool {
        self.left(now) < limit.seconds.min((self.until - self.from) / limit.part.max(1))
    }
}

/// A moment in seconds since 1970, as a day.
pub fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| "some day".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// What to do where no TLS is spoken.
pub const NO_TLS: &str = "See that TLS ends there (docs/deploy), or name the port at which it does.";

/// Why nobody would believe it, and what to do.
pub fn refused(error: &std::io::Error) -> (String, &'static str) {
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

    const DAY: i64 = 86_400;

    #[test]
    fn what_is_short_is_due_in_proportion() {
        let limit = Limit { seconds: 21 * DAY, part: 3 };
        let term =
            |life: i64, left: i64| Term { issuer: "CA".to_owned(), from: (left - life) * DAY, until: left * DAY };
        for (life, left, due) in [(90, 22, false), (90, 20, true), (6, 3, false), (6, 1, true), (3_650, 30, false)] {
            assert_eq!(term(life, left).is_due(0, limit), due, "{left} of {life} days");
        }
    }
}
