//! `truce qr`: an invite without a server. An invite is a sealed token, so whoever has the keys can make one.

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use truce_function::settings::PublicUrl;
use truce_function::{Clock as _, Random as _, SystemClock, SystemRandom, time};
use truce_issue_qr::symbol::{Correction, Symbol, Theme};
use truce_session::{Invite, OrganiserTag, Seat, lifetime};

/// Make an invite and show it as a QR code, without asking a server
///
/// Example: truce qr --room q3-release --team backend --member Ana --public-url https://truce.example
#[derive(Args)]
pub(crate) struct Qr {
    /// The room, shared by the teams that are to talk
    #[arg(long)]
    room: String,
    /// The member's team
    #[arg(long)]
    team: String,
    /// The member's name, as the others will read it
    #[arg(long)]
    member: String,
    /// How long the invite holds, in seconds, 10 to 600
    #[arg(long, value_name = "SECONDS", default_value_t = lifetime::INVITE.default,
          value_parser = clap::value_parser!(u64).range(lifetime::INVITE.min..=lifetime::INVITE.max))]
    ttl_seconds: u64,
    /// How long the session made from it may last, in seconds, 60 to 2592000
    #[arg(long, value_name = "SECONDS", default_value_t = lifetime::SESSION.default,
          value_parser = clap::value_parser!(u64).range(lifetime::SESSION.min..=lifetime::SESSION.max))]
    session_seconds: u64,
    /// Where people reach the server whose keys these are
    #[arg(long, env = "TRUCE_PUBLIC_URL", value_name = "URL", default_value = "http://127.0.0.1:8787")]
    public_url: String,
    /// Where the server keeps its keys, unless TRUCE_KEYS holds them
    #[arg(long, env = "TRUCE_DATA", value_name = "DIR", default_value = "truce-data")]
    data: PathBuf,
    /// The organiser's name, as the invited will read it
    #[arg(long, default_value = "Organiser")]
    organiser: String,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    /// How much damage the code survives
    #[arg(long, value_enum, default_value_t = Level::Medium)]
    level: Level,
    /// Where to write it, instead of the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Blocks, in black on white where the output is a terminal
    Terminal,
    /// Blocks, for a terminal with light text on dark
    Dark,
    /// Blocks, for a terminal with dark text on light
    Light,
    Svg,
    Png,
    /// The link alone
    Link,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// About 7 %, for a good screen
    Low,
    /// About 15 %, for reflections and paper
    Medium,
}

impl Qr {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let url: PublicUrl = self.public_url.parse()?;
        let link = self.link(&url)?;
        let level = match self.level {
            Level::Low => Correction::Low,
            Level::Medium => Correction::Medium,
        };
        let symbol = Symbol::of(&link, level).map_err(|error| Failure::Wrong(error.to_string()))?;
        let bytes = match self.format {
            Format::Terminal => {
                for_terminal(&link, level, self.out.is_none() && std::io::stdout().is_terminal())?.into_bytes()
            }
            Format::Dark => symbol.text(Theme::Dark).into_bytes(),
            Format::Light => symbol.text(Theme::Light).into_bytes(),
            Format::Svg => symbol.svg().into_bytes(),
            Format::Png => symbol.png().map_err(|error| Failure::Wrong(error.to_string()))?,
            Format::Link => format!("{link}\n").into_bytes(),
        };
        match &self.out {
            Some(path) => std::fs::write(path, bytes).map_err(Failure::data(path))?,
            None if self.format == Format::Png && std::io::stdout().is_terminal() => {
                return Err(Failure::Wrong("a PNG is not for a terminal; add --out FILE".to_owned()));
            }
            None => std::io::stdout().write_all(&bytes)?,
        }
        let until = time::rfc3339(SystemClock::default().now() + self.ttl_seconds);
        if std::io::stderr().is_terminal() {
            eprintln!("{} of {}, in {}. Works once, until {until}.", self.member, self.team, self.room);
        }
        Ok(())
    }

    fn link(&self, url: &PublicUrl) -> Result<String, Failure> {
        let ring = if let Ok(text) = std::env::var("TRUCE_KEYS") {
            crate::data::parse_ring(&text, "TRUCE_KEYS")?
        } else {
            crate::data::read_ring(&self.data)?
        };
        let seat =
            Seat::new(&self.room, &self.team, &self.member).map_err(|error| Failure::Wrong(format!("--{error}.")))?;
        let invite = Invite {
            seat,
            invited_by: OrganiserTag::of(&self.organiser),
            lifetime: self.ttl_seconds,
            session_lifetime: self.session_seconds,
        };
        let sealed = ring
            .seal(&invite, url.host(), SystemClock::default().now(), &mut |bytes| SystemRandom.fill(bytes))
            .map_err(|error| Failure::Wrong(error.to_string()))?;
        Ok(url.join_link(&sealed.digits()))
    }
}

/// A code for wherever the output goes: a terminal is told to show black on white, so that its own colours do not
/// matter; anything else is taken for light text on dark.
pub(crate) fn for_terminal(link: &str, level: Correction, is_terminal: bool) -> Result<String, Failure> {
    let symbol = Symbol::of(link, level).map_err(|error| Failure::Wrong(error.to_string()))?;
    if !is_terminal {
        return Ok(symbol.text(Theme::Dark));
    }
    Ok(symbol.text(Theme::Light).lines().fold(String::new(), |text, line| text + "\x1b[30;107m" + line + "\x1b[0m\n"))
}
