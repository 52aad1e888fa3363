//! A Watch without a Watch: it runs the Shortcuts as they are built, against the deployment, for somebody who says, taps and scans what the journey
//! tells.
//!
//! Nothing of a Shortcut is known here: what it calls, keeps and shows is in the file. That a real Watch does the same is for a person with one to see.

use crate::{Call, Failure, Invite, Outcome, Secret, World};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use truce_shortcuts::machine::{Machine, Reply, Request, Step};
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, file};

/// What the files are built for; the deployment stands in its place.
const BUILT_FOR: &str = "https://truce.example";

/// What somebody does when the Shortcut asks, and what happens to them just before.
#[derive(Debug, Clone)]
pub enum Does {
    /// Dictates.
    Says(&'static str),
    /// Taps an entry of what is offered.
    Taps(&'static str),
    /// Taps the first one.
    TapsTheFirst,
    /// Holds the camera over a code.
    Scans(Secret),
    /// Confirms.
    Confirms,
    /// Lowers the wrist: it is over.
    GivesUp,
    /// Goes where no call gets through, before doing what comes next.
    LosesTheNetwork,
    /// The same, a moment later: the next call gets through, and its answer does not.
    LosesTheAnswer,
    /// Takes their time, and meanwhile something happens to the deployment.
    Lets(Happening),
}

/// Something that happens to a deployment.
#[derive(Clone)]
pub struct Happening(Arc<dyn Fn() -> Result<(), String> + Send + Sync>);

/// How far a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    There,
    /// Gone when the answer comes.
    Going,
    Gone,
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Read, in order.
    pub shown: Vec<String>,
    /// Heard, in order.
    pub spoken: Vec<String>,
    /// Felt, in order.
    pub felt: Vec<String>,
    /// What was asked, and what was offered to tap.
    pub offered: Vec<(String, Vec<String>)>,
    /// Why it stopped, if it did.
    pub stopped: Option<String>,
}

/// Somebody's Watch, with the iPhone it belongs to: they share what is kept.
pub struct Wrist {
    world: World,
    name: String,
    kept: BTreeMap<String, Secret>,
    network: Network,
}

impl Wrist {
    /// A Watch that Truce was never on.
    pub fn new(world: &World, name: &str) -> Self {
        Self { world: world.clone(), name: name.to_owned(), kept: BTreeMap::new(), network: Network::There }
    }

    /// A Watch of somebody who has scanned the code.
    ///
    /// # Errors
    /// When they are not in afterwards.
    pub async fn joined(world: &World, invite: &Invite) -> Outcome<Self> {
        let mut wrist = Self::new(world, &invite.member);
        let seen = wrist.runs("Truce Join", &[Does::Scans(invite.link.clone())]).await?;
        seen.expect("to be in", |seen| seen.felt == ["Success"])?;
        Ok(wrist)
    }

    /// Without a network, or with one again.
    pub fn network(&mut self, there: bool) {
        self.network = if there { Network::There } else { Network::Gone };
    }

    /// As if another Shortcut had kept it.
    pub fn keeps(&mut self, name: &str, secret: &Secret) {
        self.kept.insert(name.to_owned(), secret.clone());
    }

    /// What is kept under a name.
    pub fn kept(&self, name: &str) -> Option<&Secret> {
        self.kept.get(name)
    }

    /// Runs a Shortcut of the five for somebody who does `script`.
    ///
    /// # Errors
    /// When it asks for what the script does not do, or the script does what it is not asked for.
    pub async fn runs(&mut self, shortcut: &str, script: &[Does]) -> Outcome<Seen> {
        self.runs_with(shortcut, None, script).await
    }

    /// The same, started with `input`, as a page starts one.
    ///
    /// # Errors
    /// As [`Wrist::runs`].
    pub async fn runs_with(&mut self, shortcut: &str, input: Option<&Secret>, script: &[Does]) -> Outcome<Seen> {
        self.world.remarks(&format!("{} runs {shortcut}", self.name));
        let mut machine = self.machine(shortcut, input)?;
        let mut script: VecDeque<Does> = script.iter().cloned().collect();
        let mut seen = Seen::default();
        let mut reply = None;
        loop {
            let step = match machine.next(reply.take()) {
                Ok(Step::Ended(_)) => break,
                Ok(step) => step,
                Err(stopped) => {
                    seen.stopped = Some(stopped.to_string());
                    break;
                }
            };
            reply = Some(self.replies(step, &mut script, &mut seen).await?);
        }
        match script.front() {
            None => Ok(seen),
            Some(does) => {
                let end = seen.stopped.as_deref().unwrap_or("the end");
                Err(self.failure(shortcut, &format!("to be asked for {}", does.name()), end))
            }
        }
    }

    fn machine(&self, shortcut: &str, input: Option<&Secret>) -> Outcome<Machine> {
        let broken = |error: String| self.failure(shortcut, "a Shortcut", &error);
        let address = Address::new(BUILT_FOR).map_err(|error| broken(error.to_string()))?;
        let all = set::all(&Addresses::one(&address), Session::Kept);
        let built = all.iter().find(|one| one.name == shortcut).ok_or_else(|| broken("none of the five".to_owned()))?;
        let input = input.map(|input| input.reveal().to_owned());
        Machine::read(&file::bytes(built), input).map_err(|error| broken(error.to_string()))
    }

    async fn replies(&mut self, step: Step, script: &mut VecDeque<Does>, seen: &mut Seen) -> Outcome<Reply> {
        Ok(match step {
            Step::Call(request) => return self.calls(request).await,
            Step::Show { text } => done(&mut seen.shown, text),
            Step::Speak { text } => done(&mut seen.spoken, text),
            Step::Vibrate { kind } => done(&mut seen.felt, kind),
            Step::Get { key, global: true } => Reply::Stored(self.kept.get(&key).map(|kept| kept.reveal().to_owned())),
            Step::Set { key, value, global: true } => {
                self.kept.insert(key, Secret::new(value));
                Reply::Done
            }
            Step::Delete { key, global: true } => {
                self.kept.remove(&key);
                Reply::Done
            }
            Step::Dictate => match self.does(script)? {
                Some(Does::Says(text)) => Reply::Said(text.to_owned()),
                other => return self.gives_up(other, "to dictate"),
            },
            Step::Scan => match self.does(script)? {
                Some(Does::Scans(code)) => Reply::Said(code.reveal().to_owned()),
                other => return self.gives_up(other, "to scan"),
            },
            Step::Alert { message, .. } => {
                seen.shown.push(message);
                match self.does(script)? {
                    Some(Does::Confirms) => Reply::Done,
                    other => return self.gives_up(other, "to confirm"),
                }
            }
            Step::Choose { prompt, options } => {
                seen.offered.push((prompt, options.clone()));
                match self.does(script)? {
                    Some(Does::TapsTheFirst) => Reply::Chosen(0),
                    Some(Does::Taps(wanted)) => match options.iter().position(|option| option == wanted) {
                        Some(at) => Reply::Chosen(at),
                        None => return Err(self.failure("tap", wanted, &options.join(", "))),
                    },
                    other => return self.gives_up(other, "to choose"),
                }
            }
            // Not what it is: there may be a session in it.
            _ => return Err(self.failure("go on", "something that this Watch does", "something else")),
        })
    }

    /// What they do next, after what happens to them before.
    fn does(&mut self, script: &mut VecDeque<Does>) -> Outcome<Option<Does>> {
        while let Some(does) = script.pop_front() {
            match does {
                Does::LosesTheNetwork => self.network = Network::Gone,
                Does::LosesTheAnswer => self.network = Network::Going,
                Does::Lets(happening) => happening.happens()?,
                other => return Ok(Some(other)),
            }
        }
        Ok(None)
    }

    fn gives_up(&self, does: Option<Does>, asked: &str) -> Outcome<Reply> {
        match does {
            Some(Does::GivesUp) => Ok(Reply::Cancelled),
            Some(other) => Err(self.failure(asked, asked, other.name())),
            None => Err(self.failure(asked, "the end", asked)),
        }
    }

    /// With the status hidden, as it is from a Shortcut.
    async fn calls(&mut self, request: Request) -> Outcome<Reply> {
        if self.network == Network::Gone {
            return Ok(Reply::NoNetwork);
        }
        let Some(path) = request.url.strip_prefix(BUILT_FOR) else {
            return Err(self.failure("call", BUILT_FOR, &request.url));
        };
        let mut call = Call::new(&request.method, path);
        for (name, value) in &request.headers {
            call = match value.strip_prefix("Bearer ") {
                Some(session) => call.bearer(&Secret::new(session)),
                None => call.header(name, value),
            };
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let reply = self.world.does(&format!("{}'s Watch calls", self.name), call).await?;
        if self.network == Network::Going {
            self.network = Network::Gone;
            return Ok(Reply::NoNetwork);
        }
        let content_type = reply.header("content-type").unwrap_or_default().to_owned();
        Ok(Reply::Answered { content_type, body: reply.bytes().to_vec() })
    }

    fn failure(&self, what: &str, expected: &str, got: &str) -> Failure {
        Failure::without_answer(format!("{}: {what}", self.name), expected, got)
    }
}

fn done(list: &mut Vec<String>, what: String) -> Reply {
    list.push(what);
    Reply::Done
}

impl Does {
    /// Never what was scanned.
    fn name(&self) -> &'static str {
        match self {
            Self::Says(_) => "dictation",
            Self::Taps(_) | Self::TapsTheFirst => "a choice",
            Self::Scans(_) => "a code",
            Self::Confirms => "a confirmation",
            Self::GivesUp => "anything",
            Self::LosesTheNetwork | Self::LosesTheAnswer | Self::Lets(_) => "what comes after",
        }
    }
}

impl Happening {
    /// What it takes for it to happen.
    pub fn new(happens: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(happens))
    }

    /// Now.
    ///
    /// # Errors
    /// When it does not.
    pub fn happens(&self) -> Outcome {
        (self.0)().map_err(|why| Failure::without_answer("break the deployment, or mend it", "that it happens", why))
    }
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Happening")
    }
}

impl Seen {
    /// Anything, in words.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn expect(self, what: &str, holds: impl FnOnce(&Self) -> bool) -> Outcome<Self> {
        if holds(&self) {
            Ok(self)
        } else {
            Err(Failure::without_answer("look at the Watch", what, format!("{self:?}")))
        }
    }

    /// What was read last.
    pub fn last(&self) -> &str {
        self.shown.last().map_or("", String::as_str)
    }
}
