//! A connection of our own: one for all callers, made when it is first needed and made anew when it breaks.

use std::fmt;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, IntoConnectionInfo as _, RedisError, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::trouble::CODES;
use super::{Command, Line, OverRedis, Reply, Trouble};
use crate::StoreError;

/// The longest wait for a connection, with its greeting.
const CONNECT: Duration = Duration::from_secs(1);

/// The longest wait for a reply. Redis answers in microseconds: after this, something is broken.
const ANSWER: Duration = Duration::from_secs(2);

/// How to reach a server, and the connection while there is one.
pub struct Connection {
    client: Client,
    config: AsyncConnectionConfig,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    open: Option<MultiplexedConnection>,
    /// Which connection that is: counts up.
    number: u64,
    /// When connecting last failed, and how.
    failed: Option<(Instant, Trouble)>,
}

impl OverRedis<Connection> {
    /// A store on the server at `url`: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, `rediss://` for TLS, which
    /// trusts what the system trusts (`SSL_CERT_FILE` names other roots).
    ///
    /// Nothing is asked of the server yet: one that is not there is [`StoreError::Unavailable`] at each call, until it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if that is not such a URL. The error does not repeat it: it may hold a password.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        // A process has one provider, whoever is first; ring is what the other TLS in this process uses as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let not_a_url = |_| {
            StoreError::lasting(
                "TRUCE_STORE is not an address of Redis: write redis://HOST:PORT, or rediss://USER:PASSWORD@HOST:PORT with TLS",
            )
        };
        let info = url.into_connection_info().map_err(not_a_url)?;
        let client = Client::open(info).map_err(not_a_url)?;
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER));
        Ok(Self(Connection { client, config, now: Mutex::default() }))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Host and port; user and password are not part of it.
        write!(f, "{}", self.client.get_connection_info().addr())
    }
}

impl Line for Connection {
    async fn send(&self, command: Command) -> Result<Vec<Reply>, Trouble> {
        let packed = redis::cmd(command.name).arg(&command.arguments).clone();
        timeout(CONNECT + ANSWER, self.send_packed(&packed)).await.unwrap_or_else(|_| Err(slow()))
    }
}

impl Connection {
    /// On the connection there is. Where that turns out to be broken, as one is after a restart or a pause of this
    /// process, once more on a new one: every command of ours may be sent twice.
    async fn send_packed(&self, command: &redis::Cmd) -> Result<Vec<Reply>, Trouble> {
        let (mut connection, number) = self.connection(Instant::now()).await?;
        let error = match connection.send_packed_command(command).await {
            Ok(value) => return flat(value),
            Err(error) => error,
        };
        if !error.is_io_error() {
            return Err(explain(&error));
        }
        self.forget(number).await;
        if error.is_timeout() {
            return Err(slow());
        }
        let (mut connection, number) = self.connection(Instant::now()).await?;
        match connection.send_packed_command(command).await {
            Ok(value) => flat(value),
            Err(error) => {
                if error.is_io_error() {
                    self.forget(number).await;
                }
                Err(explain(&error))
            }
        }
    }

    /// The connection there is, or a new one. One caller makes it; those who asked before it failed share the failure.
    async fn connection(&self, asked: Instant) -> Result<(MultiplexedConnection, u64), Trouble> {
        let mut now = self.now.lock().await;
        if let Some(open) = &now.open {
            return Ok((open.clone(), now.number));
        }
        if let Some((at, trouble)) = &now.failed
            && *at >= asked
        {
            return Err(trouble.clone());
        }
        let made = timeout(CONNECT, self.client.get_multiplexed_async_connection_with_config(&self.config)).await;
        let trouble = match made {
            Ok(Ok(connection)) => {
                now.number += 1;
                now.failed = None;
                now.open = Some(connection.clone());
                return Ok((connection, now.number));
            }
            Ok(Err(error)) => explain(&error),
            Err(_) => slow(),
        };
        now.failed = Some((Instant::now(), trouble.clone()));
        Err(trouble)
    }

    /// The next caller makes a new one, unless somebody already has.
    async fn forget(&self, number: u64) {
        let mut now = self.now.lock().await;
        if now.number == number {
            now.open = None;
        }
    }
}

fn slow() -> Trouble {
    StoreError::passing("Redis does not answer within seconds: is it overloaded, or is something between it and us?")
        .into()
}

fn explain(error: &RedisError) -> Trouble {
    if error.is_timeout() {
        return slow();
    }
    if error.is_io_error() {
        return Trouble::unreachable();
    }
    if error.kind() == ErrorKind::AuthenticationFailed {
        return Trouble::from_code("WRONGPASS");
    }
    let code = error.code().and_then(|code| CODES.iter().find(|known| **known == code));
    Trouble::from_code(code.copied().unwrap_or_else(|| error.category()))
}

/// A reply without its nesting.
fn flat(value: Value) -> Result<Vec<Reply>, Trouble> {
    let mut replies = Vec::new();
    flatten(value, &mut replies)?;
    Ok(replies)
}

fn flatten(value: Value, into: &mut Vec<Reply>) -> Result<(), Trouble> {
    match value {
        Value::Nil => into.push(Reply::Nil),
        Value::Int(number) => into.push(Reply::Number(number)),
        Value::BulkString(bytes) => into.push(Reply::Bytes(bytes)),
        Value::SimpleString(text) => into.push(Reply::Bytes(text.into_bytes())),
        Value::Okay => into.push(Reply::Bytes(b"OK".to_vec())),
        Value::Array(parts) => {
            for part in parts {
                flatten(part, into)?;
            }
        }
        Value::ServerError(error) => return Err(explain(&error.into())),
        _ => return Err(StoreError::lasting("Redis answers with something that no Redis answers").into()),
    }
    Ok(())
}
