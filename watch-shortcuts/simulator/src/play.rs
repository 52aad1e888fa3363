//! The set as it is built, and how far a run of one of them is.

use crate::Shown;
use serde::Serialize;
use truce_shortcuts::machine::{Machine, Reply, Step, Stopped};
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, Shortcut, Where, compare, file};

/// What they are built for where a Watch could not call the deployment, as it has no TLS.
const BUILT_FOR: &str = "https://truce.example";

const READABLE: &str = "what we build can be read: the lints have it so";

/// The files, and where they call.
pub(crate) struct Set {
    address: Address,
    built: Vec<(Shortcut, Vec<u8>)>,
}

/// How far a run is.
#[derive(Serialize)]
pub(crate) struct Played {
    /// Which action it is at, from 1.
    action: usize,
    #[serde(flatten)]
    now: Now,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Now {
    /// It asks for this.
    Step(Step),
    /// An action cannot be run; why, in a sentence.
    Stopped(String),
}

impl Set {
    pub(crate) fn built_for(public_url: &str) -> Self {
        let fallback = || Address::new(BUILT_FOR).expect("an address of ours");
        let address = Address::new(public_url).unwrap_or_else(|_| fallback());
        let all = set::all(&Addresses::one(&address), Session::Kept);
        let built = all.into_iter().map(|shortcut| (file::bytes(&shortcut), shortcut)).map(|(bytes, one)| (one, bytes));
        Self { built: built.collect(), address }
    }

    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.built.iter().map(|(shortcut, bytes)| shown(shortcut, bytes)).collect()
    }

    /// What the run asks for after `replies`; nothing if there is no such Shortcut.
    pub(crate) fn play(&self, shortcut: &str, input: Option<String>, replies: Vec<Reply>) -> Option<Played> {
        let (_, bytes) = self.built.iter().find(|(one, _)| one.name == shortcut)?;
        let mut machine = machine(bytes, input);
        let mut now = machine.next(None);
        for reply in replies {
            now = now.and_then(|_| machine.next(Some(reply)));
        }
        Some(Played { action: machine.at(), now: self.seen(now) })
    }

    /// With the deployment's address taken off what is called: it is the page's own, whatever it is called there.
    fn seen(&self, now: Result<Step, Stopped>) -> Now {
        match now {
            Ok(Step::Call(mut request)) => {
                if let Some(path) = request.url.strip_prefix(&self.address.to_string()) {
                    request.url = path.to_owned();
                }
                Now::Step(Step::Call(request))
            }
            Ok(step) => Now::Step(step),
            Err(stopped) => Now::Stopped(stopped.to_string()),
        }
    }
}

fn shown(shortcut: &Shortcut, bytes: &[u8]) -> Shown {
    Shown {
        name: shortcut.name,
        about: shortcut.about,
        on_watch: shortcut.place == Where::Watch,
        colour: format!("#{:06x}", shortcut.icon.colour >> 8),
        actions: compare::told(bytes).expect(READABLE),
    }
}

fn machine(bytes: &[u8], input: Option<String>) -> Machine {
    Machine::read(bytes, input).expect(READABLE)
}
