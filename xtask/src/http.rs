//! HTTP requests on the loopback, each on a connection of its own: to see whether a server answers, and what.

use serde_json::Value;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// For connecting, and for each time of waiting after that.
const LIMIT: Duration = Duration::from_secs(5);

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
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The lines of its headers.
    head: String,
    /// As it was sent: there may be the lengths of its chunks in it.
    pub(crate) body: String,
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
    pub(crate) fn ask(self, address: SocketAddr) -> io::Result<Answer> {
        let mut stream = self.send(address)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = status_of(&answer).ok_or_else(|| io::Error::other("that is no HTTP"))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// Where its answer arrives.
    pub(crate) fn send(self, address: SocketAddr) -> io::Result<TcpStream> {
        let Self { method, path, bearer, head, body } = self;
        let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        let bearer = bearer.map(|bearer| format!("authorization: Bearer {bearer}\r\n")).unwrap_or_default();
        let (length, kind) = (body.len(), if body.is_empty() { "" } else { "content-type: application/json\r\n" });
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{head}{bearer}{kind}content-length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes())?;
        Ok(stream)
    }
}

impl Answer {
    /// The value of a header, which is written in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value.trim()))
    }

    /// A field of the object in its body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let object = self.body.find('{').zip(self.body.rfind('}')).map(|(from, to)| &self.body[from..=to])?;
        serde_json::from_str::<Value>(object).ok()?[name].as_str().map(str::to_owned)
    }
}

/// The status of `GET path`, if there is an answer.
pub(crate) fn status(address: SocketAddr, path: &str) -> Option<u16> {
    // Whatever comes after the status line does not matter here.
    let mut answer = String::new();
    let _ = Request::get(path).send(address).ok()?.take(4096).read_to_string(&mut answer);
    status_of(&answer)
}

fn status_of(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.")?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_headers_and_fields() {
        let head = "HTTP/1.1 503 x\r\nRetry-After: 2\r\nx: y".to_owned();
        let answer =
            Answer { status: 503, head, body: "1c\r\n{\"code\":\"store-unavailable\"}\r\n0\r\n\r\n".to_owned() };
        assert_eq!((answer.header("retry-after"), answer.header("z")), (Some("2"), None));
        assert_eq!((answer.field("code").as_deref(), answer.field("say")), (Some("store-unavailable"), None));
    }

    #[test]
    fn the_status_is_read_from_the_first_line() {
        assert_eq!(status_of("HTTP/1.1 200 OK\r\nx: y\r\n\r\n{}"), Some(200));
        assert_eq!(status_of("HTTP/1.1 503\r\n"), Some(503));
        assert_eq!(status_of("SSH-2.0-x 200"), None);
        assert_eq!(status_of(""), None);
    }
}
