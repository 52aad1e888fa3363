//! What `truce shortcuts verify` says of one Shortcut: lines that read well aloud, and colours on a terminal only.

use super::icloud::Record;
use std::io::{self, Write};
use truce_shortcuts::compare::{Comparison, Difference, Step};
use truce_shortcuts::lint::Finding;
use truce_shortcuts::signed::{Form, Signer, Way};

/// What is found besides, at most; who has more to say is none of ours anyway.
const FINDINGS: usize = 10;

/// Where it goes, and how what differs stands out there.
pub(super) struct Report<'a, W> {
    pub(super) out: &'a mut W,
    pub(super) colours: bool,
}

/// What a Shortcut is compared with.
pub(super) struct Beside {
    /// Of ours.
    pub(super) name: &'static str,
    /// What it is called, where that is not the same.
    pub(super) called: Option<String>,
}

impl<W: Write> Report<'_, W> {
    /// What has come, and how.
    pub(super) fn came(&mut self, what: &str, form: &Form) -> io::Result<()> {
        writeln!(self.out, "{}", plain(what))?;
        match form {
            Form::Xml | Form::Binary => {
                writeln!(self.out, "  It is not signed: anybody may have changed it on the way.")
            }
            Form::Signed(by) => self.signed(by),
        }
    }

    fn signed(&mut self, by: &Signer) -> io::Result<()> {
        let how = match by.way {
            Way::Anyone => "It is signed, for anyone, and was not changed since.",
            Way::Contacts => {
                "It is signed with somebody's Apple Account, for people who know them, and was not changed since."
            }
        };
        let chain = by.chain.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", issued by ");
        writeln!(self.out, "  {how}")?;
        writeln!(self.out, "  Its certificates: {chain}, issued by {}.", plain(&by.issuer))?;
        writeln!(self.out, "  Whether these are Apple's is not known here: an iPhone looks when it is opened.")
    }

    /// Action by action.
    pub(super) fn compared(&mut self, beside: &Beside, comparison: &Comparison) -> io::Result<()> {
        match &beside.called {
            None => writeln!(self.out, "  Beside {}, as it is built:", beside.name)?,
            Some(called) => {
                writeln!(self.out, "  It is called {called:?}. Beside {}, which is most like it:", beside.name)?;
            }
        }
        for step in &comparison.steps {
            self.step(step)?;
        }
        if !comparison.around.is_empty() {
            self.marked("       differs  What is around the actions")?;
            self.differences(&comparison.around)?;
        }
        for remark in &comparison.remarks {
            writeln!(self.out, "  {}", plain(remark))?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Same { number, what } => writeln!(self.out, "  {number:>3}  same     {}", plain(what)),
            Step::Added { number, what } => self.marked(&format!("  {number:>3}  added    {}", plain(what))),
            Step::Missing { what } => self.marked(&format!("       missing  {}", plain(what))),
            Step::Differs { number, what, differences } => {
                self.marked(&format!("  {number:>3}  differs  {}", plain(what)))?;
                self.differences(differences)
            }
        }
    }

    fn differences(&mut self, differences: &[Difference]) -> io::Result<()> {
        let or_nothing = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), plain);
        for Difference { key, wanted, found } in differences {
            let key = plain(key);
            writeln!(self.out, "         - wanted {key}: {}", or_nothing(wanted))?;
            writeln!(self.out, "         + found  {key}: {}", or_nothing(found))?;
        }
        Ok(())
    }

    /// What would stumble on a Watch, or should not be in it.
    pub(super) fn found(&mut self, findings: &[Finding]) -> io::Result<()> {
        for finding in findings.iter().take(FINDINGS) {
            self.marked(&format!("  Besides: {}", plain(&finding.to_string())))?;
        }
        if findings.len() > FINDINGS {
            self.marked(&format!("  Besides: {} more like these", findings.len() - FINDINGS))?;
        }
        Ok(())
    }

    /// The end of it.
    pub(super) fn ends(&mut self, comparison: &Comparison, is_ours: bool) -> io::Result<()> {
        let (same, all) = (comparison.same(), comparison.steps.len());
        if is_ours {
            writeln!(self.out, "  It is what is built: all {all} actions are the same.")
        } else if same == all {
            self.marked(&format!("  It is not what is built, though all {all} actions are the same."))
        } else {
            self.marked(&format!("  It is not what is built: {same} of {all} actions are the same."))
        }
    }

    /// What iCloud says of a link, before any of its files is looked at.
    pub(super) fn record(&mut self, what: &str, record: &Record) -> io::Result<()> {
        writeln!(self.out, "{}", plain(what))?;
        let status = record.status.as_deref().unwrap_or("nothing");
        let files = record.files.iter().map(|(file, _)| *file).collect::<Vec<_>>().join(" and ");
        writeln!(self.out, "  iCloud calls it {:?}, says {status:?} of its signature, and has {files}.", record.name)
    }

    /// Why it is not looked at.
    pub(super) fn refused(&mut self, what: &str, why: &str) -> io::Result<()> {
        writeln!(self.out, "{}", plain(what))?;
        self.stops(why)
    }

    /// Why no more of it is looked at.
    pub(super) fn stops(&mut self, why: &str) -> io::Result<()> {
        self.marked(&format!("  {}", plain(why)))
    }

    fn marked(&mut self, line: &str) -> io::Result<()> {
        let (red, plain) = if self.colours { ("\x1b[31m", "\x1b[0m") } else { ("", "") };
        writeln!(self.out, "{red}{line}{plain}")
    }
}

/// Whoever has made it may have put anything into it, orders to a terminal too: what is not seen is written out.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => plain.push(c),
            c => plain.extend(c.escape_debug()),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gives_orders_to_a_terminal() {
        assert_eq!(plain("Say \"it's\" – ok\\"), "Say \"it's\" – ok\\");
        assert_eq!(plain("a\x1b[2J\u{202E}\r\nb"), "a\\u{1b}[2J\\u{202e}\\r\\nb");
    }
}
