//! HTTP requests to this machine: to see whether a server answers, and what.

use serde_json::Value;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::HeaderMap;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// For connecting, and for each time of waiting after that.
const LIMIT: Duration = Duration::from_secs(10);
/// As many connections are kept for the next request: more than are ever under way at once.
const KEPT: usize = 32;

/// Who asks one server, and what of it is kept from one request to the next: connections, unless [`Client::afresh`].
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    pub(crate) address: SocketAddr,
    /// Whom it believes, where it speaks TLS.
    authority: Option<Certificate<'static>>,
}

/// A request.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Who asks.
    pub(crate) bearer: Option<&'a str>,
    /// Lines besides, each with its end.
    pub(crate) head: &'a str,
    /// JSON, where it is not empty.
    pub(crate) body: &'a str,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: String,
    /// Of the body as it came, in bytes.
    pub(crate) length: usize,
}

impl Client {
    /// Without TLS.
    pub(crate) fn plain(address: SocketAddr) -> Self {
        Self { agent: agent(None, KEPT), base: format!("http://{address}"), address, authority: None }
    }

    /// With TLS, to a server that the authority with this certificate, in PEM, vouches for.
    pub(crate) fn tls(address: SocketAddr, authority: &[u8]) -> Result<Self, ureq::Error> {
        let authority = Some(Certificate::from_pem(authority)?);
        Ok(Self { agent: agent(authority.as_ref(), KEPT), base: format!("https://{address}"), address, authority })
    }

    /// The same, but with a new connection for each request.
    pub(crate) fn afresh(&self) -> Self {
        Self { agent: agent(self.authority.as_ref(), 0), ..self.clone() }
    }

    /// The status of `GET path`, if there is an answer.
    pub(crate) fn status(&self, path: &str) -> Option<u16> {
        // Whatever comes after the status does not matter here.
        Request::get(path).send(self).ok().map(|answer| answer.status().as_u16())
    }
}

fn agent(authority: Option<&Certificate<'static>>, kept: usize) -> Agent {
    let roots = authority
        .map_or(RootCerts::PlatformVerifier, |authority| RootCerts::new_with_certs(std::slice::from_ref(authority)));
    let tls = TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        // Nobody stands between this machine and itself, whatever the environment says.
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .max_idle_connections(kept)
        .max_idle_connections_per_host(kept)
        .timeout_connect(Some(LIMIT))
        .timeout_recv_response(Some(LIMIT))
        .timeout_per_read(Some(LIMIT))
        .build()
        .new_agent()
}

impl<'a> Request<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, bearer: None, head: "", body: "" }
    }

    pub(crate) fn post(path: &'a str, body: &'a str) -> Self {
        Self { method: "POST", path, bearer: None, head: "", body }
    }

    pub(crate) fn with_bearer(self, bearer: &'a str) -> Self {
        Self { bearer: Some(bearer), ..self }
    }

    /// The answer to it.
    pub(crate) fn ask(self, client: &Client) -> Result<Answer, ureq::Error> {
        let (head, mut body) = self.send(client)?.into_parts();
        let body = body.read_to_vec()?;
        let (length, body) = (body.len(), String::from_utf8_lossy(&body).into_owned());
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, length })
    }

    /// Where its answer arrives, for as long as it goes on.
    pub(crate) fn stream(self, client: &Client) -> Result<impl Read + use<>, ureq::Error> {
        Ok(self.send(client)?.into_body().into_reader())
    }

    fn send(self, client: &Client) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let Self { method, path, bearer, head, body } = self;
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", client.base));
        for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
            request = request.header(name, value.trim());
        }
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if body.is_empty() {
            return client.agent.run(request.body(())?);
        }
        client.agent.run(request.header("content-type", "application/json").body(body)?)
    }
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A field of the object in its body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        serde_json::from_str::<Value>(&self.body).ok()?[name].as_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::{HeaderName, HeaderValue};

    #[test]
    fn an_answer_has_headers_and_fields() {
        let headers = [(HeaderName::from_static("retry-after"), HeaderValue::from_static("2"))];
        let body = "{\"code\":\"store-unavailable\"}".to_owned();
        let answer = Answer { status: 503, headers: headers.into_iter().collect(), length: body.len(), body };
        assert_eq!((answer.header("Retry-After"), answer.header("z")), (Some("2"), None));
        assert_eq!((answer.field("code").as_deref(), answer.field("say")), (Some("store-unavailable"), None));
    }
}
