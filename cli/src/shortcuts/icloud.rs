//! What an iCloud link leads to: a record, and the two files that it names, one of them signed.
//!
//! Apple has not documented the record; other people's programs read it so. Nothing but iCloud is ever called, whatever a record says.

use crate::failure::Failure;
use axum::body::Bytes;
use http::{Request, StatusCode, Uri};
use serde::Deserialize;
use std::time::Duration;
use truce_function::{CallLimits, HttpClient};
use truce_shortcuts::signed::LONGEST;

/// Before the id of what is shared.
const LINKS: &str = "https://www.icloud.com/shortcuts/";
const RECORDS: &str = "https://www.icloud.com/shortcuts/api/records/";
/// Stands in an address for what the file is to be called.
const NAME: &str = "${f}";
const LIMITS: CallLimits = CallLimits { time: Duration::from_secs(30), body: LONGEST };

/// What is shared under a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// As its owner has called it.
    pub(super) name: String,
    /// What iCloud says of its signature.
    pub(super) status: Option<String>,
    /// Where its files are, each with what it is.
    pub(super) files: Vec<(&'static str, String)>,
}

#[derive(Deserialize)]
struct Whole {
    fields: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    name: Field<String>,
    signing_status: Option<Field<String>>,
    shortcut: Option<Field<Asset>>,
    signed_shortcut: Option<Field<Asset>>,
}

#[derive(Deserialize)]
struct Field<T> {
    value: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asset {
    #[serde(rename = "downloadURL")]
    download_url: String,
}

/// Whether somebody has given an address rather than a file.
pub(super) fn is_address(given: &str) -> bool {
    given.contains("://")
}

/// Where the record of a link is.
pub(super) fn record_of(link: &str) -> Result<String, Failure> {
    let id = link.strip_prefix(LINKS).map(|id| id.strip_suffix('/').unwrap_or(id));
    let is_id =
        |id: &&str| (32..=36).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let wrong = || Failure::Wrong(format!("{link:?} is no link to a Shortcut: one reads {LINKS} and 32 digits."));
    id.filter(is_id).map(|id| format!("{RECORDS}{id}")).ok_or_else(wrong)
}

impl Record {
    /// Reads one.
    pub(super) fn read(json: &[u8]) -> Result<Self, Failure> {
        let whole: Whole = serde_json::from_slice(json).map_err(|error| {
            Failure::Wrong(format!(
                "It is no record of a Shortcut: look at line {}, column {}.",
                error.line(),
                error.column()
            ))
        })?;
        let Fields { name, signing_status, shortcut, signed_shortcut } = whole.fields;
        let named = [("the signed file", signed_shortcut), ("the file that is not signed", shortcut)];
        let mut files = Vec::new();
        for (what, asset) in named {
            if let Some(asset) = asset {
                files.push((what, download(&asset.value.download_url)?));
            }
        }
        if files.is_empty() {
            return Err(Failure::Wrong("The record names no file: there is nothing to look at.".to_owned()));
        }
        Ok(Self { name: name.value, status: signing_status.map(|status| status.value), files })
    }
}

/// Where a file of a record is. Only iCloud is called, on its usual port, and nobody is told who calls.
fn download(given: &str) -> Result<String, Failure> {
    let address = given.replacen(NAME, "Shortcut.shortcut", 1);
    let wrong =
        || Failure::Wrong(format!("The record names a file at {given:?}, which is not iCloud: it is not fetched."));
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let host = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let is_icloud =
        host == "www.icloud.com" || [".icloud.com", ".icloud-content.com"].iter().any(|end| host.ends_with(end));
    if uri.scheme_str() == Some("https") && is_plain && is_icloud { Ok(address) } else { Err(wrong()) }
}

/// Fetches what is at one of the addresses above. A redirect would lead elsewhere, and is not followed.
pub(super) async fn fetch(http: &dyn HttpClient, address: &str) -> Result<Vec<u8>, Failure> {
    let request = Request::get(address).body(Bytes::new());
    let request = request.map_err(|_| Failure::Wrong(format!("{address:?} is no address.")))?;
    let host = request.uri().host().unwrap_or_default().to_owned();
    let away = |why: String| {
        Failure::Wrong(format!(
            "{host} does not give it: {why}. Save the file on a device that has it, and name it instead."
        ))
    };
    let answer = http.send(request, LIMITS).await.map_err(|error| away(error.to_string()))?;
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body().to_vec()),
        StatusCode::NOT_FOUND => Err(away("nothing is shared under this link, or no longer".to_owned())),
        other => Err(away(format!("it answers {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use tokio::net::TcpListener;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    /// As iCloud has it, without what is not read.
    fn record(signed: &str) -> String {
        let file = "https://cvws.icloud-content.com/B/AS5UVG/${f}?o=Ajh&v=1&p=33";
        format!(
            r#"{{"recordName": "F0", "recordType": "SharedShortcut", "deleted": false, "fields": {{
                "name": {{"value": "Truce", "type": "STRING"}}, "icon_glyph": {{"value": 59446, "type": "NUMBER_INT64"}},
                "signingStatus": {{"value": "APPROVED", "type": "STRING"}},
                "shortcut": {{"type": "ASSETID", "value": {{"downloadURL": "{file}", "size": 3555, "fileChecksum": "AS5U"}}}},
                "signedShortcut": {{"type": "ASSETID", "value": {{"downloadURL": "{signed}", "size": 23590}}}}}}}}"#
        )
    }

    #[test]
    fn a_link_leads_to_its_record_and_nothing_else_is_a_link() {
        for link in [format!("{LINKS}{ID}"), format!("{LINKS}{ID}/")] {
            assert_eq!(record_of(&link).expect("a link"), format!("{RECORDS}{ID}"));
        }
        let wrong = [
            format!("http://www.icloud.com/shortcuts/{ID}"),
            format!("https://www.icloud.com.evil.example/shortcuts/{ID}"),
            format!("{LINKS}../{ID}"),
            format!("{LINKS}{ID}?more"),
            LINKS.to_owned(),
        ];
        for link in wrong {
            assert!(is_address(&link) && record_of(&link).is_err(), "{link}");
        }
    }

    #[test]
    fn a_record_says_what_it_is_called_and_where_its_files_are() {
        let read =
            Record::read(record("https://cvws.icloud-content.com/B/ASSE/${f}?o=A").as_bytes()).expect("a record");
        assert_eq!((read.name.as_str(), read.status.as_deref()), ("Truce", Some("APPROVED")));
        assert_eq!(
            read.files,
            [
                ("the signed file", "https://cvws.icloud-content.com/B/ASSE/Shortcut.shortcut?o=A".to_owned()),
                (
                    "the file that is not signed",
                    "https://cvws.icloud-content.com/B/AS5UVG/Shortcut.shortcut?o=Ajh&v=1&p=33".to_owned()
                ),
            ]
        );
        for json in ["{}", "[]", r#"{"fields": {"name": {"value": "Truce"}}}"#] {
            assert!(Record::read(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn nobody_but_icloud_is_called() {
        let wrong = [
            "http://cvws.icloud-content.com/a",
            "https://evil.example/a",
            "https://icloud-content.com.evil.example/a",
            "https://evilicloud.com/a",
            "https://cvws.icloud-content.com@evil.example/a",
            "https://cvws.icloud-content.com:8443/a",
            "https://ana:secret@cvws.icloud-content.com/a",
            "https://evil.example/#.icloud.com",
            "https://evil.example\\\\.icloud.com/a",
            "ftp://www.icloud.com/a",
            "/etc/passwd",
        ];
        for address in wrong {
            let refused = Record::read(record(address).as_bytes()).expect_err(address).to_string();
            assert!(refused.contains("which is not iCloud"), "{refused}");
        }
    }

    #[tokio::test]
    async fn what_is_not_given_is_said_and_nobody_else_is_asked() {
        let answers = Router::new()
            .route("/file", get(|| async { "a Shortcut" }))
            .route("/large", get(|| async { vec![b' '; LONGEST + 1] }))
            .route("/elsewhere", get(|| async { (StatusCode::FOUND, [("location", "/file")]) }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, answers).await });
        let http = truce_function::host::http_client();
        let fetched = async |path: &str| fetch(&*http, &format!("http://{at}{path}")).await;
        assert_eq!(fetched("/file").await.expect("given"), b"a Shortcut");
        for (path, why) in [
            ("/none", "nothing is shared under this link"),
            ("/large", "its answer is too long"),
            ("/elsewhere", "it answers 302 Found"),
        ] {
            let refused = fetched(path).await.expect_err(path).to_string();
            assert!(refused.starts_with("127.0.0.1 does not give it: ") && refused.contains(why), "{refused}");
        }
    }
}
