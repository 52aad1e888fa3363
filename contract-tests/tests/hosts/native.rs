//! `truce dev`: what the other hosts are held against.

use crate::host::Running;
use crate::model;
use crate::server::Plan;
use tempfile::TempDir;

pub(crate) fn start() -> Result<Running, String> {
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let told = model::settings().into_iter();
    let server = told.fold(Plan::on(data.path()), |plan, (name, value)| plan.setting(name, &value)).start()?;
    Ok(Running::new(server.target(), "truce dev", (server, data)))
}
