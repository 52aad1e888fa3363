//! `spin:key-value`: one `SQLite` file for all stores. Truce's components use none of them (a store without
//! compare-and-swap cannot hold one-time use), but the manifest may grant them, and a fifth function may want one.

use super::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use super::{Instance, behind, blocking};
use crate::state::State;
use rusqlite::{OptionalExtension as _, Params, params};
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};
use wasmtime::{Result, error};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS entries (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key)
) WITHOUT ROWID";

/// An open store.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Store {
    label: String,
    connection: Arc<Mutex<rusqlite::Connection>>,
}

impl Store {
    fn open(label: String, path: std::path::PathBuf) -> Result<Self, Error> {
        let connection = rusqlite::Connection::open(path).map_err(other)?;
        connection.execute(TABLE, []).map_err(other)?;
        Ok(Self { label, connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs `work` with the connection and this store's label, on a thread that may be blocked.
    async fn with<T: Send + 'static>(
        self,
        work: impl FnOnce(&rusqlite::Connection, &str) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Result<T, Error>> {
        blocking(move || {
            let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection, &self.label).map_err(other)
        })
        .await
    }
}

impl Host for State {}

impl HostStore for State {
    async fn drop(&mut self, store: Resource<Store>) -> Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

type Keys = (StreamReader<String>, FutureReader<Result<(), Error>>);

impl<T: Send> HostStoreWithStore<T> for Instance {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Result<Result<Resource<Store>, Error>> {
        let granted = accessor.with(|mut access| {
            let component = &access.get().component;
            component.stores.contains(&label).then(|| component.stores_file.clone())
        });
        let Some(path) = granted else { return Ok(Err(Error::AccessDenied)) };
        match blocking(move || Store::open(label, path)).await? {
            Ok(store) => accessor.with(|mut access| Ok(Ok(access.get().table.push(store)?))),
            Err(why) => Ok(Err(why)),
        }
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        let select = "SELECT value FROM entries WHERE store = ? AND key = ?";
        let work = move |connection: &rusqlite::Connection, label: &str| {
            connection.query_one(select, [label, &key], |row| row.get(0)).optional()
        };
        behind(accessor, &store)?.with(work).await
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        let upsert = "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
        let work =
            move |connection: &rusqlite::Connection, label: &str| run(connection, upsert, params![label, key, value]);
        behind(accessor, &store)?.with(work).await
    }

    async fn delete(accessor: &Accessor<T, Self>, store: Resource<Store>, key: String) -> Result<Result<(), Error>> {
        let delete = "DELETE FROM entries WHERE store = ? AND key = ?";
        let work = move |connection: &rusqlite::Connection, label: &str| run(connection, delete, [label, &key]);
        behind(accessor, &store)?.with(work).await
    }

    async fn exists(accessor: &Accessor<T, Self>, store: Resource<Store>, key: String) -> Result<Result<bool, Error>> {
        let found = Self::get(accessor, store, key).await?;
        Ok(found.map(|value| value.is_some()))
    }

    async fn get_keys(accessor: &Accessor<T, Self>, store: Resource<Store>) -> Result<Keys> {
        let work = |connection: &rusqlite::Connection, label: &str| {
            let mut select = connection.prepare("SELECT key FROM entries WHERE store = ? ORDER BY key")?;
            select.query_map([label], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
        };
        let found = behind(accessor, &store)?.with(work).await?;
        let (keys, end) = match found {
            Ok(keys) => (keys, Ok(())),
            Err(why) => (Vec::new(), Err(why)),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            Ok((keys, FutureReader::new(&mut access, async { error::Ok(end) })?))
        })
    }
}

fn run(connection: &rusqlite::Connection, statement: &str, parameters: impl Params) -> rusqlite::Result<()> {
    connection.execute(statement, parameters).map(|_| ())
}

fn other(why: impl std::fmt::Display) -> Error {
    Error::Other(why.to_string())
}
