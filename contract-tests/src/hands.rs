//! Trouble that somebody has to make: whoever runs this is asked for it on a line, and says with a line that it is made.

use crate::out;
use clap::ValueEnum;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;
use truce_contract::{Failure, Happening, Outcome, Target, trouble};

/// Nobody sees to it for longer.
const TIME_LIMIT: Duration = Duration::from_mins(5);

/// What a deployment may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trouble {
    /// More is asked of it at once than its edge lets through.
    TooMany,
    /// What it keeps things in is away, and comes back.
    StoreAway,
}

impl Trouble {
    /// What comes of it, told as a run of journeys is.
    pub(crate) async fn made(self, target: Target, under_way: usize) -> ExitCode {
        let late = || Failure::without_answer("be in trouble", format!("{} s at most", TIME_LIMIT.as_secs()), "no end");
        let ended = tokio::time::timeout(TIME_LIMIT, self.met(target, under_way)).await;
        match ended.unwrap_or_else(|_| Err(late())) {
            Ok(()) => {
                out(&format!("passed  {}\n1 passed, 0 failed", self.name()));
                ExitCode::SUCCESS
            }
            Err(failure) => {
                out(&format!("FAILED  {}\n        {failure}\n0 passed, 1 failed", self.name()));
                ExitCode::FAILURE
            }
        }
    }

    async fn met(self, target: Target, under_way: usize) -> Outcome {
        match self {
            Self::TooMany => trouble::are_too_many(target, under_way).await,
            Self::StoreAway => {
                trouble::lose_the_store(target, asked("stop the store"), &asked("start the store")).await
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::TooMany => "a_wrist_that_is_one_too_many_is_told_so",
            Self::StoreAway => "a_wrist_is_told_that_the_store_is_away",
        }
    }
}

/// An empty line: it is done. Anything else is why not.
fn asked(what: &'static str) -> Happening {
    Happening::new(move || {
        let mut stdout = std::io::stdout();
        writeln!(stdout, "{what}, and press Enter").and_then(|()| stdout.flush()).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        match std::io::stdin().lock().read_line(&mut answer) {
            Ok(0) => Err("nobody is there to do it".to_owned()),
            Ok(_) if answer.trim().is_empty() => Ok(()),
            Ok(_) => Err(answer.trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    })
}
