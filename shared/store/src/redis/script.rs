//! What Redis does in one go: nothing comes between the commands of a script.

use std::sync::OnceLock;

use super::{Command, Line, Reply, Trouble};
use crate::StoreError;

pub(super) static SPEND: Script = Script::new(include_str!("spend.lua"));
pub(super) static REVOKE: Script = Script::new(include_str!("revoke.lua"));
pub(super) static APPEND: Script = Script::new(include_str!("append.lua"));
pub(super) static PAGE: Script = Script::new(include_str!("page.lua"));
pub(super) static PING: Script = Script::new(include_str!("ping.lua"));

/// A script and the name a server gives it.
pub(super) struct Script {
    text: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    const fn new(text: &'static str) -> Self {
        Self { text, hash: OnceLock::new() }
    }

    fn hash(&self) -> &str {
        self.hash.get_or_init(|| sha1_smol::Sha1::from(self.text).digest().to_string())
    }

    /// Runs it; a server that does not know it yet, or no longer, learns it on the way.
    pub(super) async fn run(
        &self,
        line: &impl Line,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<Vec<Reply>, StoreError> {
        let call = |name, script: &str| {
            let mut all = vec![script.to_owned(), keys.len().to_string()];
            all.extend(keys.iter().cloned());
            all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
            line.send(Command { name, arguments: all })
        };
        let answer = match call("EVALSHA", self.hash()).await {
            Err(Trouble::UnknownScript) => call("EVAL", self.text).await,
            answer => answer,
        };
        answer.map_err(StoreError::from)
    }
}
