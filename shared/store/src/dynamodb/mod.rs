//! The port on DynamoDB: one table, which `table.json` describes, with `expires` as its time-to-live attribute.
//!
//! | pk | sk | also | what |
//! |---|---|---|---|
//! | `spent#ID` | `-` | `attempt` | a spent id, and which call spent it |
//! | `revoked#ID` | `-` | | a revoked id |
//! | `room#NAME` | `head` | `number`, `id`, `entry`, `attempt` | the room's newest entry |
//! | `room#NAME` | `log#NUMBER` | `id`, `entry` | every entry before it; NUMBER has 19 digits |
//! | `room#NAME` | `id#ID` | `number` | where the entry with this id is |
//! | `room#NAME` | `yes#NUMBER` | `id`, `entry` | once more, those that carry an agreement |
//! | `ping` | `-` | | what [`Store::ping`] writes |
//!
//! Every item but the last has `until`, which is compared with the caller's `now`, and `expires`, [an hour
//! later](crate::numbering::MARGIN), when DynamoDB may delete it, which it does within days.
//!
//! **An append is one conditional write**: `head` is replaced, on the condition that it still is the one that was read.
//! Before that, what the old head holds is written to its places in the log; whoever dies in between leaves a head from
//! which the next append does the same once more. So entries get their numbers one after the other, a reader who looks
//! at the head first sees every entry up to it, and no transaction is paid for. All reads are consistent ones.

mod append;
mod client;
mod item;
mod read;
mod trouble;

use std::fmt;

use async_trait::async_trait;

use self::append::Turns;
use self::client::{Client, Put};
use self::item::{Item, Key, until};
use crate::numbering;
use crate::{Appended, Cursor, Entry, NewEntry, Spent, Store, StoreError};

/// A store in a DynamoDB table.
pub struct DynamoStore {
    client: Client,
    turns: Turns,
}

impl DynamoStore {
    /// The table of this name, as the environment says: `AWS_REGION` (or `AWS_DEFAULT_REGION`), `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, which AWS Lambda sets, and `AWS_ENDPOINT_URL_DYNAMODB` (or
    /// `AWS_ENDPOINT_URL`) for a server that is not Amazon's. The table must be there: `table.json` describes it.
    ///
    /// Nothing is asked of DynamoDB yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] with a sentence that says what to do, if the name cannot be that of a table or a
    /// setting is missing.
    #[expect(clippy::unused_async, reason = "where credentials come from a server, opening asks for them")]
    pub async fn open(table: &str) -> Result<Self, StoreError> {
        Self::from_lookup(table, |name| std::env::var(name).ok())
    }

    /// As [`DynamoStore::open`], with what `lookup` says instead of the environment.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn from_lookup(table: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StoreError> {
        Ok(Self { client: Client::from_lookup(table, lookup)?, turns: Turns::default() })
    }
}

impl fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynamoStore").field(&self.client.table()).finish()
    }
}

#[async_trait]
impl Store for DynamoStore {
    async fn spend(&self, id: &str, now: u64, keep_until: u64) -> Result<Spent, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        let (key, attempt) = (Key::spent(id), numbering::attempt()?);
        let item = Item::new(&key).kept(keep_until).text("attempt", &attempt);
        match self.client.put_if(item, "attribute_not_exists(pk) OR #until <= :n", "until", now).await? {
            Put::Done => Ok(Spent::First),
            Put::Refused => Ok(Spent::Again),
            Put::RefusedOnceMore => {
                let there = self.client.get(&key).await?;
                let ours = there.is_some_and(|there| item::text(&there, "attempt") == Some(&attempt));
                Ok(if ours { Spent::First } else { Spent::Again })
            }
        }
    }

    async fn is_spent(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.lasts(&Key::spent(id), now).await
    }

    async fn revoke(&self, id: &str, _now: u64, keep_until: u64) -> Result<(), StoreError> {
        let item = Item::new(&Key::revoked(id)).kept(keep_until);
        self.client.put_if(item, "attribute_not_exists(pk) OR #until < :n", "until", keep_until).await.map(drop)
    }

    async fn is_revoked(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.lasts(&Key::revoked(id), now).await
    }

    async fn append(&self, room: &str, entry: NewEntry, now: u64, keep_until: u64) -> Result<Appended, StoreError> {
        StoreError::unless_kept(now, keep_until)?;
        append::append(&self.client, &self.turns, room, entry, now, keep_until).await
    }

    async fn read(&self, room: &str, after: Cursor, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        read::after(&self.client, room, after, limit, now).await
    }

    async fn entry(&self, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
        match read::head(&self.client, room).await? {
            Some(head) if head.id == id && head.until > now => head.entry().map(Some),
            Some(_) => read::by_id(&self.client, room, id, now).await,
            None => Ok(None),
        }
    }

    async fn agreements(&self, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
        read::agreements(&self.client, room, limit, now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.client.put(Item::new(&Key::ping())).await
    }

    /// DynamoDB deletes what has expired by itself.
    async fn sweep(&self, _now: u64) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl DynamoStore {
    async fn lasts(&self, key: &Key, now: u64) -> Result<bool, StoreError> {
        self.client.get(key).await?.map_or(Ok(false), |there| Ok(until(&there)? > now))
    }
}
