//! Where alarms go, besides to the output: what is put into the outbox with each round, and who takes it from there.

use crate::failure::Failure;
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;
use truce_monitor::alarms::{Alert, Event};
use truce_monitor::{History, Settings};
use truce_notify::{AlertError, AlertSettings, Came, Destination, Notice, Outbox, Policy, Post, Said, Say, try_once};

/// The places that the file names.
pub(super) struct Alerts {
    outbox: Option<Outbox>,
    destinations: Vec<Destination>,
    names: Vec<String>,
    json: bool,
    post: Option<Post>,
}

impl Alerts {
    /// Nowhere: a single round is told to who has asked for it.
    pub(super) const fn none() -> Self {
        Self { outbox: None, destinations: Vec::new(), names: Vec::new(), json: false, post: None }
    }

    /// Where the file says. Secrets are read, and what waits for who is named no more is forgotten.
    pub(super) fn of(settings: &Settings, json: bool) -> Result<Self, Failure> {
        let destinations = AlertSettings::destinations(&settings.alerts)?;
        let names: Vec<String> = destinations.iter().map(|destination| destination.name.clone()).collect();
        let outbox = Outbox::open(&settings.history).map_err(unusable)?;
        for (name, count) in outbox.forget_others(&names).map_err(unusable)? {
            say(&format!("LOST  {count} alarms to {name}, which is named no more, were not taken and are forgotten"))?;
        }
        Ok(Self { outbox: Some(outbox), destinations, names, json, post: None })
    }

    /// Begins with what waits from before. Within the runtime.
    pub(super) fn start<'a>(&mut self, open: impl Iterator<Item = &'a Alert>) -> Result<(), Failure> {
        let Some(outbox) = &self.outbox else { return Ok(()) };
        if !self.names.is_empty() {
            say(&format!("Alarms go to {} as well.", self.names.join(", ")))?;
        }
        let json = self.json;
        // Where the output is closed, the next round ends with that.
        let tell: Say = Arc::new(move |said: Said| drop(say(&if json { in_json(&said) } else { said.to_string() })));
        let post = Post::start(outbox, self.destinations.clone(), &Policy::default(), still(open), &tell);
        self.post = Some(post.map_err(no_client)?);
        Ok(())
    }

    /// Puts events in, by the transaction that keeps what was told.
    pub(super) fn put(
        &self,
        file: &rusqlite::Transaction<'_>,
        events: &[Event],
        at: u64,
    ) -> Result<(), rusqlite::Error> {
        let Some(outbox) = &self.outbox else { return Ok(()) };
        let notices: Vec<Notice> = events.iter().map(|event| Notice::of(event, at)).collect();
        outbox.put(file, &self.names, &notices, at)
    }

    /// So many were put in, and this is open.
    pub(super) fn go<'a>(&self, events: usize, open: impl Iterator<Item = &'a Alert>) {
        if let Some(post) = &self.post {
            post.hears(events, still(open));
        }
    }
}

/// Sends a test to each, one after the other, and says what came of it. Who takes it is trusted again.
pub(super) fn try_each(settings: &Settings) -> Result<(), Failure> {
    let destinations = AlertSettings::destinations(&settings.alerts)?;
    if destinations.is_empty() {
        return Err(Failure::Wrong("The file names no place where alarms go: add an [[alert]] to it.".to_owned()));
    }
    let outbox = if settings.history.exists() {
        History::open(&settings.history)?;
        Some(Outbox::open(&settings.history).map_err(unusable)?)
    } else {
        None
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all = true;
    for destination in &destinations {
        let (came, took) = runtime.block_on(try_once(destination, &Policy::default())).map_err(no_client)?;
        let told = match &came {
            Came::Taken => format!("taken, in {:.0} ms", took.as_secs_f64() * 1e3),
            Came::Gone => "not taken: status 410, it wants nothing any more; name another".to_owned(),
            Came::NotNow { why, .. } => format!("not taken: {why}"),
        };
        say(&format!("{:<24}  {told}", destination.name))?;
        all &= came == Came::Taken;
        if let (Came::Taken, Some(outbox)) = (&came, &outbox) {
            outbox.trusts_again(&destination.name).map_err(unusable)?;
        }
    }
    if all { Ok(()) } else { Err(Failure::Wrong("Not all of them took it.".to_owned())) }
}

fn still<'a>(open: impl Iterator<Item = &'a Alert>) -> Vec<Notice> {
    open.map(|alert| Notice::still(alert, super::now())).collect()
}

fn in_json(said: &Said) -> String {
    serde_json::json!({"delivery": said}).to_string()
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn unusable(error: impl fmt::Display) -> Failure {
    Failure::Wrong(format!(
        "The history cannot be used for what waits to be told: {error}; choose another with --history FILE."
    ))
}

fn no_client(error: impl fmt::Display) -> Failure {
    Failure::Wrong(format!("Nothing can be sent from here: {error}."))
}

impl From<AlertError> for Failure {
    fn from(error: AlertError) -> Self {
        Self::Wrong(format!("{error}."))
    }
}
