//! How long an instance lives, and how many requests it answers.
//!
//! The machinery is wasmtime's own for `wasi:http` handlers, which Spin 4 uses too; here is what is decided with it:
//!
//! - Spin may give one instance several requests, one after the other and at the same time. So does this host, if told
//!   to ([`Reuse`]); else each request has an instance of its own.
//! - An instance nobody has given work for a second goes, as in Spin, unless it is told how long.
//! - Where the client has gone before the answer came, its instance goes as well, unless it answers others too: then
//!   it takes nothing new and goes after them.

use crate::note;
use crate::settled::Settled;
use crate::state::State;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::Sleep;
use wasmtime::{Engine, Result, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// How many requests an instance answers, and how long it waits for the next.
#[derive(Debug, Clone, Copy)]
pub struct Reuse {
    /// In all.
    pub requests: usize,
    /// At the same time.
    pub at_once: usize,
    /// Nobody has given it work for so long: it goes.
    pub idle: Duration,
}

impl Default for Reuse {
    /// One: whatever an instance remembers, nobody else sees. Spin's own defaults are 128, 16 at the same time, and a second.
    fn default() -> Self {
        Self { requests: 1, at_once: 1, idle: Duration::from_secs(1) }
    }
}

/// All instances of one component.
pub(crate) struct Workers {
    pub(crate) engine: Engine,
    pub(crate) runnable: ServicePre<State>,
    pub(crate) component: Arc<Settled>,
    pub(crate) reuse: Reuse,
    /// The host ends, and all instances with it.
    pub(crate) ending: Arc<AtomicBool>,
}

/// Ends when the client of a request has gone.
pub(crate) struct Client(pub(crate) oneshot::Receiver<()>);

impl HandlerState for Workers {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Life;

    async fn instantiate(&self) -> Result<Instance<State, Expiration, Life>> {
        let mut store = Store::new(&self.engine, State::new(Arc::clone(&self.component)));
        let proxy = Proxy::P3(self.runnable.instantiate_async(&mut store).await?);
        let abandoned = Arc::new(AtomicBool::new(false));
        let idle = self.reuse.idle;
        let waits = Box::pin(tokio::time::sleep(idle));
        let expiration = Expiration { abandoned: Arc::clone(&abandoned), idle, waits };
        let (component, ending) = (Arc::clone(&self.component), Arc::clone(&self.ending));
        let state = Life { component, reuse: self.reuse, abandoned, ending };
        Ok(Instance { store, proxy, view: <State as WasiHttpView>::http, expiration, state })
    }
}

/// What an instance takes on, and what is said when it ends.
pub(crate) struct Life {
    component: Arc<Settled>,
    reuse: Reuse,
    /// A client has gone without its answer.
    abandoned: Arc<AtomicBool>,
    ending: Arc<AtomicBool>,
}

impl WorkerState for Life {
    type StoreData = State;
    type RequestData = Client;

    fn should_accept_request(&self, at_once: usize, total: usize) -> ShouldAccept {
        if total >= self.reuse.requests {
            ShouldAccept::Never
        } else if at_once >= self.reuse.at_once {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        client: Client,
        _: wasmtime::component::GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        let abandoned = Arc::clone(&self.abandoned);
        Box::pin(async move {
            // Nothing is ever sent: it ends with the other half.
            let _ = client.0.await;
            abandoned.store(true, Ordering::Relaxed);
        })
    }

    fn drop(&self, _: Store<State>, ended: Result<()>) {
        // An instance that was still waiting when its client or the whole host went has not failed.
        if let Err(why) = ended
            && ![&self.abandoned, &self.ending].iter().any(|flag| flag.load(Ordering::Relaxed))
        {
            // Not the frames around it: in a component without symbols they are numbers.
            note(format_args!("component `{}`: an instance ended: {}", self.component.name, why.root_cause()));
        }
    }
}

/// When an instance goes that could stay.
pub(crate) struct Expiration {
    abandoned: Arc<AtomicBool>,
    idle: Duration,
    waits: Pin<Box<Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, since: Instant) -> Poll<()> {
        if status != WorkerStatus::Requests && self.abandoned.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        if status != WorkerStatus::Idle {
            return Poll::Pending;
        }
        let end = tokio::time::Instant::from_std(since + self.idle);
        if self.waits.deadline() != end {
            self.waits.as_mut().reset(end);
        }
        self.waits.as_mut().poll(cx)
    }
}
