//! The plain host: hyper on a socket. It translates, and ends well: when told to stop it takes no new connection,
//! tells those who wait for news, and finishes what is in flight.

use crate::auth::Source;
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

/// How long to wait, after being told to stop, for what is in flight.
pub const GRACE: Duration = Duration::from_secs(10);

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

/// Serves `router` until `stop` is ready, then announces it through `stopping` and ends within [`GRACE`].
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    stopping: watch::Sender<bool>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let mut told = stopping.subscribe();
    let service = router.layer(from_fn(tell_source)).into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        // Nobody may be listening: then there is nobody to tell.
        let _ = stopping.send(true);
    });
    tokio::select! {
        ended = server => ended,
        () = async {
            // The sender lives in the server's future, so this ends by the announcement only.
            let _ = told.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
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
