//! The plain host: hyper on a socket. It translates, and ends well: when told to stop it tells whoever asks that it is
//! not ready any more and those who wait for news that there is none; then, once whoever sends it requests has had the
//! time to notice, it takes no new connection and finishes what is in flight.

use crate::auth::Source;
use crate::host::boot::{self, Refusal};
use crate::settings::{SettingError, parse_number};
use crate::{Environment, layers};
use axum::Router;
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::serve::IncomingStream;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long to wait, after the last connection was taken, for what is in flight.
pub const GRACE: Duration = Duration::from_secs(10);
/// Where a container listens unless it is told otherwise.
const LISTEN: &str = "0.0.0.0:8080";
/// The longest time between not being ready and not listening, in seconds: Kubernetes kills after 30.
const DRAIN_MAX: u64 = 20;
/// How often what has expired is cleaned away.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// On a socket, a caller is known by its address. What a client says in `X-Forwarded-For` is not believed.
async fn tell_source(ConnectInfo(Peer(peer)): ConnectInfo<Peer>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Source(peer.ip().to_string()));
    next.run(request).await
}

/// One function on a socket of its own, from settings by name until this process is told to stop.
///
/// # Errors
/// [`Refusal`], when a setting does not hold, or when the socket cannot be had or fails.
pub async fn run(
    name: &str,
    function: impl FnOnce(Environment) -> Router,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(), Refusal> {
    let drain = drain(&lookup)?;
    let address = listen(&lookup);
    let (stopping, told) = watch::channel(false);
    let env = boot::environment(lookup).await?.stopping(told).build();
    let router = layers::harden(function(env.clone()), &env);
    let listener = TcpListener::bind(&address).await.map_err(|error| {
        Refusal::Host(format!("{address} cannot be listened on: {error}; TRUCE_LISTEN takes another ADDR:PORT"))
    })?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    tracing::info!(function = name, %address, "listening");
    let sweeper = tokio::spawn(sweep(env));
    serve(router, listener, stopping, told_to_stop(), drain).await.map_err(|error| failed(&error))?;
    sweeper.abort();
    tracing::info!("stopped");
    Ok(())
}

/// `TRUCE_LISTEN`, or where a container listens.
pub(super) fn listen(lookup: impl Fn(&str) -> Option<String>) -> String {
    lookup("TRUCE_LISTEN").unwrap_or_else(|| LISTEN.to_owned())
}

fn failed(error: &std::io::Error) -> Refusal {
    Refusal::Host(format!("the socket failed: {error}"))
}

/// `TRUCE_DRAIN_SECONDS`: 0 unless it is set, which is right where nobody in front has to notice first.
fn drain(lookup: &impl Fn(&str) -> Option<String>) -> Result<Duration, SettingError> {
    const NAME: &str = "TRUCE_DRAIN_SECONDS";
    let said = lookup(NAME).filter(|text| !text.trim().is_empty());
    let seconds = said.map_or(Ok(0), |text| parse_number(NAME, &text))?;
    Ok(Duration::from_secs(seconds.min(DRAIN_MAX)))
}

/// Serves `router` until `stop` is ready. Then announces it through `stopping`, goes on for `drain`, takes no new
/// connection after that, and ends within [`GRACE`].
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    stopping: watch::Sender<bool>,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> std::io::Result<()> {
    let mut told = stopping.subscribe();
    let service = router.layer(from_fn(tell_source)).into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        // Nobody may be listening: then there is nobody to tell.
        let _ = stopping.send(true);
        tokio::time::sleep(drain).await;
    });
    tokio::select! {
        ended = server => ended,
        () = async {
            // The sender lives in the server's future, so this ends by the announcement only.
            let _ = told.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(drain + GRACE).await;
        } => Ok(()),
    }
}

/// Cleans away what has expired, for as long as it is polled.
pub async fn sweep(env: Environment) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        match env.store().sweep(env.now()).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "cleaned away what had expired"),
            Err(error) => tracing::warn!(%error, "what has expired could not be cleaned away"),
        }
    }
}

/// Ready when this process is told to stop: Ctrl-C at a terminal, SIGTERM from whoever runs it.
pub async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            },
            // No handler could be set: the default action ends the process anyway.
            Err(_) => std::future::pending().await,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
