//! One connection, kept open.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer in this long is a failure, not a slow one.
const LIMIT: Duration = Duration::from_secs(10);

/// Why there is nothing to report.
pub(crate) type Failed = String;

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Failed> {
        let problem = |error: &dyn std::fmt::Display| format!("{address}: {error}");
        let stream = TcpStream::connect(address).await.map_err(|error| problem(&error))?;
        stream.set_nodelay(true).map_err(|error| problem(&error))?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| problem(&error))?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    /// The answer's body, which has to be a success.
    pub(crate) async fn post(&mut self, path: &str, bearer: Option<&str>, body: &Value) -> Result<Bytes, Failed> {
        let mut request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::from(body.to_string())).map_err(|error| error.to_string())?;
        let exchange = async {
            let answer = self.sender.send_request(request).await?;
            Ok::<_, hyper::Error>((answer.status(), answer.into_body().collect().await?.to_bytes()))
        };
        match timeout(LIMIT, exchange).await {
            Ok(Ok((status, body))) if status.is_success() => Ok(body),
            Ok(Ok((status, body))) => Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body))),
            Ok(Err(error)) => Err(format!("{path}: {error}")),
            Err(_) => Err(format!("{path} did not answer within {} s", LIMIT.as_secs())),
        }
    }
}
