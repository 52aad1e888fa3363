//! The port, whoever carries the commands.

use std::fmt;

use async_trait::async_trait;

use super::script::{APPEND, PAGE, PING, REVOKE, SPEND};
use super::{Trouble, keys};
use crate::numbering::{self, MARGIN, NUMBER_KEPT};
use crate::{Appended, Cursor, Entry, NewEntry, PAGE_MAX, Spent, Store, StoreError, record};

/// A command for the server.
#[derive(Clone)]
pub struct Command {
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<String>,
}

/// A part of a reply; lists come flat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Nothing there.
    Nil,
    /// A number.
    Number(i64),
    /// Anything else.
    Bytes(Vec<u8>),
}

/// Carries commands to the server. Each of ours may be sent twice: a line that breaks may try again on a new one.
pub trait Line: Send + Sync + 'static {
    /// Sends one command and brings back its reply, within seconds.
    fn send(&self, command: Command) -> impl Future<Output = Result<Vec<Reply>, Trouble>> + Send;
}

/// A store on a Redis or Valkey server that is reached over a [`Line`].
pub struct OverRedis<L>(pub(crate) L);

impl<L: fmt::Debug> fmt::Debug for OverRedis<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisStore").field(&self.0).finish()
    }
}

/// The largest whole number that Redis' scripts hold exactly. What does not fit is later than anything that will happen.
const EXACT: u64 = (1 << 53) - 1;

/// No key lives longer than a century.
const CENTURY: u64 = 3_155_760_000;

fn seconds(moment: u64) -> u64 {
    moment.min(EXACT)
}

/// How long Redis keeps what is kept `until`, as it is written.
fn to_live(now: u64, until: u64) -> String {
    until.saturating_sub(now).saturating_add(MARGIN).min(CENTURY).to_string()
}

/// What is kept is not what was ever written: somebody else's, or damaged.
fn unexpected() -> StoreError {
    StoreError::lasting(
        "Redis holds something else under a key that starts with `truce:`: give Truce a server or a database number of its own",
    )
}

/// An entry as it is kept: `NUMBER UNTIL RECORD`.
struct Row {
    cursor: Cursor,
    until: u64,
    record: String,
}

impl Row {
    fn read(kept: Vec<u8>) -> Option<Self> {
        let text = String::from_utf8(kept).ok()?;
        let (number, rest) = text.split_once(' ')?;
        let (until, record) = rest.split_once(' ')?;
        let cursor = Cursor::at(number.parse().ok()?)?;
        Some(Self { cursor, until: until.parse().ok()?, record: record.to_owned() })
    }

    fn entry(&self, id: String) -> Result<Entry, StoreError> {
        record::read(self.cursor, id, &self.record)
    }
}

/// Ids and their rows, in turn.
fn rows(page: Vec<Reply>) -> Result<Vec<(String, Row)>, StoreError> {
    let mut parts = page.into_iter();
    let mut rows = Vec::with_capacity(parts.len() / 2);
    while let Some(id) = parts.next() {
        let (Reply::Bytes(id), Some(Reply::Bytes(row))) = (id, parts.next()) else { return Err(unexpected()) };
        let row = String::from_utf8(id).ok().zip(Row::read(row)).ok_or_else(unexpected)?;
        rows.push(row);
    }
    Ok(rows)
}

/// Which way a page goes.
enum Way {
    OldestFirstAfter(Cursor),
    NewestFirst,
}

impl<L: Line> OverRedis<L> {
    async fn ask(&self, name: &'static str, arguments: Vec<String>) -> Result<Option<Vec<u8>>, StoreError> {
        let mut reply = self.0.send(Command { name, arguments }).await?;
        match (reply.pop(), reply.is_empty()) {
            (Some(Reply::Bytes(bytes)), true) => Ok(Some(bytes)),
            (Some(Reply::Nil), true) => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// Whether the record under `key`, which starts with `UNTIL`, is there at `now`.
    async fn lasts(&self, key: String, now: u64) -> Result<bool, StoreError> {
        let Some(kept) = self.ask("GET", vec![key]).await? else { return Ok(false) };
        let text = String::from_utf8(kept).map_err(|_| unexpected())?;
        let until = text.split(' ').next().and_then(|until| until.parse::<u64>().ok());
        Ok(until.ok_or_else(unexpected)? > seconds(now))
    }

    /// Skips what has expired. One call takes a bounded time, so nobody else waits for a log full of it.
    async fn page(
        &self,
        index: String,
        room: &keys::Room<'_>,
        mut way: Way,
        limit: u32,
        now: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let limit = limit.min(PAGE_MAX) as usize;
        let (keys, mut step) = ([index, room.entries()], limit);
        let mut newest_yet = "+inf".to_owned();
        let mut entries = Vec::new();
        while entries.len() < limit {
            let size = step.to_string();
            let page = match &way {
                Way::OldestFirstAfter(after) => {
                    let from = format!("({}", after.number());
                    PAGE.run(&self.0, &keys, &["ZRANGEBYSCORE", &from, "+inf", &size]).await?
                }
                Way::NewestFirst => PAGE.run(&self.0, &keys, &["ZREVRANGEBYSCORE", &newest_yet, "-inf", &size]).await?,
            };
            let rows = rows(page)?;
            let end = rows.len() < step;
            if let Some((_, last)) = rows.last() {
                match &mut way {
                    Way::OldestFirstAfter(after) => *after = last.cursor,
                    Way::NewestFirst => newest_yet = format!("({}", last.cursor.number()),
                }
            }
            let alive = rows.into_iter().filter(|(_, row)| row.until > seconds(now));
            for (id, row) in alive.take(limit - entries.len()) {
                entries.push(row.entry(id)?);
            }
            if end {
                break;
            }
            step = PAGE_MAX as usize;
        }
        Ok(entries)
    }
}

#[async_trait]
impl<L: Line> Store for OverRedis<L> {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let (at, until) = (seconds(now).to_string(), seconds(keep_until).to_string());
        let arguments = [at.as_str(), &until, &to_live(now, keep_until), &numbering::attempt()?];
        match SPEND.run(&self.0, &[keys::spent(id)], &arguments).await?.as_slice() {
            [Reply::Number(1)] => Ok(Spent::First),
            [Reply::Number(0)] => Ok(Spent::Again),
            _ => Err(unexpected()),
        }
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.lasts(keys::spent(id), now).await
    }

    async fn revoke(&self, id: &str, now: u64, keep_until: u64) -> Result<(), StoreError> {
        let arguments = [seconds(keep_until).to_string(), to_live(now, keep_until)];
        REVOKE.run(&self.0, &[keys::revoked(id)], &[&arguments[0], &arguments[1]]).await.map(drop)
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.lasts(keys::revoked(id), now).await
    }

    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let (at, until, record) =
            (seconds(now).to_string(), seconds(keep_until).to_string(), record::write(&entry, now)?);
        let (floor, margin, kept) = (numbering::floor(now).to_string(), MARGIN.to_string(), NUMBER_KEPT.to_string());
        let agreement = if entry.agreement.is_some() { "1" } else { "0" };
        let arguments = [at.as_str(), &until, &entry.id, &record, agreement, &floor, &margin, &kept];
        let mut reply = APPEND.run(&self.0, &keys::Room(room).all(), &arguments).await?.into_iter();
        match (reply.next(), reply.next()) {
            (Some(Reply::Number(1)), Some(Reply::Bytes(number))) => {
                let number = String::from_utf8(number).ok().and_then(|number| number.parse().ok());
                Ok(Appended::New(number.and_then(Cursor::at).ok_or_else(unexpected)?))
            }
            (Some(Reply::Number(0)), Some(Reply::Bytes(row))) => {
                Ok(Appended::AlreadyThere(Row::read(row).ok_or_else(unexpected)?.entry(entry.id)?))
            }
            _ => Err(unexpected()),
        }
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let room = keys::Room(room);
        self.page(room.log(), &room, Way::OldestFirstAfter(after), limit, now).await
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        let kept = self.ask("HGET", vec![keys::Room(room).entries(), id.to_owned()]).await?;
        let row = kept.map(|kept| Row::read(kept).ok_or_else(unexpected)).transpose()?;
        row.filter(|row| row.until > seconds(now)).map(|row| row.entry(id.to_owned())).transpose()
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        let room = keys::Room(room);
        self.page(room.agreements(), &room, Way::NewestFirst, limit, now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        PING.run(&self.0, &[keys::PING.to_owned()], &[]).await.map(drop)
    }

    /// Redis expires keys by itself, and a room its entries whenever something is appended.
    async fn sweep(&self, _now: u64) -> Result<u64, StoreError> {
        Ok(0)
    }
}
