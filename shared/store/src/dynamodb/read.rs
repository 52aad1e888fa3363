//! Reading a room. The head is read first: nothing before it is still on its way into the log, so whoever has read up
//! to a cursor has not missed anything before it.

use super::client::Client;
use super::item::{self, Attributes, Key, Placed, partition, string};
use crate::{Cursor, Entry, PAGE_MAX, StoreError};

/// The newest entry of the room, expired or not.
pub(super) async fn head(client: &Client, room: &str) -> Result<Option<Placed>, StoreError> {
    client.get(&Key::head(room)).await?.map(|head| Placed::read(&head)).transpose()
}

/// The entry with this id, unless it is the newest.
pub(super) async fn by_id(client: &Client, room: &str, id: &str, now: u64) -> Result<Option<Entry>, StoreError> {
    let Some(pointer) = client.get(&Key::id(room, id)).await? else { return Ok(None) };
    if item::until(&pointer)? <= now {
        return Ok(None);
    }
    let place = Key::log(room, item::number(&pointer, "number")?);
    match client.get(&place).await? {
        Some(there) => Placed::read(&there)?.entry().map(Some),
        None => Err(StoreError::lasting("an entry of a room's log is missing: restore the table from a backup")),
    }
}

pub(super) async fn after(
    client: &Client,
    room: &str,
    after: Cursor,
    limit: u32,
    now: u64,
) -> Result<Vec<Entry>, StoreError> {
    let limit = limit.min(PAGE_MAX) as usize;
    let Some(head) = head(client, room).await?.filter(|head| head.number > after.number()) else {
        return Ok(Vec::new());
    };
    let range = Range { kind: "log", from: after.number() + 1, before: head.number, oldest_first: true };
    let mut page = range.page(client, room, limit, now).await?;
    if page.len() < limit && head.until > now {
        page.push(head.entry()?);
    }
    Ok(page)
}

pub(super) async fn agreements(client: &Client, room: &str, limit: u32, now: u64) -> Result<Vec<Entry>, StoreError> {
    let limit = limit.min(PAGE_MAX) as usize;
    let Some(head) = head(client, room).await? else { return Ok(Vec::new()) };
    let mut page = Vec::new();
    if limit > 0 && head.until > now {
        page.extend(Some(head.entry()?).filter(|entry| entry.agreement.is_some()));
    }
    let range = Range { kind: "yes", from: 0, before: head.number, oldest_first: false };
    page.extend(range.page(client, room, limit - page.len(), now).await?);
    Ok(page)
}

/// The entries of one kind with numbers in a range.
struct Range {
    kind: &'static str,
    from: u64,
    before: u64,
    oldest_first: bool,
}

impl Range {
    /// The first `limit` of them that have not expired.
    async fn page(&self, client: &Client, room: &str, limit: usize, now: u64) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let (mut step, mut start) = (limit, None::<Attributes>);
        while entries.len() < limit && self.from < self.before {
            let from = item::numbered(self.kind, self.from);
            let to = item::numbered(self.kind, self.before - 1);
            let found = client
                .query(|query| {
                    query
                        .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                        .expression_attribute_values(":pk", string(&partition(room)))
                        .expression_attribute_values(":from", string(&from))
                        .expression_attribute_values(":to", string(&to))
                        .scan_index_forward(self.oldest_first)
                        .limit(i32::try_from(step).unwrap_or(i32::MAX))
                        .set_exclusive_start_key(start.take())
                })
                .await?;
            for item in found.items() {
                let placed = Placed::read(item)?;
                if placed.until > now && entries.len() < limit {
                    entries.push(placed.entry()?);
                }
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
            step = PAGE_MAX as usize;
        }
        Ok(entries)
    }
}
