//! Calls, and what becomes of their answers.

use super::dictionaries;
use super::flow::Flow;
use super::parameters::{Parameters, shape};
use super::reply::Expected;
use super::step::{Request, Step};
use super::stopped::Why;
use super::value::Value;
use serde_json::Value as Json;

pub(super) fn call(parameters: Parameters<'_>) -> Result<Flow, Why> {
    let url = parameters.text("WFURL")?;
    if !["https://", "http://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Why::NoAddress(url));
    }
    parameters.get("ShowHeaders").map_or(Ok(()), |shown| match shown {
        plist::Value::Integer(_) | plist::Value::Boolean(_) => Ok(()),
        _ => Err(shape("ShowHeaders", "a boolean")),
    })?;
    let method = method(parameters)?;
    let body = body(&method, parameters)?;
    let request = Request { method, url, headers: headers(parameters)?, body };
    Ok(Flow::Wait(Step::Call(request), Expected::Answer))
}

fn method(parameters: Parameters<'_>) -> Result<String, Why> {
    const KEY: &str = "WFHTTPMethod";
    match parameters.word(KEY)?.unwrap_or("GET") {
        method @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE") => Ok(method.to_owned()),
        other => Err(Why::Unsupported { key: KEY.to_owned(), value: other.to_owned() }),
    }
}

fn headers(parameters: Parameters<'_>) -> Result<Vec<(String, String)>, Why> {
    const KEY: &str = "WFHTTPHeaders";
    let Some(plist) = parameters.get(KEY) else { return Ok(Vec::new()) };
    let header = |(name, value)| match value {
        Json::String(value) => Ok((name, value)),
        _ => Err(shape(KEY, "a dictionary of texts")),
    };
    dictionaries::items(parameters.memory, KEY, plist)?.into_iter().map(header).collect()
}

/// A body without its type, or a type without a body, is whatever the app makes of it; a GET has none.
fn body(method: &str, parameters: Parameters<'_>) -> Result<Option<Json>, Why> {
    const KEY: &str = "WFJSONValues";
    match (parameters.word("WFHTTPBodyType")?, parameters.get(KEY)) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Why::Missing("WFHTTPBodyType".to_owned())),
        (Some("JSON"), None) => Err(Why::Missing(KEY.to_owned())),
        (Some("JSON"), Some(_)) if method == "GET" => {
            Err(Why::Unsupported { key: "WFHTTPBodyType".to_owned(), value: "JSON of a GET".to_owned() })
        }
        (Some("JSON"), Some(plist)) => {
            let items = dictionaries::items(parameters.memory, KEY, plist)?;
            Ok(Some(Json::Object(items.into_iter().collect())))
        }
        (Some(other), _) => Err(Why::Unsupported { key: "WFHTTPBodyType".to_owned(), value: other.to_owned() }),
    }
}

/// JSON becomes a dictionary. Everything else, and what says it is JSON and is not, is a text file.
pub(super) fn answer(content_type: &str, body: Vec<u8>) -> Result<Value, Why> {
    if is_json(content_type) {
        match serde_json::from_slice(&body) {
            Ok(Json::Object(dictionary)) => return Ok(Value::Dictionary(dictionary)),
            Ok(_) => return Err(Why::Coercion { from: "JSON that is no object", to: "a dictionary" }),
            Err(_) => {}
        }
    }
    let text = String::from_utf8(body).map_err(|_| Why::Coercion { from: "an answer that is not UTF-8", to: "a text" });
    text.map(Value::File)
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
