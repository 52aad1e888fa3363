//! What clients connect to: takes HTTP, hands events to functions, gives their answers back.

use super::event::Received;
use super::instances::Instances;
use super::{Gateway, answer, event, routes};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The largest request that Lambda takes.
const LARGEST: usize = 6 * 1024 * 1024;

/// A front that answers. It ends with its value.
pub(crate) struct Front {
    /// Where.
    pub(crate) url: String,
    task: AbortHandle,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Behind {
    gateway: Gateway,
    functions: Vec<Arc<Instances>>,
}

/// Serves `functions` on a free port: the one there is, or each at its own paths.
pub(crate) async fn serve(gateway: Gateway, functions: Vec<Arc<Instances>>) -> std::io::Result<Front> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().fallback(handle).with_state(Arc::new(Behind { gateway, functions }));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(async move { axum::serve(listener, service).await }).abort_handle();
    Ok(Front { url, task })
}

async fn handle(
    State(behind): State<Arc<Behind>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let received = Received {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        peer,
    };
    match call(&behind, &received).await {
        Ok(response) => response,
        // As AWS does, but with the reason: whoever reads a failed journey should see it.
        Err(why) => (StatusCode::BAD_GATEWAY, why).into_response(),
    }
}

async fn call(behind: &Behind, received: &Received) -> Result<Response<Body>, String> {
    let gateway = behind.gateway;
    let path = match gateway.stage() {
        Some(stage) => received.path.strip_prefix('/').and_then(|path| path.strip_prefix(stage)),
        None => Some(received.path.as_str()),
    };
    // Another stage than the one that is deployed.
    let Some(path) = path.filter(|path| path.starts_with('/')) else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let invoked = match &behind.functions[..] {
        [one] => one,
        all => {
            let wanted = routes::function_for(path)?;
            all.iter().find(|function| function.function() == wanted).ok_or("no such function")?
        }
    };
    let answered = invoked.invoke(event::of(gateway, received)).await?;
    answer::of(gateway, &answered)
}
