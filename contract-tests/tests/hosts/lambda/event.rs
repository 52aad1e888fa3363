//! From what a client sends to the event that each gateway makes of it.
//!
//! A function URL gives the path on as it came, an HTTP API and a REST API decode it; payload 2.0 joins what came several
//! times, the others keep every value. A load balancer decodes nothing. That is how AWS documents them, and where it
//! does not, how they were seen to behave.

use super::Gateway;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// A request as it came.
pub(crate) struct Received {
    pub(crate) method: String,
    /// As the client wrote it.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: SocketAddr,
}

impl Received {
    /// What every function answers, whatever else it does.
    pub(crate) fn probe() -> Self {
        Self {
            method: "GET".to_owned(),
            path: "/health".to_owned(),
            query: String::new(),
            headers: HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1"))]),
            body: Bytes::new(),
            peer: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}

pub(crate) fn of(gateway: Gateway, received: &Received) -> Value {
    let mut event = match gateway {
        Gateway::FunctionUrl => payload_2(received, "$default", &received.path),
        Gateway::HttpApi => payload_2(received, gateway.stage().unwrap_or_default(), &decoded(&received.path)),
        Gateway::RestApi => payload_1(received, gateway.stage().unwrap_or_default()),
        Gateway::LoadBalancer => load_balancer(received),
    };
    let (body, encoded) = body(gateway, received);
    event["isBase64Encoded"] = encoded.into();
    // Payload 2.0 leaves out what is not there.
    match (body, gateway) {
        (Some(body), _) => event["body"] = body.into(),
        (None, Gateway::RestApi) => event["body"] = Value::Null,
        (None, Gateway::LoadBalancer) => event["body"] = "".into(),
        (None, _) => {}
    }
    event
}

fn payload_2(received: &Received, stage: &str, path: &str) -> Value {
    let host = received.one(header::HOST.as_str());
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": received.query,
        "headers": received.joined_headers(),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "contract",
            "domainName": host,
            "domainPrefix": "contract",
            "http": {
                "method": received.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": received.peer.ip().to_string(),
                "userAgent": received.one(header::USER_AGENT.as_str()),
            },
            "requestId": "8f2c6c0e-0f0b-4a43-9a3c-6c6f7d6d1a11",
            "routeKey": "$default",
            "stage": stage,
            "time": "18/May/2033:03:33:20 +0000",
            "timeEpoch": 2_000_000_000_000_u64,
        },
    });
    let cookies = received.cookies();
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    let parameters: Map<String, Value> = received.parameters(decoded_plus, |values| values.join(",").into());
    if !parameters.is_empty() {
        event["queryStringParameters"] = parameters.into();
    }
    event
}

fn payload_1(received: &Received, stage: &str) -> Value {
    let path = decoded(received.path.strip_prefix(&format!("/{stage}")).unwrap_or(&received.path));
    let or_null = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { map.into() };
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": received.method,
        "headers": received.last_headers(),
        "multiValueHeaders": received.every_header(),
        "queryStringParameters": or_null(received.parameters(decoded_plus, last)),
        "multiValueQueryStringParameters": or_null(received.parameters(decoded_plus, Vec::into)),
        "pathParameters": {"proxy": path.trim_start_matches('/')},
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "contract",
            "domainName": received.one(header::HOST.as_str()),
            "httpMethod": received.method,
            "identity": {"sourceIp": received.peer.ip().to_string(), "userAgent": received.one(header::USER_AGENT.as_str())},
            "path": received.path,
            "protocol": "HTTP/1.1",
            "requestId": "8f2c6c0e-0f0b-4a43-9a3c-6c6f7d6d1a11",
            "requestTime": "18/May/2033:03:33:20 +0000",
            "requestTimeEpoch": 2_000_000_000_000_u64,
            "resourceId": "proxy",
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
    })
}

/// With many values for a header: the other setting has its own tests beside the host.
fn load_balancer(received: &Received) -> Value {
    let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/contract/6d0ecf831eec9f09";
    json!({
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": received.method,
        "path": received.path,
        "multiValueQueryStringParameters": received.parameters(str::to_owned, Vec::into),
        "multiValueHeaders": received.every_header(),
    })
}

/// As text where AWS takes it for text. A REST API that is to answer with images takes everything for binary.
fn body(gateway: Gateway, received: &Received) -> (Option<String>, bool) {
    const TEXT: [&str; 3] = ["application/json", "application/javascript", "application/xml"];
    if received.body.is_empty() {
        return (None, false);
    }
    let kind = received.one(header::CONTENT_TYPE.as_str()).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = gateway != Gateway::RestApi && (kind.starts_with("text/") || TEXT.contains(&kind));
    match std::str::from_utf8(&received.body) {
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(&received.body)), true),
    }
}

fn last(values: Vec<String>) -> Value {
    values.into_iter().last().into()
}

impl Received {
    fn one(&self, name: &str) -> String {
        self.headers.get(name).map(text).unwrap_or_default()
    }

    /// Each header with its values; what belongs to the connection is not given on, and who connected is.
    fn values(&self) -> Vec<(String, Vec<String>)> {
        const OF_THE_CONNECTION: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "upgrade"];
        let given_on = self.headers.keys().filter(|name| !OF_THE_CONNECTION.contains(&name.as_str()));
        let values = |name: &str| self.headers.get_all(name).iter().map(text).collect();
        let mut all: Vec<(String, Vec<String>)> =
            given_on.map(|name| (name.to_string(), values(name.as_str()))).collect();
        let peer = self.peer.ip().to_string();
        let forwarded =
            self.headers.get("x-forwarded-for").map_or_else(|| peer.clone(), |by| format!("{}, {peer}", text(by)));
        let added =
            [("x-forwarded-for", forwarded), ("x-forwarded-proto", "https".into()), ("x-forwarded-port", "443".into())];
        for (name, value) in added {
            all.retain(|(known, _)| known != name);
            all.push((name.to_owned(), vec![value]));
        }
        all
    }

    fn joined_headers(&self) -> Map<String, Value> {
        let all = self.values().into_iter().filter(|(name, _)| name != "cookie");
        all.map(|(name, values)| (name, values.join(",").into())).collect()
    }

    fn last_headers(&self) -> Map<String, Value> {
        self.values().into_iter().map(|(name, values)| (name, last(values))).collect()
    }

    fn every_header(&self) -> Map<String, Value> {
        self.values().into_iter().map(|(name, values)| (name, values.into())).collect()
    }

    fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::COOKIE).iter().map(text);
        lines.flat_map(|line| line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()).collect()
    }

    fn parameters(&self, read: fn(&str) -> String, value: impl Fn(Vec<String>) -> Value) -> Map<String, Value> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for pair in self.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (read(name), read(value));
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => all.push((name, vec![value])),
            }
        }
        all.into_iter().map(|(name, values)| (name, value(values))).collect()
    }
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn decoded_plus(text: &str) -> String {
    decoded(&text.replace('+', " "))
}

/// Percent-decoded; what is not well-formed stays as it is.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let (mut read, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            read.push(u8::try_from(high * 16 + low).unwrap_or_default());
            at += 3;
        } else {
            read.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(read).unwrap_or_else(|_| text.to_owned())
}

/// A front that wrote something else than AWS would prove nothing: the examples are those the host is tested with.
pub(crate) fn trials() -> Vec<Trial> {
    let examples = [
        (
            "function_url",
            Gateway::FunctionUrl,
            include_str!("../../../../shared/function/src/host/lambda/events/function_url.json"),
        ),
        (
            "http_api",
            Gateway::HttpApi,
            include_str!("../../../../shared/function/src/host/lambda/events/http_api.json"),
        ),
        (
            "rest_api",
            Gateway::RestApi,
            include_str!("../../../../shared/function/src/host/lambda/events/rest_api.json"),
        ),
        (
            "load_balancer",
            Gateway::LoadBalancer,
            include_str!("../../../../shared/function/src/host/lambda/events/load_balancer.json"),
        ),
    ];
    let trial = |(name, gateway, example): (&str, Gateway, &'static str)| {
        Trial::test(format!("front::an_event_has_the_form_of_the_{name}_example"), move || {
            has_its_form(gateway, example)
        })
    };
    examples.into_iter().map(trial).collect()
}

fn has_its_form(gateway: Gateway, example: &str) -> Result<(), Failed> {
    let example: Value = serde_json::from_str(example)?;
    let received = Received {
        method: "POST".into(),
        path: "/live/a%20b".into(),
        query: "after=c1&wait=20&wait=3".into(),
        headers: [
            ("host", "truce.example"),
            ("cookie", "theme=dark; a=b"),
            ("content-type", "application/json"),
            ("user-agent", "x"),
        ]
        .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
        .into_iter()
        .collect(),
        body: Bytes::from_static(b"{}"),
        peer: ([198, 51, 100, 4], 4711).into(),
    };
    let event = of(gateway, &received);
    let lacks = lacking("", &event, &example);
    if !lacks.is_empty() {
        return Err(format!("the event has {} that the example has not, or not of that type", lacks.join(", ")).into());
    }
    let expected = match gateway {
        Gateway::FunctionUrl => ("rawPath", "/live/a%20b"),
        Gateway::HttpApi => ("rawPath", "/live/a b"),
        Gateway::RestApi => ("path", "/a b"),
        Gateway::LoadBalancer => ("path", "/live/a%20b"),
    };
    if event[expected.0] == expected.1 { Ok(()) } else { Err(format!("{expected:?}, not {event}").into()) }
}

/// What of `event` is not in `example`, by its path; headers and parameters are whatever a client sends.
fn lacking(at: &str, event: &Value, example: &Value) -> Vec<String> {
    let free = ["headers", "multiValueHeaders", "Parameters", "body", "cookies"].iter().any(|part| at.ends_with(part));
    match (event, example) {
        (Value::Object(event), Value::Object(example)) if !free => event
            .iter()
            .flat_map(|(key, value)| lacking(&format!("{at}/{key}"), value, example.get(key).unwrap_or(&Value::Null)))
            .collect(),
        (Value::Null, _) => Vec::new(),
        (event, example) if std::mem::discriminant(event) == std::mem::discriminant(example) => Vec::new(),
        _ => vec![at.to_owned()],
    }
}
