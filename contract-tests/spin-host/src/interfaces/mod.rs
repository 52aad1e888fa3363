//! The interfaces a component imports: Spin's own, as spin-sdk 7.0.0 does, and WASI's.
//!
//! What Spin does where a grant is missing, these do too: the error is the same, and nothing is opened.

mod key_value;
pub(crate) mod outbound;
mod redis;
mod sqlite;
mod variables;

use crate::state::State;
use wasmtime::component::{Accessor, HasData, Linker, Resource};
use wasmtime::{Engine, Result};

mod bindings {
    wasmtime::component::bindgen!({
        world: "host",
        path: "wit",
        imports: { default: async | trappable },
        with: {
            "spin:key-value/key-value.store": super::key_value::Store,
            "spin:redis/redis.connection": super::redis::Connection,
            "spin:sqlite/sqlite.connection": super::sqlite::Connection,
        },
    });
}

/// Gives the generated code an instance's state.
struct Instance;

impl HasData for Instance {
    type Data<'a> = &'a mut State;
}

/// Everything a component may import.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::Host_::add_to_linker::<_, Instance>(&mut linker, |state| state)?;
    Ok(linker)
}

/// A copy of what stands behind a resource: the call goes on without the store.
fn behind<R: Clone + Send + Sync + 'static, T>(accessor: &Accessor<T, Instance>, resource: &Resource<R>) -> Result<R> {
    accessor.with(|mut access| Ok(access.get().table.get(resource)?.clone()))
}

/// Work that blocks a thread, on one that may be blocked.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    Ok(tokio::task::spawn_blocking(work).await?)
}
