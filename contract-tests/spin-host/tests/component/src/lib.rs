//! A component that does what its path says with what its body says, and answers in plain words how that went. Each
//! answer is one interface as a component sees it, so that the host's tests can tell a grant from a refusal.
//!
//! Built for `wasm32-wasip2`; for any other target it only compiles, so that it is checked with the workspace.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use spin_sdk::http::{FullBody, IntoResponse, Request, Response, StatusCode, get};
use spin_sdk::{http_service, key_value, redis, sqlite, time, variables};
use std::error::Error;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What outlives a request where an instance is used again.
static REQUESTS: AtomicU32 = AtomicU32::new(0);

type Words = Result<String, Box<dyn Error>>;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let nth = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
    let (parts, body) = request.into_parts();
    // The last part of the path, whatever route led here.
    let what = parts.uri.path().rsplit('/').next().unwrap_or_default();
    let answer = match body.collect().await {
        Ok(_) if what == "headers" => Ok(format!("{:#?}", parts.headers)),
        Ok(body) => act(what, nth, &String::from_utf8_lossy(&body.to_bytes())).await,
        Err(why) => Err(format!("the body did not come: {why:?}").into()),
    };
    let (status, words) = match answer {
        Ok(words) => (StatusCode::OK, words),
        Err(why) => (StatusCode::BAD_GATEWAY, format!("{why:?}")),
    };
    let mut response = Response::new(FullBody::new(Bytes::from(words)));
    *response.status_mut() = status;
    response
}

async fn act(what: &str, nth: u32, told: &str) -> Words {
    let mut words = told.splitn(2, ' ');
    let (first, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match what {
        "count" => Ok(nth.to_string()),
        "echo" => Ok(told.to_owned()),
        "environment" => Ok(format!("{:?}", std::env::vars().collect::<Vec<_>>())),
        "fetch" => fetch(told).await,
        "files" => Ok(format!("{:?}", std::fs::read_dir("/").map(Iterator::count))),
        "insert" => insert(first, rest).await.map(|fresh| if fresh { "fresh" } else { "seen" }.to_owned()),
        "key-value" => key_value(first, rest).await,
        "redis" => redis(first, rest).await,
        "slow" => slow(first, rest.parse()?).await,
        "sql" => sql(first, rest).await,
        "trap" => panic!("as it was told"),
        "variable" => Ok(variables::get(told).await?),
        _ => Err(format!("`{what}` is nothing to do").into()),
    }
}

async fn fetch(url: &str) -> Words {
    let response = get(url).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    Ok(format!("{} {}", status.as_u16(), String::from_utf8_lossy(&body)))
}

/// Whether `id` was new.
async fn insert(label: &str, id: &str) -> Result<bool, Box<dyn Error>> {
    let database = sqlite::Connection::open(label).await?;
    let table = "CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY)";
    database.execute(table, []).await?.result().await?;
    let once = "INSERT INTO spent VALUES (?) ON CONFLICT DO NOTHING RETURNING 1";
    Ok(!database.execute(once, [id.into()]).await?.collect().await?.is_empty())
}

async fn sql(label: &str, statement: &str) -> Words {
    let database = sqlite::Connection::open(label).await?;
    let result = database.execute(statement, []).await?;
    let columns = result.columns().join(",");
    let rows: Vec<_> = result.collect().await?.into_iter().map(|row| row.values).collect();
    let (changes, last) = (database.changes().await, database.last_insert_rowid().await);
    Ok(format!("{columns} {rows:?} changes={changes} last={last}"))
}

/// Leaves a mark before it waits, and one after.
async fn slow(label: &str, milliseconds: u64) -> Words {
    insert(label, "begun").await?;
    time::sleep(Duration::from_millis(milliseconds)).await;
    insert(label, "ended").await?;
    Ok("ended".to_owned())
}

async fn key_value(label: &str, value: &str) -> Words {
    let store = key_value::Store::open(label).await?;
    let before = store.exists("a").await?;
    store.set("a", value).await?;
    store.set("b", "").await?;
    store.delete("b").await?;
    let found = store.get("a").await?.unwrap_or_default();
    let keys = store.get_keys().await.collect().await?;
    Ok(format!("{before} {} {keys:?}", String::from_utf8_lossy(&found)))
}

async fn redis(address: &str, key: &str) -> Words {
    let redis = redis::Connection::open(address).await?;
    let mut answers = String::new();
    let word = |word: &str| redis::RedisParameter::Binary(word.into());
    for _ in 0..2 {
        let set = [word(key), word("1"), word("NX"), word("EX"), redis::RedisParameter::Int64(60)];
        write!(answers, "{:?} ", redis.execute("SET", set).await?)?;
    }
    write!(answers, "{} ", redis.incr(key).await?)?;
    write!(answers, "{:?} ", redis.get(key).await?.map(String::from_utf8).transpose()?)?;
    write!(answers, "{} ", redis.sadd(format!("{key}-set"), ["a", "b"]).await?)?;
    write!(answers, "{:?} ", redis.execute("TIME", []).await?.len())?;
    write!(answers, "{}", redis.del([key.to_owned(), format!("{key}-set")]).await?)?;
    Ok(answers)
}
