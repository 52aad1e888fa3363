//! Against a client that is not ours, with certificates made for it.

use super::*;
use crate::auth::Source;
use crate::host::native::{self, FromEdge};
use axum::routing::get;
use axum::{Extension, Router};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Stream;

const NAME: &str = "mediate.truce.internal";

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A certificate and the key to it, in PEM.
struct Pair {
    certificate: String,
    key: String,
}

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new([]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

fn signed(authority: &Authority, usage: ExtendedKeyUsagePurpose) -> Pair {
    let mut params = CertificateParams::new([NAME.to_owned()]).expect("parameters");
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate().expect("a key");
    Pair { certificate: params.signed_by(&key, authority).expect("signed").pem(), key: key.serialize_pem() }
}

fn for_serving(authority: &Authority) -> Pair {
    signed(authority, ExtendedKeyUsagePurpose::ServerAuth)
}

fn for_calling(authority: &Authority) -> Pair {
    signed(authority, ExtendedKeyUsagePurpose::ClientAuth)
}

fn put(folder: &Path, pair: &Pair, callers: &Authority) {
    fs::write(folder.join(CERTIFICATE), &pair.certificate).expect("written");
    fs::write(folder.join(KEY), &pair.key).expect("written");
    fs::write(folder.join(CALLERS), callers.pem()).expect("written");
}

/// A socket that says who called.
struct Served {
    address: SocketAddr,
    folder: TempDir,
    _stop: watch::Sender<bool>,
}

async fn served(pair: &Pair, callers: &Authority) -> Served {
    let folder = TempDir::new().expect("a folder");
    put(folder.path(), pair, callers);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    let listener = TlsListener::on(listener, folder.path().to_owned()).expect("TLS");
    // Whoever gets in is the edge; without that there is no answer.
    let says =
        |Extension(Source(source)): Extension<Source>, Extension(FromEdge): Extension<FromEdge>| async move { source };
    let router = Router::new().route("/", get(says));
    let (stop, mut told) = watch::channel(false);
    let stopped = async move { drop(told.wait_for(|stop| *stop).await) };
    tokio::spawn(native::serve(router, listener, watch::Sender::new(false), stopped, Duration::ZERO));
    Served { address, folder, _stop: stop }
}

async fn connected(server: &Served, trusts: &Authority, shows: Option<&Pair>) -> io::Result<Stream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusts.der().clone()).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_root_certificates(roots);
    let config = match shows {
        None => config.with_no_client_auth(),
        Some(pair) => {
            let certificate = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate");
            let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
            config.with_client_auth_cert(vec![certificate], key).expect("a pair")
        }
    };
    let stream = TcpStream::connect(server.address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(NAME).expect("a name"), stream).await
}

/// Who the server says has called. In TLS 1.3 a client only learns by an answer whether it was let in.
async fn asked(stream: &mut Stream<TcpStream>) -> io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.7, 198.51.100.4\r\n\r\n").await?;
    let mut answer = Vec::new();
    loop {
        let mut some = [0; 1024];
        let read = stream.read(&mut some).await?;
        answer.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&answer);
        if read == 0 || text.contains("\r\n\r\n") {
            return text
                .rsplit("\r\n\r\n")
                .next()
                .map(str::to_owned)
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
    }
}

async fn asks(server: &Served, trusts: &Authority, shows: Option<&Pair>) -> io::Result<String> {
    let answer = asked(&mut connected(server, trusts, shows).await?).await?;
    if answer.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}

#[tokio::test]
async fn the_edge_is_served_and_believed_about_who_called() {
    let inside = authority("inside");
    let server = served(&for_serving(&inside), &inside).await;
    assert_eq!(asks(&server, &inside, Some(&for_calling(&inside))).await.expect("let in"), "198.51.100.4");
}

#[tokio::test]
async fn whoever_shows_no_certificate_for_calling_of_ours_is_not_served() {
    let (inside, other) = (authority("inside"), authority("inside"));
    let own = for_serving(&inside);
    let server = served(&own, &inside).await;
    for (who, shows) in [("nobody", None), ("a stranger", Some(&for_calling(&other))), ("a function", Some(&own))] {
        assert!(asks(&server, &inside, shows).await.is_err(), "{who} was let in");
    }
    let mut plain = TcpStream::connect(server.address).await.expect("connected");
    plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "without TLS there was an answer");
}

#[tokio::test]
async fn a_slow_caller_keeps_nobody_waiting() {
    let inside = authority("inside");
    let server = served(&for_serving(&inside), &inside).await;
    let mut slow = Vec::new();
    for _ in 0..32 {
        slow.push(TcpStream::connect(server.address).await.expect("connected"));
    }
    let edge = for_calling(&inside);
    let quick = timeout(HANDSHAKE / 2, asks(&server, &inside, Some(&edge))).await;
    assert!(quick.is_ok_and(|answer| answer.is_ok()), "it had to wait");
}

/// Until new connections are shown `pair`, or too long.
async fn shown(server: &Served, trusts: &Authority, edge: &Pair, pair: &Pair) -> bool {
    let expected = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate");
    for _ in 0..100 {
        if let Ok(stream) = connected(server, trusts, Some(edge)).await
            && stream.get_ref().1.peer_certificates().and_then(<[_]>::first) == Some(&expected)
        {
            return true;
        }
        sleep(LOOK_EVERY / 10).await;
    }
    false
}

#[tokio::test]
async fn a_new_certificate_holds_without_a_restart_and_cuts_nobody_off() {
    let inside = authority("inside");
    let edge = for_calling(&inside);
    let (old, new) = (for_serving(&inside), for_serving(&inside));
    let server = served(&old, &inside).await;
    let mut before = connected(&server, &inside, Some(&edge)).await.expect("let in");
    put(server.folder.path(), &new, &inside);
    assert!(shown(&server, &inside, &edge, &new).await, "it still shows the old one");
    assert_eq!(asked(&mut before).await.expect("still connected"), "198.51.100.4");
}

#[tokio::test]
async fn an_authority_that_is_new_lets_in_its_own_and_not_those_of_the_old_one() {
    let (old, new) = (authority("old"), authority("new"));
    let server = served(&for_serving(&old), &old).await;
    let next = for_serving(&new);
    put(server.folder.path(), &next, &new);
    assert!(shown(&server, &new, &for_calling(&new), &next).await);
    assert!(asks(&server, &new, Some(&for_calling(&old))).await.is_err());
}

#[tokio::test]
async fn files_that_do_not_fit_leave_the_old_ones_in_use_until_they_do() {
    let inside = authority("inside");
    let edge = for_calling(&inside);
    let (old, new) = (for_serving(&inside), for_serving(&inside));
    let server = served(&old, &inside).await;
    fs::write(server.folder.path().join(CERTIFICATE), &new.certificate).expect("written");
    sleep(LOOK_EVERY * 2).await;
    assert!(shown(&server, &inside, &edge, &old).await);
    fs::write(server.folder.path().join(KEY), &new.key).expect("written");
    assert!(shown(&server, &inside, &edge, &new).await);
}

#[tokio::test]
async fn what_makes_no_tls_is_told_by_its_file_and_never_by_what_is_in_it() {
    let inside = authority("inside");
    let good = for_serving(&inside);
    let refused = |file: &'static str, text: Option<String>| {
        let folder = TempDir::new().expect("a folder");
        put(folder.path(), &good, &inside);
        match text {
            Some(text) => fs::write(folder.path().join(file), text).expect("written"),
            None => fs::remove_file(folder.path().join(file)).expect("removed"),
        }
        async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
            let refused = TlsListener::on(listener, folder.path().to_owned()).map(drop).expect_err("it was taken");
            refused.to_string()
        }
    };
    for file in [CERTIFICATE, KEY, CALLERS] {
        for text in [None, Some(String::new()), Some("secret secret".to_owned())] {
            let said = refused(file, text).await;
            assert!(said.contains(SETTING) && said.contains(file) && !said.contains("secret secret"), "{said}");
        }
    }
    let said = refused(KEY, Some(for_serving(&inside).key)).await;
    assert!(said.contains("do not fit together"), "{said}");
}
