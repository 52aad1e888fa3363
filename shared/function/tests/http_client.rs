//! Calls to others from a machine: what comes of them, and what they may cost.

use axum::body::Bytes;
use http::{Request, Response, StatusCode, header};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use truce_function::testing::Bench;
use truce_function::{CallError, CallLimits};
use wiremock::matchers::{body_string, header as has_header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const LIMITS: CallLimits = CallLimits { time: Duration::from_secs(5), body: 1024 };

async fn call(address: &str, limits: CallLimits) -> Result<Response<Bytes>, CallError> {
    let env = Bench::new(|_| axum::Router::new()).env;
    let request = Request::post(address).header("x-asked", "yes").body(Bytes::from_static(b"question"));
    env.http().send(request.expect("a request"), limits).await
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(template).mount(&server).await;
    server
}

#[tokio::test]
async fn the_whole_answer_is_given_whatever_its_status() {
    let server = MockServer::start().await;
    let asked = Mock::given(method("POST")).and(path("/a")).and(has_header("x-asked", "yes"));
    let answer = ResponseTemplate::new(418).insert_header("x-kind", "tea").set_body_string("no coffee");
    asked.and(body_string("question")).respond_with(answer).expect(1).mount(&server).await;
    let answer = call(&format!("{}/a", server.uri()), LIMITS).await.expect("an answer");
    assert_eq!((answer.status(), answer.headers()["x-kind"].as_bytes()), (StatusCode::IM_A_TEAPOT, &b"tea"[..]));
    assert_eq!(answer.body(), "no coffee");
    let asked = server.received_requests().await.expect("recorded");
    let who = asked[0].headers[header::USER_AGENT].to_str().expect("text");
    assert!(who.starts_with("truce/"), "{who}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let elsewhere = answering(ResponseTemplate::new(200)).await;
    let here = answering(ResponseTemplate::new(307).insert_header("location", elsewhere.uri())).await;
    assert_eq!(call(&here.uri(), LIMITS).await.expect("an answer").status(), StatusCode::TEMPORARY_REDIRECT);
    assert!(elsewhere.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn an_answer_is_taken_up_to_the_limit_and_not_a_byte_more() {
    let server = answering(ResponseTemplate::new(200).set_body_bytes([b'x'; 64])).await;
    let limited = |body| CallLimits { body, ..LIMITS };
    assert_eq!(call(&server.uri(), limited(64)).await.expect("an answer").body().len(), 64);
    assert_eq!(call(&server.uri(), limited(63)).await.expect_err("too long"), CallError::TooLong);
}

/// The head comes at once, the body never: time is limited until the last byte.
#[tokio::test]
async fn who_takes_too_long_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let limits = CallLimits { time: Duration::from_millis(200), ..LIMITS };
    let slow = async {
        let (mut stream, _) = listener.accept().await.expect("a call");
        let _ = stream.read(&mut [0; 1024]).await.expect("a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n1").await.expect("a head");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = call(&address, limits) => assert_eq!(answer.expect_err("too slow"), CallError::TimedOut),
        () = slow => {}
    }
}

#[tokio::test]
async fn who_is_not_there_is_unreachable_and_what_is_no_address_is_not_called() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    assert_eq!(call(&format!("http://{address}/"), LIMITS).await.expect_err("nobody"), CallError::Unreachable);
    for none in ["/only/a/path", "ftp://127.0.0.1/"] {
        assert_eq!(call(none, LIMITS).await.expect_err(none), CallError::NotAllowed);
    }
}

/// Answers every request on TLS, with a certificate of its own making; its port, and the certificate.
async fn on_tls() -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = made.signing_key.serialize_der().try_into().expect("a key");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).expect("it fits");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nthere").await;
            let _ = stream.shutdown().await;
        }
    });
    (port, made.cert.pem())
}

/// Which certificates a process trusts is decided by its environment: so this test runs itself, once with the one and once without.
#[tokio::test]
async fn only_who_shows_a_trusted_certificate_is_called() {
    const NAME: &str = "only_who_shows_a_trusted_certificate_is_called";
    const ADDRESS: &str = "TRUCE_TEST_CALLS";
    if let Ok(address) = std::env::var(ADDRESS) {
        let expected =
            if std::env::var_os("SSL_CERT_FILE").is_some() { Ok("there".into()) } else { Err(CallError::NotTrusted) };
        assert_eq!(call(&address, LIMITS).await.map(Response::into_body), expected);
        return;
    }
    let (port, certificate) = on_tls().await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), certificate).expect("written");
    for trusts in [true, false] {
        let mut itself = Command::new(std::env::current_exe().expect("this test"));
        itself.args([NAME, "--exact", "--nocapture"]).env(ADDRESS, format!("https://localhost:{port}/"));
        itself.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        if trusts {
            itself.env("SSL_CERT_FILE", file.path());
        }
        let ended = tokio::task::spawn_blocking(move || itself.output()).await.expect("no panic").expect("it runs");
        assert!(ended.status.success(), "trusts: {trusts}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}
