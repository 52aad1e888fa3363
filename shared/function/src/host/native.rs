//! The plain host: hyper on a socket. It translates, and ends well: when told to stop it tells whoever asks that it is
//! not ready any more and those who wait for news that there is none; then, once whoever sends it requests has had the
//! time to notice, it takes no new connection and finishes what is in flight.

use crate::Environment;
use crate::auth::Source;
use crate::host::boot::Refusal;
use crate::host::forwarded;
use axum::Router;
use axum::extract::connect_info::{ConnectInfo, Connected, IntoMakeServiceWithConnectInfo};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use http::header::CONNECTION;
use http::{HeaderValue, Version};
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long to wait, after the last connection was taken, for what is in flight.
pub const GRACE: Duration = Duration::from_secs(10);
/// How often what has expired is cleaned away.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    pub(super) address: SocketAddr,
    /// Whether it has shown that it stands in front, and may say who called.
    pub(super) is_edge: bool,
}

/// In a request's extensions: it comes from who has shown that it stands in front.
#[derive(Clone, Copy)]
pub(crate) struct FromEdge;

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self { address: *stream.remote_addr(), is_edge: false }
    }
}

/// On a socket, a caller is known by its address. What it says in `X-Forwarded-For` is believed of the edge alone.
async fn tell_source(ConnectInfo(peer): ConnectInfo<Peer>, mut request: Request, next: Next) -> Response {
    let forwarded = peer.is_edge.then(|| forwarded::caller(request.headers())).flatten();
    if peer.is_edge {
        request.extensions_mut().insert(FromEdge);
    }
    request.extensions_mut().insert(Source(forwarded.unwrap_or_else(|| peer.address.ip().to_string())));
    next.run(request).await
}

/// Once told to stop, each answer is the last on its connection. One that is kept would be closed at the end, perhaps just as somebody asks on
/// it: a POST that was on its way then is lost, as nobody may ask it again who cannot know whether it was done.
async fn take_leave(State(stopping): State<watch::Receiver<bool>>, request: Request, next: Next) -> Response {
    // What HTTP/2 has for it comes with the end of the connection.
    let has_header = request.version() <= Version::HTTP_11;
    let mut response = next.run(request).await;
    if has_header && *stopping.borrow() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A router for a socket, where attempts are counted for each caller.
pub(super) fn knowing_callers(router: Router) -> IntoMakeServiceWithConnectInfo<Router, Peer> {
    router.layer(from_fn(tell_source)).into_make_service_with_connect_info()
}

/// Serves `router` until `stop` is ready. Then announces it through `stopping`, goes on for `drain`, in which every answer closes its
/// connection, takes no new connection after that, and ends within [`GRACE`].
///
/// # Errors
/// When the socket fails.
pub async fn serve<L>(
    router: Router,
    listener: L,
    stopping: watch::Sender<bool>,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    Peer: for<'a> Connected<IncomingStream<'a, L>>,
{
    let mut told = stopping.subscribe();
    let service = knowing_callers(router.layer(from_fn_with_state(stopping.subscribe(), take_leave)));
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

/// The socket that `setting` names.
///
/// # Errors
/// [`Refusal`], which names the setting, when it cannot be had.
pub async fn bind(setting: &str, address: &str) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address).await.map_err(|error| {
        Refusal::Host(format!("{address} cannot be listened on: {error}; {setting} takes another ADDR:PORT"))
    })
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
