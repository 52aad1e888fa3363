//! The Shortcuts as they are built, against a server that has had enough, and one whose store is somebody else's for a while.

use crate::server::Plan;
use crate::{Problem, of_this_host};
use libtest_mimic::Trial;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use truce_contract::Happening;
use truce_contract::trouble::{self, LIMIT};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        // It waits for a minute to be over.
        of_this_host("a_wrist_that_tries_too_much_is_slowed_down", slowed_down).with_ignored_flag(true),
        of_this_host("a_wrist_is_told_that_the_store_is_away", the_store_is_away),
    ]
}

async fn slowed_down() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).setting("TRUCE_ATTEMPTS_PER_MINUTE", &LIMIT.to_string()).start()?;
    Ok(trouble::are_slowed_down(server.target()).await?)
}

/// Another program holds the file's lock, as a backup or a shell does: nothing can be written until it lets go.
async fn the_store_is_away() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).start()?;
    let file = data.path().join("truce.db");
    let held: Arc<Mutex<Option<Connection>>> = Arc::default();
    let holder = Arc::clone(&held);
    let goes = Happening::new(move || {
        let held = Connection::open(&file).and_then(|db| db.execute_batch("BEGIN IMMEDIATE").map(|()| db));
        *holder.lock().unwrap_or_else(PoisonError::into_inner) = Some(held.map_err(|error| error.to_string())?);
        Ok(())
    });
    let comes_back = Happening::new(move || {
        drop(held.lock().unwrap_or_else(PoisonError::into_inner).take());
        Ok(())
    });
    Ok(trouble::lose_the_store(server.target(), goes, &comes_back).await?)
}
