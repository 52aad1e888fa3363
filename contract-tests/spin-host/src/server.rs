//! The front: HTTP/1.1 on a socket, each request to the component its route names.

use crate::application::Application;
use crate::note;
use crate::routes::WELL_KNOWN;
use crate::worker::Client;
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wasmtime_wasi_http::handler::TrapOrPanicError;
use wasmtime_wasi_http::{Error, WasiBody};

/// How long requests that are under way may take to end once `stop` has come.
const GRACE: Duration = Duration::from_secs(5);

/// How long to leave a system that has no more sockets to give.
const BREATH: Duration = Duration::from_millis(50);

/// Answers whoever connects to `listener` until `stop` ends.
pub async fn serve(application: Arc<Application>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => connect(&application, stream, client, &graceful),
                Err(why) => {
                    note(format_args!("no connection could be accepted: {why}"));
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    // Whoever still waits then is cut off: a long poll is no reason not to end.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    application.ending.store(true, Ordering::Relaxed);
}

fn connect(application: &Arc<Application>, stream: TcpStream, client: SocketAddr, graceful: &GracefulShutdown) {
    // An answer is written whole; there is nothing to gather.
    let _ = stream.set_nodelay(true);
    let application = Arc::clone(application);
    let service = service_fn(move |request| {
        let application = Arc::clone(&application);
        async move { Ok::<_, Infallible>(answer(&application, client, request).await) }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    // A client that breaks off is no failure of ours: hyper has told it what there was to tell.
    tokio::spawn(async move { drop(connection.await) });
}

async fn answer(application: &Application, client: SocketAddr, mut request: Request<Incoming>) -> Response<WasiBody> {
    let path = request.uri().path().to_owned();
    if let Some(known) = path.strip_prefix(WELL_KNOWN) {
        return if known == "health" { plain(StatusCode::OK, "OK") } else { plain(StatusCode::NOT_FOUND, "") };
    }
    let Some(matched) = application.routes.find(&path) else { return plain(StatusCode::NOT_FOUND, "") };
    let Some(uri) = whole(request.uri(), request.headers()) else { return plain(StatusCode::BAD_REQUEST, "") };
    matched.tell(request.headers_mut(), &uri, client);
    let what = format!("{} {path}", request.method());
    *request.uri_mut() = uri;
    let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
    // Dropped with this future when the client goes, and by itself when the answer is there.
    let (_here, gone) = oneshot::channel();
    match application.components[matched.component()].handle(Client(gone), request).await {
        Ok(response) => response,
        Err(why) => {
            // What trapped has been noted where it did.
            if !why.is::<TrapOrPanicError>() {
                note(format_args!("component `{}`: {what}: {why:#}", matched.component()));
            }
            plain(StatusCode::INTERNAL_SERVER_ERROR, "")
        }
    }
}

/// With scheme and authority; the two places an authority can be in have to agree.
fn whole(uri: &Uri, headers: &HeaderMap) -> Option<Uri> {
    let host = headers.get(http::header::HOST).map(|host| host.as_bytes().try_into());
    let host: Option<Authority> = host.transpose().ok()?;
    let mut parts = uri.clone().into_parts();
    if let (Some(host), Some(named)) = (&host, &parts.authority)
        && host != named
    {
        return None;
    }
    parts.authority = Some(parts.authority.or(host)?);
    parts.scheme = Some(Scheme::HTTP);
    Uri::from_parts(parts).ok()
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let body = Full::new(Bytes::from_static(text.as_bytes())).map_err(|never: Infallible| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}
