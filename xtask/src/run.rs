//! Runs a program in sight of whoever waits: what it says is shown as it comes, kept for whoever reads it afterwards,
//! and it is ended when it takes too long.

use crate::console::Console;
use crate::workspace::Workspace;
use std::fs;
use std::io::{BufRead as _, BufReader, PipeReader, Write as _, pipe};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often the changing line is drawn, and the child looked at.
const TICK: Duration = Duration::from_millis(100);
/// Where lines cannot be taken back, a silence this long is broken by a line that says how long it has been.
pub(crate) const SILENCE: Duration = Duration::from_secs(10);
/// How long whatever a program left behind may keep its output open.
const AFTER_THE_END: Duration = Duration::from_secs(2);

/// Runs programs for one command of ours.
pub(crate) struct Runner<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) console: Console,
}

/// A program, as it went.
pub(crate) struct Ran {
    pub(crate) ended_well: bool,
    /// Both outputs, in the order they came.
    pub(crate) output: String,
    /// The same, to read.
    pub(crate) log: PathBuf,
    /// Why it did not end well, where its output would not say so.
    pub(crate) why: Option<String>,
}

impl Runner<'_> {
    /// Runs `command` for at most `limit`. `what` names it on the screen and its log.
    pub(crate) fn run(&self, what: &str, mut command: Command, limit: Duration) -> Ran {
        let log = self.workspace.logs().join(format!("{what}.log"));
        let failed = |why| Ran { ended_well: false, output: String::new(), log: log.clone(), why: Some(why) };
        self.colour(&mut command);
        let (reader, child) = match start(&mut command) {
            Ok(started) => started,
            Err(error) => return failed(format!("{} cannot be started: {error}", program(&command))),
        };
        drop(command); // It holds our ends of the pipe: with them open the output would never end.
        let ran = self.watch(what, reader, child, limit);
        let kept = fs::create_dir_all(self.workspace.logs()).and_then(|()| fs::write(&log, &ran.output));
        if let Err(error) = kept {
            self.console.say(&format!("({} cannot be written: {error})", log.display()));
        }
        Ran { log, ..ran }
    }

    /// The same, for what nobody needs to see: a try that may fail, or what is shown in another form afterwards.
    pub(crate) fn run_discreetly(&self, what: &str, command: Command, limit: Duration) -> Ran {
        Runner { console: self.console.discreetly(), ..*self }.run(what, command, limit)
    }

    /// Through our pipe a program sees no terminal; we know whether there is one.
    fn colour(&self, command: &mut Command) {
        if self.console.live {
            command.env("CARGO_TERM_COLOR", "always");
        } else {
            command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").env("TERM", "dumb");
        }
    }

    fn watch(&self, what: &str, reader: PipeReader, mut child: Child, limit: Duration) -> Ran {
        let lines = lines_of(reader);
        let begun = Instant::now();
        let mut screen = Screen { console: self.console, what, begun, heard: begun, last: String::new() };
        let mut output = String::new();
        let mut ended: Option<(Instant, ExitStatus)> = None;
        let mut why = None;
        loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    screen.line(&line);
                    output.push_str(&line);
                    output.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => screen.tick(),
            }
            if ended.is_none() {
                ended = child.try_wait().ok().flatten().map(|status| (Instant::now(), status));
            }
            if ended.is_some_and(|(at, _)| at.elapsed() > AFTER_THE_END) {
                break;
            }
            if why.is_none() && ended.is_none() && begun.elapsed() > limit {
                why = Some(format!("it took longer than {} s and was ended", limit.as_secs()));
                end_with_descendants(child.id());
            }
        }
        self.console.clear();
        let status = ended.map(|(_, status)| status).or_else(|| child.wait().ok());
        let ended_well = why.is_none() && status.is_some_and(|status| status.success());
        Ran { ended_well, output, log: PathBuf::new(), why }
    }
}

/// What is shown of a program that runs.
struct Screen<'a> {
    console: Console,
    what: &'a str,
    begun: Instant,
    heard: Instant,
    last: String,
}

impl Screen<'_> {
    fn line(&mut self, line: &str) {
        if self.console.live {
            line.clone_into(&mut self.last);
        } else if !self.console.discreet {
            println!("  {line}");
            self.heard = Instant::now();
        }
        self.tick();
    }

    fn tick(&mut self) {
        self.console.status(self.what, self.begun.elapsed(), &self.last);
        if !self.console.live && self.heard.elapsed() > SILENCE {
            self.heard = Instant::now();
            println!("  … {}: {} s so far", self.what, self.begun.elapsed().as_secs());
            let _ = std::io::stdout().flush();
        }
    }
}

/// Both outputs into one pipe: what belongs together stays together.
fn start(command: &mut Command) -> std::io::Result<(PipeReader, Child)> {
    let (reader, writer) = pipe()?;
    let child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    Ok((reader, child))
}

fn lines_of(reader: PipeReader) -> Receiver<String> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes);
            if send.send(line.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
                break;
            }
            bytes.clear();
        }
    });
    receive
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// Ends a program of ours and all it started, each by its id.
fn end_with_descendants(id: u32) {
    // Parents first: a shell whose child ends goes on with its next line.
    let ids: Vec<String> = [id].iter().chain(&descendants(&processes(), id)).map(ToString::to_string).collect();
    // The shell's own `kill`: there may be no other.
    let signal = |script: &str| Command::new("sh").args(["-c", script, "kill"]).args(&ids).status();
    let _ = signal("kill -TERM \"$@\" 2>/dev/null");
    thread::sleep(Duration::from_secs(2));
    let _ = signal("kill -KILL \"$@\" 2>/dev/null");
}

/// All processes, as lines of `pid ppid`: from /proc, and where there is none, from `ps`.
fn processes() -> String {
    let of = |id: &str| -> Option<String> {
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        Some(format!("{id} {}", parent.trim()))
    };
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines: Vec<String> = ids.filter_map(|entry| of(entry.file_name().to_str()?)).collect();
    if !lines.is_empty() {
        return lines.join("\n");
    }
    let listing = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// All processes below `root` in a listing of `pid ppid` lines.
fn descendants(listing: &str, root: u32) -> Vec<u32> {
    let pairs: Vec<(u32, u32)> = listing
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map_while(|word| word.parse().ok());
            Some((numbers.next()?, numbers.next()?))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(pairs.iter().filter(|(id, of)| *of == parent && *id != parent).map(|(id, _)| *id));
        at += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, limit: Duration) -> Ran {
        let target = std::env::temp_dir().join(format!("xtask-run-{}", std::process::id()));
        let workspace = Workspace { root: ".".into(), target, ci: false };
        let runner = Runner { workspace: &workspace, console: Console::new(true) };
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let ran = runner.run("a-test", command, limit);
        let _ = fs::remove_dir_all(&workspace.target);
        ran
    }

    #[test]
    fn both_outputs_are_kept_in_order() {
        let ran = run("echo one; echo two >&2; printf three", Duration::from_secs(30));
        assert!(ran.ended_well);
        assert_eq!(ran.output, "one\ntwo\nthree\n");
    }

    #[test]
    fn a_program_that_fails_or_is_not_there_did_not_end_well() {
        assert!(!run("echo 3 passed, 0 failed; exit 3", Duration::from_secs(30)).ended_well);
        let workspace = Workspace { root: ".".into(), target: std::env::temp_dir(), ci: false };
        let runner = Runner { workspace: &workspace, console: Console::new(true) };
        let ran = runner.run("nothing", Command::new("no-such-program-anywhere"), Duration::from_secs(1));
        assert!(!ran.ended_well && ran.why.is_some_and(|why| why.contains("no-such-program-anywhere")));
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_it_started() {
        let begun = Instant::now();
        let ran = run("(sleep 300; echo late) & sleep 300; echo late", Duration::from_millis(300));
        assert!(!ran.ended_well && ran.why.is_some());
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert_eq!(ran.output, "");
    }

    #[test]
    fn descendants_are_found_through_generations_and_only_they() {
        let listing = "    1     0\n  10     1\n  11    10\n  12    11\n  13     1\n  14    12\nnot numbers\n";
        assert_eq!(descendants(listing, 10), [11, 12, 14]);
        assert_eq!(descendants(listing, 13), [] as [u32; 0]);
    }
}
