//! From what a function gives back to what the client gets.

use super::Gateway;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The response in `answer`; what is none is told as it is.
pub(crate) fn of(gateway: Gateway, answer: &Value) -> Result<Response<Body>, String> {
    let wrong = |what: &str| format!("{what} in {answer}");
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let mut response = Response::builder().status(status.ok_or_else(|| wrong("no status"))?);
    for (name, value) in headers(gateway, answer) {
        let renamed = gateway.renames().iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        let name = renamed.map_or(name.as_str(), |(_, renamed)| renamed);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("no header name"))?;
        let value = HeaderValue::from_str(value.as_str().ok_or_else(|| wrong("no header"))?);
        // The front says how long a body is, not the function.
        if name != header::CONTENT_LENGTH {
            response = response.header(name, value.map_err(|_| wrong("no header value"))?);
        }
    }
    let body = answer["body"].as_str().unwrap_or_default();
    let body = if answer["isBase64Encoded"] == true {
        STANDARD.decode(body).map_err(|_| wrong("no base64"))?
    } else {
        body.as_bytes().to_vec()
    };
    response.body(Body::from(body)).map_err(|error| error.to_string())
}

/// Payload 2.0 has one value for each header, and cookies aside. The others have many values where a function gives them:
/// those go before the single ones, and a load balancer that sends many reads nothing else.
fn headers(gateway: Gateway, answer: &Value) -> Vec<(String, Value)> {
    let many = |(name, values): (&String, &Value)| {
        let values = values.as_array().cloned().unwrap_or_default();
        values.into_iter().map(|value| (name.clone(), value)).collect::<Vec<_>>()
    };
    let entries = |key: &str| answer[key].as_object().into_iter().flatten();
    let single = || entries("headers").map(|(name, value)| (name.clone(), value.clone()));
    match gateway {
        Gateway::FunctionUrl | Gateway::HttpApi => {
            let cookies = answer["cookies"].as_array().cloned().unwrap_or_default();
            single().chain(cookies.into_iter().map(|cookie| ("set-cookie".to_owned(), cookie))).collect()
        }
        Gateway::RestApi => {
            let every: Vec<(String, Value)> = entries("multiValueHeaders").flat_map(many).collect();
            let rest = single().filter(|(name, _)| !every.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)));
            rest.collect::<Vec<_>>().into_iter().chain(every.clone()).collect()
        }
        Gateway::LoadBalancer => entries("multiValueHeaders").flat_map(many).collect(),
    }
}
