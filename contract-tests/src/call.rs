//! One request as a journey thinks of it.

use crate::{Function, Secret};
use reqwest::Method;
use serde_json::Value;

/// A request to be made. `Debug` is left out on purpose: it holds credentials.
#[derive(Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) function: Function,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) presented: Vec<Secret>,
}

#[derive(Clone)]
pub(crate) enum Body {
    None,
    Bytes(Vec<u8>),
    /// Without a `Content-Length`.
    Chunks(Vec<Vec<u8>>),
}

impl Call {
    /// A request with a method of its own; `path` may hold a query.
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            method: Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET),
            function: Function::of(&path),
            path,
            headers: Vec::new(),
            body: Body::None,
            presented: Vec::new(),
        }
    }

    /// `GET`
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// `POST`
    pub fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    /// `DELETE`
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    /// Goes to this function, whoever owns the path: for paths that nobody owns.
    #[must_use]
    pub fn to(mut self, function: Function) -> Self {
        self.function = function;
        self
    }

    /// A header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A credential. An answer that quotes it back in an error fails the journey.
    #[must_use]
    pub fn bearer(mut self, secret: &Secret) -> Self {
        self.presented.push(secret.clone());
        self.header("authorization", format!("Bearer {}", secret.reveal()))
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// Any body, called what you like.
    #[must_use]
    pub fn raw(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.untyped(body).header("content-type", content_type)
    }

    /// Any body, called nothing.
    #[must_use]
    pub fn untyped(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// A JSON body in chunks: nobody knows its length before its end.
    #[must_use]
    pub fn chunked_json(mut self, chunks: Vec<Vec<u8>>) -> Self {
        self.body = Body::Chunks(chunks);
        self.header("content-type", "application/json")
    }
}

/// For a query value: everything but the unreserved characters of RFC 3986 escaped.
pub(crate) fn escape(value: &str) -> String {
    use std::fmt::Write;
    value.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

/// What a percent-encoded header says; `None` when it is not well-formed UTF-8.
pub(crate) fn unescape(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_comes_back_whole() {
        for text in ["Ana", "a b&c=d", "Zoë 🦊", "100 %", ""] {
            assert_eq!(unescape(&escape(text)).as_deref(), Some(text));
            assert!(escape(text).is_ascii());
        }
        assert_eq!(unescape("%F"), None);
        assert_eq!(unescape("%FF"), None, "not UTF-8");
    }
}
