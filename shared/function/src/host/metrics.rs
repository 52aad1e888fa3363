//! Where Prometheus reads what is counted: a socket of its own, as the public one is for people.
//!
//! One answer at one path, and few at once: whoever can reach it can read it, and do nothing else with it.

use crate::Environment;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::Listener;
use http::header;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Names where it is read.
pub const SETTING: &str = "TRUCE_METRICS";
/// Where it is on that socket.
pub const PATH: &str = "/metrics";
/// As `OpenMetrics` 1.0 says.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How many may be connected at once. Who comes then waits.
const AT_ONCE: usize = 8;
/// How long a connection may last: Prometheus gives a scrape 10 seconds.
const LONGEST: Duration = Duration::from_secs(10);

/// Serves what `env` counts, for as long as it is polled.
pub async fn serve(listener: TcpListener, env: Environment) {
    let router = Router::new().route(PATH, get(numbers)).with_state(env);
    // It goes on for as long as the process does.
    if let Err(error) = axum::serve(Few::of(listener), router).await {
        tracing::warn!(%error, "what is counted cannot be read any more");
    }
}

async fn numbers(State(env): State<Environment>) -> impl IntoResponse {
    // One answer each: a connection that waits for the next question would keep others out.
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CONNECTION, "close")], env.numbers().text())
}

/// A socket with few connections, none of which lasts long.
struct Few {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl Few {
    fn of(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Listener for Few {
    type Io = Brief;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Brief, SocketAddr) {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("nobody closes it");
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (Brief { stream, left: Box::pin(tokio::time::sleep(LONGEST)), _place: place }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends by itself.
struct Brief {
    stream: TcpStream,
    left: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Brief {
    fn still(&mut self, context: &mut Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        if self.left.as_mut().poll(context).is_ready() {
            Err(io::ErrorKind::TimedOut.into())
        } else {
            Ok(Pin::new(&mut self.stream))
        }
    }
}

impl AsyncRead for Brief {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.still(context)?.poll_read(context, into)
    }
}

impl AsyncWrite for Brief {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.still(context)?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.still(context)?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
