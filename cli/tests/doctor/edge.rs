//! What stands in front of a server: where TLS ends, and what meddles with what goes through.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate and the key to it, in PEM.
pub(crate) struct Shown {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Shown {
    /// As `truce certs` made them.
    pub(crate) fn read(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("made");
        Self { certificate: read("tls.crt"), key: read("tls.key") }
    }

    /// For `name`, from and until so many days from now; and who vouches for it, in PEM.
    pub(crate) fn made(name: &str, from: i64, until: i64) -> (Self, String) {
        let key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "An authority of the tests");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&key).expect("signed").pem();
        let issuer = Issuer::new(authority, key);
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let moment = |days: i64| {
            let date = TimeZone::UTC.to_datetime(Timestamp::now()).date() + days.days();
            date_time_ymd(date.year().into(), date.month().cast_unsigned(), date.day().cast_unsigned())
        };
        (params.not_before, params.not_after) = (moment(from), moment(until));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &issuer).expect("signed").pem();
        (Self { certificate, key: key.serialize_pem() }, pem)
    }
}

/// Where TLS ends. It listens before anybody knows what is behind it: that has to be told where people reach it.
pub(crate) struct Front {
    pub(crate) url: String,
    listener: TcpListener,
}

/// It ends with its value.
pub(crate) struct Serving(JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Front {
    pub(crate) async fn listens() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        Self { url, listener }
    }

    /// What comes goes on to `behind` as it is.
    pub(crate) fn leads_to(self, behind: &str, shown: &Shown) -> Serving {
        let chain = CertificateDer::pem_slice_iter(shown.certificate.as_bytes()).map(|one| one.expect("PEM")).collect();
        let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().expect("ring has them").with_no_client_auth();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).expect("a pair")));
        let behind: SocketAddr = behind.trim_start_matches("http://").parse().expect("an address");
        Serving(tokio::spawn(async move {
            while let Ok((stream, _)) = self.listener.accept().await {
                let acceptor = acceptor.clone();
                // Whoever does not like the certificate hangs up, which is theirs to say.
                tokio::spawn(async move {
                    let (mut caller, mut server) = (acceptor.accept(stream).await?, TcpStream::connect(behind).await?);
                    copy_bidirectional(&mut caller, &mut server).await
                });
            }
        }))
    }
}

/// Changes what comes, or what goes back; the path is that which came.
#[derive(Clone, Copy)]
pub(crate) struct Meddles {
    pub(crate) ask: fn(&mut Request<Bytes>),
    pub(crate) answer: fn(&str, &mut Response<Bytes>),
}

/// Lets everything through.
pub(crate) const FAITHFUL: Meddles = Meddles { ask: |_| {}, answer: |_, _| {} };

/// An edge in front of `behind`, on plain HTTP.
pub(crate) async fn edge(behind: &str, meddles: Meddles) -> (String, Serving) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let http = truce_contract::http_client().tls_certs_only([]).build().expect("a client");
    let behind = behind.to_owned();
    let router = Router::new().fallback(async move |request: Request<Body>| {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let mut request = Request::from_parts(parts, to_bytes(body, 1 << 20).await.expect("a body"));
        (meddles.ask)(&mut request);
        *request.uri_mut() = format!("{behind}{}", request.uri()).parse().expect("an address");
        let answer = http.execute(request.try_into().expect("a request")).await.expect("an answer");
        let (parts, body) = Response::from(answer).into_parts();
        let mut answer = Response::from_parts(parts, to_bytes(Body::new(body), 1 << 20).await.expect("a body"));
        answer.headers_mut().remove("content-length");
        (meddles.answer)(&path, &mut answer);
        answer.map(Body::from)
    });
    let serving = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    (url, Serving(serving))
}
