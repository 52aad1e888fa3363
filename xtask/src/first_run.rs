//! x
use crate::workspace::Workspace;
#[derive(clap::Args)]
pub(crate) struct FirstRun {}
impl FirstRun {
    pub(crate) fn run(self, _: &Workspace) -> Result<bool, String> {
        Ok(true)
    }
}
