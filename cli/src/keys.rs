//! `truce keys`: makes, lists, rotates and retires the keys that seal tokens.

use crate::data::{DataFolder, new_organiser_key, new_ring, read_ring, write_secret};
use crate::failure::Failure;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use truce_function::{Clock as _, Random as _, SystemClock, SystemRandom, time};
use truce_session::{KeyId, KeyRing, KeyState, RotationError};

/// Make, list, rotate and retire keys
///
/// The keys that seal invites and sessions are in TRUCE_KEYS or in the file `keys` of the data folder. One is active
/// and seals; the others only open. Without a command a new key ring is printed, for TRUCE_KEYS.
#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct At {
    /// The data folder whose keys are meant
    #[arg(long, env = "TRUCE_DATA", value_name = "DIR", default_value = "truce-data")]
    data: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Print a new key ring, for TRUCE_KEYS
    New,
    /// Print a new organiser's key, for TRUCE_ORGANISER_KEYS
    Organiser {
        /// As the invited will read it
        #[arg(default_value = "Organiser")]
        name: String,
    },
    /// List the keys of the data folder by id, never the keys themselves
    List(At),
    /// Make a new key active; the old one goes on opening what it sealed until that has expired
    Rotate(At),
    /// Make a new key that opens but does not seal yet: the first step where several hosts share the keys
    Introduce(At),
    /// Make an introduced key the active one: the second step, once every host has it
    Activate {
        id: KeyId,
        #[command(flatten)]
        at: At,
    },
    /// Refuse, from now on, everything a key has sealed: for one that leaked
    Retire {
        id: KeyId,
        #[command(flatten)]
        at: At,
    },
    /// Drop the keys whose time is over
    Tidy(At),
}

impl Keys {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let now = SystemClock::default().now();
        let random = &mut |bytes: &mut [u8]| SystemRandom.fill(bytes);
        match self.command.unwrap_or(Command::New) {
            Command::New => print(&new_ring()?.to_text()),
            Command::Organiser { name } => print(&format!("{name}={}\n", new_organiser_key())),
            Command::List(at) => list(&at.read()?, now),
            Command::Rotate(at) => at.change(|ring| ring.rotate(now, random)),
            Command::Introduce(at) => at.change(|ring| ring.introduce(random).map(|(ring, _)| ring)),
            Command::Activate { id, at } => at.change(|ring| ring.activate(id, now)),
            Command::Retire { id, at } => at.change(|ring| ring.retire(id, now)),
            Command::Tidy(at) => at.change(|ring| Ok(ring.drop_retired(now))),
        }
    }
}

impl At {
    fn read(&self) -> Result<KeyRing, Failure> {
        read_ring(&self.data)
    }

    fn change(&self, change: impl FnOnce(&KeyRing) -> Result<KeyRing, RotationError>) -> Result<(), Failure> {
        let changed = change(&self.read()?).map_err(|error| Failure::Wrong(format!("{error}.")))?;
        let path = DataFolder::open(&self.data)?.keys();
        write_secret(&path, &changed.to_text())?;
        list(&changed, SystemClock::default().now())?;
        eprintln!("Written to {}. A running server reads it when it starts again.", path.display());
        Ok(())
    }
}

fn list(ring: &KeyRing, now: u64) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for (id, state) in ring.keys() {
        let state = match state {
            KeyState::Active => "active: seals and opens".to_owned(),
            KeyState::RetiringUntil(until) if until <= now => format!("retired since {}", time::rfc3339(until)),
            KeyState::RetiringUntil(until) => format!("opens until {}", time::rfc3339(until)),
            KeyState::Accepted => "opens".to_owned(),
        };
        writeln!(out, "{id}  {state}")?;
    }
    Ok(out.flush()?)
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
