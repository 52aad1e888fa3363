//! `truce shortcuts`: what goes onto a Watch, for one deployment.

mod icloud;
mod report;
mod verify;

use crate::failure::Failure;
use crate::well;
use clap::{Args, Subcommand, ValueEnum};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, file, lint};

/// Make the Shortcuts that put Truce on a Watch, for your deployment
#[derive(Args)]
pub(crate) struct Shortcuts {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Build(Build),
    Sign(Sign),
    Verify(verify::Verify),
}

/// Write the Shortcuts for your deployment, the same files every time
///
/// There is no secret in them: the session of whoever joins is kept on their own devices. An iPhone takes them once they
/// are signed: `truce shortcuts sign`, on a Mac.
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Build {
    /// Where all functions answer, https://HOST
    #[arg(long, value_parser = Address::new, required_unless_present_all = ["redeem_url", "mediate_url"])]
    url: Option<Address>,
    /// Where `redeem-token` answers, if each function has an address of its own
    #[arg(long, value_parser = Address::new, value_name = "URL")]
    redeem_url: Option<Address>,
    /// Where `mediate` answers, if each function has an address of its own
    #[arg(long, value_parser = Address::new, value_name = "URL")]
    mediate_url: Option<Address>,
    /// Where `health` answers, if each function has an address of its own; it is asked, as by --check
    #[arg(long, value_parser = Address::new, value_name = "URL")]
    health_url: Option<Address>,
    /// Ask the deployment first, and write nothing unless it is Truce, and well
    #[arg(long)]
    check: bool,
    /// Where the session of whoever joins is kept
    #[arg(long, value_enum, default_value_t = Kept::Store)]
    session: Kept,
    /// Into this folder, which is made if need be
    #[arg(long, value_name = "DIR", default_value = "truce-shortcuts")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kept {
    /// In the Shortcuts app's own store, shared between their devices: iOS 27 and watchOS 27 or later
    Store,
    /// In a text at the beginning of each, which they put there: before that. `Truce Join` copies it; `Truce Check` needs the store
    Text,
}

impl From<Kept> for Session {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Store => Self::Kept,
            Kept::Text => Self::Pasted,
        }
    }
}

/// Sign the files in a folder, on a Mac that is signed in to iCloud
#[derive(Args)]
struct Sign {
    /// What `build` has written
    #[arg(long, value_name = "DIR", default_value = "truce-shortcuts")]
    out: PathBuf,
}

impl Shortcuts {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.what {
            What::Build(build) => build.run(),
            What::Sign(sign) => sign.run(),
            What::Verify(verify) => verify.run(),
        }
    }
}

impl Build {
    fn run(self) -> Result<(), Failure> {
        let addresses = addresses(self.url.as_ref(), self.redeem_url.as_ref(), self.mediate_url.as_ref())?;
        self.is_well()?;
        let session = self.session.into();
        // All of them before the first is written: a folder with some of a set would be two sets in one.
        let called = [addresses.redeem.clone(), addresses.mediate.clone()];
        let mut files = Vec::new();
        for shortcut in set::all(&addresses, session) {
            let bytes = file::bytes(&shortcut);
            if let Some(finding) = lint::look(&bytes, &called).first() {
                return Err(Failure::Wrong(format!("{} would not run: {finding}.", shortcut.name)));
            }
            files.push((file::name(&shortcut), bytes, shortcut.about));
        }
        let problem = |source| {
            Failure::Wrong(format!(
                "{} cannot be written: {source}. Choose another with --out DIR.",
                self.out.display()
            ))
        };
        fs::create_dir_all(&self.out).map_err(problem)?;
        // One that was built before for the other way to keep a session would be signed with these.
        for old in set::all(&addresses, Session::Kept).iter().map(file::name) {
            if !files.iter().any(|(name, ..)| *name == old) && self.out.join(&old).exists() {
                fs::remove_file(self.out.join(&old)).map_err(problem)?;
            }
        }
        let mut out = std::io::stdout();
        writeln!(out, "{}", self.out.display())?;
        for (name, bytes, about) in files {
            fs::write(self.out.join(&name), bytes).map_err(problem)?;
            writeln!(out, "  {name:<26}  {about}")?;
        }
        writeln!(out, "An iPhone takes them once they are signed: `truce shortcuts sign`, on a Mac.")?;
        Ok(())
    }
}

/// One address for all, or one for each.
fn addresses(all: Option<&Address>, redeem: Option<&Address>, mediate: Option<&Address>) -> Result<Addresses, Failure> {
    let own = |own: Option<&Address>, name: &str| {
        let address = own.or(all).cloned();
        address.ok_or_else(|| Failure::Wrong(format!("It is not said where {name} answers: name it, or --url.")))
    };
    Ok(Addresses { redeem: own(redeem, "redeem-token")?, mediate: own(mediate, "mediate")? })
}

impl Build {
    /// Where it was asked for: without that nobody is called.
    fn is_well(&self) -> Result<(), Failure> {
        if !self.check && self.health_url.is_none() {
            return Ok(());
        }
        let health = self.health_url.as_ref().or(self.url.as_ref()).ok_or_else(|| {
            Failure::Wrong("It is not said where health answers: name it with --health-url, or --url.".to_owned())
        })?;
        well::ask(health)
    }
}

impl Sign {
    fn run(self) -> Result<(), Failure> {
        let files = built(&self.out)?;
        if !cfg!(target_os = "macos") {
            return Err(Failure::Wrong(NO_MAC.to_owned()));
        }
        let signed = self.out.join("signed");
        fs::create_dir_all(&signed)
            .map_err(|source| Failure::Wrong(format!("{} cannot be made: {source}.", signed.display())))?;
        let mut out = std::io::stdout();
        for path in files {
            let to = signed.join(path.file_name().unwrap_or_default());
            let mut sign = Command::new("shortcuts");
            sign.args(["sign", "--mode", "anyone", "--input"]).arg(&path).arg("--output").arg(&to);
            let output = sign.output().map_err(|source| {
                Failure::Wrong(format!("`shortcuts`, which macOS 12 and later has, cannot be run: {source}."))
            })?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                let why = said.lines().last().unwrap_or("it did not say why");
                return Err(Failure::Wrong(format!("{} is not signed: {why}.", path.display())));
            }
            writeln!(out, "{}", to.display())?;
        }
        Ok(())
    }
}

/// What to do without one.
const NO_MAC: &str = "Only a Mac can sign Shortcuts: copy the folder to one that is signed in to iCloud, and run `shortcuts sign --mode anyone --input FILE --output FILE` there for each. Nobody has to have a Mac \
                      to use them: what is signed once is shared as an iCloud link.";

fn built(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let nothing = || {
        Failure::Wrong(format!("There are no Shortcuts in {}: `truce shortcuts build` writes them.", folder.display()))
    };
    let entries = fs::read_dir(folder).map_err(|_| nothing())?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "shortcut"));
    files.sort();
    if files.is_empty() { Err(nothing()) } else { Ok(files) }
}
