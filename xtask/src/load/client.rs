//! One connection, kept open, that costs as little as it can: what the load takes of the machine, the server does not
//! have. Requests are bytes before the clock starts, and an answer is read no further than it has to be.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// No answer in this long is a failure, not a slow one.
const LIMIT: Duration = Duration::from_secs(10);
/// More headers than any answer has.
const HEADERS: usize = 32;
/// Room for a usual answer, in bytes.
const ROOM: usize = 4096;

/// Why there is nothing to report.
pub(crate) type Failed = String;

/// With or without TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Where a server is, and whom it has to be vouched for by, if it speaks TLS.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    tls: Option<TlsConnector>,
}

pub(crate) struct Client {
    stream: Box<dyn Stream>,
    /// What has come and was not yet taken.
    buffer: Vec<u8>,
}

/// Status, where the body begins, how long it is.
struct Head {
    status: u16,
    body_at: usize,
    length: usize,
}

impl Server {
    /// Without TLS.
    pub(crate) fn plain(address: SocketAddr) -> Self {
        Self { address, tls: None }
    }

    /// With TLS, vouched for by the authority in the file `authority`.
    pub(crate) fn tls(address: SocketAddr, authority: &Path) -> Result<Self, Failed> {
        let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", authority.display());
        let certificate = CertificateDer::from_pem_file(authority).map_err(|error| problem(&error))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).map_err(|error| problem(&error))?;
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| problem(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address, tls: Some(TlsConnector::from(Arc::new(config))) })
    }
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Result<Self, Failed> {
        let address = server.address;
        let connected = async {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok::<Box<dyn Stream>, std::io::Error>(match &server.tls {
                Some(tls) => Box::new(tls.connect(ServerName::from(address.ip()), stream).await?),
                None => Box::new(stream),
            })
        };
        let stream = connected.await.map_err(|error| format!("{address}: {error}"))?;
        Ok(Self { stream, buffer: Vec::with_capacity(ROOM) })
    }

    /// The answer's body, which has to be a success.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Vec<u8>, Failed> {
        match timeout(LIMIT, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, Failed> {
        self.stream.write_all(request).await.map_err(|error| error.to_string())?;
        self.stream.flush().await.map_err(|error| error.to_string())?;
        let head = loop {
            if let Some(head) = head(&self.buffer)? {
                break head;
            }
            self.more().await?;
        };
        let end = head.body_at + head.length;
        while self.buffer.len() < end {
            self.more().await?;
        }
        let body = self.buffer[head.body_at..end].to_vec();
        self.buffer.drain(..end);
        if (200..300).contains(&head.status) {
            Ok(body)
        } else {
            Err(format!("{}: {}", head.status, String::from_utf8_lossy(&body)))
        }
    }

    async fn more(&mut self) -> Result<(), Failed> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A request as it goes over the wire.
pub(crate) fn post(host: SocketAddr, path: &str, bearer: Option<&str>, body: &str) -> Vec<u8> {
    let authorization = bearer.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\naccept: application/json\r\n\
         content-length: {length}\r\n{authorization}\r\n{body}"
    )
    .into_bytes()
}

/// The head of an answer, once all of it is there.
fn head(bytes: &[u8]) -> Result<Option<Head>, Failed> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_at) = answer.parse(bytes).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let length = answer
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
        .ok_or("an answer does not say how long it is")?;
    Ok(Some(Head { status: answer.code.unwrap_or_default(), body_at, length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_its_head_is_whole() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert!(head(&whole[..30]).expect("so far so good").is_none());
        let head = head(whole).expect("well-formed").expect("whole");
        assert_eq!((head.status, &whole[head.body_at..head.body_at + head.length]), (200, &b"{}"[..]));
    }

    #[test]
    fn an_answer_without_a_length_is_not_guessed() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"SSH-2.0\r\n\r\n").is_err());
    }
}
