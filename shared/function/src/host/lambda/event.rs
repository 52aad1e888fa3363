//! What has to be put right in an event before it becomes a request.
//!
//! - A stage of an API Gateway (`/prod/mediate`) is where it is deployed, not part of the path: the function answers with
//!   it and without. A stage should therefore not be named like a path.
//! - Where one header came several times, `lambda_http` lets the single value that such events carry as well go before all
//!   of them.
//! - A request line is made of a `Host` and a query as the client wrote them, and `lambda_http` panics on one that makes no
//!   address. The host is put aside, to become a header again; what no query may hold is encoded.

use http::header::{HOST, HeaderMap, HeaderName};
use lambda_http::lambda_runtime::LambdaEvent;
use lambda_http::request::LambdaRequest;
use std::fmt::Write as _;

/// Where the `Host` header is until the event has become a request.
pub(super) const HOST_ASIDE: HeaderName = HeaderName::from_static("x-truce-host-aside");

/// The same event, fit to become a request.
pub(super) fn put_right(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    match &mut event.payload {
        LambdaRequest::ApiGatewayV2(event) => {
            // Without a stage and a name of the gateway, nothing is put before the path.
            event.raw_path = path(event.raw_path.take(), event.request_context.stage.take().as_deref());
            event.raw_query_string = event.raw_query_string.take().map(|query| encode(&query, b""));
            event.request_context.domain_name = None;
            put_host_aside(&mut event.headers);
        }
        LambdaRequest::ApiGatewayV1(event) => {
            event.path = path(event.path.take(), event.request_context.stage.take().as_deref());
            event.request_context.domain_name = None;
            keep_every_value(&mut event.headers, &mut event.multi_value_headers);
        }
        LambdaRequest::Alb(event) => {
            event.path = path(event.path.take(), None);
            keep_every_value(&mut event.headers, &mut event.multi_value_headers);
        }
        _ => {}
    }
    event
}

/// The path without its stage, whether it came with one or not.
fn path(path: Option<String>, stage: Option<&str>) -> Option<String> {
    // Some gateways decode a path: `?` and `#` in it are then part of it.
    let path = encode(&path?, b"?");
    let below = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    Some(match below {
        Some(below) if below.starts_with('/') => below.to_owned(),
        _ => path,
    })
}

/// `text` with everything encoded that neither a path nor a query may hold, and `also`.
fn encode(text: &str, also: &[u8]) -> String {
    let may_stay =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'<' | b'>') && !also.contains(&byte);
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if may_stay(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn keep_every_value(single: &mut HeaderMap, every: &mut HeaderMap) {
    for name in every.keys() {
        if name != HOST {
            single.remove(name);
        }
    }
    if let Some(host) = every.remove(HOST) {
        single.insert(HOST, host);
    }
    put_host_aside(single);
}

fn put_host_aside(headers: &mut HeaderMap) {
    headers.remove(HOST_ASIDE);
    if let Some(host) = headers.remove(HOST) {
        headers.insert(HOST_ASIDE, host);
    }
}
