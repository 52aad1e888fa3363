//! What a deployment is told, whatever tells it: the environment, a file, a host's variables.
//!
//! [`Settings::from_lookup`] parses once at start-up and refuses to start on anything wrong: a deployment that runs
//! has settings that hold.

mod model;
mod shortcuts;

#[cfg(feature = "traces")]
pub(crate) use model::is_near;
pub use model::{ModelApi, ModelSettings};
pub use shortcuts::{SHORTCUTS, ShortcutLinks};

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use subtle::{Choice, ConstantTimeEq};
use truce_session::OrganiserTag;

/// The longest a poll may wait for news, in seconds: below the 30 s at which common proxies and gateways give up.
pub const LONGEST_WAIT: u64 = 25;

/// A deployment's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this deployment.
    pub public_url: PublicUrl,
    /// Who may issue and revoke invites.
    pub organisers: Organisers,
    /// Who to turn to when software must not mediate.
    pub human: String,
    /// The longest poll this host grants, in seconds.
    pub longest_wait: u64,
    /// Attempts with a wrong credential per source, and texts per session, in one minute; 0: no limit.
    pub attempts_per_minute: u32,
    /// Which cell of containers serves a team; a team that is not named is served by `default`.
    pub cells: HashMap<String, String>,
    /// The language model that helps with the wording; `None`: nobody hears what people say but this deployment.
    pub model: Option<ModelSettings>,
    /// Where people get the Shortcuts that were built for this deployment.
    pub shortcuts: ShortcutLinks,
}

/// A setting that does not hold. Says which one and what to write instead, never what was written: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct SettingError {
    /// The setting's name.
    pub name: &'static str,
    /// What is wrong and how to mend it.
    pub problem: String,
}

impl SettingError {
    pub(crate) fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self { name, problem: problem.into() }
    }
}

impl Settings {
    /// The defaults around the two things that have none.
    pub fn new(public_url: PublicUrl, organisers: Organisers) -> Self {
        Self {
            public_url,
            organisers,
            human: "your people team".to_owned(),
            longest_wait: LONGEST_WAIT,
            attempts_per_minute: 600,
            cells: HashMap::new(),
            model: None,
            shortcuts: ShortcutLinks::default(),
        }
    }

    /// Reads `TRUCE_PUBLIC_URL`, `TRUCE_ORGANISER_KEYS`, and, where given, `TRUCE_HUMAN`, `TRUCE_LONGEST_WAIT`,
    /// `TRUCE_ATTEMPTS_PER_MINUTE`, `TRUCE_CELLS`, `TRUCE_SHORTCUTS` and `TRUCE_MODEL…`.
    ///
    /// # Errors
    /// The first setting that does not hold.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let required = |name: &'static str| {
            lookup(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| SettingError::new(name, "is not set"))
        };
        let public_url = required("TRUCE_PUBLIC_URL")?.parse()?;
        let organisers = required("TRUCE_ORGANISER_KEYS")?.parse()?;
        let mut settings = Self::new(public_url, organisers);
        if let Some(human) = lookup("TRUCE_HUMAN") {
            settings.human = parse_human(&human)?;
        }
        if let Some(wait) = lookup("TRUCE_LONGEST_WAIT") {
            settings.longest_wait = parse_number("TRUCE_LONGEST_WAIT", &wait)?.min(LONGEST_WAIT);
        }
        if let Some(attempts) = lookup("TRUCE_ATTEMPTS_PER_MINUTE") {
            settings.attempts_per_minute =
                u32::try_from(parse_number("TRUCE_ATTEMPTS_PER_MINUTE", &attempts)?).unwrap_or(u32::MAX);
        }
        if let Some(cells) = lookup("TRUCE_CELLS") {
            settings.cells = parse_cells(&cells)?;
        }
        if let Some(links) = lookup("TRUCE_SHORTCUTS") {
            settings.shortcuts = links.parse()?;
        }
        settings.model = ModelSettings::from_lookup(lookup)?;
        Ok(settings)
    }

    /// The cell that serves `team`.
    pub fn cell(&self, team: &str) -> &str {
        self.cells.get(team).map_or("default", String::as_str)
    }
}

fn parse_human(text: &str) -> Result<String, SettingError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 40 || text.chars().any(char::is_control) {
        return Err(SettingError::new("TRUCE_HUMAN", "names who to turn to in 1 to 40 characters, e.g. `Maya in HR`"));
    }
    Ok(text.to_owned())
}

pub(crate) fn parse_number(name: &'static str, text: &str) -> Result<u64, SettingError> {
    text.trim().parse().map_err(|_| SettingError::new(name, "is a whole number, 0 or more"))
}

/// `backend=cell-a,design=cell-b`
fn parse_cells(text: &str) -> Result<HashMap<String, String>, SettingError> {
    let is_name = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    entries(text)
        .map(|entry| match entry.split_once('=') {
            Some((team, cell)) if !team.trim().is_empty() && is_name(cell.trim()) => {
                Ok((team.trim().to_owned(), cell.trim().to_owned()))
            }
            _ => Err(SettingError::new("TRUCE_CELLS", "is a list like `backend=cell-a,design=cell-b`")),
        })
        .collect()
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Where people reach a deployment: scheme and host, no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: &'static str,
    host: String,
}

impl PublicUrl {
    /// Host and, where it is not the scheme's own, port: the audience that every token is bound to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The link that goes into a code. What follows the `#` never reaches a server's log.
    pub fn join_link(&self, invite: &str) -> String {
        format!("{self}/j#{invite}")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let wrong = || {
            SettingError::new(
                "TRUCE_PUBLIC_URL",
                "is an address like `https://truce.example`: http or https, a host, no path",
            )
        };
        let url: http::Uri = text.trim().trim_end_matches('/').parse().map_err(|_| wrong())?;
        let scheme = match url.scheme_str() {
            Some("https") => "https",
            Some("http") => "http",
            _ => return Err(wrong()),
        };
        let authority = url.authority().ok_or_else(wrong)?;
        let bare = url.path() == "/" && url.query().is_none() && !authority.as_str().contains('@');
        if !bare || authority.host().is_empty() {
            return Err(wrong());
        }
        let default_port = if scheme == "https" { 443 } else { 80 };
        let host = authority.host().to_ascii_lowercase();
        let host = match authority.port_u16() {
            Some(port) if port != default_port => format!("{host}:{port}"),
            _ => host,
        };
        Ok(Self { scheme, host })
    }
}

/// The shortest organiser's key taken, in characters: 32 of hex or base64url are at least 128 bits.
pub const ORGANISER_KEY_MIN: usize = 32;

/// Who may issue and revoke invites. Holds digests: the keys themselves are gone after start-up.
#[derive(Clone)]
pub struct Organisers(Vec<Organiser>);

#[derive(Clone)]
struct Organiser {
    name: String,
    tag: OrganiserTag,
    digest: [u8; 32],
}

impl Organisers {
    /// Whose key this is. Takes the same time whichever key it is, and when it is none.
    pub fn identify(&self, key: &str) -> Option<(&str, &OrganiserTag)> {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut found = None;
        for organiser in &self.0 {
            let same: Choice = organiser.digest.ct_eq(&digest);
            if same.into() {
                found = Some((organiser.name.as_str(), &organiser.tag));
            }
        }
        found
    }

    /// The organiser whose invites carry this tag; one who has left is not known any more.
    pub fn name_of(&self, tag: &OrganiserTag) -> Option<&str> {
        self.0.iter().find(|organiser| organiser.tag == *tag).map(|organiser| organiser.name.as_str())
    }
}

/// `Ana=<key>,Bo=<key>`; a key alone belongs to "the organiser".
impl std::str::FromStr for Organisers {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        const NAME: &str = "TRUCE_ORGANISER_KEYS";
        let mut organisers: Vec<Organiser> = Vec::new();
        for entry in entries(text) {
            // base64 pads with `=`: what stands before the first one is a name only if a key is left after it.
            let (name, key) = match entry.split_once('=') {
                Some((name, key)) if !key.trim_matches('=').is_empty() => (name.trim(), key.trim()),
                _ => ("the organiser", entry),
            };
            if key.chars().count() < ORGANISER_KEY_MIN {
                return Err(SettingError::new(
                    NAME,
                    format!("has a key shorter than {ORGANISER_KEY_MIN} characters; `truce keys organiser` makes one"),
                ));
            }
            if name.is_empty() || name.chars().count() > 32 || name.chars().any(char::is_control) {
                return Err(SettingError::new(
                    NAME,
                    "names each organiser in 1 to 32 characters: `Ana=<key>,Bo=<key>`",
                ));
            }
            let tag = OrganiserTag::of(name);
            if organisers.iter().any(|other| other.tag == tag) {
                return Err(SettingError::new(
                    NAME,
                    format!("has two organisers whose tags are the same; rename `{name}`"),
                ));
            }
            organisers.push(Organiser { name: name.to_owned(), tag, digest: Sha256::digest(key.as_bytes()).into() });
        }
        if organisers.is_empty() {
            return Err(SettingError::new(NAME, "names nobody; `truce keys organiser` makes a key"));
        }
        Ok(Self(organisers))
    }
}

impl fmt::Debug for Organisers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|organiser| &organiser.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_public_url_is_scheme_and_host_and_nothing_else() {
        let url: PublicUrl = "https://Truce.Example:443/".parse().expect("well formed");
        assert_eq!(url.to_string(), "https://truce.example");
        assert_eq!(url.join_link("123"), "https://truce.example/j#123");
        let url: PublicUrl = "http://127.0.0.1:8787".parse().expect("well formed");
        assert_eq!(url.host(), "127.0.0.1:8787");
        for wrong in
            ["", "truce.example", "ftp://truce.example", "https://", "https://a/b", "https://a?b", "https://u:p@a"]
        {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_organiser_is_known_by_the_whole_key_only() {
        let organisers: Organisers = format!("Ana={KEY},Bo={KEY}x").parse().expect("well formed");
        assert_eq!(organisers.identify(KEY).map(|(name, _)| name), Some("Ana"));
        assert_eq!(organisers.identify(&KEY[1..]), None);
        assert_eq!(organisers.identify(""), None);
        let (name, tag) = organisers.identify(&format!("{KEY}x")).expect("Bo's key");
        assert_eq!(organisers.name_of(tag), Some(name));
    }

    #[test]
    fn a_padded_key_without_a_name_is_a_key() {
        let key = format!("{KEY}==");
        let organisers: Organisers = key.parse().expect("well formed");
        assert!(organisers.identify(&key).is_some());
    }

    /// Requirement 31: missing or short keys refuse to start, and are never shown.
    #[test]
    fn a_missing_or_short_key_is_refused_and_no_key_is_ever_shown() {
        assert!("".parse::<Organisers>().is_err());
        let short = "Ana=tooshort".parse::<Organisers>().expect_err("too short").to_string();
        assert!(!short.contains("tooshort") && short.contains("truce keys"));
        let organisers: Organisers = format!("Ana={KEY}").parse().expect("well formed");
        assert!(!format!("{organisers:?}").contains(KEY));
    }

    #[test]
    fn settings_name_what_is_missing() {
        let error = Settings::from_lookup(|_| None).expect_err("nothing is set");
        assert_eq!(error.to_string(), "TRUCE_PUBLIC_URL is not set");
        let settings = Settings::from_lookup(|name| {
            Some(match name {
                "TRUCE_PUBLIC_URL" => "https://truce.example".to_owned(),
                "TRUCE_ORGANISER_KEYS" => format!("Ana={KEY}"),
                "TRUCE_CELLS" => "backend=a, design=b".to_owned(),
                "TRUCE_LONGEST_WAIT" => "600".to_owned(),
                _ => return None,
            })
        })
        .expect("well formed");
        assert_eq!((settings.cell("design"), settings.cell("sales")), ("b", "default"));
        assert_eq!(settings.longest_wait, LONGEST_WAIT);
    }
}
