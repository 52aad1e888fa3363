//! People with a Watch, while the edge has had enough and while the store is away: the Shortcuts as they are built, run by the contract suite,
//! which says when it wants which.

use super::limits::UNDER_WAY;
use super::parts;
use super::proof::Proof;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

/// One too many of a house in which everybody waits for news.
pub(super) fn one_too_many(proof: &Proof<'_>) -> Result<String, String> {
    let mut command = suite(proof, "too-many");
    command.args(["--under-way", &UNDER_WAY.to_string()]);
    met(command, |what| Err(format!("it wants somebody to `{what}`")))?;
    Ok(format!("with {UNDER_WAY} under way a Watch says to give it a moment, and what is said again arrives once"))
}

/// The store goes as somebody taps.
pub(super) fn without_the_store(proof: &Proof<'_>) -> Result<String, String> {
    let podman = proof.fleet.podman;
    let mut done = Vec::new();
    let met = met(suite(proof, "store-away"), |what| {
        match what {
            "stop the store" => podman.text(&["kill", "--signal", "KILL", parts::REDIS])?,
            "start the store" => podman.text(&["start", parts::REDIS])?,
            _ => return Err(format!("nobody here can `{what}`")),
        };
        done.push(what.to_owned());
        Ok(())
    });
    // Whoever comes next wants it there, whatever came of this.
    if done.len() == 1 {
        podman.text(&["start", parts::REDIS])?;
    }
    met?;
    if done != ["stop the store", "start the store"] {
        return Err(format!("what happened to it was {done:?}"));
    }
    Ok("a Watch says to try again shortly; when it was back everything was there, once".to_owned())
}

fn suite(proof: &Proof<'_>, trouble: &str) -> Command {
    let mut command = proof.suite();
    command.args(["--trouble", trouble]);
    command
}

/// Goes on it, and does what it asks for: it says what on a line, and is told on a line that it is done, or why not.
fn met(mut command: Command, mut does: impl FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("the suite cannot be run: {error}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(problem)?;
    let (mut tells, hears) = (child.stdin.take(), child.stdout.take());
    let mut said = Vec::new();
    for line in hears.into_iter().flat_map(|hears| BufReader::new(hears).lines()) {
        let line = line.map_err(problem)?;
        let Some(what) = line.strip_suffix(", and press Enter") else {
            said.push(line);
            continue;
        };
        let answer = does(what).err().unwrap_or_default().replace('\n', " ");
        if let Some(tells) = &mut tells {
            writeln!(tells, "{answer}").map_err(problem)?;
        }
    }
    let ended = child.wait().map_err(problem)?;
    let one = said.last().is_some_and(|line| line == "1 passed, 0 failed");
    if ended.success() && one { Ok(()) } else { Err(said.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_is_asked_for_is_done_and_said_to_be() {
        let asks = "echo 'break it, and press Enter'; read answer; test -z \"$answer\" && echo 1 passed, 0 failed";
        let mut asked = Vec::new();
        let came = met(says(asks), |what| {
            asked.push(what.to_owned());
            Ok(())
        });
        assert_eq!((came, asked), (Ok(()), vec!["break it".to_owned()]));
        assert!(met(says(asks), |_| Err("it holds".to_owned())).is_err());
    }

    #[test]
    fn who_ends_well_without_having_passed_has_not() {
        assert_eq!(met(says("echo nothing"), |_| Ok(())), Err("nothing".to_owned()));
        assert!(met(says("echo 1 passed, 0 failed; exit 1"), |_| Ok(())).is_err());
    }
}
