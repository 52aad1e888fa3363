//! `truce shortcuts verify`: whether what has come from somebody is what is built for this deployment.

use super::report::{Beside, Report};
use super::{Kept, addresses, icloud};
use crate::failure::Failure;
use clap::Args;
use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Read as _, Write};
use std::path::Path;
use truce_function::host;
use truce_shortcuts::compare::{Comparison, compare};
use truce_shortcuts::signed::{self, LONGEST};
use truce_shortcuts::{Address, file, lint, set};

/// Look whether Shortcuts that have come from somebody are what is built for your deployment, action by action
///
/// Examples:
///   truce shortcuts verify "Truce.shortcut" --url https://truce.example
///   truce shortcuts verify https://www.icloud.com/shortcuts/ID --url https://truce.example
///
/// What has come is a file, signed or not, an iCloud link, or the record of one as JSON. Nothing of it is run. A signed file
/// is opened without a key, and all that holds it together is checked; whether its certificates are Apple's is for an
/// iPhone to say. All actions have to be the same, their ids included. What may be another is the icon, the version of the
/// app and the name, which is said. Succeeds only if everything that was given is ours.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Verify {
    /// What has come
    #[arg(required = true, value_name = "FILE|LINK")]
    what: Vec<String>,
    /// Where all functions answer, https://HOST
    #[arg(long, value_parser = Address::new, required_unless_present_all = ["redeem_url", "mediate_url"])]
    url: Option<Address>,
    /// Where `redeem-token` answers, if each function has an address of its own
    #[arg(long, value_parser = Address::new, value_name = "URL")]
    redeem_url: Option<Address>,
    /// Where `mediate` answers, if each function has an address of its own
    #[arg(long, value_parser = Address::new, value_name = "URL")]
    mediate_url: Option<Address>,
    /// Where the session of whoever joins is kept
    #[arg(long, value_enum, default_value_t = Kept::Store)]
    session: Kept,
}

/// One of ours, as it is built.
struct Ours {
    name: &'static str,
    bytes: Vec<u8>,
}

/// One that has come.
struct Came {
    /// As it is spoken of.
    what: String,
    /// What it is called.
    called: String,
    bytes: Vec<u8>,
}

/// What ours are, and whom they call.
struct Deployment {
    all: Vec<Ours>,
    called: [Address; 2],
}

impl Verify {
    pub(super) fn run(self) -> Result<(), Failure> {
        let at = addresses(self.url.as_ref(), self.redeem_url.as_ref(), self.mediate_url.as_ref())?;
        let all = set::all(&at, self.session.into());
        let all = all.iter().map(|shortcut| Ours { name: shortcut.name, bytes: file::bytes(shortcut) }).collect();
        let deployment = Deployment { all, called: [at.redeem, at.mediate] };
        let stdout = std::io::stdout();
        let colours = stdout.is_terminal();
        let mut out = BufWriter::new(stdout.lock());
        let mut report = Report { out: &mut out, colours };
        let (mut looked_at, mut ours) = (0_usize, 0_usize);
        for given in &self.what {
            for came in gathered(given, &mut report)? {
                looked_at += 1;
                ours += usize::from(match came {
                    Ok(came) => deployment.look(&came, &mut report)?,
                    Err(why) => {
                        report.refused(given, &why.to_string())?;
                        false
                    }
                });
            }
        }
        out.flush()?;
        if ours == looked_at { Ok(()) } else { Err(deployment.not_ours(looked_at - ours, looked_at)) }
    }
}

impl Deployment {
    /// Says of one what it is; whether it is ours.
    fn look(&self, came: &Came, report: &mut Report<'_, impl Write>) -> Result<bool, Failure> {
        let received = match signed::read(&came.bytes) {
            Ok(received) => received,
            Err(why) => {
                report.refused(&came.what, &format!("It is not looked at: {why}."))?;
                return Ok(false);
            }
        };
        report.came(&came.what, &received.form)?;
        let (beside, comparison) = match self.beside(&came.called, &received.shortcut) {
            Ok(beside) => beside,
            Err(why) => {
                report.stops(&format!("There is nothing to compare: {why}."))?;
                return Ok(false);
            }
        };
        report.compared(&beside, &comparison)?;
        let findings = lint::look(&received.shortcut, &self.called);
        report.found(&findings)?;
        let is_ours = comparison.is_same() && findings.is_empty();
        report.ends(&comparison, is_ours)?;
        Ok(is_ours)
    }

    /// With which of ours it is compared: the one of its name, or the one that is most like it.
    fn beside(&self, called: &str, shortcut: &[u8]) -> Result<(Beside, Comparison), String> {
        let mut best: Option<(Beside, Comparison)> = None;
        for ours in &self.all {
            let comparison = compare(&ours.bytes, shortcut).map_err(|why| why.to_string())?;
            if ours.name == called {
                return Ok((Beside { name: ours.name, called: None }, comparison));
            }
            if best.as_ref().is_none_or(|(_, best)| best.same() < comparison.same()) {
                best = Some((Beside { name: ours.name, called: Some(called.to_owned()) }, comparison));
            }
        }
        best.ok_or_else(|| "none is built".to_owned())
    }

    fn not_ours(&self, not: usize, all: usize) -> Failure {
        let [redeem, mediate] = &self.called;
        let at = if redeem == mediate { redeem.to_string() } else { format!("{redeem} and {mediate}") };
        let of = if all == 1 { "It is".to_owned() } else { format!("{not} of {all} are") };
        Failure::Wrong(format!(
            "{of} not what `truce shortcuts build` writes for {at}: do not add it, and ask for what was built for your deployment, or name the one that it is for with --url."
        ))
    }
}

/// What there is to look at under what was given: one file, or those of a link.
fn gathered(given: &str, report: &mut Report<'_, impl Write>) -> Result<Vec<Result<Came, Failure>>, Failure> {
    if icloud::is_address(given) {
        let record = icloud::record_of(given).and_then(|address| fetch(&address));
        return match record.and_then(|json| icloud::Record::read(&json)) {
            Ok(record) => of_record(given, record, report),
            Err(why) => Ok(vec![Err(why)]),
        };
    }
    let bytes = match read(Path::new(given)) {
        Ok(bytes) => bytes,
        Err(why) => return Ok(vec![Err(why)]),
    };
    if bytes.trim_ascii_start().starts_with(b"{") {
        return match icloud::Record::read(&bytes) {
            Ok(record) => of_record(given, record, report),
            Err(why) => Ok(vec![Err(why)]),
        };
    }
    let called = Path::new(given).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(vec![Ok(Came { what: given.to_owned(), called, bytes })])
}

/// Both files of it: what is shown to people and what is put onto a device may be two things.
fn of_record(
    given: &str,
    record: icloud::Record,
    report: &mut Report<'_, impl Write>,
) -> Result<Vec<Result<Came, Failure>>, Failure> {
    report.record(given, &record)?;
    let came = |(what, address): (&str, String)| {
        let bytes = fetch(&address)?;
        Ok(Came { what: format!("{given}, {what}"), called: record.name.clone(), bytes })
    };
    Ok(record.files.into_iter().map(came).collect())
}

fn fetch(address: &str) -> Result<Vec<u8>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(icloud::fetch(&*host::http_client(), address))
}

/// No more of it than a Shortcut has, and a byte to see that it is more.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|source| Failure::Read { path: path.to_owned(), source })?;
    Ok(bytes)
}
