//! What one instance of a component has: its WASI world, its open connections, and what its component is granted.

use crate::interfaces::outbound::Outbound;
use crate::settled::Settled;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The data of a store.
pub(crate) struct State {
    pub(crate) component: Arc<Settled>,
    pub(crate) table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl State {
    /// No files, no sockets, no environment but the manifest's. What it prints goes to this process's stderr: stdout
    /// belongs to whoever waits for the address there.
    pub(crate) fn new(component: Arc<Settled>) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.stdout(wasmtime_wasi::cli::stderr()).inherit_stderr();
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        Self {
            outbound: Outbound(Arc::clone(&component)),
            component,
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}
