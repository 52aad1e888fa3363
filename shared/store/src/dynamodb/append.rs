//! Appending to a room: put what the head holds in its places, then put the new entry in the head.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::sleep;

use super::client::{Client, Put};
use super::item::{self, Attributes, Item, Key, Placed};
use super::read;
use crate::numbering::{self, MARGIN, NUMBER_KEPT};
use crate::{Appended, Cursor, Entry, NewEntry, StoreError, record};

/// The longest wait for others who write to the same room.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest pause before trying again.
const PAUSE: Duration = Duration::from_millis(64);

/// Whoever appends to a room in this process waits for those before: against other processes each try may be in vain.
pub(super) struct Turns(Vec<Mutex<Last>>);

/// The head that this process has put last in one of the rooms that share a turn. If it no longer is the head, putting
/// the next one fails, and it is read anew.
#[derive(Default)]
struct Last {
    room: String,
    head: Option<Attributes>,
    /// When DynamoDB last did not answer, and how: those who were waiting then need not find out one after the other.
    failed: Option<(Instant, StoreError)>,
}

impl Default for Turns {
    fn default() -> Self {
        Self((0..64).map(|_| Mutex::default()).collect())
    }
}

impl Turns {
    async fn take(&self, room: &str) -> MutexGuard<'_, Last> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(room);
        let at = usize::try_from(hash % self.0.len() as u64).unwrap_or(0);
        let mut last = self.0[at].lock().await;
        if last.room != room {
            *last = Last { room: room.to_owned(), ..Last::default() };
        }
        last
    }
}

/// The entry on its way in.
struct New<'a> {
    room: &'a str,
    id: &'a str,
    record: String,
    attempt: String,
    now: u64,
    until: u64,
}

pub(super) async fn append(
    client: &Client,
    turns: &Turns,
    room: &str,
    entry: NewEntry,
    now: u64,
    until: u64,
) -> Result<Appended, StoreError> {
    let record = record::write(&entry, now)?;
    let new = New { room, id: &entry.id, record, attempt: numbering::attempt()?, now, until };
    let begun = Instant::now();
    let busy = || StoreError::passing("many write to the room at once: ask again");
    let mut last = tokio::time::timeout(PATIENCE, turns.take(room)).await.map_err(|_| busy())?;
    if let Some((at, error)) = &last.failed
        && *at >= begun
    {
        return Err(error.clone());
    }
    let mut pause = Duration::from_millis(2);
    while begun.elapsed() < PATIENCE {
        match new.try_once(client, &mut last.head).await {
            Ok(Some(appended)) => return Ok(appended),
            Ok(None) => sleep(jitter(pause)?).await,
            Err(error) => {
                last.failed = Some((Instant::now(), error.clone()));
                return Err(error);
            }
        }
        pause = (pause * 2).min(PAUSE);
    }
    Err(busy())
}

/// Anywhere from nothing to `pause`, so that those who met do not meet again.
fn jitter(pause: Duration) -> Result<Duration, StoreError> {
    let random = getrandom::u32().map_err(|_| StoreError::lasting("the system has no randomness to give"))?;
    Ok(pause.mul_f64(f64::from(random) / f64::from(u32::MAX)))
}

impl New<'_> {
    /// `None` if somebody else was quicker.
    async fn try_once(&self, client: &Client, last: &mut Option<Attributes>) -> Result<Option<Appended>, StoreError> {
        // That it is there already is said only by who has just looked.
        let head = match last.take().filter(|head| item::text(head, "id") != Some(self.id)) {
            Some(head) => Some(head),
            None => client.get(&Key::head(self.room)).await?,
        };
        let Some(head) = head else {
            let first = numbering::floor(self.now).max(1);
            return self.take(client, last, first, "attribute_not_exists(pk)", (0, 0)).await;
        };
        let newest = Placed::read(&head)?;
        if newest.id == self.id && newest.until > self.now {
            let ours = item::text(&head, "attempt") == Some(&self.attempt);
            return Ok(Some(if ours {
                Appended::New(newest.cursor()?)
            } else {
                Appended::AlreadyThere(newest.entry()?)
            }));
        }
        let entry = newest.entry()?;
        let (there, settled) =
            tokio::join!(read::by_id(client, self.room, self.id, self.now), self.settle(client, &newest, &entry));
        settled?;
        if let Some(there) = there? {
            return Ok(Some(Appended::AlreadyThere(there)));
        }
        let number = numbering::floor(self.now).max(newest.number + 1);
        let before = (newest.number, item::number(&head, "expires")?);
        self.take(client, last, number, "#number = :n", before).await
    }

    /// Becomes the head, if `condition` still holds of it.
    async fn take(
        &self,
        client: &Client,
        last: &mut Option<Attributes>,
        number: u64,
        condition: &str,
        (n, expires): (u64, u64),
    ) -> Result<Option<Appended>, StoreError> {
        let cursor = Cursor::at(number).ok_or(StoreError::Rejected { reason: "the log has no number left" })?;
        let placed = Placed { number, until: self.until, id: self.id.to_owned(), record: self.record.clone() };
        // It keeps the room's number, so it stays for longer than what it says.
        let kept = self.until.saturating_add(MARGIN + NUMBER_KEPT).max(expires);
        let item = placed.item(&Key::head(self.room)).number("number", number).number("expires", kept);
        let item: Item = item.text("attempt", &self.attempt);
        let head = item.0.clone();
        let put = client.put_if(item, condition, "number", n).await?;
        Ok((put == Put::Done).then(|| {
            *last = Some(head);
            Appended::New(cursor)
        }))
    }

    /// Puts what the head holds in its places. Whoever is slow may do so long after: it writes the same once more, or,
    /// where an id has come to stand for a later entry, nothing.
    async fn settle(&self, client: &Client, newest: &Placed, entry: &Entry) -> Result<(), StoreError> {
        let id = Key::id(self.room, &newest.id);
        let pointer = Item::new(&id).kept(newest.until).number("number", newest.number);
        let agreement = async {
            if entry.agreement.is_none() {
                return Ok(());
            }
            client.put(newest.item(&Key::agreement(self.room, newest.number))).await
        };
        let (log, pointer, agreement) = tokio::join!(
            client.put(newest.item(&Key::log(self.room, newest.number))),
            client.put_if(pointer, "attribute_not_exists(pk) OR #number < :n", "number", newest.number),
            agreement,
        );
        log.and(pointer.map(drop)).and(agreement)
    }
}
