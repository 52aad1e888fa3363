//! `truce dev`: what the other hosts are held against.

use crate::host::Running;
use crate::server::Plan;
use tempfile::TempDir;

pub(crate) fn start() -> Result<Running, String> {
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let server = Plan::on(data.path()).start()?;
    Ok(Running::new(server.target(), "truce dev", (server, data)))
}
