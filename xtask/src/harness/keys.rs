//! The keys rotated while people talk and join: a session of before goes on, one of between is good everywhere, and what comes after is sealed with
//! the new key.

use super::load;
use super::proof::Proof;
use crate::http::{Client, Request};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub(super) fn rotate(proof: &Proof<'_>) -> Result<String, String> {
    let spare = load::invite(&proof.edge, &proof.key, "edge")?;
    let sealed_by = || load::session(&proof.edge, &proof.key, "edge").map(|session| key_id(&session).to_owned());
    let before = sealed_by()?;
    let (stop, edge, key) = (AtomicBool::new(false), &proof.edge, proof.key.as_str());
    let (seen, joined) = thread::scope(|scope| {
        let joins = scope.spawn(|| join_and_talk(edge, key, &stop));
        let seen = proof.under_load(|| proof.fleet.rotate());
        stop.store(true, Ordering::Relaxed);
        (seen, joins.join().unwrap_or_else(|_| Err("who joins gave up".to_owned())))
    });
    let (seen, joined, after) = (seen?, joined?, sealed_by()?);
    if before == after || key_id(&proof.session) == after {
        return Err(format!("a session is sealed by {after}, as before"));
    }
    match load::redeem(&proof.edge, &spare)?.status {
        200 => Ok(format!("{seen}; {joined} joined meanwhile; {after} seals, and opens what {before} sealed")),
        status => Err(format!("an invite of before is answered {status}")),
    }
}

/// As often as there is time: a new session, used at once, wherever that is served. How many.
fn join_and_talk(edge: &Client, key: &str, stop: &AtomicBool) -> Result<usize, String> {
    let mut joined = 0;
    while !stop.load(Ordering::Relaxed) {
        let session = load::session(edge, key, "edge")?;
        let answer = Request::get("/mediate").with_bearer(&session).ask(edge);
        match answer.map(|answer| answer.status) {
            Ok(200) => joined += 1,
            Ok(status) => return Err(format!("session {joined} of those who joined is answered {status}")),
            Err(error) => return Err(format!("session {joined} of those who joined: {error}")),
        }
    }
    if joined > 0 { Ok(joined) } else { Err("nobody joined meanwhile".to_owned()) }
}

/// Which key has sealed a token: its footer says so, where everybody may read it.
fn key_id(token: &str) -> &str {
    token.rsplit('.').next().unwrap_or_default()
}
