//! A component that does to its store what it is asked and says what came of it, in JSON: the store's contract runs
//! outside and asks through this.
//!
//! Built for `wasm32-wasip2`; for any other target it only compiles, so that it is checked with the workspace.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected};
use serde_json::{Value, json};
use spin_sdk::http::{FullBody, IntoResponse, Request, Response};
use spin_sdk::http_service;
use truce_store::{Appended, Cursor, Entry, NewEntry, Spent, StoreError, connect, record};

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = match act(&asked).await {
        Ok(answer) => json!({ "ok": answer }),
        Err(error @ StoreError::Rejected { .. }) => json!({ "rejected": error.to_string() }),
        Err(error) => json!({ "unavailable": error.to_string() }),
    };
    Response::new(FullBody::new(Bytes::from(answer.to_string())))
}

async fn act(asked: &Value) -> Result<Value, StoreError> {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let number = |name: &str| asked[name].as_u64().unwrap_or_default();
    let (id, room, now, until) = (text("id"), text("room"), number("now"), number("until"));
    let limit = u32::try_from(number("limit")).unwrap_or(u32::MAX);
    let store = connect(text("store")).await?;
    Ok(match text("call") {
        "spend" => json!(store.spend(id, now, until).await? == Spent::First),
        "is_spent" => json!(store.is_spent(id, now).await?),
        "revoke" => json!(store.revoke(id, now, until).await?),
        "is_revoked" => json!(store.is_revoked(id, now).await?),
        "append" => match store
            .append(room, new(record::read(Cursor::START, id.to_owned(), text("entry"))?), now, until)
            .await?
        {
            Appended::New(cursor) => json!({ "new": cursor.number() }),
            Appended::AlreadyThere(entry) => json!({ "there": told(entry)? }),
        },
        "read" => {
            let after = Cursor::at(number("after")).unwrap_or_default();
            all(store.read(room, after, limit, now).await?)?
        }
        "entry" => store.entry(room, id, now).await?.map(told).transpose()?.into(),
        "agreements" => all(store.agreements(room, limit, now).await?)?,
        "ping" => json!(store.ping().await?),
        "sweep" => json!(store.sweep(now).await?),
        other => json!({ "nothing": other }),
    })
}

fn all(entries: Vec<Entry>) -> Result<Value, StoreError> {
    entries.into_iter().map(told).collect()
}

/// An entry as the other side can make it one again.
fn told(entry: Entry) -> Result<Value, StoreError> {
    let (cursor, at, id) = (entry.cursor.number(), entry.at, entry.id.clone());
    Ok(json!({ "cursor": cursor, "id": id, "entry": record::write(&new(entry), at)? }))
}

fn new(entry: Entry) -> NewEntry {
    NewEntry {
        id: entry.id,
        from_team: entry.from_team,
        from_member: entry.from_member,
        to_team: entry.to_team,
        text: entry.text,
        payload: entry.payload,
        agreement: entry.agreement,
    }
}
