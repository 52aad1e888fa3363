//! `spin:redis`: a real Redis, at an address the manifest grants.

use super::bindings::spin::redis::redis::{
    Error, Host, HostConnection, HostConnectionWithStore, RedisParameter, RedisResult,
};
use super::{Instance, behind};
use crate::state::State;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue, Value};
use std::sync::Arc;
use wasmtime::Result;
use wasmtime::component::{Accessor, Resource};

/// An open connection.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Connection(MultiplexedConnection);

impl Connection {
    async fn open(address: &str) -> Result<Self, Error> {
        let client = redis::Client::open(address).map_err(|_| Error::InvalidAddress)?;
        // As in Spin, nothing here gives up on a slow server: how long is too long is the component's to say.
        let patient = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = client.get_multiplexed_async_connection_with_config(&patient).await;
        Ok(Self(connection.map_err(|why| other(&why))?))
    }

    async fn ask<A: FromRedisValue>(mut self, command: Cmd) -> Result<A, Error> {
        command.query_async(&mut self.0).await.map_err(|why| other(&why))
    }
}

impl Host for State {}

impl HostConnection for State {
    async fn drop(&mut self, connection: Resource<Connection>) -> Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl<T: Send> HostConnectionWithStore<T> for Instance {
    async fn open(accessor: &Accessor<T, Self>, address: String) -> Result<Result<Resource<Connection>, Error>> {
        let component = accessor.with(|mut access| Arc::clone(&access.get().component));
        if !component.may_call(&address) {
            return Ok(Err(Error::InvalidAddress));
        }
        match Connection::open(&address).await {
            Ok(connection) => accessor.with(|mut access| Ok(Ok(access.get().table.push(connection)?))),
            Err(why) => Ok(Err(why)),
        }
    }

    async fn publish(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        channel: String,
        payload: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::publish(channel, payload)).await)
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::get(key)).await)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::set(key, value)).await)
    }

    async fn incr(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
    ) -> Result<Result<i64, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::incr(key, 1)).await)
    }

    async fn del(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        keys: Vec<String>,
    ) -> Result<Result<u32, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::del(keys)).await)
    }

    async fn sadd(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
        values: Vec<String>,
    ) -> Result<Result<u32, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::sadd(key, values)).await)
    }

    async fn smembers(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
    ) -> Result<Result<Vec<String>, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::smembers(key)).await)
    }

    async fn srem(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        key: String,
        values: Vec<String>,
    ) -> Result<Result<u32, Error>> {
        Ok(behind(accessor, &connection)?.ask(Cmd::srem(key, values)).await)
    }

    async fn execute(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        command: String,
        arguments: Vec<RedisParameter>,
    ) -> Result<Result<Vec<RedisResult>, Error>> {
        let mut asked = redis::cmd(&command);
        for argument in arguments {
            match argument {
                RedisParameter::Int64(number) => asked.arg(number),
                RedisParameter::Binary(bytes) => asked.arg(bytes),
            };
        }
        Ok(behind(accessor, &connection)?.ask(asked).await.and_then(flat))
    }
}

/// As Spin answers: arrays in arrays are one list, and what the interface has no word for is an error.
fn flat(answer: Value) -> Result<Vec<RedisResult>, Error> {
    let one = match answer {
        Value::Nil => RedisResult::Nil,
        Value::Okay => RedisResult::Status("OK".to_owned()),
        Value::SimpleString(status) => RedisResult::Status(status),
        Value::Int(number) => RedisResult::Int64(number),
        Value::Boolean(yes) => RedisResult::Int64(yes.into()),
        Value::BulkString(bytes) => RedisResult::Binary(bytes),
        Value::Double(number) => RedisResult::Binary(number.to_string().into_bytes()),
        Value::Array(values) | Value::Set(values) => {
            let lists = values.into_iter().map(flat).collect::<Result<Vec<_>, _>>()?;
            return Ok(lists.into_iter().flatten().collect());
        }
        other => return Err(Error::Other(format!("an answer that spin:redis cannot pass on: {other:?}"))),
    };
    Ok(vec![one])
}

fn other(why: &redis::RedisError) -> Error {
    Error::Other(why.to_string())
}
