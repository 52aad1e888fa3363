//! `spin:sqlite`: `SQLite` files in the state folder, one for each label.
//!
//! As in Spin, every `open` is a connection of its own, with `SQLite`'s usual journal and a wait of five seconds for a
//! lock that somebody else holds (rusqlite's default); what a component needs beyond that it sets by PRAGMA.

use super::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use super::{Instance, behind, blocking};
use crate::state::State;
use rusqlite::types::{Value as Stored, ValueRef};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};
use wasmtime::{Result, error};

/// An open connection.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Connection(Arc<Mutex<rusqlite::Connection>>);

/// What a statement brought until it ended, and how it ended.
struct Outcome {
    columns: Vec<String>,
    rows: Vec<RowResult>,
    end: Result<(), Error>,
}

impl Connection {
    fn open(path: PathBuf) -> Result<Self, Error> {
        Ok(Self(Arc::new(Mutex::new(rusqlite::Connection::open(path).map_err(io)?))))
    }

    fn with<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> T) -> T {
        // A panic while it was locked left no half of anything: SQLite rolls back what was not finished.
        work(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `statement` to its end, or until it fails: an error before its first row is the call's, one later comes
    /// after the rows.
    fn execute(&self, statement: &str, parameters: Vec<Value>) -> Result<Outcome, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(statement).map_err(io)?;
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let parameters = rusqlite::params_from_iter(parameters.into_iter().map(stored));
            let mut found = statement.query(parameters).map_err(io)?;
            let mut rows = Vec::new();
            let end = loop {
                match found.next() {
                    Ok(Some(row)) => match (0..columns.len()).map(|at| row.get_ref(at).map(value)).collect() {
                        Ok(values) => rows.push(RowResult { values }),
                        Err(why) => break Err(io(why)),
                    },
                    Ok(None) => break Ok(()),
                    Err(why) => break Err(io(why)),
                }
            };
            Ok(Outcome { columns, rows, end })
        })
    }
}

impl State {
    /// The file behind `label`, if it is granted.
    fn database(&self, label: &str) -> Result<PathBuf, Error> {
        self.component.databases.get(label).cloned().ok_or(Error::AccessDenied)
    }
}

impl Host for State {}

// The calls from before WASI 0.3. spin-sdk 7 makes the others; a component may still make these.
impl HostConnection for State {
    async fn open(&mut self, label: String) -> Result<Result<Resource<Connection>, Error>> {
        match self.database(&label).and_then(Connection::open) {
            Ok(connection) => Ok(Ok(self.table.push(connection)?)),
            Err(why) => Ok(Err(why)),
        }
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Result<QueryResult, Error>> {
        let connection = self.table.get(&connection)?.clone();
        let outcome = blocking(move || connection.execute(&statement, parameters)).await?;
        Ok(outcome.and_then(|Outcome { columns, rows, end }| end.map(|()| QueryResult { columns, rows })))
    }

    async fn last_insert_rowid(&mut self, connection: Resource<Connection>) -> Result<i64> {
        Ok(self.table.get(&connection)?.with(rusqlite::Connection::last_insert_rowid))
    }

    async fn changes(&mut self, connection: Resource<Connection>) -> Result<u64> {
        Ok(self.table.get(&connection)?.with(rusqlite::Connection::changes))
    }

    async fn drop(&mut self, connection: Resource<Connection>) -> Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

type Streamed = (Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), Error>>);

impl<T: Send> HostConnectionWithStore<T> for Instance {
    async fn open_async(accessor: &Accessor<T, Self>, label: String) -> Result<Result<Resource<Connection>, Error>> {
        let path = match accessor.with(|mut access| access.get().database(&label)) {
            Ok(path) => path,
            Err(why) => return Ok(Err(why)),
        };
        match blocking(move || Connection::open(path)).await? {
            Ok(connection) => accessor.with(|mut access| Ok(Ok(access.get().table.push(connection)?))),
            Err(why) => Ok(Err(why)),
        }
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Result<Streamed, Error>> {
        let connection = behind(accessor, &connection)?;
        let Outcome { columns, rows, end } = match blocking(move || connection.execute(&statement, parameters)).await? {
            Ok(outcome) => outcome,
            Err(why) => return Ok(Err(why)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows)?;
            let end = FutureReader::new(&mut access, async { error::Ok(end) })?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn last_insert_rowid_async(accessor: &Accessor<T, Self>, connection: Resource<Connection>) -> Result<i64> {
        Ok(behind(accessor, &connection)?.with(rusqlite::Connection::last_insert_rowid))
    }

    async fn changes_async(accessor: &Accessor<T, Self>, connection: Resource<Connection>) -> Result<u64> {
        Ok(behind(accessor, &connection)?.with(rusqlite::Connection::changes))
    }
}

fn io(why: impl std::fmt::Display) -> Error {
    Error::Io(why.to_string())
}

fn stored(value: Value) -> Stored {
    match value {
        Value::Integer(integer) => Stored::Integer(integer),
        Value::Real(real) => Stored::Real(real),
        Value::Text(text) => Stored::Text(text),
        Value::Blob(blob) => Stored::Blob(blob),
        Value::Null => Stored::Null,
    }
}

fn value(found: ValueRef<'_>) -> Value {
    match found {
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
        ValueRef::Null => Value::Null,
    }
}
