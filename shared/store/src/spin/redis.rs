//! Redis by a connection of Spin's, which is kept while it works: an instance serves many requests.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use send_wrapper::SendWrapper;
use spin_sdk::redis::{Connection, Error, RedisParameter, RedisResult};

use crate::StoreError;
use crate::redis::{CODES, Command, Line, OverRedis, Reply, Trouble};

/// A store on a Redis or Valkey server that Spin connects to; the component's `allowed_outbound_hosts` must name it.
///
/// What has been answered is as safe as the server keeps it: set `appendonly yes` with `appendfsync always`, and
/// `maxmemory-policy noeviction`, or an invite may be used again after a power cut or when memory runs out.
pub type SpinRedisStore = OverRedis<SpinLine>;

/// The longest wait for a connection and an answer.
const LIMIT: Duration = Duration::from_secs(3);

/// An address, and the connection while there is one.
pub struct SpinLine {
    url: String,
    open: Mutex<Option<Shared>>,
}

type Shared = Arc<SendWrapper<Connection>>;

impl OverRedis<SpinLine> {
    /// A store on the server at `url`, as in [`connect`](crate::connect). Nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if that is no address of Redis.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(StoreError::lasting("TRUCE_STORE is not an address of Redis: write redis://HOST:PORT"));
        }
        Ok(Self(SpinLine { url: url.to_owned(), open: Mutex::default() }))
    }
}

impl fmt::Debug for SpinLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.write_str("by Spin")
    }
}

impl Line for SpinLine {
    fn send(&self, command: Command) -> impl Future<Output = Result<Vec<Reply>, Trouble>> + Send {
        SendWrapper::new(async move {
            let answer = match self.send_in_time(&command).await {
                // Sent once more, on a new connection: here, or with the script's text by whoever asked for it by hash.
                Err(None) if command.name == "EVALSHA" => return Err(Trouble::UnknownScript),
                Err(None) => self.send_in_time(&command).await,
                answer => answer,
            };
            answer.map_err(|trouble| trouble.unwrap_or_else(Trouble::unreachable))
        })
    }
}

impl SpinLine {
    async fn send_in_time(&self, command: &Command) -> Result<Vec<Reply>, Option<Trouble>> {
        within(LIMIT, self.send_once(command)).await.unwrap_or_else(|| {
            self.forget();
            Err(Some(StoreError::passing("Redis does not answer within seconds: is it overloaded?").into()))
        })
    }

    /// `None` if the connection broke, as far as Spin tells.
    async fn send_once(&self, command: &Command) -> Result<Vec<Reply>, Option<Trouble>> {
        let connection = self.connection().await?;
        let arguments = command.arguments.iter().map(|argument| RedisParameter::Binary(argument.clone().into_bytes()));
        match connection.execute(command.name, arguments).await {
            Ok(results) => Ok(results.into_iter().map(reply).collect()),
            Err(error) => {
                let trouble = explain(&error);
                if trouble.is_none() {
                    self.forget();
                }
                Err(trouble)
            }
        }
    }

    /// The next call makes a new connection.
    fn forget(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn connection(&self) -> Result<Shared, Option<Trouble>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(open) = open {
            return Ok(open);
        }
        let made = Connection::open(&self.url)
            .await
            .map_err(|error| Some(explain(&error).unwrap_or_else(Trouble::unreachable)))?;
        let made = Arc::new(SendWrapper::new(made));
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        Ok(made)
    }
}

/// What `work` comes to, unless it takes longer: Spin itself waits for ever.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut late) = (pin!(work), pin!(spin_sdk::time::sleep(limit)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}

fn reply(result: RedisResult) -> Reply {
    match result {
        RedisResult::Nil => Reply::Nil,
        RedisResult::Int64(number) => Reply::Number(number),
        RedisResult::Status(text) => Reply::Bytes(text.into_bytes()),
        RedisResult::Binary(bytes) => Reply::Bytes(bytes),
    }
}

/// What Spin says of a server that said no: its client's words for the codes it knows, else the code itself.
const KINDS: [(&str, &str); 9] = [
    ("NoScriptError", "NOSCRIPT"),
    ("AuthenticationFailed", "WRONGPASS"),
    ("ReadOnly", "READONLY"),
    ("Moved", "MOVED"),
    ("CrossSlot", "CROSSSLOT"),
    ("BusyLoadingError", "LOADING"),
    ("TryAgain", "TRYAGAIN"),
    ("MasterDown", "MASTERDOWN"),
    ("ClusterDown", "CLUSTERDOWN"),
];

/// `None` if it reads like a connection that broke.
fn explain(error: &Error) -> Option<Trouble> {
    match error {
        Error::InvalidAddress => Some(
            StoreError::lasting(
                "Spin does not take TRUCE_STORE as an address of Redis: look at it, and at allowed_outbound_hosts in spin.toml",
            )
            .into(),
        ),
        Error::TooManyConnections => {
            Some(StoreError::passing("Spin has too many connections to Redis: ask again").into())
        }
        Error::TypeError => Some(Trouble::from_code("WRONGTYPE")),
        Error::Other(text) => {
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
            let code = |word: &str| {
                let kind = KINDS.iter().find(|(kind, _)| *kind == word).map(|(_, code)| *code);
                kind.or_else(|| CODES.iter().copied().find(|code| *code == word))
            };
            words.find_map(code).map(Trouble::from_code)
        }
    }
}
