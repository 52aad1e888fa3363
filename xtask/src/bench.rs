//! x
use crate::workspace::Workspace;
#[derive(clap::Args)]
pub(crate) struct Bench {}
impl Bench {
    pub(crate) fn run(self, _: &Workspace) -> Result<bool, String> {
        Ok(true)
    }
}
