//! What tests say to a server themselves, past the code under test.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

fn connect(port: u16) -> Option<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    Some(stream)
}

/// Whether anything takes a connection.
pub(crate) fn listens(port: u16) -> bool {
    connect(port).is_some()
}

/// A line to Redis, and the line that it answers.
pub(crate) fn redis(port: u16, command: &str) -> Option<String> {
    let mut stream = connect(port)?;
    stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n") && stream.read(&mut byte).ok()? == 1 {
        answer.push(byte[0]);
    }
    let text = String::from_utf8(answer).ok()?.trim_end().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Whether anything that speaks HTTP is there.
pub(crate) fn speaks_http(port: u16) -> bool {
    exchange(port, "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").is_some()
}

/// An action of DynamoDB's API, and the body of the answer.
pub(crate) fn dynamodb(port: u16, action: &str, body: &str) -> Option<String> {
    // Nobody checks the signature, only that there is one.
    exchange(
        port,
        &format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.0\r\n\
             x-amz-target: DynamoDB_20120810.{action}\r\nx-amz-date: 20330518T033320Z\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=test/20330518/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=test\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

fn exchange(port: u16, request: &str) -> Option<String> {
    let mut stream = connect(port)?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n").filter(|(head, _)| head.starts_with("HTTP/1.1")).map(|(_, body)| body.to_owned())
}
