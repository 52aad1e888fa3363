//! The way of one invite, from its issue to its end: functions that do not have the same keys, or not the same store, show it here.
//!
//! It is ended whatever came of it. Nothing that is secret on the way is ever told.

use super::Visit;
use super::caller::Answer;
use super::finding::Finding;
use super::ring;
use crate::failure::Failure;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use truce_contract::{Addresses, Function, Secret};
use truce_looks::Place;

/// What is civil already: no model is asked, and nothing is stored unless somebody sends it.
const CIVIL: &str = "Could you please review PR 482 by Thursday?";
/// How long the invite and its session hold if they cannot be ended: the shortest session there is (docs/wire.md).
const SECONDS: u64 = 60;

/// An invite, as issue-qr gave it.
struct Invite {
    id: String,
    digits: Secret,
}

/// Goes the whole way, as far as it leads.
pub(super) async fn look(visit: &mut Visit) -> Result<(), Failure> {
    let why = if visit.in_the_open {
        "plain http: anybody on the way would have the organiser's key"
    } else {
        "it takes an organiser's key: give one of TRUCE_ORGANISER_KEYS in TRUCE_ORGANISER_KEY"
    };
    let Some(key) = visit.key.clone().filter(|_| !visit.in_the_open) else {
        return ["issue", "public-url", "keys", "store"]
            .into_iter()
            .try_for_each(|check| visit.report.tell(Finding::not_looked_at(check, why)));
    };
    let Some(invite) = issue(visit, &key).await? else {
        return visit.leaves(&["public-url", "keys", "store"]);
    };
    ring::look(visit, &key).await?;
    let session = redeem(visit, &invite).await?;
    let known = match &session {
        Some(session) => known_to(visit, session).await?,
        None => Vec::new(),
    };
    let used = visit.asks(Method::GET, &format!("/qr/{}", invite.id), Some(&key), None).await;
    let ended = visit.asks(Method::DELETE, &format!("/qr/{}", invite.id), Some(&key), None).await;
    match session {
        Some(session) => store(visit, &session, &known, used, ended).await,
        None => visit.leaves(&["store"]),
    }
}

async fn issue(visit: &mut Visit, key: &Secret) -> Result<Option<Invite>, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let room = format!("{}-doctor-{now}", truce_monitor::ROOMS);
    let body =
        json!({"room": room, "team": "doctor", "member": "Doctor", "ttl_seconds": SECONDS, "session_seconds": SECONDS});
    let answer = match visit.asks(Method::POST, "/qr", Some(key), Some(&body)).await {
        Ok(answer) => answer,
        Err(why) => return visit.report.tell(Finding::wrong("issue", why, LOGS)).map(|()| None),
    };
    let (Some(id), Some(digits), Some(link)) = (answer.field("id"), answer.field("invite"), answer.field("url")) else {
        let mend = match answer.code() {
            "organiser-key-invalid" => {
                "Name a key in TRUCE_ORGANISER_KEY that is in TRUCE_ORGANISER_KEYS of issue-qr (`truce keys organiser` makes one)."
            }
            "slow-down" => "Look again in a minute.",
            _ => "Let the edge lead POST /qr to issue-qr as it is; the log of issue-qr says more.",
        };
        return visit.report.tell(Finding::wrong("issue", answer.came(), mend)).map(|()| None);
    };
    // It becomes a part of a path.
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return visit.report.tell(Finding::wrong("issue", "an invite without an id", LOGS)).map(|()| None);
    }
    visit.report.tell(Finding::ok("issue", "an invite, for a room that no team is in"))?;
    visit.report.tell(leads(link, &visit.addresses))?;
    Ok(Some(Invite { id: id.to_owned(), digits: Secret::new(digits) }))
}

const LOGS: &str = "See that the function runs: its log and the edge's say more.";

/// Whether the link in a code leads to where the phone that scans it is answered.
fn leads(link: &str, addresses: &Addresses) -> Finding {
    let base = addresses.base(Function::RedeemToken);
    let to = link.split('#').next().unwrap_or_default().trim_end_matches("/j");
    if Place::of(to).is_some() && Place::of(to) == Place::of(base) {
        return Finding::ok("public-url", format!("codes lead to {to}"));
    }
    let found = format!("codes lead to {to}, and not to {base}");
    if let Addresses::Each(_) = addresses {
        let mend = "See that people reach it there (TRUCE_PUBLIC_URL says where): a phone that scans a code goes nowhere else.";
        return Finding::warn("public-url", found, mend);
    }
    let mend = format!(
        "Set TRUCE_PUBLIC_URL of all functions to where people reach it, {base} if that is there: then all sessions end."
    );
    Finding::wrong("public-url", found, mend)
}

/// The session, if redeem-token takes what issue-qr has sealed.
async fn redeem(visit: &mut Visit, invite: &Invite) -> Result<Option<Secret>, Failure> {
    let body = |preview: bool| json!({"invite": invite.digits.reveal(), "preview": preview});
    let looked = visit.asks(Method::POST, "/redeem", None, Some(&body(true))).await;
    let preview = judged(Function::RedeemToken, Function::IssueQr, looked, &["invite-valid"]);
    if preview.is_wrong() {
        visit.report.tell(preview)?;
        return Ok(None);
    }
    let taken = visit.asks(Method::POST, "/redeem", None, Some(&body(false))).await;
    let session = taken.as_ref().ok().and_then(|answer| answer.field("session")).map(Secret::new);
    visit.report.tell(judged(Function::RedeemToken, Function::IssueQr, taken, &["redeemed"]))?;
    Ok(session.filter(|session| !session.reveal().is_empty()))
}

/// Who takes what redeem-token has sealed.
async fn known_to(visit: &mut Visit, session: &Secret) -> Result<Vec<Function>, Failure> {
    let mut known = vec![Function::RedeemToken];
    let said = visit.asks(Method::POST, "/mediate", Some(session), Some(&json!({"text": CIVIL}))).await;
    let asked = visit.asks(Method::GET, "/health", Some(session), None).await;
    for (function, answer, codes) in [
        (Function::Mediate, said, ["civil", "reframed"].as_slice()),
        (Function::Health, asked, ["session-valid"].as_slice()),
    ] {
        let finding = judged(function, Function::RedeemToken, answer, codes);
        if !finding.is_wrong() {
            known.push(function);
        }
        visit.report.tell(finding)?;
    }
    Ok(known)
}

/// Whether `function` takes what `from` has sealed.
fn judged(function: Function, from: Function, answer: Result<Answer, String>, codes: &[&str]) -> Finding {
    let (name, from) = (function.name(), from.name());
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return Finding::wrong("keys", format!("{name}: {why}"), LOGS),
    };
    match answer.code() {
        code if codes.contains(&code) => {
            let engine = answer.field("engine").filter(|engine| engine.bytes().all(|byte| byte.is_ascii_lowercase()));
            let engine = engine.map_or_else(String::new, |engine| format!(", by the engine `{engine}`"));
            Finding::ok("keys", format!("{name} takes what {from} has sealed: {code}{engine}"))
        }
        "invite-invalid" | "session-invalid" => {
            let mend = format!(
                "Give {name} and {from} the same TRUCE_KEYS and the same TRUCE_PUBLIC_URL, and start them anew (docs/running.md, Keys)."
            );
            Finding::wrong("keys", format!("{name} does not take what {from} has sealed: {}", answer.came()), mend)
        }
        "session-missing" => Finding::wrong(
            "keys",
            format!("{name}: the session does not come through"),
            "Let the edge give `Authorization` on: without it nobody is known.",
        ),
        _ => Finding::wrong("keys", format!("{name}: {}", answer.came()), format!("The log of {name} says why.")),
    }
}

/// Whether what one function has kept is there for the others: an invite that was used, and one that was ended.
async fn store(
    visit: &mut Visit,
    session: &Secret,
    known: &[Function],
    used: Result<Answer, String>,
    ended: Result<Answer, String>,
) -> Result<(), Failure> {
    let ended = ended.map_or_else(|why| why, |answer| answer.came());
    if ended != "200 invite-revoked" {
        let mend = "Let the edge lead DELETE /qr/… to issue-qr; the log of issue-qr says more.";
        visit.report.tell(Finding::wrong("store", format!("the invite cannot be ended: {ended}"), mend))?;
        visit.leave(session).await;
        return Ok(());
    }
    if used.is_ok_and(|answer| answer.field("state") == Some("unused")) {
        visit.report.tell(apart(Function::IssueQr, "does not know that the invite was used"))?;
    }
    let mut is_over = true;
    for function in known {
        let path = match function {
            Function::RedeemToken => "/redeem",
            Function::Mediate => "/mediate",
            _ => "/health",
        };
        let finding = match visit.asks(Method::GET, path, Some(session), None).await {
            Ok(answer) if answer.code() == "session-invalid" => Finding::ok(
                "store",
                format!("{} knows that the invite was ended, and the session with it", function.name()),
            ),
            Ok(answer) if answer.status == 200 => {
                apart(*function, "still takes the session of an invite that was ended")
            }
            Ok(answer) => Finding::wrong("store", format!("{}: {}", function.name(), answer.came()), LOGS),
            Err(why) => Finding::wrong("store", format!("{}: {why}", function.name()), LOGS),
        };
        is_over &= !finding.is_wrong();
        visit.report.tell(finding)?;
    }
    if !is_over {
        visit.leave(session).await;
    }
    Ok(())
}

fn apart(function: Function, what: &str) -> Finding {
    let mend = format!(
        "Give {} the TRUCE_STORE of the others: each that has its own forgets what they have ended.",
        function.name()
    );
    Finding::wrong("store", format!("{} {what}", function.name()), mend)
}

impl Visit {
    /// Where an invite's end does not end its session, the session's own may. Without, it is over in a minute.
    async fn leave(&self, session: &Secret) {
        let _ = self.asks(Method::DELETE, "/redeem", Some(session), None).await;
    }

    async fn asks(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&Secret>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        self.caller.send(method, &self.url(path), bearer, body).await
    }
}
