//! Which certificates are shown, until when they hold, whether that is soon, and why nobody would believe them.

use crate::place::Place;
use jiff::Timestamp;
use std::cmp::Reverse;
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

const DAY: i64 = 86_400;

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

/// When a certificate is due: so many days before its end. One that is short is due in proportion, when a third or a tenth of its life is left: one
/// for six days is never 21 days from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Somebody has to look.
    pub warning_days: u32,
    /// It is wrong.
    pub wrong_days: u32,
}

/// Who renews by ACME does it when a third is left, which is what Let's Encrypt asks for: with 21 of 90 days left it has not worked for more than a
/// week. A week is what it takes when nobody looks over a weekend.
impl Default for Limits {
    fn default() -> Self {
        Self { warning_days: 21, wrong_days: 7 }
    }
}

const SOON_PART: i64 = 3;
const NOW_PART: i64 = 10;

/// Whether a certificate ends soon; what is worse comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// It does not.
    Later,
    /// Somebody has to look.
    Soon,
    /// It is wrong that it was not renewed.
    Now,
}

/// What is thought of a chain: the first of it to be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged<'a> {
    /// Until when it holds.
    pub term: &'a Term,
    /// Whether it is the host's, and not one behind it.
    pub is_own: bool,
    /// Whether that is soon.
    pub due: Due,
}

/// What to do about one that is due.
pub const RENEW: &str = "Renew it, and see why that has not happened by itself: the edge's log says (for your own authority run `truce certs` again).";

impl Limits {
    /// What to think at `now` of what was shown. One behind the first that is over was not needed: what came was believed without it. Nothing
    /// where nothing could be read.
    pub fn judge(self, shown: &Shown, now: i64) -> Option<Judged<'_>> {
        let judged = |(number, term)| Judged { term, is_own: number == 0, due: self.due(term, now) };
        let chain = shown.chain.iter().enumerate().map(judged);
        let needed = chain.filter(|judged| judged.is_own || judged.term.left(now) > 0);
        needed.min_by_key(|judged| (Reverse(judged.due), judged.term.until))
    }

    fn due(self, term: &Term, now: i64) -> Due {
        let is_due = |days: u32, part| term.left(now) < (i64::from(days) * DAY).min((term.until - term.from) / part);
        if is_due(self.wrong_days, NOW_PART) {
            Due::Now
        } else if is_due(self.warning_days, SOON_PART) {
            Due::Soon
        } else {
            Due::Later
        }
    }
}

impl Judged<'_> {
    /// By whom it is, and until when, as it is told after "it is" or "one behind it is".
    pub fn in_words(&self, now: i64) -> String {
        let Term { issuer, until, .. } = self.term;
        format!("by {issuer}, until {} ({} days)", day(*until), self.term.left(now).max(0) / DAY)
    }
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

    /// What is thought of a chain of certificates with so many days of life, and so many left.
    fn due(chain: &[(i64, i64)]) -> Option<(bool, Due)> {
        let term =
            |(life, left): &(i64, i64)| Term { issuer: "CA".into(), from: (left - life) * DAY, until: left * DAY };
        let shown = Shown { version: "TLS 1.3", chain: chain.iter().map(term).collect() };
        Limits::default().judge(&shown, 0).map(|judged| (judged.is_own, judged.due))
    }

    #[test]
    fn what_ends_soon_is_a_warning_and_then_wrong_and_what_is_short_in_proportion() {
        for (life, left, expected) in [
            (90, 22, Due::Later),
            (90, 20, Due::Soon),
            (90, 6, Due::Now),
            (6, 3, Due::Later),
            (6, 1, Due::Soon),
            (6, 0, Due::Now),
            (3_650, 22, Due::Later),
        ] {
            assert_eq!(due(&[(life, left)]), Some((true, expected)), "{left} of {life} days");
        }
    }

    #[test]
    fn of_a_chain_the_first_to_end_counts_and_what_is_over_was_not_needed() {
        assert_eq!(due(&[(90, 80), (3_650, 5)]), Some((false, Due::Now)));
        assert_eq!(due(&[(90, 80), (3_650, -5)]), Some((true, Due::Later)));
        assert_eq!(due(&[(90, 20), (3_650, 500)]), Some((true, Due::Soon)));
        assert_eq!(due(&[]), None);
    }

    #[test]
    fn the_limits_may_be_others() {
        let term = Term { issuer: "CA".into(), from: -60 * DAY, until: 30 * DAY };
        let (far, near) = (Limits { warning_days: 40, wrong_days: 2 }, Limits { warning_days: 3, wrong_days: 2 });
        // A third of its life is the most, whatever is set.
        assert_eq!((far.due(&term, 0), far.due(&term, DAY), near.due(&term, DAY)), (Due::Later, Due::Soon, Due::Later));
    }
}
