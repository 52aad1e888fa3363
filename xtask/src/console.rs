//! What is seen while something runs. On a terminal: one line that changes. Elsewhere: every line, as it comes.

use std::env;
use std::io::{IsTerminal as _, Write as _, stdout};
use std::time::Duration;

/// How wide the changing line may get: one that wraps could not be taken back.
const WIDTH: usize = 79;

/// Standard output, and what it can show.
#[derive(Clone, Copy)]
pub(crate) struct Console {
    /// Somebody looks at it: lines can be taken back.
    pub(crate) live: bool,
    /// What programs say is kept, but not shown.
    pub(crate) discreet: bool,
    colours: bool,
}

/// What a word stands for.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Warning,
    Title,
    Quiet,
}

impl Console {
    /// `all`: every line of everything that runs, on a terminal too.
    pub(crate) fn new(all: bool) -> Self {
        let terminal = stdout().is_terminal();
        let colours = terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { live: terminal && !all, discreet: false, colours }
    }

    /// The same, but what programs say is not shown.
    pub(crate) fn discreetly(self) -> Self {
        Self { discreet: true, ..self }
    }

    /// `text` in the colour of its tone, where colours can be seen.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Warning => "33",
            Tone::Title => "1",
            Tone::Quiet => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// A line that stays.
    pub(crate) fn say(self, line: &str) {
        self.clear();
        println!("{line}");
    }

    /// Shows what goes on right now.
    pub(crate) fn status(self, what: &str, since: Duration, line: &str) {
        if self.live {
            let text: String = format!("{what} {} s  {}", since.as_secs(), strip_ansi(line).trim());
            let text: String = text.chars().filter(|c| !c.is_control()).take(WIDTH).collect();
            print!("\r\x1b[2K{}", self.paint(Tone::Quiet, &text));
            let _ = stdout().flush();
        }
    }

    /// Takes the changing line back.
    pub(crate) fn clear(self) {
        if self.live {
            print!("\r\x1b[2K");
            let _ = stdout().flush();
        }
    }
}

/// `text` without colours and other escape sequences.
pub(crate) fn strip_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\x1b' {
            plain.push(c);
            continue;
        }
        match rest.next() {
            // A control sequence ends with its first letter, the choice of a character set with its name.
            Some('[') => drop(rest.by_ref().find(char::is_ascii_alphabetic)),
            Some('(') => drop(rest.next()),
            _ => {}
        }
    }
    plain
}

/// `1 m 04 s`, `12.3 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_taken_out_and_nothing_else() {
        assert_eq!(strip_ansi("\x1b[1m\x1b[92m   Compiling\x1b[0m x [1/2]"), "   Compiling x [1/2]");
        assert_eq!(strip_ansi("\x1b(B\x1b[m7 passed"), "7 passed");
        assert_eq!(strip_ansi("cut \x1b["), "cut ");
    }

    #[test]
    fn durations_read_like_a_clock() {
        assert_eq!(duration(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(64)), "1 m 04 s");
    }
}
