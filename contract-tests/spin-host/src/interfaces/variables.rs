//! `spin:variables`: what the manifest gives a component to read, and nothing else of the application's.

use super::Instance;
use super::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::manifest::is_variable_name;
use crate::state::State;
use wasmtime::Result;
use wasmtime::component::Accessor;

impl Host for State {}

impl<T: Send> HostWithStore<T> for Instance {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<Result<String, Error>> {
        let value = accessor.with(|mut access| access.get().component.variables.get(&name).cloned());
        Ok(value.ok_or_else(|| {
            if is_variable_name(&name) {
                Error::Undefined(format!("the manifest grants no variable `{name}`"))
            } else {
                Error::InvalidName(name)
            }
        }))
    }
}
