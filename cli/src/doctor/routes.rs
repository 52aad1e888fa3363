//! Whether each path comes to its function and back: what is between may lead it elsewhere, answer itself, or change what it gives on.

use super::Visit;
use super::caller::Answer;
use super::finding::Finding;
use crate::failure::Failure;
use reqwest::Method;
use truce_contract::contract::PROBLEM_KEYS;
use truce_contract::{Addresses, Function, Secret};

/// What has to come back.
enum Expected {
    /// A page with this in its title.
    Page(&'static str),
    /// This status, and a problem with this code.
    Problem(u16, &'static str),
}

use Expected::{Page, Problem};

/// What nobody has sealed: whether it comes through tells that a session would.
const NO_SESSION: &str = "v3.local.from-the-doctor";

/// Each with what it is called, its path and whether it brings a session.
const ROUTES: [(&str, &str, bool, Expected); 9] = [
    ("GET /qr", "/qr", false, Page("Organiser")),
    ("GET /j", "/j", false, Page("invited")),
    ("GET /install", "/install", false, Page("wrist")),
    ("GET /talk", "/talk", false, Page("Truce")),
    ("GET /redeem", "/redeem", false, Problem(401, "session-missing")),
    ("GET /redeem", "/redeem", true, Problem(401, "session-invalid")),
    ("GET /mediate", "/mediate", false, Problem(401, "session-missing")),
    ("GET /mediate", "/mediate", true, Problem(401, "session-invalid")),
    ("GET /nowhere", "/nowhere", false, Problem(404, "no-such-path")),
];

/// Asks all of them.
pub(super) async fn look(visit: &mut Visit) -> Result<(), Failure> {
    let each = matches!(visit.addresses, Addresses::Each(_));
    let mut lost = Vec::new();
    let mut hsts = false;
    for (name, path, with_session, expected) in &ROUTES {
        let session = with_session.then(|| Secret::new(NO_SESSION));
        let finding = match visit.caller.send(Method::GET, &visit.url(path), session.as_ref(), None).await {
            Err(why) => Finding::wrong(name, why, "See that the function runs: its log and the edge's say more."),
            Ok(answer) => {
                let finding = judge(name, expected, &answer)
                    .unwrap_or_else(|found| Finding::wrong(name, found, astray(path, each, &answer)));
                // What somebody else has answered has somebody else's headers.
                if finding.is_ok() {
                    lost.extend(missing(&answer).map(|header| format!("{header} of {path}")));
                    hsts |= answer.header("strict-transport-security").is_some();
                }
                finding
            }
        };
        visit.report.tell(finding)?;
    }
    visit.report.tell(headers(&lost, hsts, visit.url("").starts_with("https:")))
}

/// How it is; or what came, where that is not what this path answers.
fn judge(name: &'static str, expected: &Expected, answer: &Answer) -> Result<Finding, String> {
    let came = answer.came();
    let (status, code) = match expected {
        Page(title) => return page(title, answer).map(|()| Finding::ok(name, "its page")),
        Problem(status, code) => (*status, *code),
    };
    if answer.status == status && answer.code() == code {
        let typed = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/problem+json"));
        if typed && answer.is_ours() && PROBLEM_KEYS.iter().all(|key| answer.has(key)) {
            let found = if code == "session-invalid" { "a session comes through" } else { &came };
            return Ok(Finding::ok(name, found));
        }
        let mend = "Let the edge give answers on as they are: a Watch stops at a key that is missing (docs/wire.md).";
        return Ok(Finding::wrong(name, format!("{came}, and not as it was sent"), mend));
    }
    if answer.code() == "session-missing" {
        let mend = "Let the edge give `Authorization` on: without it nobody is known.";
        return Ok(Finding::wrong(name, "the session does not come through", mend));
    }
    if code == "no-such-path" && answer.status == 404 {
        let mend = "What no rule of the edge names should go to Truce: a Watch can read only what Truce answers.";
        return Ok(Finding::warn(name, came, mend));
    }
    Err(came)
}

fn page(title: &str, answer: &Answer) -> Result<(), String> {
    let is_html = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    match answer.status {
        200 if is_html && titled(&answer.text).contains(title) => Ok(()),
        status if is_html => Err(format!("{status}, another page")),
        _ => Err(answer.came()),
    }
}

/// What to do about a path that somebody else has answered.
fn astray(path: &str, each: bool, answer: &Answer) -> String {
    let function = Function::of(path).name();
    match answer.code() {
        "no-such-path" if each => {
            format!("Name the address of {function} where it belongs: the order is {}.", Function::names())
        }
        "no-such-path" => format!(
            "Let the edge lead {path} to {function}, and as it is: another function has answered, or another path has come."
        ),
        "slow-down" => "Look again in a minute, or raise TRUCE_ATTEMPTS_PER_MINUTE.".to_owned(),
        "internal" | "store-unavailable" | "timed-out" | "not-ready" => format!("The log of {function} says why."),
        _ => format!("Let the edge lead {path} to {function}: something else has answered (docs/edge.md)."),
    }
}

fn titled(page: &str) -> &str {
    let after = page.split_once("<title>").map_or("", |(_, after)| after);
    after.split_once("</title>").map_or("", |(title, _)| title)
}

/// What is on every answer of ours, and not on this one (docs/wire.md). A REST API of AWS gives one of them on under another name.
fn missing(answer: &Answer) -> impl Iterator<Item = &'static str> {
    let has = |name: &str| answer.header(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, value: &str| answer.header(name) == Some(value);
    let asks = has("www-authenticate") || has("x-amzn-remapped-www-authenticate");
    [
        ("x-request-id", has("x-request-id")),
        ("cache-control", is("cache-control", "no-store")),
        ("referrer-policy", is("referrer-policy", "no-referrer")),
        ("x-content-type-options", is("x-content-type-options", "nosniff")),
        ("content-security-policy", has("content-security-policy")),
        ("www-authenticate", answer.status != 401 || asks),
    ]
    .into_iter()
    .filter_map(|(name, holds)| (!holds).then_some(name))
}

fn headers(lost: &[String], hsts: bool, tls: bool) -> Finding {
    if let [first, rest @ ..] = lost {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let mend =
            "Let the edge give the headers of answers on as they are: browsers and logs go by them (docs/wire.md).";
        return Finding::wrong("headers", format!("missing or changed: {first}{more}"), mend);
    }
    // A remark: who has a host of their own may promise it, and a function cannot know.
    let remark = if tls && !hsts { "; no strict-transport-security, which an edge may add" } else { "" };
    Finding::ok("headers", format!("all of them{remark}"))
}
